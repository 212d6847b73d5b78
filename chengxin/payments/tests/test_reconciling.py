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
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.payments import actions, reconciling
from chengxin.payments.models import ChannelFlag, Mismatch
from chengxin.payments.reconciling import KINDS, Window
from chengxin.payments.tests import people
from chengxin.subjects.models import Platform
from chengxin.subjects.tests import samples

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


def order(number: int, **more: Any) -> dict[str, Any]:
    at = clock.now() - timedelta(days=3)
    row = {"order_no": f"T{number}", "shop_id": "S1001", "buyer": f"U{number}", "sku": "K1", "qty": 1, "paid": "10.00"}
    return {**row, "ordered_at": at.isoformat(), "paid_at": (at + timedelta(minutes=1)).isoformat(), **more}


def test_a_late_report_clears_what_nobody_has_decided() -> None:
    platform = samples.platform()
    send = lambda kind, row: facts.accept_batch(platform.code, kind, sheets.ndjson([row]), "ndjson", "system:test")  # noqa: E731
    send("order", order(1))
    now = clock.now()
    actions.reconcile(now - timedelta(days=10), now, now)
    found = Mismatch.objects.get()
    assert (found.kind, found.state, found.key) == ("no_payment", "NEW", "T1")
    paid = {"payment_no": "P1", "order_no": "T1", "payer": "U1", "amount": "10.00", "paid_at": order(1)["paid_at"]}
    send("payment", paid)
    later = now + timedelta(days=1)  # the next night's window begins and ends a day later
    assert actions.reconcile(later - timedelta(days=10), later, later).cleared == 1
    assert Mismatch.objects.get().state == "CLEARED"


def test_money_outside_a_licensed_institution_is_flagged() -> None:
    cast = people.town()
    at = (clock.now() - timedelta(days=2)).isoformat()
    rows = [
        {"payment_no": f"P{place}", "order_no": f"T{place}", "payer": "U1", "institution": name, "amount": "10.00", "paid_at": at}
        for place, name in enumerate(["shilifu", "示例付", "yanshidaifu", "yanshidaifu", ""])
    ]
    facts.accept_batch(cast.platform.code, "payment", sheets.ndjson(rows), "ndjson", "system:test")
    actions.report_channel(cast.staff, cast.platform, people.channel())
    now = clock.now()
    assert actions.look_at_channels(now - timedelta(days=9), now) == 3
    seen = {(one.kind, one.institution): one.evidence for one in ChannelFlag.objects.all()}
    assert set(seen) == {("undeclared", "yanshidaifu"), ("unlicensed", "yanshidaifu"), ("unnamed", "")}
    assert seen["unlicensed", "yanshidaifu"]["amount_fen"] == 2000
    assert len(seen["unlicensed", "yanshidaifu"]["facts"]) == 2
    assert actions.look_at_channels(now - timedelta(days=9), now) == 0
