"""A row of another system in our words, by the dated version of its headings and lists; what is wrong is said with column and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengxin.consumers import finding
from chengxin.consumers.exchange.dialects import Column, Version, fields, of_who
from chengxin.consumers.models.complaints import MONEY, VIOLATION
from chengxin.kernel import clock, money
from chengxin.kernel.encryption import blind_index
from chengxin.law import law
from chengxin.subjects.models import Platform, Subject

MARKS = "complaint_exchange.marks"
YES, NO = ("是", "有", "同意", "公开", "Y", "YES", "TRUE", "1"), ("否", "无", "不同意", "保密", "N", "NO", "FALSE", "0")
_TIME = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")

SAYS: dict[str, tuple[str, str, str, str]] = {
    "missing": ("必填，但是空的", "It is needed and empty", "请填写后重新报送该行", "Fill it in and send the row again"),
    "word": ("不在对照表内", "It is not on the list of words", "请改为：{words}", "Use one of: {words}"),
    "time": (
        "不是日期或者时间",
        "It is no day or time",
        "请写成 2026-04-20 或者 2026-04-20 09:30",
        "Write it as 2026-04-20 or 2026-04-20 09:30",
    ),
    "future": ("晚于现在", "It is later than now", "请核对日期", "Check the day"),
    "amount": ("不是以元为单位的金额", "It is no amount in yuan", "请写成 299.00", "Write it as 299.00"),
    "yes_no": ("应当填“是”或者“否”", "It is yes or no", "请改为“是”或者“否”", "Write yes or no"),
    "long": ("超过 {most} 个字", "It has more than {most} characters", "请删减后重新报送", "Shorten it and send the row again"),
    "uscc": (
        "登记库中没有该代码",
        "The register has no such code",
        "请核对代码，不知道的可以留空",
        "Check it, or leave it empty if it is not known",
    ),
    "twice": ("与第 {row} 行编号相同", "Row {row} has the same number", "一个编号只保留一行", "Keep one row of a number"),
    "refused": ("{why_zh}", "{why_en}", "请更正后重新报送该行", "Correct it and send the row again"),
    "map": ("没有该日适用的字段对照表", "No field map holds on this day", "请与系统管理人员联系", "Speak to those who run the system"),
}


@dataclass
class Read:
    """A row in our words. given: as consumers.actions.file takes it; marks: keyed digests of what was said, by field."""

    number: str = ""
    row: int = 0
    given: dict[str, Any] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Of the whole content."""
        return blind_index("\n".join(f"{name}={self.marks[name]}" for name in sorted(self.marks)), MARKS)

    @property
    def starts(self) -> datetime:
        """When it counts as received here, by the law of the day it was passed on."""
        day = clock.city_day(self.given["forwarded_at"])
        return self.given[law.at(day).value("complaint_transfer_from")]  # type: ignore[no-any-return]

    def wrong(self, column: str, code: str, value: str = "", **data: Any) -> None:
        """Note what is wrong in a column. value: what stood there, only where it says nothing of anybody."""
        zh, en, do_zh, do_en = (text.format(**data) for text in SAYS[code])
        told = {"column": column, "code": code, "value": value[:40], "why": {"zh": zh, "en": en}, "remedy": {"zh": do_zh, "en": do_en}}
        self.problems.append(told)


def read(raw: Mapping[str, str], version: Version) -> Read:
    """raw: {our field: text, "_row": number}, as subjects.sheets.read_rows gives it."""
    found = Read(row=int(raw.get("_row") or 0))
    for name, column in version.columns.items():
        text = str(raw.get(name) or "").strip()
        if text:
            found.said[name] = text
            found.marks[name] = blind_index(f"{name}\0{text}", MARKS)
            _take(found, name, text, column)
        elif column.required:
            found.wrong(column.names[0], "missing")
    found.number = found.said.get("number", "")[:64]
    _complete(found, version)
    return found


def _take(found: Read, name: str, text: str, column: Column) -> None:
    known = fields()[name]
    value, code, data = KINDS[known["kind"]](text, column, known)
    if code:
        shown = text if known["kind"] in ("list", "day", "time", "yuan", "yes_no") and name not in of_who() else ""
        found.wrong(column.names[0], code, shown, **data)
    else:
        found.given[name] = value


Taken = tuple[Any, str, dict[str, Any]]


def _text(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    return (text, "", {}) if len(text) <= known["most"] else (None, "long", {"most": known["most"]})


def _list(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    if not column.values:
        return text, "", {}
    value = column.values.get(text)
    return (value, "", {}) if value is not None else (None, "word", {"words": "、".join(column.values)})


def _time(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    at = _moment(text)
    return (None, "time", {}) if at is None else (None, "future", {}) if at > clock.now() else (at, "", {})


def _day(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    at, code, data = _time(text, column, known)
    return (clock.city_day(at) if at else None), code, data


def _moment(text: str) -> datetime | None:
    """A time of the city; a day alone begins at midnight."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in match.groups()), tzinfo=clock.CITY)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _yuan(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    try:
        fen = money.parse_yuan(text.replace(",", "").removeprefix("¥").removesuffix("元"))
    except ValueError:
        return None, "amount", {}
    return (fen, "", {}) if fen >= 0 else (None, "amount", {})


def _yes_no(text: str, column: Column, known: Mapping[str, Any]) -> Taken:
    word = text.upper()
    return (True, "", {}) if word in YES else (False, "", {}) if word in NO else (None, "yes_no", {})


KINDS: dict[str, Callable[[str, Column, Mapping[str, Any]], Taken]] = {
    "text": _text,
    "list": _list,
    "time": _time,
    "day": _day,
    "yuan": _yuan,
    "yes_no": _yes_no,
}


def _complete(found: Read, version: Version) -> None:
    """What depends on more than one column: what a complaint needs, who is meant, whether a reporter is named."""
    given, wants = found.given, found.given.get("wants")
    needed = ("name", "phone", "request") if wants and wants != VIOLATION else ()
    for name in needed:
        if name in version.columns and name not in found.said:
            found.wrong(version.heading(name), "missing")
    if given.get("named") is not False and wants not in (None, MONEY):
        given["named"] = bool(given.get("name") and given.get("phone"))
    if code := given.pop("respondent_uscc", ""):
        given["respondent"] = Subject.objects.filter(uscc=code.upper()).first()
        if given["respondent"] is None:
            found.wrong(version.heading("respondent_uscc"), "uscc", code)
    given["shop"] = finding.shop_of(str(given.get("shop") or ""))
    given["platform"] = _platform(str(given.get("platform") or ""))


def _platform(text: str) -> Platform | None:
    """A platform by code or full name; None for one that we do not know, which is no mistake of the row."""
    return finding.platform_of(text) or (Platform.objects.filter(name=text, status="active").first() if text else None)


def kept(found: Read) -> dict[str, str]:
    """The row as it came, by our fields; without who it is where it may be a report."""
    hidden = frozenset() if found.given.get("wants") == MONEY else of_who()
    return {name: text for name, text in found.said.items() if name not in hidden}


def changed(found: Read, before: Mapping[str, str]) -> list[str]:
    """The fields whose words differ from those of the first arrival, among those on either side."""
    return sorted(name for name in {*before, *found.marks} if before.get(name) != found.marks.get(name))


def day_of(found: Read, name: str) -> date | None:
    at = found.given.get(name)
    return clock.city_day(at) if at else None
