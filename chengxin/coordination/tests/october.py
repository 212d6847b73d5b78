"""The sheet of October 2026, looked at on a day in November."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from chengxin.coordination import catalogue, sheets
from chengxin.coordination.tests import people
from chengxin.kernel import clock

NOVEMBER = people.at(date(2026, 11, 5))


@pytest.fixture(autouse=True)
def november() -> Any:
    """Departments and people, nothing kept from before, and the clock after the month. Holds in every module that imports it."""
    cache.clear()
    people.cast()
    with clock.set_to(NOVEMBER):
        yield


def figure(code: str) -> dict[str, tuple[int, int]]:
    """An indicator's (numerator, denominator) by department."""
    return sheets.compute_one(catalogue.indicators()[code], sheets.period_of("2026-10"))
