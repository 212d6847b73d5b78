from __future__ import annotations

from typing import Any

from chengxin.facts import crosschecks, tasks
from chengxin.facts.actions import accept_batch
from chengxin.facts.events import BatchAccepted
from chengxin.facts.models import CrossIssue, Receipt
from chengxin.facts.tests import sheets
from chengxin.jobs.models import Job
from chengxin.subjects.models import Platform


def send(platform: Platform, kind: str, *rows: dict[str, Any]) -> Receipt:
    receipt = accept_batch(platform, kind, sheets.ndjson(rows), "ndjson", "system:test")
    assert receipt.quarantined == 0, receipt.reasons
    return receipt


def payment(number: int, order: int, amount: str = "18.50") -> dict[str, Any]:
    return {"payment_no": f"P{number}", "order_no": f"T{order:06d}", "payer": "U1", "amount": amount, "paid_at": "2026-11-05 10:00:00"}


def parcel(number: int, order: int, collected: str = "2026-11-22 10:00:00") -> dict[str, Any]:
    return {
        "waybill_no": f"W{number}", "order_no": f"T{order:06d}", "shop_id": "S1", "courier": "demo-express", "origin_division": "230402",
        "dest_division": "230405", "collected_at": collected,
    }  # fmt: skip


def scan(number: int, seq: int, at: str, status: str = "TRANSIT") -> dict[str, Any]:
    return {"waybill_no": f"W{number}", "seq": seq, "status": status, "at": at, "division": "230402"}


def found(receipt: Receipt) -> dict[str, tuple[int, list[str]]]:
    return {issue.check_code: (issue.count, [one["number"] for one in issue.examples]) for issue in crosschecks.cross_check(receipt)}


def test_reports_that_agree_raise_nothing(platform: Platform) -> None:
    orders = send(platform, "order", sheets.order(1, paid_at="2026-11-22 11:00:00"))
    payments = send(platform, "payment", payment(1, 1))
    parcels = send(platform, "parcel", parcel(1, 1))
    scans = send(platform, "scan", scan(1, 1, "2026-11-22 10:05:00"))
    assert [found(receipt) for receipt in (orders, payments, parcels, scans)] == [{}, {}, {}, {}]


def test_each_disagreement_is_named_with_count_and_examples(platform: Platform) -> None:
    paid = {"paid_at": "2026-11-22 11:00:00"}
    orders = send(platform, "order", sheets.order(1, **paid), sheets.order(2, **paid), sheets.order(3))
    payments = send(platform, "payment", payment(1, 1, "17.00"), payment(2, 77))
    refunds = send(platform, "refund", {"refund_no": "R1", "order_no": "T000001", "amount": "17.50", "requested_at": "2026-11-23 10:00:00"})
    parcels = send(platform, "parcel", parcel(1, 3, "2026-11-01 10:00:00"), parcel(2, 88))
    scans = send(platform, "scan", scan(1, 1, "2026-10-31 10:00:00", "SIGNED"))
    assert found(orders) == {
        "order_without_payment": (1, ["T000002"]),
        "payment_total_differs": (1, ["T000001"]),
        "refund_above_payment": (1, ["R1"]),
        "parcel_before_order": (1, ["W1"]),
    }
    assert found(payments) == {
        "payment_without_order": (1, ["P2"]),
        "payment_total_differs": (1, ["T000001"]),
        "refund_above_payment": (1, ["R1"]),
    }
    assert found(refunds) == {"refund_above_payment": (1, ["R1"])}
    assert found(parcels)["parcel_without_order"] == (1, ["W2"])
    assert set(found(scans)) == {"scan_before_pickup", "signed_scan_before_pickup"}


def test_a_late_report_puts_it_right(platform: Platform) -> None:
    orders = send(platform, "order", sheets.order(1, paid_at="2026-11-22 11:00:00"), sheets.order(2))
    send(platform, "payment", payment(2, 2))
    assert set(found(orders)) == {"order_without_payment"}
    send(platform, "payment", payment(1, 1))
    assert found(orders) == {} and not CrossIssue.objects.exists()


def test_a_platform_that_never_reports_payments_is_not_asked_order_by_order(platform: Platform) -> None:
    assert found(send(platform, "order", sheets.order(1, paid_at="2026-11-22 11:00:00"))) == {}


def test_the_look_waits_for_the_other_reports(platform: Platform) -> None:
    receipt = send(platform, "order", sheets.order(1))
    event = BatchAccepted(str(receipt.id), "shanhuo", "order", 1, 0, "", "")
    tasks.cross_check_batch(event)
    tasks.cross_check_batch(event)
    job = Job.objects.get(target="chengxin.facts.tasks:cross_check")
    assert job.run_at - receipt.received_at == tasks.GRACE
    assert tasks.cross_check(**job.kwargs) == 0
