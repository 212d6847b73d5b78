"""Identifiers of subjects and goods: check, normalise, and refuse with the exact reason.

What the check characters catch (proved for every character pair and place in tests/test_identifiers.py):

- USCC (GB 32100-2015): weights 3^(i-1) mod 31, the check character itself with weight 1. 31 is prime and every two neighbouring
  weights differ mod 31 (also 28 and 1 at the end), so **every** one-character error and **every** adjacent swap of different characters is
  caught; there is no exception.
- Resident ID (GB 11643-1999): weights 2^(18-i) mod 11, 11 prime, digits differ by less than 11: every one-digit error and every adjacent
  swap is caught; a swap that puts X before the last place is refused as a character.
- GTIN (GS1): weights 3 and 1 mod 10: every one-digit error is caught, but **not** the adjacent swaps of digits that differ by 5
  (0-5, 1-6, 2-7, 3-8, 4-9), for 2 x 5 = 10. That is a property of the standard, not of this code.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from stdnum import numdb
from stdnum.cn import ric as stdnum_ric
from stdnum.cn import uscc as stdnum_uscc

from chengxin.kernel import clock, ids
from chengxin.subjects import errors

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NEVER_USED = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}  # the letter and what it is usually a misreading of
DEMO_DIVISION = "230499"
DEMO_GTIN = "952"
DEMO_PHONE = "100"
DEMO_HOST = ".example"
# Residence permits of people from Hong Kong, Macao and Taiwan have numbers of the same form (国办发〔2018〕81号).
RESIDENCE_PERMITS = frozenset({"810000", "820000", "830000"})


@dataclass(frozen=True)
class Doubt:
    """Something odd that does not refuse a number."""

    code: str
    zh: str
    en: str


def compact(text: str) -> str:
    """Full-width to half-width, upper case, without spaces, dashes and invisible characters."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in wide if not letter.isspace() and letter not in "-‐‑‒–—―" and unicodedata.category(letter) != "Cf")


def uscc(text: str) -> str:
    """The normalised unified social credit code. Raises UsccLength, UsccLetter, UsccCharacter, UsccDivision, UsccCheck, DemoIdentifier."""
    code = compact(text)
    _uscc_shape(code)
    expected = uscc_check_character(code[:17])
    if code[17] != expected:
        raise errors.UsccCheck(field="uscc", value=code, expected=expected, character=code[17])
    _refuse_demo("uscc", code[2:8] == DEMO_DIVISION)
    return code


def uscc_check_character(first17: str) -> str:
    """The 18th character: (31 - sum(Ci x 3^(i-1)) mod 31) mod 31 in the 31-character alphabet (GB 32100-2015, 5.3)."""
    return str(stdnum_uscc.calc_check_digit(first17))


def uscc_doubts(code: str) -> list[Doubt]:
    """Doubts about a valid code. The organisation code inside (9-17) has a check digit of its own that registrars did not always keep."""
    if _organisation_check(code[8:16]) == code[16]:
        return []
    return [
        Doubt(
            "organisation_check",
            "第 9 至 17 位不符合旧组织机构代码的校验规则（GB 11714），2015 年以后赋码的主体可以如此，仅作提示。",
            "Characters 9 to 17 fail the old organisation code's check (GB 11714); codes given after 2015 may, so this is only a hint.",
        )
    ]


def old_registration_number(text: str) -> str:
    """A 15-digit registration number from before 2015, kept only as a secondary number."""
    number = compact(text)
    if not re.fullmatch(r"[0-9]{15}", number):
        raise errors.IdentifierRefused(field="old_registration", value=number)
    return number


def resident_id(text: str) -> str:
    """The normalised resident identity number. Raises IdLength, IdCharacter, IdCheck, IdDivision, IdDate, DemoIdentifier."""
    number = compact(text)
    _id_shape(number)
    expected = resident_id_check_character(number[:17])
    if number[17] != expected:
        raise errors.IdCheck(field="id_no", expected=expected, character=number[17])
    _refuse_demo("id_no", number[:6] == DEMO_DIVISION or number[6:8] == "18")
    if not _division_ever(number[:6]):
        raise errors.IdDivision(field="id_no", division=number[:6])
    _birth(number[6:14])
    return number


def resident_id_check_character(first17: str) -> str:
    """GB 11643: weights 2^(18-i) mod 11; remainder 0-10 gives 1 0 X 9 8 7 6 5 4 3 2."""
    return str(stdnum_ric.calc_check_digit(first17 + "0"))


def gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as digits. Raises GtinLength, GtinCharacter, GtinCheck, DemoIdentifier."""
    number = compact(text)
    for position, character in enumerate(number, 1):
        if character not in "0123456789":
            raise errors.GtinCharacter(field="gtin", value=number, position=position, character=character)
    if len(number) not in (8, 12, 13, 14):
        raise errors.GtinLength(field="gtin", value=number, length=len(number))
    expected = ids.gtin_check(number[:-1])
    if number[-1] != expected:
        raise errors.GtinCheck(field="gtin", value=number, expected=expected, character=number[-1])
    _refuse_demo("gtin", gtin14(number)[1:4] == DEMO_GTIN and len(number) > 8)
    return number


def gtin14(number: str) -> str:
    """The 14-digit form, under which the same item in different lengths is equal."""
    return number.zfill(14)


def phone(text: str) -> str:
    """A mobile number, a landline with area code or a 400/800 number, as digits."""
    number = compact(text).removeprefix("+86").removeprefix("0086")
    _refuse_demo("phone", bool(re.fullmatch(rf"{DEMO_PHONE}[0-9]{{8}}", number)))
    if not re.fullmatch(rf"1[3-9][0-9]{{9}}|0[1-9][0-9]{{9,10}}|[48]00[0-9]{{7}}|{DEMO_PHONE}[0-9]{{8}}", number):
        raise errors.PhoneRefused(field="phone")
    return number


def web_address(text: str) -> str:
    """An http(s) address with a host; a missing scheme is taken as https."""
    address = text.strip()
    parts = _split(address if "//" in address else f"https://{address}")
    host = parts[1].rsplit("@", 1)[-1].split(":")[0].lower()
    if parts[0] not in ("http", "https") or not re.fullmatch(r"([\w-]+\.)+[\w-]{2,}", host):
        raise errors.WebAddressRefused(field="url", value=address)
    _refuse_demo("url", host.endswith(DEMO_HOST))
    return address if "//" in address else f"https://{address}"


def url_key(address: str) -> str:
    """The form under which a shop's address is found: host and path in lower case without www., trailing slash and tracking parameters."""
    scheme, host = _split(address if "//" in address else f"https://{address}")
    if not scheme or not host:
        return ""
    parts = urlsplit(address if "//" in address else f"https://{address}")
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if not name.lower().startswith(("utm_", "spm", "from")))
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{host.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"[:500]


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme.lower(), parts.netloc


def _uscc_shape(code: str) -> None:
    if re.fullmatch(r"[0-9]{15}", code):
        raise errors.OldNumberAsPrimary(field="uscc", value=code)
    for position, character in enumerate(code, 1):
        if character in NEVER_USED:
            raise errors.UsccLetter(field="uscc", value=code, position=position, character=character, likely=NEVER_USED[character])
        if character not in USCC_ALPHABET:
            raise errors.UsccCharacter(field="uscc", value=code, position=position, character=character)
    if len(code) != 18:
        raise errors.UsccLength(field="uscc", value=code, length=len(code))
    for position, character in enumerate(code[2:8], 3):
        if character not in "0123456789":
            raise errors.UsccDivision(field="uscc", value=code, position=position, character=character)


def _id_shape(number: str) -> None:
    for position, character in enumerate(number, 1):
        if character not in "0123456789" and not (position == 18 and character == "X"):
            raise errors.IdCharacter(field="id_no", position=position, character=character)
    if len(number) != 18:
        raise errors.IdLength(field="id_no", length=len(number))


def _birth(digits: str) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as cause:
        raise errors.IdDate(field="id_no", digits=digits) from cause
    if born > clock.today() or (born.year < 1900 and not settings.DEMO) or born.year < 1800:
        raise errors.IdDate(field="id_no", digits=digits)
    return born


@cache
def _division_ever(code: str) -> bool:
    """Whether the six digits are or were a division of GB/T 2260 (list kept by python-stdnum), a residence permit's, or the demo's."""
    if code in RESIDENCE_PERMITS or code == DEMO_DIVISION:
        return True
    # the list is a prefix tree; only a match of all six digits carries a county
    return any("county" in properties for _, properties in numdb.get("cn/loc").info(code))


def _organisation_check(first8: str) -> str:
    """GB 11714: weights 3 7 9 10 5 8 4 2, mod 11; 10 is X, 11 is 0."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(letters.index(character) * weight for character, weight in zip(first8, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def _refuse_demo(field: str, is_demo: bool) -> None:
    if is_demo and not settings.DEMO:
        raise errors.DemoIdentifier(field=field)
