"""The chart of accounts (`chart.yaml`): what each kind of account is, on which side its balance stands, whether it may be below nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DEBIT, CREDIT = "debit", "credit"


@dataclass(frozen=True)
class Kind:
    """One kind of account. per: fund, subject or claim; bank: money that a bank statement shows."""

    code: str
    zh: str
    en: str
    side: str
    floor: bool
    per: str
    bank: bool = False


@cache
def chart() -> dict[str, Kind]:
    """Code → kind, in the order of the file."""
    read = yaml.safe_load(Path(__file__).with_name("chart.yaml").read_text(encoding="utf-8"))
    return {code: Kind(code=code, **given) for code, given in read.items()}


def banks() -> list[str]:
    """The kinds that a bank statement shows."""
    return [code for code, one in chart().items() if one.bank]
