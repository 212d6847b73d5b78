"""Ledgers of security: each requirement with what shows that it is met. `python -m tests.ledgers` writes the pages people read.

An entry has `says` and at least one of: test (ids `path::name`), page (`path#chapter`), decision (a page of docs/decisions), operator (a
row of docs/operate/security.md#operators-tasks), none (why it does not apply), open (why it is not met yet).
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OPERATE = ROOT / "docs" / "operate"
TASKS = OPERATE / "security.md"
WAYS = ("test", "page", "decision", "operator", "none", "open")

# ASVS 5.0.0: section → (numbers of level 1, numbers of level 2), from the standard's own table.
ASVS: dict[str, tuple[str, str]] = {
    "1.1": ("", "1-2"), "1.2": ("1-5", "6-9"), "1.3": ("1-2", "3-11"), "1.4": ("", "1-3"), "1.5": ("1", "2"),
    "2.1": ("1", "2-3"), "2.2": ("1-2", "3"), "2.3": ("1", "2-4"), "2.4": ("", "1"),
    "3.2": ("1-2", ""), "3.3": ("1", "2-4"), "3.4": ("1-2", "3-6"), "3.5": ("1-3", "4-5"), "3.7": ("", "1-2"),
    "4.1": ("1", "2-3"), "4.2": ("", "1"), "4.3": ("", "1-2"), "4.4": ("1", "2-4"),
    "5.1": ("", "1"), "5.2": ("1-2", "3"), "5.3": ("1-2", ""), "5.4": ("", "1-3"),
    "6.1": ("1", "2-3"), "6.2": ("1-8", "9-12"), "6.3": ("1-2", "3-4"), "6.4": ("1-2", "3-4"), "6.5": ("", "1-5"), "6.6": ("", "1-3"),
    "6.8": ("", "1-4"), "7.1": ("", "1-3"), "7.2": ("1-4", ""), "7.3": ("", "1-2"), "7.4": ("1-2", "3-5"), "7.5": ("", "1-2"),
    "7.6": ("", "1-2"), "8.1": ("1", "2"), "8.2": ("1-2", "3"), "8.3": ("1", ""), "8.4": ("", "1"), "9.1": ("1-3", ""), "9.2": ("1", "2-4"),
    "10.1": ("", "1-2"), "10.2": ("", "1-2"), "10.3": ("", "1-4"), "10.4": ("1-5", "6-11"), "10.5": ("", "1-5"), "10.6": ("", "1-2"),
    "10.7": ("", "1-3"), "11.1": ("", "1-2"), "11.2": ("", "1-3"), "11.3": ("1-2", "3"), "11.4": ("1", "2-4"), "11.5": ("", "1"),
    "11.6": ("", "1"), "12.1": ("1", "2-3"), "12.2": ("1-2", ""), "12.3": ("", "1-4"), "13.1": ("", "1"), "13.2": ("", "1-5"),
    "13.3": ("", "1-2"), "13.4": ("1", "2-5"), "14.1": ("", "1-2"), "14.2": ("1", "2-4"), "14.3": ("1", "2-3"), "15.1": ("1", "2-3"),
    "15.2": ("1", "2-3"), "15.3": ("1", "2-7"), "16.1": ("", "1"), "16.2": ("", "1-5"), "16.3": ("", "1-4"), "16.4": ("", "1-3"),
    "16.5": ("", "1-3"), "17.1": ("", "1"), "17.2": ("", "1-4"), "17.3": ("", "1-2"),
}  # fmt: skip

# GB/T 22239-2019, 8.1.4: control point → its items, "" where it has one without a letter.
DENGBAO = {
    "1": "abcd",
    "2": "abcdefg",
    "3": "abcd",
    "4": "abcdef",
    "5": "",
    "6": "",
    "7": "ab",
    "8": "ab",
    "9": "abc",
    "10": "ab",
    "11": "ab",
}


def asvs_numbers() -> dict[str, int]:
    """number → level of every requirement of levels 1 and 2."""
    return {f"{section}.{one}": level for section, spans in ASVS.items() for level, span in enumerate(spans, 1) for one in _span(span)}


def dengbao_numbers() -> list[str]:
    """`8.1.4.1 a` … of every item."""
    return [f"8.1.4.{point} {letter}".strip() for point, letters in DENGBAO.items() for letter in letters or " "]


def _span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1) if text else range(0)


def load(name: str) -> list[dict[str, Any]]:
    """The entries of a ledger, every way as a list of texts."""
    entries = yaml.load((OPERATE / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [{key: _listed(value) if key in WAYS else str(value) for key, value in entry.items()} for entry in entries]


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def faults(entries: Iterable[dict[str, Any]], numbers: Iterable[str]) -> list[str]:
    """What is wrong with a ledger: numbers missing, unknown or twice, entries without a way, ways that lead nowhere."""
    entries, wanted = list(entries), set(numbers)
    counted = Counter(entry["n"] for entry in entries)
    found = [f"{number}: is missing" for number in sorted(wanted - counted.keys())]
    found += [f"{number}: is no requirement" for number in sorted(counted.keys() - wanted)]
    found += [f"{number}: stands here {times} times" for number, times in counted.items() if times > 1]
    for entry in entries:
        found += [f"{entry['n']}: {fault}" for fault in _faults_of(entry)]
    return found


def _faults_of(entry: dict[str, Any]) -> list[str]:
    ways = [way for way in WAYS if any(text.strip() for text in entry.get(way, []))]
    found = [] if ways else ["nothing shows it"]
    found += [] if len(entry.get("says", "").strip()) > 5 else ["says nothing"]
    found += [f"unknown key {key}" for key in entry.keys() - {"n", "l", "says", *WAYS}]
    if {"none", "open"} & set(ways) and len(ways) > 1:
        found.append("does not apply or is open, and yet is met")
    found += [f"no such test {one}" for one in entry.get("test", []) if one not in tests()]
    found += [f"no such page {one}" for one in entry.get("page", []) if not _has_chapter(one)]
    found += [f"no dated decision {one}" for one in entry.get("decision", []) if not _is_dated(one)]
    found += [f"no task {one}" for one in entry.get("operator", []) if one not in tasks()]
    return found


@cache
def tests() -> frozenset[str]:
    """Every test of the repository as `path::name`, read from the source."""
    found = set()
    for path in [*(ROOT / "chengxin").rglob("test_*.py"), *(ROOT / "tests").rglob("test_*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found.add(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return frozenset(found)


@cache
def tasks() -> frozenset[str]:
    """The operator's tasks: first cells of the last table of security.md."""
    chapter = TASKS.read_text(encoding="utf-8").split("## Operator's tasks")[1]
    return frozenset(re.findall(r"^\| ([^|]+?) \|", chapter, re.MULTILINE)[1:])


def _has_chapter(page: str) -> bool:
    path, _, anchor = page.partition("#")
    if not (ROOT / path).is_file():
        return False
    headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return not anchor or anchor in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


def _is_dated(path: str) -> bool:
    file = ROOT / path
    return file.is_file() and "docs/decisions/" in path and bool(re.search(r"\b20\d\d-\d\d-\d\d\b", file.read_text(encoding="utf-8")[:400]))


# ---- pages for people

HEADS = {
    "asvs": (
        "# OWASP ASVS 5.0.0, levels 1 and 2",
        "Every requirement of levels 1 and 2 by its number, in our words, with what shows that it is met. Made from `asvs.yaml`; "
        "`tests/gates/test_asvs_ledger.py` compares both with the tests that exist. Our own reading: nobody outside has assessed it.",
        "v5.0.0-",
    ),
    "dengbao": (
        "# 等级保护三级对照表（GB/T 22239-2019，8.1.4 安全计算环境）",
        "逐条列出第三级安全计算环境的要求（以本项目自己的话概括）、由哪项测试证明、或由谁在部署时完成。由 `dengbao.yaml` 生成，"
        "`tests/gates/test_dengbao_ledger.py` 核对。这是自查，不能代替测评机构的等级测评。",
        "",
    ),
}
NAMES = {
    "asvs": dict(zip(WAYS, ("test", "page", "decision", "operator", "does not apply", "open"), strict=True)),
    "dengbao": dict(zip(WAYS, ("测试", "说明", "决定", "运维任务", "不适用", "未满足"), strict=True)),
}


def page_of(name: str) -> str:
    """The ledger as Markdown."""
    title, about, prefix = HEADS[name]
    entries = load(name)
    counted = Counter(next(way for way in reversed(WAYS) if way in entry) if len(ways_of(entry)) == 1 else "test" for entry in entries)
    told = " · ".join(f"{NAMES[name][way]} {counted[way]}" for way in WAYS)
    columns = ("项", "要求", "依据") if name == "dengbao" else ("Number", "Level", "Asks", "Shown by")
    lines = [title, "", about, "", f"{len(entries)}: {told}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for entry in entries:
        level = [entry["l"]] if "l" in entry else []
        lines.append(f"| {' | '.join([prefix + entry['n'], *level, entry['says'], _shown(entry, NAMES[name])])} |")
    return "\n".join(lines) + "\n"


def ways_of(entry: dict[str, Any]) -> list[str]:
    return [way for way in WAYS if way in entry]


def _shown(entry: dict[str, Any], names: dict[str, str]) -> str:
    parts = []
    for way in ways_of(entry):
        for one in entry[way]:
            match way:
                case "test":
                    parts.append(f"`{one}`")
                case "page" | "decision":
                    parts.append(f"[{one.rsplit('/', 1)[-1]}]({_link(one)})")
                case "operator":
                    parts.append(f"[{names[way]}: {one}](security.md#operators-tasks)")
                case _:
                    parts.append(f"{names[way]}: {one}")
    return "<br>".join(parts)


def _link(page: str) -> str:
    return (
        page.removeprefix("docs/operate/")
        if page.startswith("docs/operate/")
        else f"../{page.removeprefix('docs/')}"
        if page.startswith("docs/")
        else f"../../{page}"
    )


if __name__ == "__main__":
    for ledger in HEADS:
        (OPERATE / f"{ledger}.md").write_text(page_of(ledger), encoding="utf-8")
    sys.exit(0)
