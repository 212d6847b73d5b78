"""The room's data files, read once: licence kinds, categories and what they need, the shop's columns, the identity report's fields."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HOME = Path(__file__).parent


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((HOME / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def licence_kinds() -> dict[str, dict[str, str]]:
    """Licence kind code → {"zh", "en"}."""
    kinds: dict[str, dict[str, str]] = _read("licences.yaml")["kinds"]
    return kinds


def categories() -> dict[str, dict[str, Any]]:
    """Category code → {"zh", "en", "any_of": licence kinds of which one is needed}."""
    found: dict[str, dict[str, Any]] = _read("licences.yaml")["categories"]
    return found


def exempt_categories(exemption: str) -> list[str] | None:
    """The categories an exemption covers; None = any that needs no licence."""
    found: list[str] | None = _read("licences.yaml")["exemptions"][exemption]
    return found


def shop_columns() -> dict[str, dict[str, Any]]:
    """Column name → {"zh", "en", "kind", "required", …} of a shop's identity, in the template's order."""
    found: dict[str, dict[str, Any]] = _read("shop_columns.yaml")["columns"]
    return found


def report_shapes() -> dict[str, dict[str, Any]]:
    """Shape (registered, unregistered) → its fields in order."""
    found: dict[str, dict[str, Any]] = _read("identity_report.yaml")["shapes"]
    return found


def report_channel() -> dict[str, str]:
    """What has to be said about the channel with every export of an identity report."""
    found: dict[str, str] = _read("identity_report.yaml")["channel"]
    return found


def refusal(code: str) -> dict[str, dict[str, str]]:
    """Why a column is refused and what to do: {"why": {"zh", "en"}, "remedy": …}."""
    found: dict[str, dict[str, str]] = _read("refusals.yaml")[code]
    return found
