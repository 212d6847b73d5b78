"""Every planted mismatch is found and nothing else; the honest city, split payments and all, is silent; weeks give what the whole gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from chengxin import city
from chengxin.city import unreconciled
from chengxin.city.sizes import Recipe
from chengxin.facts import actions as facts
from chengxin.kernel import clock
from chengxin.payments import actions, reconciling
from chengxin.payments.models import Mismatch
from chengxin.payments.reconciling import KINDS, Window
from chengxin.subjects.models import Platform

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # what is measured is DuckDB's work
RECIPE = Recipe(events=30_000, seed=5, prevalence=0.0, start=date(2026, 5, 28), days=120, chunks=1)
SINCE = datetime.combine(RECIPE.start, time(), clock.CITY)
END = SINCE + timedelta(days=RECIPE.days)
WHOLE = Window(SINCE, END, END)


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    city.write(tmp_path / "city", recipe=RECIPE)
    return tmp_path / "city"


def report(folder: Path) -> None:
    for path in city.batches(folder):
        if path.stem in reconciling.READ:
            Platform.objects.get_or_create(code=path.parent.name, defaults={"name": path.parent.name})
            facts.accept_batch(path.parent.name, path.stem, path, "parquet", "system:test")


def keys(found: Any) -> set[tuple[str, str, str]]:
    return {(one.platform, one.kind, one.key) for one in found}


def test_the_honest_city_has_nothing_that_does_not_fit(folder: Path) -> None:
    unreconciled.vary(folder, share=0.2)
    with clock.set_to(END):
        report(folder)
        assert reconciling.find(WHOLE) == []


def test_every_planted_mismatch_is_found_and_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {tuple(row.values()) for row in unreconciled.plant(folder, share=0.05).to_pylist()}
    assert set(Counter(kind for _, kind, _ in planted)) == set(KINDS)
    with clock.set_to(END):
        report(folder)
        found = reconciling.find(WHOLE)
        assert keys(found) == planted
        assert all(sum(map(len, one.facts.values())) for one in found)
        weekly = [one for since, until in reconciling.days(SINCE, END, 30) for one in reconciling.find(Window(since, until, END))]
        assert keys(weekly) == planted
        run = actions.reconcile(SINCE, END, END)
        assert (run.found, run.added) == (len(planted), len(planted))
        assert actions.reconcile(SINCE, END, END).added == 0
        assert Mismatch.objects.count() == len(planted)
        # the twin: with a wider tolerance in the law's table, what differs by one fen is missed
        waits = reconciling.waits(END)
        monkeypatch.setattr(reconciling, "waits", lambda day: {**waits, "tolerance_fen": 1})
        assert {kind for _, kind, _ in planted - keys(reconciling.find(WHOLE))} == {"amount", "over_refund"}
