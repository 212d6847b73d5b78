"""Translations without gettext tools: what is said (msgids in code and templates), what has its Chinese, and .po to .mo.

python -m chengxin.web.messages            compile every .po
python -m chengxin.web.messages missing    list msgids without Chinese, by room
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parents[1]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_SAID = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
_TRANS = re.compile(r"""{%-?\s*trans(?:late)?\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b(?P<head>.*?)%}(?P<body>.*?){%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
_PLURAL = re.compile(r"{%\s*plural\s*%}")
_HOLE = re.compile(r"{{\s*(\w+)\s*}}")


def catalogues() -> list[Path]:
    """Every .po of every room."""
    return sorted(HERE.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_all() -> list[Path]:
    """Bring the .mo next to each .po up to date; returns those written. Several at once do no harm (each is put in whole)."""
    written = []
    for source in catalogues():
        target = source.with_suffix(".mo")
        compiled = polib.pofile(str(source)).to_binary()
        if target.exists() and target.read_bytes() == compiled:
            continue
        draft = target.with_name(f"{target.name}.{os.getpid()}")
        draft.write_bytes(compiled)
        draft.replace(target)
        written.append(target)
    return written


def translated() -> set[str]:
    """The msgids that have their Chinese in some room."""
    return {
        entry.msgid
        for source in catalogues()
        if source.parts[-3] == "zh_Hans"
        for entry in polib.pofile(str(source))
        if entry.translated() and not entry.obsolete
    }


def ambiguous() -> dict[str, set[str]]:
    """msgid → its Chinese texts, where rooms differ: to Django all catalogues are one, so the first room's would stand on every page."""
    said: dict[str, set[str]] = {}
    for source in catalogues():
        for entry in polib.pofile(str(source)):
            if entry.translated() and not entry.obsolete and not entry.msgctxt:
                said.setdefault(entry.msgid, set()).add(entry.msgstr or str(sorted(entry.msgstr_plural.items())))
    return {msgid: texts for msgid, texts in said.items() if len(texts) > 1}


def used() -> dict[str, set[str]]:
    """msgid → the files that say it, for all rooms' Python and templates (tests and migrations left out)."""
    found: dict[str, set[str]] = {}
    for path in [*HERE.rglob("*.py"), *HERE.rglob("templates/**/*.html"), *HERE.rglob("templates/**/*.txt")]:
        if {"tests", "migrations"} & set(path.relative_to(HERE).parts):
            continue
        read = in_python if path.suffix == ".py" else in_template
        for msgid in read(path.read_text(encoding="utf-8")):
            found.setdefault(msgid, set()).add(str(path.relative_to(HERE)))
    return found


def in_python(source: str) -> Iterator[str]:
    """The msgids of gettext calls; only plain strings can be translated, so others are left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in CALLS:
            first = node.args[1] if _name(node.func).startswith("pgettext") and len(node.args) > 1 else node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def in_template(source: str) -> Iterator[str]:
    """The msgids of trans, blocktrans and _("…") in tags."""
    for match in _SAID.finditer(source):
        yield ast.literal_eval(match[1])
    for match in _TRANS.finditer(source):
        yield ast.literal_eval(match[1]).replace("%", "%%")  # as Django looks it up
    for match in _BLOCK.finditer(source):
        first = _PLURAL.split(match["body"])[0]
        text = " ".join(line.strip() for line in first.strip().splitlines()) if "trimmed" in match["head"].split() else first
        yield _HOLE.sub(r"%(\1)s", text.replace("%", "%%"))


def missing() -> dict[str, set[str]]:
    """msgid → files, of what has no Chinese here or in Django and its companions."""
    known = translated()
    return {msgid: files for msgid, files in used().items() if msgid and msgid not in known}


def main(arguments: list[str]) -> None:
    if arguments == ["missing"]:
        for msgid, files in sorted(missing().items(), key=lambda item: sorted(item[1])):
            print(f"{sorted(files)[0]}: {msgid!r}")
        return
    for path in compile_all():
        print(path.relative_to(HERE.parent))


if __name__ == "__main__":
    main(sys.argv[1:])
