"""Identifiers: time-ordered row ids, and the numbers people read out on the telephone."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from datetime import date


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits, so that rows sort by birth."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (random >> 62) << 64
    value |= 0b10 << 62
    value |= random & (1 << 62) - 1
    return uuid.UUID(int=value)


def gtin_check(digits: str) -> str:
    """The GS1 check digit of a digit string: from the right weights 3, 1, 3, 1 …; (10 - sum mod 10) mod 10.

    >>> gtin_check("690123456789")
    '2'
    """
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValueError(f"a GS1 number has only digits, not {digits!r}")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def our_number(kind: str, division: str, day: date, sequence: int) -> str:
    """One of our own numbers, e.g. a clue CL2304002026112400017 and its check digit: kind, division, day, sequence, GS1 check digit."""
    if not 0 < sequence <= 99_999:
        raise ValueError(f"sequence {sequence} does not fit five digits")
    digits = f"{division}{day:%Y%m%d}{sequence:05d}"
    return f"{kind}{digits}{gtin_check(digits)}"


def is_our_number(text: str) -> bool:
    """Whether a text has the shape and the check digit of `our_number`."""
    match = re.fullmatch(r"[A-Z]{2}([0-9]{19})([0-9])", text)
    return match is not None and gtin_check(match[1]) == match[2]
