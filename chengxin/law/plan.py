"""The city's plan of 2017 (鹤信信用发〔2017〕5号), read from its own text into measures (三)-(二十) with the departments each names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chengxin.law.errors import LawDataBroken

FILE = Path(__file__).with_name("plan.txt")
FIRST, LAST = 3, 20
DIGITS = "一二三四五六七八九"
HEADING = re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]\s*(?P<body>.+)$", re.S)
CHAPTER = re.compile(r"^[一二三四五六七八九十]+、")
BRACKET = re.compile(r"[（(](?P<who>[^（）()]*)[）)](?P<stop>。?)$")
WHO = re.compile(r"^(?P<lead>.+?)牵头[，,]?(?P<support>.*?)(?P<others>等?相关部门)?配合$")
SENTENCE_ENDS = "。：；？！”"


@dataclass(frozen=True, slots=True)
class PlanMeasure:
    """A measure as the plan words it; `lead` and `support` are the names in its bracket."""

    number: int
    title: str
    text: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    others_support: bool


@cache
def measures() -> tuple[PlanMeasure, ...]:
    """The eighteen measures in order. Raises LawDataBroken when the text does not give exactly (三)-(二十)."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[PlanMeasure, ...]:
    found = [_measure(number, body) for number, body in _numbered(paragraphs(text)) if number >= FIRST]
    numbers = [measure.number for measure in found]
    if numbers != list(range(FIRST, LAST + 1)):
        raise LawDataBroken(file="plan.txt", reason=f"measures {numbers}")
    return tuple(found)


def paragraphs(text: str) -> list[str]:
    """Paragraphs with page breaks mended: a paragraph cut in mid-sentence is joined, and a piece set twice at the cut is kept once."""
    whole: list[str] = []
    for piece in (line.strip() for line in text.splitlines() if line.strip()):
        if whole and _cut(whole[-1], piece):
            whole[-1] = _join(whole[-1], piece)
        else:
            whole.append(piece)
    return whole


def _cut(before: str, after: str) -> bool:
    """Only running text is cut: headings and the signature block are short lines without a comma or full stop."""
    unfinished = before[-1] not in SENTENCE_ENDS and before[-1] not in "）)"
    return unfinished and re.search("[，。]", before) is not None and not CHAPTER.match(after) and not HEADING.match(after)


def _join(before: str, after: str) -> str:
    """「加」+「加强」 is 「加强」: the longest end of the page that the next page repeats is dropped once."""
    longest = max((k for k in range(1, min(len(before), len(after), 8) + 1) if before.endswith(after[:k])), default=0)
    return before + after[longest:]


def _numbered(lines: list[str]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for line in lines:
        if heading := HEADING.match(line):
            found.append((number_of(heading[1]), heading["body"]))
    return found


def number_of(chinese: str) -> int:
    """一 … 九十九 as a number."""
    tens, has_ten, ones = chinese.rpartition("十")
    if not has_ten:
        return DIGITS.index(chinese) + 1
    return (DIGITS.index(tens) + 1 if tens else 1) * 10 + (DIGITS.index(ones) + 1 if ones else 0)


def _measure(number: int, body: str) -> PlanMeasure:
    bracket = BRACKET.search(body)
    if bracket is None:
        raise LawDataBroken(file="plan.txt", reason=f"measure {number} names no department")
    text = body[: bracket.start()] + bracket["stop"]
    lead, support, others = departments(bracket["who"])
    title, _, rest = text.partition("。")
    return PlanMeasure(number, title, rest, lead, support, others)


def departments(who: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Lead names, supporting names, and whether other departments concerned (相关部门) support too. Without 牵头 all lead."""
    match = WHO.match(who)
    if match is None:
        return _names(who), (), False
    return _names(match["lead"]), _names(match["support"]), match["others"] is not None


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split("[、，,]", listed) if name.strip())
