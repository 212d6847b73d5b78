"""Units of measure (UN/ECE recommendation 20): a value of one unit in another of the same dimension."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("units.yaml")


@cache
def _units() -> dict[str, tuple[str, float, float]]:
    known = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {str(code): (base, float(factor), float(added)) for code, (base, factor, added) in known.items()}


def in_base(value: float, unit: str) -> tuple[float, str]:
    """The value in the base unit of the unit's dimension; of a unit we do not know, the value as it is."""
    base, factor, added = _units().get(unit, (unit, 1.0, 0.0))
    return value * factor + added, base


def alike(unit: str) -> list[str]:
    """The units that the unit can be converted to, itself among them."""
    known = _units().get(unit)
    return [unit] if known is None else [code for code, (base, _, _) in _units().items() if base == known[0]]


def convert(value: float, unit: str, other: str) -> float:
    """The value of one unit in another of the same dimension."""
    if unit == other:
        return value
    based, _ = in_base(value, unit)
    _, factor, added = _units().get(other, (other, 1.0, 0.0))
    return (based - added) / factor
