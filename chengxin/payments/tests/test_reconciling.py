"""What does not fit is cleared by later reports; money outside a licensed institution is flagged with its evidence."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chengxin.facts import actions as facts
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.payments import actions
from chengxin.payments.models import ChannelFlag, Mismatch
from chengxin.payments.tests import people
from chengxin.subjects.tests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # what is measured is DuckDB's work


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


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


def test_a_combined_parcel_of_several_missing_orders_is_one_difference() -> None:
    platform = samples.platform()
    sent = {"waybill_no": "W1", "courier": "kuaidi", "collected_at": order(1)["paid_at"], "shop_id": "S1001"}
    sent |= {"origin_division": "230402", "dest_division": "230405"}
    rows = [{**sent, "order_no": f"T{number}"} for number in (1, 2)]
    assert facts.accept_batch(platform.code, "parcel", sheets.ndjson(rows), "ndjson", "system:test").accepted == 2
    now = clock.now()
    run = actions.reconcile(now - timedelta(days=10), now, now)
    found = Mismatch.objects.get()
    assert (run.found, run.added, found.kind, found.key, found.order_no) == (2, 1, "parcel_no_order", "W1", "T1")
    assert len(found.facts["parcel"]) == 2
    assert actions.reconcile(now - timedelta(days=10), now, now).added == 0


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
