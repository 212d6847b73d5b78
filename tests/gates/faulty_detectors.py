"""Detectors that have a fault, for the gates to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chengxin import detectors
from chengxin.detection.tests import test_detector_cases as cases
from chengxin.detectors import Detector, Finding, Window


def telling(rows_of: Callable[[Any], list[tuple[int, int]]]) -> Detector:
    """A detector that says whatever a query says: (shop, how much)."""

    def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
        for shop, much in rows_of(lake):
            yield replace(sighting("price_fraud", shop, much), since=window.since, until=window.until)

    return replace(detectors.load("price_fraud"), find=find)


def sighting(name: str, shop: int, much: int) -> Finding:
    at = cases.WINDOW.since
    return Finding(name, "B13", (shop,), (), {"order": (much,)}, (), 1 - 1 / (2 + much), at, at + timedelta(days=900))


def for_every_shop(lake: Any) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = lake.execute('SELECT shop, count(*) FROM "order" GROUP BY 1 ORDER BY 1').fetchall()
    return rows
