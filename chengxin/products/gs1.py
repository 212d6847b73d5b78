"""GS1 Digital Link addresses of trade items, read and written (GS1 Digital Link: URI Syntax 1.4; GS1 General Specifications).

/01/{gtin} with the key qualifiers /22/{variant} /10/{lot} /21/{serial} in this order, data attributes in the query (17 use-by date, 15
best before, 3103 net weight …). GTINs of 8, 12, 13 and 14 digits are taken, and stand with 14. Compressed addresses are not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn
from urllib.parse import quote, unquote, urlencode

from biip import BiipException
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

from chengxin.kernel.ids import gtin_check
from chengxin.products.errors import CodeWrong
from chengxin.traceability.identifiers import key_of

CANONICAL = "https://id.gs1.org"
ANY_HOST = "https://example.org"
LENGTHS = (8, 12, 13, 14)
FIELDS = {"22": "variant", "10": "lot", "21": "serial"}  # the key qualifiers of 01, in their order


@dataclass(frozen=True)
class Code:
    """A trade item, its lot or one single thing. attributes: application identifier → value; dates: those that are dates."""

    gtin: str
    variant: str = ""
    lot: str = ""
    serial: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """/01/… with what is known, escaped."""
        parts = [("01", self.gtin), ("22", self.variant), ("10", self.lot), ("21", self.serial)]
        return "".join(f"/{ai}/{quote(value, safe='')}" for ai, value in parts if value)

    @property
    def key(self) -> str:
        """The canonical address, as captured events name the thing: with its serial a thing needs no lot."""
        return key_of(CANONICAL + self.path)

    @property
    def level(self) -> str:
        return "serial" if self.serial else "lot" if self.lot else "product"


def gtin14(digits: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14. Raises CodeWrong for another length or a wrong check digit."""
    if not re.fullmatch(r"[0-9]+", digits, re.ASCII) or len(digits) not in LENGTHS:
        wrong("商品条码应为 8、12、13 或者 14 位数字", "a GTIN has 8, 12, 13 or 14 digits")
    if gtin_check(digits[:-1]) != digits[-1]:
        wrong("商品条码的校验位不对", "the check digit of the GTIN is wrong")
    return digits.zfill(14)


def read(path: str, query: Mapping[str, str] | None = None) -> Code:
    """The code of an address. path: still escaped, beginning with /01/; query: attributes and what else stands there, which is left out.

    Raises CodeWrong: digits, check digit, unknown or misplaced qualifiers, values out of their form (lot and serial have 20 signs at most).
    """
    parts = path.strip("/").split("/")
    if len(parts) < 2 or parts[0] != "01" or len(parts) % 2:
        wrong("地址应为 /01/条码，后接批号、序列号", "the address is /01/ and the GTIN, then lot and serial")
    gtin = gtin14(unquote(parts[1]))
    asked = {name: value for name, value in (query or {}).items() if name.isdigit()}
    address = f"{ANY_HOST}/01/{gtin}/{'/'.join(parts[2:])}".rstrip("/")
    try:
        found = GS1DigitalLinkURI.parse(address + ("?" + urlencode(asked) if asked else ""))
    except (BiipException, ValueError, LookupError) as cause:
        wrong("批号、序列号或者属性的顺序、内容不符合 GS1 规范", f"a qualifier or attribute does not fit the GS1 rules: {str(cause)[:120]}")
    values = {one.ai.ai: one.value for one in found.element_strings}
    dates = {one.ai.ai: one.date for one in found.element_strings if one.date}
    named = {name: values.pop(ai, "") for ai, name in FIELDS.items()}
    values.pop("01")
    return Code(gtin=gtin, **named, attributes=values, dates=dates)


def check_lot(lot: str) -> str:
    """A lot or serial in the form GS1 gives it: 1 to 20 signs of its set. Raises CodeWrong."""
    if not re.fullmatch(r"[!\"%-?A-Z_a-z]{1,20}", lot, re.ASCII):
        wrong(
            "批号、序列号为 1 至 20 位字母、数字或者常用符号，不含汉字和空格", "a lot or serial has 1 to 20 letters, digits or plain signs"
        )
    return lot


def of_key(key: str) -> Code | None:
    """The code of a captured key; None for containers, national codes and what else is no trade item."""
    if not key.startswith(f"{CANONICAL}/01/"):
        return None
    try:
        return read(key.removeprefix(CANONICAL))
    except CodeWrong:
        return None


def wrong(zh: str, en: str) -> NoReturn:
    raise CodeWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
