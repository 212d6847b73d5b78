"""What may not be published of a paper: its personal fields by the law of redaction, and what a detector finds in free text.

The detector proposes, a person decides (redactions.py). It looks for identity, telephone, card and account numbers, plates, e-mail
addresses and the names that stand in the paper's own personal fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from stdnum import luhn
from stdnum.cn import uscc

from chengxin.documents.official import CHOICE, DATE, LIST, MONEY, NUMBER, ROWS, TIME, Field, Form
from chengxin.kernel.masking import HIDDEN, mask
from chengxin.law import law

STRUCK = "■■■"
ID, PHONE, CARD, PLATE, MAIL, NAME, ACCOUNT = KINDS = ("id_number", "phone", "card", "plate", "mail", "name", "account")
# Never public whatever the reader thinks (law/redaction.yaml, never_public): a person can add to these, not take them away.
FIXED = (ID, PHONE, MAIL)
_GAP = r"[ \-—·　]?"
PATTERNS: dict[str, re.Pattern[str]] = {
    ID: re.compile(rf"(?<![0-9A-Za-z])[1-9]\d{{5}}{_GAP}(?:1[89]|20)\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{3}}[0-9Xx](?![0-9A-Za-z])"),
    CARD: re.compile(rf"(?<![0-9A-Za-z])(?:\d{{4}}{_GAP}){{3,4}}\d{{1,7}}(?![0-9A-Za-z])"),
    PHONE: re.compile(rf"(?<![0-9A-Za-z])(?:(?:\+?86)?{_GAP}1\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{4}}|0\d{{2,3}}{_GAP}\d{{7,8}})(?![0-9A-Za-z])"),
    PLATE: re.compile(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][·\- ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
    ),
    MAIL: re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"),
    ACCOUNT: re.compile(r"(?:微信|支付宝|QQ|wxid)[号账户：:\s]{0,4}[A-Za-z0-9_\-]{5,30}", re.IGNORECASE),
}
_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ＠．", "0123456789Xx@.")
SPOKEN = (TIME, DATE, MONEY, NUMBER, CHOICE)  # said in words of ours: nothing personal can stand in them


@dataclass(frozen=True)
class Hit:
    """A stretch of a field's text that should not be published. `piece`: which item of a list, "row.column" of rows, 0 otherwise."""

    field: str
    piece: str
    start: int
    end: int
    kind: str
    text: str

    @property
    def fixed(self) -> bool:
        """Whether a person may not leave it in."""
        return self.kind in FIXED

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def find(text: str, names: Iterable[str] = ()) -> list[tuple[int, int, str]]:
    """(start, end, kind) of what looks personal, in order, overlaps joined. Full-width digits are read as digits."""
    plain = text.translate(_DIGITS)
    found = [(one.start(), one.end(), kind) for kind, pattern in PATTERNS.items() for one in pattern.finditer(plain) if _is(kind, one[0])]
    for name in {one.strip() for one in names if len(one.strip()) > 1}:
        found += [(one.start(), one.end(), NAME) for one in re.finditer(re.escape(name), text)]
    return _joined(sorted(found))


def _is(kind: str, text: str) -> bool:
    """Drops numbers that prove to be something else: a company's credit code, a number no card has."""
    digits = re.sub(r"[^0-9Xx]", "", text)
    if uscc.is_valid(digits):
        return False
    return kind != CARD or (13 <= len(digits) <= 19 and (luhn.is_valid(digits) or len(digits) in (16, 19)))


def _joined(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if kept and start < kept[-1][1]:
            kinds = sorted((kept[-1][2], kind), key=KINDS.index)
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]), kinds[0])
        else:
            kept.append((start, end, kind))
    return kept


def burnt(form: Form, values: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The values with their personal fields shown as the law of a day lets the public see them."""
    return {name: _shown(form.fields[name], value, values, day) for name, value in values.items()}


def _shown(field: Field, value: Any, values: Mapping[str, Any], day: date) -> Any:
    rule = _rule(field, values)
    if not rule or not isinstance(value, str):
        return value
    return MODES[law.at(day).redactions()[rule]["public"]](value)


def _rule(field: Field, values: Mapping[str, Any]) -> str:
    return "" if field.unless and values.get(field.unless) else field.personal


MODES: dict[str, Callable[[str], str]] = {
    "full": lambda value: value,
    "none": lambda value: HIDDEN,
    "surname_mou": lambda value: mask("person_name_public", value, "public"),
    "surname_stars": lambda value: mask("name", value, "public"),
    "district": lambda value: mask("address", value, "public"),
}


def names_in(form: Form, values: Mapping[str, Any]) -> list[str]:
    """The names of persons in a paper's personal fields; they are looked for in its free text."""
    wanted = [one for one in form.fields.values() if one.personal in ("person_name", "penalty_person") and _rule(one, values)]
    return [values[one.name] for one in wanted if isinstance(values.get(one.name), str)]


def pieces(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(field, piece, text) of all free text: what is not personal as a whole, and not said in words of ours."""
    for name, value in values.items():
        field = form.fields[name]
        if _rule(field, values) or field.kind in SPOKEN:
            continue
        if field.kind == LIST:
            yield from ((name, str(place), text) for place, text in enumerate(value))
        elif field.kind == ROWS:
            yield from ((name, f"{place}.{key}", str(text)) for place, row in enumerate(value) for key, text in row.items())
        else:
            yield name, "0", str(value)


def hits(form: Form, values: Mapping[str, Any], names: Iterable[str] = ()) -> list[Hit]:
    """Everything the detector finds in a paper's free text. names: further names of persons that must not be published."""
    wanted = [*names_in(form, values), *names]
    return [
        Hit(name, piece, start, end, kind, text[start:end])
        for name, piece, text in pieces(form, values)
        for start, end, kind in find(text, wanted)
    ]


def struck(form: Form, values: Mapping[str, Any], day: date, found: Iterable[Hit], words: Iterable[str] = ()) -> dict[str, Any]:
    """The values as they may be published: personal fields burnt, hits and further words struck out. Nothing of them is left."""
    places: dict[tuple[str, str], list[Hit]] = {}
    for hit in found:
        places.setdefault((hit.field, hit.piece), []).append(hit)
    made: dict[str, Any] = burnt(form, values, day)
    for name, piece, text in pieces(form, values):
        _put(made, form.fields[name], piece, _without(text, places.get((name, piece), []), words))
    return made


def _without(text: str, found: Iterable[Hit], words: Iterable[str]) -> str:
    for hit in sorted(found, key=lambda one: one.start, reverse=True):
        text = text[: hit.start] + STRUCK + text[hit.end :]
    for word in sorted({one.strip() for one in words if one.strip()}, key=len, reverse=True):
        text = text.replace(word, STRUCK)
    return text


def _put(made: dict[str, Any], field: Field, piece: str, text: str) -> None:
    if field.kind == LIST:
        made[field.name] = [text if place == int(piece) else one for place, one in enumerate(made[field.name])]
    elif field.kind == ROWS:
        row, _, key = piece.partition(".")
        made[field.name] = [{**one, key: text} if place == int(row) else one for place, one in enumerate(made[field.name])]
    else:
        made[field.name] = text
