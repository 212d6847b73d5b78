"""A second look at the values that the compiled loops did not read: accept a plain reading, or name exactly what is wrong.

Every function returns the value, or raises Odd(code). Only odd values come here, so clarity counts and speed does not.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from chengxin.facts.kinds import Column
from chengxin.kernel import clock

MOST_FEN = 10**14  # one trillion yuan
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_FORMULA = re.compile(r"=|[+\-@].*[(|!]")
_CELL_ERRORS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_CURRENCY = re.compile(r"[¥￥$€]|元|CNY|RMB|USD", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([,，][0-9]{3})+(\.[0-9]+)?")
_RESIDENT_ID = re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9])")
_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?"
    r"(?:[T \s]*(?P<hour>\d{1,2})(?::|时)(?P<minute>\d{1,2})(?:(?::|分)(?P<second>\d{1,2})(?:秒|\.(?P<fraction>\d{1,9}))?|分)?)?"
    r"\s*(?P<zone>Z|z|UTC|[+-].*)?"
)
_PACKED = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?(?P<fraction>)(?P<zone>Z)?"
)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(\s.*)?")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})?")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Odd(ValueError):
    """A named reason (reasons.yaml) with its numbers."""

    def __init__(self, code: str, **data: Any) -> None:
        self.code, self.data = code, data
        super().__init__(code)


def text(column: Column, value: str) -> str:
    """The text without outer spaces. Raises Odd."""
    plain = value.strip(" \t\r\n　")
    _check_characters(column, plain)
    if column.identifier:
        _check_identifier(column, plain)
    if column.max is not None and len(plain) > column.max:
        raise Odd("too_long", max=column.max)
    if column.free and any(_id_checks(match[0]) for match in _RESIDENT_ID.finditer(plain)):
        raise Odd("id_number_in_text")
    return plain


def _check_characters(column: Column, plain: str) -> None:
    if "\0" in plain:
        raise Odd("nul_character")
    allowed = "\t\r\n" if column.free else ""
    if any((ord(char) < 32 or ord(char) == 127) and char not in allowed for char in plain):
        raise Odd("control_character")
    if "�" in plain or "锟斤拷" in plain:
        raise Odd("mojibake")
    if _CELL_ERRORS.match(plain):
        raise Odd("cell_error")
    if _FORMULA.match(plain):
        raise Odd("formula")


def _check_identifier(column: Column, plain: str) -> None:
    if _SCIENTIFIC.fullmatch(plain):
        raise Odd("mangled_number")
    if any(char.isspace() for char in plain):
        raise Odd("space_inside")
    if column.name == "shop_id" and "/" in plain:
        raise Odd("slash")


def _id_checks(number: str) -> bool:
    """GB 11643: weights, remainder mod 11."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def whole(column: Column, value: str) -> int | None:
    """A whole number, also as 3.0. Raises Odd."""
    plain = _number_text(value)
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise Odd("not_a_number") from None
    if not number.is_finite():
        raise Odd("not_a_number")
    if number != number.to_integral_value():
        raise Odd("not_whole")
    if abs(number) >= 10**18:
        raise Odd("too_big", max=column.max if column.max is not None else 10**18)
    return int(number)


def money(column: Column, value: str) -> int | None:
    """Fen of an amount in yuan. Raises Odd."""
    plain = _number_text(value)
    if not plain:
        return None
    if _CURRENCY.search(plain):
        raise Odd("currency_sign")
    if _THOUSANDS.fullmatch(plain):
        raise Odd("thousands_separator")
    try:
        yuan = Decimal(plain)
    except InvalidOperation:
        raise Odd("not_money") from None
    if not yuan.is_finite():
        raise Odd("not_money")
    if yuan < 0:
        raise Odd("negative_amount")
    if yuan * 100 > MOST_FEN:
        raise Odd("amount_too_big")
    if yuan * 100 != (yuan * 100).to_integral_value():
        raise Odd("more_than_two_decimals")
    return int(yuan * 100)


def _number_text(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).strip()
    if _CELL_ERRORS.match(plain):
        raise Odd("cell_error")
    if plain.startswith("="):
        raise Odd("formula")
    if len(plain) > 60:
        raise Odd("too_long", max=60)
    return plain


def moment(column: Column, value: str) -> int | None:
    """Microseconds since 1970 UTC of a time written in one of the usual ways; without a zone it is city time. Raises Odd."""
    plain = _number_text(value)
    if not plain:
        return None
    match = _WRITTEN.fullmatch(plain) or _PACKED.fullmatch(plain)
    if match is None:
        raise Odd("ambiguous_date" if _SHORT_YEAR.fullmatch(plain) else "not_a_time")
    part = {name: int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    if part["hour"] > 23 or part["minute"] > 59 or part["second"] > 59:
        raise Odd("no_such_hour")
    fraction = int((match["fraction"] or "").ljust(6, "0")[:6] or 0)
    zone = _zone(match["zone"])
    try:
        local = datetime(**part, microsecond=fraction, tzinfo=zone)
        return (local - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        raise Odd("no_such_date") from None


def _zone(zone: str | None) -> Any:
    if not zone:
        return clock.CITY
    if zone in ("Z", "z", "UTC"):
        return UTC
    match = _ZONE.fullmatch(zone.strip())
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        raise Odd("bad_offset")
    shift = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-shift if match[1] == "-" else shift)


_YES_NO = {"true": 1, "false": 0, "1": 1, "0": 0, "是": 1, "否": 0, "yes": 1, "no": 0, "y": 1, "n": 0}


def yes_no(column: Column, value: str) -> int | None:
    """1 or 0. Raises Odd."""
    plain = value.strip().lower()
    if not plain:
        return None
    if plain not in _YES_NO:
        raise Odd("not_yes_no")
    return _YES_NO[plain]


def code(column: Column, value: str) -> str:
    """A code of the column's list, given as the code or as its name. Raises Odd."""
    plain = value.strip()
    allowed = column.allowed()
    if not plain or plain in allowed:
        return plain
    for known, names in allowed.items():
        if plain.casefold() in (known.casefold(), names["zh"].casefold(), names["en"].casefold()):
            return known
    raise Odd("unknown_code", known=" ".join(allowed))


_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split())  # noqa: SIM905


def division(column: Column, value: str) -> str:
    """An administrative division (GB/T 2260): 6, 9 or 12 digits that start with a province. Raises Odd."""
    plain = _number_text(value).removesuffix(".0")
    if not plain:
        return ""
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", plain):
        raise Odd("division_shape")
    if plain[:2] not in _PROVINCES:
        raise Odd("division_unknown")
    return plain


def gtin(column: Column, value: str) -> str:
    """A GTIN with its check digit (GS1 General Specifications 7.9). Raises Odd."""
    plain = _number_text(value).removesuffix(".0")
    if not plain:
        return ""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", plain):
        raise Odd("mangled_number" if _SCIENTIFIC.fullmatch(plain) else "gtin_shape")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(plain[:-1])))
    if -total % 10 != int(plain[-1]):
        raise Odd("gtin_check")
    return plain


def digest(column: Column, value: str) -> str:
    """A hash in lower-case hexadecimal. Raises Odd."""
    plain = value.strip().lower()
    if plain and not re.fullmatch(r"[0-9a-f]{16,128}", plain):
        raise Odd("hash_shape")
    return plain


_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}")  # as ipaddress writes it, at a tenth of its time


def ip(column: Column, value: str) -> str:
    """An IPv4 or IPv6 address, or a hash of one that the platform made. Raises Odd."""
    plain = value.strip()
    if not plain or _IPV4.fullmatch(plain) or re.fullmatch(r"[0-9A-Fa-f]{16,128}", plain):
        return plain
    try:
        return str(ipaddress.ip_address(plain))
    except ValueError:
        raise Odd("ip_shape") from None
