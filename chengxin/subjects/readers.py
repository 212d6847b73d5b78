"""Reads one column of a shop's identity: text in, a value of the column's kind out, or the refusal that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects import identifiers, vocabulary
from chengxin.subjects.errors import FieldRefused

METHODS = ("register_match", "image_two_person", "id_service", "e_licence")
Column = Mapping[str, Any]


@dataclass(frozen=True)
class Permit:
    """A licence as stated: kind code, number and term."""

    kind: str
    number: str
    expires_on: date | None = None
    issued_on: date | None = None
    issuer: str = ""
    scope: str = ""
    name: str = ""


def refused(name: str, code: str, **holes: Any) -> FieldRefused:
    """The error for a column, with the texts of refusals.yaml."""
    labels, said = vocabulary.shop_columns()[name], vocabulary.refusal(code)
    texts = {
        f"{part}_{lang}": said[key][lang].format_map(holes)
        for part, key in (("reason", "why"), ("remedy", "remedy"))
        for lang in ("zh", "en")
    }
    return FieldRefused(field=name, refusal=code, label_zh=labels["zh"], label_en=labels["en"], **texts)


def _text(name: str, text: str, column: Column) -> str:
    if len(text) > column["most"]:
        raise refused(name, "too_long", most=column["most"])
    if any(ord(letter) < 32 for letter in text):
        raise refused(name, "control_character")
    return text


def _code(name: str, text: str, column: Column) -> str:
    codes = law.at(clock.today()).codes(column["codes"])
    by_name = {item["zh"]: code for code, item in codes.items()}
    code = by_name.get(text, text.upper())
    if code not in codes:
        raise refused(name, "not_in_list", allowed=", ".join(codes))
    return code


def read_date(text: str) -> date | None:
    """A day written as 2026-06-30, 2026/6/30, 20260630 or 2026年6月30日, or a spreadsheet's day number; None when it is none of them."""
    if re.fullmatch(r"[0-9]{5}(\.0)?", text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    match = re.fullmatch(r"([0-9]{4})(?:[-/.年]?)([0-9]{1,2})(?:[-/.月]?)([0-9]{1,2})日?(?:[ T]00:00(?::00)?)?", text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _date(name: str, text: str, column: Column) -> date:
    day = read_date(text)
    if day is None:
        raise refused(name, "not_a_date", text=text)
    return day


def _division(name: str, text: str, column: Column) -> str:
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", text):
        raise refused(name, "not_a_division")
    return text


def _categories(name: str, text: str, column: Column) -> tuple[str, ...]:
    known = vocabulary.categories()
    by_name = {item["zh"]: code for code, item in known.items()}
    found = [by_name.get(part, part.lower()) for part in (piece.strip() for piece in re.split(r"[;；,，、]", text)) if part]
    for code in found:
        if code not in known:
            raise refused(name, "no_category", text=code)
    return tuple(dict.fromkeys(found))


def _permits(name: str, text: str, column: Column) -> tuple[Permit, ...]:
    return tuple(_permit(name, piece.strip()) for piece in re.split(r"[;；]", text) if piece.strip())


def _permit(name: str, piece: str) -> Permit:
    parts = [part.strip() for part in re.split(r"[:：]", piece)]
    kinds = vocabulary.licence_kinds()
    kind = {item["zh"]: code for code, item in kinds.items()}.get(parts[0], parts[0].upper())
    if len(parts) not in (2, 3) or kind not in kinds or not parts[1] or len(parts[1]) > 80:
        raise refused(name, "not_a_permit", text=piece)
    expires = read_date(parts[2]) if len(parts) == 3 and parts[2] else None
    if len(parts) == 3 and parts[2] and expires is None:
        raise refused(name, "not_a_date", text=parts[2])
    return Permit(kind, parts[1], expires)


def _method(name: str, text: str, column: Column) -> str:
    if text not in METHODS:
        raise refused(name, "no_method", allowed=", ".join(METHODS))
    return text


def _hash(name: str, text: str, column: Column) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise refused(name, "not_a_hash")
    return text.lower()


def _identity_number(name: str, text: str, column: Column) -> str:
    number = identifiers.compact(text)
    if not re.fullmatch(r"[0-9A-Z()]{5,30}", number):
        raise refused(name, "not_a_document")
    return number


READERS: dict[str, Callable[[str, str, Column], Any]] = {
    "text": _text,
    "code": _code,
    "date": _date,
    "division": _division,
    "categories": _categories,
    "permits": _permits,
    "method": _method,
    "hash": _hash,
    "id": _identity_number,
    "uscc": lambda name, text, column: identifiers.uscc(text),
    "phone": lambda name, text, column: identifiers.phone(text),
    "url": lambda name, text, column: identifiers.web_address(_text(name, text, column)),
}
