"""The sheet of a generated month equals that of bench/kpi, a program over raw tables that shares no query with the house."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from chengxin.coordination import sheets
from chengxin.coordination.tests import month, people
from chengxin.kernel import clock
from chengxin.supervision.models import ClueStep

BENCH = Path(__file__).resolve().parents[3] / "bench/kpi"
TODAY = date(2026, 11, 6)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCH))
    import independent

    return independent


def by_the_second(program: Any) -> Any:
    """Its figures over this test's tables, as text like that of the file."""

    class Tables(program.Month):
        def rows(self, table: str) -> list[dict[str, Any]]:
            return [{name: _text(value) for name, value in row.items()} for row in super().rows(table)]

    return program.figures(Tables(connection.connection, "2026-10", TODAY))


def _text(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value


@pytest.mark.django_db
def test_the_sheet_equals_the_second_program_and_a_changed_fact_or_rule_does_not(second: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the second program reads SQLite")
    cache.clear()
    people.cast()
    with clock.set_to(people.at(TODAY)):
        month.fill()
        house = sheets.compute(sheets.period_of("2026-10"))
        assert by_the_second(second) == house and sum(map(len, house.values())) > 20
        with monkeypatch.context() as other:  # a rule: were a day over when it is over in UTC, the last minutes would count otherwise
            other.setattr(second, "CITY", UTC)
            assert by_the_second(second) != house
        late = ClueStep.objects.filter(action="dismiss", at__range=(people.at(month.SINCE), people.at(month.UNTIL))).first()
        assert late
        late.delete()  # a fact: one clue was never closed
        assert by_the_second(second) != house and by_the_second(second) == sheets.compute(sheets.period_of("2026-10"))


@pytest.mark.nightly
def test_the_sheet_of_a_small_city_equals_the_second_program(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, str(BENCH / "run.py"), "--size", "S", "--few", "2", "--keep", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " 0 cells differ" in done.stdout, done.stdout[-4000:] + done.stderr[-2000:]
