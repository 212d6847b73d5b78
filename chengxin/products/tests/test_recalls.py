"""A recall reaches all and only the buyers concerned; two persons; platforms prove it; nothing twice."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from chengxin.facts import actions as facts
from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.kernel.errors import NotFound
from chengxin.products import actions, affected, queries, routes
from chengxin.products.errors import AlreadyDone, ContentWrong, OpenRecall, SamePerson
from chengxin.products.models import Recall, RecallTask
from chengxin.products.tests import cast

pytestmark = pytest.mark.django_db
DAY = cast.DAY


def report(of: Any, orders: dict[str, str], parcels: dict[str, str] | None = None) -> None:
    """orders: number → buyer; parcels: waybill → order."""
    at = cast.START.isoformat()
    rows = [
        {"order_no": no, "line_no": 1, "shop_id": of.shop.shop_id, "buyer": buyer, "sku": "K1", "qty": 1, "paid": "10.00", "ordered_at": at}
        for no, buyer in orders.items()
    ]
    facts.accept_batch(of.platform.code, "order", sheets.ndjson(rows), "ndjson", "system:test")
    if parcels:
        places = {"shop_id": of.shop.shop_id, "courier": "c", "origin_division": "230402", "dest_division": "230421", "collected_at": at}
        lines = [{"waybill_no": waybill, "order_no": order, **places} for waybill, order in parcels.items()]
        facts.accept_batch(of.platform.code, "parcel", sheets.ndjson(lines), "ndjson", "system:test")


def random_world(of: Any, made: Any, dice: random.Random) -> tuple[list[dict[str, Any]], dict[str, str], set[str]]:
    """Events over random lots; truth: which orders got something of L0, by walking the lots forward."""
    lots, tainted, events, orders, hit = ["L0", "M0"], {"L0"}, [], {}, set()
    for place in range(1, 14):
        inputs = dice.sample(lots, min(len(lots), dice.choice([1, 1, 2, 3])))
        name = f"L{place}"
        at = cast.START + place * DAY
        events.append(
            cast.transformed(at, [(cast.key(made, lot), 1, "KGM") for lot in inputs], [(cast.key(made, name), 1, "KGM")], cast.PLANT)
        )
        if tainted & set(inputs):
            tainted.add(name)
        lots.append(name)
    for place in range(30):
        sold = dice.sample(lots, dice.choice([1, 1, 2]))
        number = f"T{place:03d}"
        orders[number] = f"U{dice.randrange(12)}"
        things = [(cast.key(made, lot), 1, "KGM") for lot in sold]
        events.append(cast.event("retail_selling", cast.START + 20 * DAY, things, cast.SHOP, orders=[f"{of.platform.code}:{number}"]))
        if tainted & set(sold):
            hit.add(number)
    return events, orders, hit


def test_a_recall_reaches_all_and_only_the_orders_concerned():
    of = cast.town()
    for seed in range(4):
        made = cast.product(of, gtin=(cast.GTIN, cast.OTHER, "9520000000035", "9520000000042")[seed])
        batch = cast.batch(of, made, "L0")
        events, orders, hit = random_world(of, made, random.Random(seed))
        orders = {f"{seed}{number}": buyer for number, buyer in orders.items()}
        for one in events:
            for paper in one.get("bizTransactionList", ()):
                paper["bizTransaction"] = paper["bizTransaction"].replace(":T", f":{seed}T")
        cast.capture(of, *events)
        report(of, orders)
        found = affected.by(batch)
        wanted = {f"{seed}{number}" for number in hit}
        assert 0 < len(wanted) < len(orders)
        assert {order for _platform, order, _buyer in found.orders} == wanted
        tokens = {keyed_token("person", f"{of.platform.code}/{orders[number]}") for number in wanted}
        assert {buyer for _platform, buyer in found.buyers} == tokens
        assert found.unplaced == ()


def recalled(of: Any) -> tuple[Recall, Any]:
    """A batch sold in two orders, one of them by parcel; a third order got another batch."""
    made = cast.product(of)
    batch, other = cast.batch(of, made), cast.batch(of, made, "L2")
    lot, away = cast.key(made, batch.lot), cast.key(made, other.lot)
    at = cast.START + DAY
    cast.capture(
        of,
        cast.event("retail_selling", at, [(lot, 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:T1"]),
        cast.event("shipping", at, [(lot, 2, "KGM")], cast.SHOP, giver=cast.SHOP, parcels=["YD2"]),
        cast.event("retail_selling", at, [(away, 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:T3"]),
        cast.event("retail_selling", at, [(lot, 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:NEVER"]),
    )
    report(of, {"T1": "U1", "T2": "U2", "T3": "U3"}, {"YD2": "T2"})
    return actions.draft_recall(of.officer, batch.pk, 1, "抽检农药残留超标", "停止食用，联系店铺退货"), batch


def notice(order: str) -> dict[str, Any]:
    return {"order_no": order, "way": "message", "told_at": clock.now(), "proof": f"MSG-{order}"}


def test_from_draft_to_closed_with_proof_of_every_notice():
    of = cast.town()
    recall, batch = recalled(of)
    with pytest.raises(SamePerson):
        actions.issue_recall(of.officer, recall.number)
    assert not queries.public_recalls().exists()
    with pytest.raises(OpenRecall):
        actions.draft_recall(of.officer, batch.pk, 2, "重复起草", "停止食用产品")
    recall = actions.issue_recall(of.head, recall.number)
    assert (recall.state, recall.affected_orders, recall.affected_buyers, recall.unplaced_orders) == ("ISSUED", 2, 2, 1)
    with pytest.raises(AlreadyDone):
        actions.issue_recall(of.head, recall.number)
    task = RecallTask.objects.get()
    assert (task.orders, queries.told(recall)) == (["T1", "T2"], (0, 2))
    actions.report_notices(of.staff, task.number, [notice("T1")])
    with pytest.raises(ContentWrong):
        actions.close_recall(of.head, recall.number, "全部收回销毁")
    with pytest.raises(ContentWrong):
        actions.report_notices(of.staff, task.number, [notice("T2"), notice("T3")])
    assert queries.told(recall) == (1, 2)
    actions.report_notices(of.staff, task.number, [notice("T1"), notice("T2")])
    recall.refresh_from_db()
    assert (recall.state, task.notices.count()) == ("NOTIFIED", 2)
    actions.record_return(of.officer, recall.number, "returned", Decimal(3), "KGM", clock.today(), "店铺收回")
    actions.record_return(of.officer, recall.number, "disposed", Decimal(3), "KGM", clock.today(), "送往焚烧厂")
    closed = actions.close_recall(of.head, recall.number, "收回三公斤，已焚烧")
    assert (closed.state, closed.due_on) == ("CLOSED", None)


def test_who_has_no_part_in_it_learns_nothing():
    of = cast.town()
    recall, batch = recalled(of)
    for stranger in (of.elsewhere, of.staff):
        with pytest.raises(NotFound):
            actions.issue_recall(stranger, recall.number)
    with pytest.raises(NotFound):
        actions.draft_recall(of.staff, batch.pk, 1, "抽检不合格", "停止食用产品")
    actions.issue_recall(of.head, recall.number)
    with pytest.raises(NotFound):
        actions.report_notices(of.officer, RecallTask.objects.get().number, [notice("T1")])


def test_the_clock_reminds_once_a_day():
    of = cast.town()
    recall, _batch = recalled(of)
    actions.issue_recall(of.head, recall.number)
    task = RecallTask.objects.get()
    noon = clock.now().replace(hour=4)
    day = noon + (task.due_on - clock.city_day(noon)) * 1
    assert [actions.remind_platforms(day), actions.remind_platforms(day), actions.remind_platforms(day + DAY)] == [1, 0, 1]


def test_a_loop_in_the_reports_ends_and_depth_and_breadth_are_told():
    of = cast.town()
    made = cast.product(of)
    a, b, c = (cast.key(made, lot) for lot in ("A", "B", "C"))
    at = cast.START
    cast.capture(
        of,
        cast.transformed(at, [(a, 1, "KGM")], [(b, 1, "KGM"), (c, 1, "KGM")], cast.PLANT),
        cast.transformed(at + DAY, [(b, 1, "KGM")], [(a, 1, "KGM")], cast.PLANT),
    )
    found = routes.destination([a])
    assert (set(found.keys), found.depth, found.breadth, found.cut) == ({a, b, c}, 1, 2, False)
    assert set(routes.source([c]).keys) == {a, b, c}


def test_custody_at_a_time_says_who_had_how_much():
    of = cast.town()
    made = cast.product(of)
    lot = cast.key(made, "L1")
    at = cast.START
    cast.capture(
        of,
        cast.event("commissioning", at, [(lot, 100, "KGM")], cast.FARM, action="ADD"),
        cast.event("shipping", at + DAY, [(lot, 60, "KGM")], giver=cast.FARM, taker=cast.SHOP),
        cast.event("receiving", at + 2 * DAY, [(lot, 60000, "GRM")], giver=cast.FARM, taker=cast.SHOP),
        cast.event("retail_selling", at + 3 * DAY, [(lot, 0.5, "KGM")], cast.SHOP),
    )
    said = lambda day: {(one.state, one.party, one.amount // 1_000) for one in routes.custody([lot], at + day * DAY)}  # noqa: E731
    assert said(0) == {("held", cast.FARM, 100_000)}
    assert said(1) == {("held", cast.FARM, 40_000), ("under_way", cast.FARM, 60_000)}
    assert said(2) == {("held", cast.FARM, 40_000), ("held", cast.SHOP, 60_000)}
    assert said(3) == {("held", cast.FARM, 40_000), ("held", cast.SHOP, 59_500), ("sold", cast.SHOP, 500)}
