"""The catalogue of indicators: indicators.yaml read once and checked; which query computes each is in figures.py."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("indicators.yaml")
MORE, LESS = "more", "less"
THOUSAND = 1000


@dataclass(frozen=True)
class Indicator:
    """target: thousandths of the cohort; better: more | less; weight: points; measures: codes of the plan's measures."""

    code: str
    query: str
    zh: str
    en: str
    of: dict[str, str]
    measures: tuple[str, ...]
    better: str
    target: int
    source: dict[str, str]
    target_since: date
    weight: int

    def met(self, n: int, d: int) -> bool:
        """Whether n of d reaches the target, in whole numbers."""
        return n * THOUSAND >= self.target * d if self.better == MORE else n * THOUSAND <= self.target * d

    def colour(self, n: int, d: int) -> str:
        return "" if not d else "green" if self.met(n, d) else "red"


@cache
def indicators() -> dict[str, Indicator]:
    """The indicators by code, in the order of the file. KeyError names what an entry lacks."""
    return {
        code: _read(code, given)
        for code, given in yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["indicators"].items()
    }


def _read(code: str, given: dict[str, Any]) -> Indicator:
    plain = {name: given[name] for name in ("query", "zh", "en", "better", "target", "target_since", "weight")}
    source = {"zh": given["target_source"], "en": given["target_source_en"]}
    return Indicator(code=code, of={"zh": given["of_zh"], "en": given["of_en"]}, source=source, measures=tuple(given["measures"]), **plain)


@cache
def version() -> str:
    """SHA-256 of the catalogue's file: a frozen sheet says by which one it was computed."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


def of_measure(code: str) -> list[Indicator]:
    return [one for one in indicators().values() if code in one.measures]
