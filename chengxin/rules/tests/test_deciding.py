"""From a rule and live figures to a decision with its reasons, kept before it is answered."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from chengxin.audit.models import Leaf
from chengxin.facts import intake
from chengxin.facts.queries import snapshot
from chengxin.kernel import clock, ids
from chengxin.rules import asked, errors, kept, past, queries, starting
from chengxin.rules.deciding import decide, decide_together, desk
from chengxin.rules.features import KINDS
from chengxin.rules.models import DecisionBatch, Held, Hit
from chengxin.subjects.models import Platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(people):
    return starting.put_in_force(people.officer, people.head, 1)


@pytest.fixture
def platform(db):
    return Platform.objects.create(code="beiling", name="北岭商城")


def order(number, **changes):
    at = clock.now().replace(minute=number % 60)
    row = {"order_no": f"T{number:05d}", "shop_id": "S1", "buyer": f"U{number}", "paid": "18.50", "ordered_at": at.isoformat()}
    return {**row, "device": "D1", "ip": "192.0.2.7", "address": "测试市甲区乙路 1 号"} | changes


def ask(rows, kind="order"):
    return decide("beiling", "client:1", *asked.many(json.dumps({"kind": kind, "events": rows}).encode()))


def report(platform, kind, rows):
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    receipt = intake.accept_batch(platform, kind, body, "ndjson", "system:test")
    assert receipt.accepted == len(rows), receipt.reasons


def test_the_fifth_account_from_one_device_is_reviewed_and_told_why(rules):
    with clock.set_to(clock.now().replace(minute=50)):
        made = ask([order(number) for number in range(1, 7)])
    assert [one.outcome for one in made] == ["pass"] * 4 + ["review"] * 2
    (reason,) = made[5].reasons
    assert reason["zh"] == "一部设备短时多账户下单"
    assert reason["numbers"][0]["value"] == 5
    assert "5" in reason["numbers"][0]["zh"]
    assert "at least 4" in reason["numbers"][0]["en"]
    assert Held.objects.count() == Hit.objects.count() == 2


def test_a_decision_is_kept_with_book_figures_and_log_entry(rules, people):
    with clock.set_to(clock.now().replace(minute=50)):
        number = ask([order(number) for number in range(1, 7)])[5].number
        quiet = ask([order(20, device="D2", shop_id="S2")])[0].number
    found = queries.decision(people.officer, number)
    assert (found.outcome, found.figures["device_buyers_1h"]) == ("review", 5)
    assert queries.decision(people.officer, quiet).outcome == "pass"
    batch = found.held.batch
    assert [str(one.id) for one in rules] == batch.book.versions
    leaf = Leaf.objects.filter(action="rules.decisions.kept").order_by("index").first()
    assert str(batch.id) in leaf.body


def test_nothing_of_a_person_is_kept_in_clear_or_as_a_pseudonym(rules):
    ask([order(1)])
    batch = DecisionBatch.objects.get()
    rows = asked.as_rows("order", "beiling", asked.one(json.dumps({"kind": "order", "event": order(1)}).encode())[1])
    opened = kept.opened(batch)
    held = {int(value) for column in (opened.fact, opened.shop) for value in column}
    assert held == {int(rows["fact"][0]), int(rows["shop"][0])}
    assert not {int(rows[name][0]) for name in ("buyer", "device", "ip", "address")} & held


def test_what_was_reported_counts_and_what_is_reported_later_counts_once(rules, platform):
    lines = [{**order(number), "sku": "K1", "qty": 1, "dest_division": "230405", "paid_at": None} for number in range(1, 4)]
    report(platform, "order", [{name: value for name, value in line.items() if value is not None} for line in lines])
    with clock.set_to(clock.now().replace(minute=50)):
        first = ask([order(8)])[0]
        found = {name: desk.state.rolling[name].table.used for name in ("device_buyers_1h", "shop_orders_24h")}
        report(platform, "order", [{**order(8), "sku": "K1", "qty": 1, "dest_division": "230405"}])
        desk.forget_book()
        second = ask([order(9)])[0]
    assert found == {"device_buyers_1h": 1, "shop_orders_24h": 1}
    (batch_one, batch_two) = DecisionBatch.objects.order_by("at", "id")
    place = batch_one.book.features.index("device_buyers_1h")
    assert [kept.opened(one).values[0, place] for one in (batch_one, batch_two)] == [3, 4]
    assert (first.outcome, second.outcome) == ("pass", "review")


def test_every_token_is_the_one_that_a_report_gives(platform):
    moment = clock.now().isoformat()
    told = {
        "order": ({**order(1, ip="2001:DB8::1", buyer="id:abc"), "line_no": 2}, {"sku": "K", "qty": 1}),
        "payment": (
            {"payment_no": "P1", "order_no": "T1", "payer": " U1", "payee": "M1", "institution": "x", "amount": "3.20", "paid_at": moment},
            {},
        ),
        "refund": ({"refund_no": "R1", "order_no": "T1", "payee": "U1", "amount": "3", "requested_at": moment}, {}),
        "parcel": (
            {
                "waybill_no": "Y1",
                "order_no": "T1",
                "shop_id": "S1",
                "sender": "甲路",
                "address": "乙路",
                "weight_g": 40,
                "collected_at": moment,
            },
            {"courier": "c", "origin_division": "230402", "dest_division": "230405"},
        ),
    }
    for kind, (event, rest) in told.items():
        report(platform, kind, [{**event, **rest}])
        live = asked.as_rows(kind, "beiling", asked.one(json.dumps({"kind": kind, "event": event}).encode())[1])
        lake = past.read(snapshot([kind]), clock.now().replace(year=2025), clock.now().replace(year=2027))
        for name, column in lake.items():
            np.testing.assert_array_equal(live[name], column, err_msg=f"{kind}.{name}")
    assert len(told) == len(KINDS)


@pytest.mark.parametrize(
    "change",
    [{"paid": "1.234"}, {"paid": "NaN"}, {"paid": "-1"}, {"ordered_at": "2026-11-24T10:00:00"}, {"ordered_at": "2031-01-01T00:00:00Z"}],
)
def test_an_event_that_is_not_valid_is_refused_with_the_place(rules, change):
    with pytest.raises(errors.EventInvalid):
        ask([order(1), order(2, **change)])
    assert not DecisionBatch.objects.exists()


def test_a_rule_altered_past_the_house_is_not_applied(rules):
    one = rules[0]
    type(one).objects.filter(pk=one.pk).update(conditions=[["device_buyers_1h", ">=", "0"]])
    assert ask([order(1)])[0].outcome == "pass"


def test_a_figure_without_a_value_fulfils_no_condition(rules):
    made = ask([order(1, device=None)])
    assert made[0].outcome == "pass"
    assert math.isnan(
        kept.opened(DecisionBatch.objects.get()).values[0, DecisionBatch.objects.get().book.features.index("device_buyers_1h")]
    )


def waiting(platform, kind, *events):
    batch = DecisionBatch(id=ids.new_id(), platform=platform, asked_by=f"client:{platform}", kind=kind, at=clock.now(), count=len(events))
    body = json.dumps({"kind": kind, "events": events}).encode()
    return kept.Waiting(batch, asked.as_rows(kind, platform, asked.many(body)[1]))


def test_requests_that_wait_together_are_each_told_and_kept_as_their_own(rules):
    with clock.set_to(clock.now().replace(minute=50)):
        paid = {"payment_no": "P1", "order_no": "T00002", "payer": "U9", "amount": "18.50", "paid_at": clock.now().isoformat()}
        some = [waiting("beiling", "order", *[order(number) for number in range(1, 6)]), waiting("beiling", "payment", paid)]
        some += [waiting("nanling", "order", order(40, device="D9")), waiting("beiling", "order", order(6))]
        kept._keep_all(some, decide_together)
    assert [one.error for one in some] == [None] * 4
    assert [kept.opened(one.batch).outcome.tolist() for one in some] == [[0, 0, 0, 0, 1], [0], [0], [1]]
    assert [each.number for one in some for each in one.held] == [f"{some[0].batch.id.hex}-4", f"{some[3].batch.id.hex}-0"]
    assert Held.objects.count() == 2
    assert Leaf.objects.filter(action="rules.decisions.kept").count() == 1
    of_order, of_payment = (kept.opened(one.batch) for one in some[:2])
    assert of_payment.shop[0] == of_order.shop[0]  # the payment names only the order
    read = [some[1].book.features[place] for place in np.flatnonzero(~np.isnan(of_payment.values[0]))]
    assert read and set(read) <= some[1].book.features_of("payment")


def test_a_log_that_cannot_be_written_keeps_nothing_of_those_who_wait_together(rules, monkeypatch):
    def refuse(*given, **named):
        raise RuntimeError("no log")

    monkeypatch.setattr(kept.audit, "record", refuse)
    some = [waiting("beiling", "order", order(1)), waiting("nanling", "order", order(2))]
    kept._keep_all(some, decide_together)
    assert all(isinstance(one.error, RuntimeError) for one in some)
    assert not DecisionBatch.objects.exists()
