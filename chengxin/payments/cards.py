"""No card number is kept: what looks like one (13 to 19 digits with a valid Luhn digit, ISO/IEC 7812-1) is refused before it is stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from stdnum import luhn

from chengxin.payments.errors import CardNumber

_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ .\-]?[0-9]){12,18}(?![0-9A-Za-z])")


def seen(text: str) -> str:
    """The first card number in a text, masked but for its last four digits; empty when there is none. Full-width digits count."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text)):
        digits = re.sub(r"[^0-9]", "", run)
        if luhn.is_valid(digits):
            return "*" * (len(digits) - 4) + digits[-4:]
    return ""


def refuse(texts: Mapping[str, str]) -> None:
    """Raises CardNumber for the first text that holds one; texts: name of the field → what was written."""
    for where, text in texts.items():
        if masked := seen(text):
            raise CardNumber(where=where, masked=masked)
