"""Facts test the promises: what counts, by which day, and when a person has to look."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from chengxin.commitments import alleging, measuring, queries
from chengxin.commitments.measuring import Span
from chengxin.commitments.models import Breach, Measured, Measuring
from chengxin.commitments.shares import Share
from chengxin.commitments.tests import people
from chengxin.kernel import clock

pytestmark = pytest.mark.django_db
SIGNED, NOW = datetime(2026, 9, 1, 9, tzinfo=clock.CITY), datetime(2026, 11, 28, 10, tzinfo=clock.CITY)


@pytest.fixture
def cast():
    with clock.set_to(SIGNED):
        made = people.town()
    with clock.set_to(NOW):
        yield made


def sign(cast, chosen=people.CHOSEN, letter="honest_trade"):
    with clock.set_to(SIGNED):
        return people.signed(cast, people.template(cast.officer, cast.reviewer, letter), chosen)


def totals(clause):
    found = Measured.objects.filter(clause=clause)
    return sum(one.tested for one in found), sum(one.kept for one in found), sum(one.broken for one in found)


def test_orders_sent_late_break_the_promise_and_what_came_before_it_does_not_count(cast):
    made = sign(cast)
    people.trade(cast, date(2026, 8, 30), late=14, good=30)  # two days of it before the commitment
    run = measuring.measure()
    assert (run.since, run.until) == (date(2026, 9, 1), date(2026, 11, 27))
    assert totals("ship_in_time") == (42, 30, 12)
    first = Measured.objects.filter(clause="ship_in_time").order_by("day")[0]
    assert first.day == date(2026, 9, 3) and first.commitment == made and len(first.facts) == 1
    again = measuring.measure()
    assert (again.since, totals("ship_in_time")) == (date(2026, 11, 13), (42, 30, 12))


def test_a_late_report_is_measured_again_and_an_order_asked_back_is_no_test(cast):
    sign(cast)
    orders = [
        {"order_no": f"C{n:05d}", "shop_id": cast.shop.shop_id, "buyer": "U1", "sku": "K1", "qty": 1, "paid": "9.00", "channel": "app"}
        | {"ordered_at": people.at(date(2026, 11, 20)), "paid_at": people.at(date(2026, 11, 20), 11)}
        for n in range(3)
    ]
    people.deliver(cast, "order", orders)
    people.deliver(cast, "parcel", [people.parcel(cast, 0, date(2026, 11, 21))])
    asked = {"refund_no": "R1", "order_no": "C00001", "amount": "9.00", "requested_at": people.at(date(2026, 11, 21)), "reason": "other"}
    people.deliver(cast, "refund", [{**asked, "refunded_at": people.at(date(2026, 11, 22))}])
    measuring.measure()
    assert totals("ship_in_time") == (2, 1, 1)
    people.deliver(cast, "parcel", [people.parcel(cast, 2, date(2026, 11, 22))])
    measuring.measure()
    assert totals("ship_in_time") == (2, 2, 0)
    assert Measuring.objects.count() == 2


def test_refunds_returns_complaints_and_counterfeits(cast):
    sign(cast, {"refund_in_time": 7, "reply_in_time": 10, "no_counterfeit": None})
    people.trade(cast, date(2026, 10, 1), late=0, good=4)
    refund = {"amount": "9.00", "requested_at": people.at(date(2026, 10, 10)), "reason": "no_reason"}
    days = [date(2026, 10, 15), date(2026, 10, 30), None]
    people.deliver(
        cast,
        "refund",
        [
            {"refund_no": f"R{n}", "order_no": f"C{n:05d}", **refund} | ({"refunded_at": people.at(day)} if day else {})
            for n, day in enumerate(days)
        ],
    )
    complaint = {"shop_id": cast.shop.shop_id, "complainant": "U1", "filed_at": people.at(date(2026, 10, 5))}
    kinds = [("fake", "refunded", 7), ("fake", "rejected", 8), ("service", "other", 25)]
    people.deliver(
        cast,
        "complaint",
        [
            {"complaint_no": f"K{n}", "reason": reason, "outcome": outcome, "closed_at": people.at(date(2026, 10, day)), **complaint}
            for n, (reason, outcome, day) in enumerate(kinds)
        ],
    )
    measuring.measure()
    assert totals("refund_in_time") == (3, 1, 2)
    assert totals("no_counterfeit") == (2, 1, 1)
    assert totals("reply_in_time") == (3, 2, 1)


def test_returns_without_reason_are_measured_from_signature(cast):
    with clock.set_to(SIGNED):
        commerce = people.desk("COM")
        people.signed(cast, people.template(*commerce, "free_return", "COM"), {"no_reason_return": 15})
    people.trade(cast, date(2026, 10, 1), late=0, good=3)  # signed for on the third, fourth and fifth
    asked = [date(2026, 10, 10), date(2026, 10, 12), date(2026, 10, 25)]
    back = [date(2026, 10, 20), date(2026, 11, 5), date(2026, 10, 26)]
    people.deliver(
        cast,
        "refund",
        [
            {"refund_no": f"R{n}", "order_no": f"C{n:05d}", "amount": "9.00", "reason": "no_reason"}
            | {"requested_at": people.at(asked[n]), "refunded_at": people.at(back[n])}
            for n in range(3)
        ],
    )
    measuring.measure()
    assert totals("no_reason_return") == (2, 1, 1)  # the third was asked for after the fifteen days
    (each,) = queries.returns()
    assert (each.days, each.share.hits, each.share.n) == (15, 1, 2)


def test_a_platform_is_measured_on_all_its_shops(cast):
    with clock.set_to(SIGNED):
        scan = people.actions.Signature(scan=people.PDF, scan_type="application/pdf", scan_name="a.pdf")
        made = people.template(cast.officer, cast.reviewer, "platform_care")
        people.actions.sign(cast.staff, made.number, cast.platform.subject_id, {"platform_reply": 15}, True, scan)
    complaint = {"complaint_no": "K1", "shop_id": "S99999", "complainant": "U1", "reason": "service"}
    people.deliver(cast, "complaint", [{**complaint, "filed_at": people.at(date(2026, 10, 5))}])
    measuring.measure(Span(date(2026, 10, 1), date(2026, 11, 27)))
    assert totals("platform_reply") == (1, 0, 1)


def test_an_allegation_needs_enough_and_a_share_beyond_doubt_and_counts_no_day_twice(cast):
    made = sign(cast)
    people.trade(cast, date(2026, 10, 1), late=10, good=20)
    measuring.measure()
    (breach,) = alleging.allege_all()
    assert (breach.commitment, breach.clause, breach.state, breach.found["broken"]) == (made, "ship_in_time", "ALLEGED", 10)
    assert len(breach.found["facts"]) == 10 and "10 件" in breach.facts
    assert alleging.allege_all() == []  # one is open
    Breach.objects.update(state="CLEARED")
    assert alleging.allege_all() == []  # and the same days are not alleged again


def test_few_late_orders_are_no_allegation(cast):
    sign(cast)
    people.trade(cast, date(2026, 10, 1), late=5, good=20)
    measuring.measure()
    assert alleging.allege_all() == []


@pytest.mark.one_database
def test_a_share_says_how_sure_it_is():
    assert str(Share(8, 10)) == "80.0 % (49.0–94.3), n 10"
    assert (Share(0, 0).low, Share(0, 0).high, str(Share(0, 0))) == (0.0, 1.0, "—")
