from __future__ import annotations

from chengxin.facts import turnover
from chengxin.facts.actions import accept_batch
from chengxin.facts.events import BatchAccepted
from chengxin.facts.tests import sheets
from chengxin.jobs.models import Job
from chengxin.subjects.models import Platform, ShopTurnover


def orders(platform: Platform, *rows: dict[str, object]) -> BatchAccepted:
    receipt = accept_batch(platform, "order", sheets.ndjson(rows), "ndjson", "system:test")
    assert receipt.quarantined == 0, receipt.reasons
    return BatchAccepted(
        str(receipt.id), platform.code, "order", receipt.accepted, 0, "2026-10-31T16:30:00+00:00", "2026-11-22T00:00:00+00:00"
    )


def test_turnover_is_summed_by_shop_and_city_month(platform: Platform) -> None:
    event = orders(
        platform,
        sheets.order(1, shop_id="S1", paid="10.00", ordered_at="2026-10-31T23:59:00+08:00", paid_at="2026-10-31T23:59:00+08:00"),
        sheets.order(2, shop_id="S1", paid="20.00", ordered_at="2026-11-01T00:30:00+08:00", paid_at="2026-11-01T00:30:00+08:00"),
        sheets.order(3, shop_id="S1", paid="0.50", ordered_at="2026-11-20T10:00:00+08:00", paid_at="2026-11-20T10:00:00+08:00"),
        sheets.order(4, shop_id="S2", paid="7.00", ordered_at="2026-11-20T10:00:00+08:00", paid_at="2026-11-20T10:00:00+08:00"),
    )
    assert turnover.sum_months("2026-10-31T15:59:00+00:00", event.last_at) == 3
    kept = sorted(ShopTurnover.objects.values_list("shop__shop_id", "year", "month", "fen"))
    assert kept == [("S1", 2026, 10, 1000), ("S1", 2026, 11, 2050), ("S2", 2026, 11, 700)]


def test_the_sum_again_replaces_and_does_not_add(platform: Platform) -> None:
    event = orders(platform, sheets.order(1, paid="10.00", ordered_at="2026-11-20T10:00:00+08:00", paid_at="2026-11-20T10:00:00+08:00"))
    for _ in range(2):
        turnover.sum_months(event.first_at, event.last_at)
    assert ShopTurnover.objects.get().fen == 1000


def test_batches_of_one_moment_share_one_sum_and_other_kinds_ask_for_none(platform: Platform) -> None:
    event = orders(platform, sheets.order(1, ordered_at="2026-11-20T10:00:00+08:00", paid_at="2026-11-20T10:00:00+08:00"))
    before = Job.objects.filter(target="chengxin.facts.turnover:sum_months").count()
    turnover.watch_batch(event)
    turnover.watch_batch(event)
    turnover.watch_batch(BatchAccepted("x", "shanhuo", "parcel", 3, 0, event.first_at, event.last_at))
    assert Job.objects.filter(target="chengxin.facts.turnover:sum_months").count() == before + 1
