"""Money is an integer number of fen everywhere: in Python, in the database and in the lake."""

from __future__ import annotations

import re
from decimal import Decimal

_YUAN = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,2})?")


def parse_yuan(text: str | int | Decimal) -> int:
    """Fen of an amount in yuan: "12.3" -> 1230. ValueError for more than two decimals, separators, currency signs or exponents."""
    plain = str(text).strip()
    if not _YUAN.fullmatch(plain):
        raise ValueError(f"{plain!r} is not an amount in yuan such as 12.30")
    return int(Decimal(plain) * 100)


def yuan(fen: int) -> str:
    """1230 -> "12.30"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def yuan_for_people(fen: int) -> str:
    """123456 -> "1,234.56"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
