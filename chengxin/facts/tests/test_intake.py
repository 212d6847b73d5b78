from __future__ import annotations

import random
import time
from datetime import datetime

import pytest

from chengxin.audit.models import Leaf
from chengxin.facts import intake, known, lake, queries, receipts
from chengxin.facts.actions import accept_batch
from chengxin.facts.errors import Empty, MissingColumns, TooLarge, UnknownFormat, UnknownKind, UnknownPlatform
from chengxin.facts.models import KeyRun, Receipt, Segment
from chengxin.facts.tests import sheets
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.subjects.models import Platform, Shop


def send(platform: Platform, rows: list[sheets.Row], **more: object) -> Receipt:
    return accept_batch(platform, "order", sheets.ndjson(rows), "ndjson", "system:test", **more)


def kept(kind: str = "order") -> list[dict]:
    with lake.connect(queries.snapshot([kind]), memory_mb=256, threads=1) as connection:
        answer = connection.execute(f'SELECT * FROM "{kind}" ORDER BY fact')
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def codes(receipt: Receipt) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.field, problem.code) for problem in queries.errors(receipt)]


def test_good_rows_are_in_the_lake_with_a_receipt_a_leaf_and_an_event(platform: Platform) -> None:
    receipt = send(platform, sheets.orders(20))
    assert (receipt.rows, receipt.accepted, receipt.duplicates, receipt.quarantined) == (20, 20, 0, 0)
    assert len(kept()) == 20
    assert receipts.is_genuine(receipt.document)
    leaf = Leaf.objects.get(index=receipt.leaf)
    assert leaf.action == "facts.batch.accepted" and receipt.identity in leaf.body
    assert Outbox.objects.filter(event__contains="BatchAccepted").count() == 1


def test_persons_are_kept_only_as_tokens(platform: Platform) -> None:
    send(platform, [sheets.order(1, buyer="张三-13900000000"), sheets.order(2, buyer="id:77", device="D1", address="乙路 1 号")])
    rows = {row["order_no"]: row for row in kept()}
    assert rows["T000001"]["buyer"] == keyed_token("person", "shanhuo/张三-13900000000")
    assert rows["T000002"]["buyer"] == keyed_token("person", "id:77")
    assert rows["T000002"]["device"] == keyed_token("device", "D1") and rows["T000002"]["address"] == keyed_token("address", "乙路 1 号")
    for path in intake.disk.lake().rglob("*"):
        assert not path.is_file() or (b"13900000000" not in path.read_bytes())


def test_references_join_by_token(platform: Platform) -> None:
    send(platform, [sheets.order(1)])
    row = kept()[0]
    assert row["fact"] == keyed_token("order", "shanhuo/T000001/1") and row["order"] == keyed_token("order", "shanhuo/T000001")
    assert row["shop"] == keyed_token("shop", "shanhuo/S1") and row["item"] == keyed_token("item", "shanhuo/S1/K1")
    assert (row["paid"], row["line_no"], row["sku"]) == (1850, 1, "K1") and "shop_id" not in row and "content" not in row


def test_every_format_of_the_same_rows_gets_the_first_receipt(platform: Platform) -> None:
    rows = sheets.orders(12)
    first = send(platform, rows)
    shuffled = random.Random(1).sample(rows, len(rows))
    names = {"order_no": "订单号", "shop_id": "店铺编号*", "buyer": "Buyer"}
    sent = [
        ("ndjson", sheets.ndjson(shuffled)),
        ("json", sheets.as_json(rows)),
        ("csv", sheets.as_csv(rows)),
        ("csv", sheets.as_csv(shuffled, "gb18030", ";")),
        ("csv", sheets.as_csv(rows, "utf-8-sig", "\t")),
        ("xlsx", sheets.xlsx(rows, names)),
        ("parquet", sheets.parquet(shuffled)),
        ("arrow", sheets.arrow(rows)),
    ]
    for format, data in sent:
        again = accept_batch(platform, "order", data, format, "system:other")
        assert again.document == first.document, format
    assert len(kept()) == 12 and Receipt.objects.count() == 1


def test_rows_known_before_are_counted_and_not_doubled(platform: Platform) -> None:
    send(platform, sheets.orders(10))
    second = send(platform, sheets.orders(10, first=6))
    assert (second.accepted, second.duplicates, second.quarantined) == (5, 5, 0)
    assert len(kept()) == 15


def test_the_same_number_with_other_content_is_a_conflict(platform: Platform) -> None:
    send(platform, sheets.orders(3))
    second = send(platform, [sheets.order(2, paid="1.00"), sheets.order(9)])
    assert (second.accepted, second.quarantined) == (1, 1) and codes(second) == [(1, "", "conflict")]
    assert {row["order_no"]: row["paid"] for row in kept()}["T000002"] == 1850


def test_in_one_file_the_first_row_of_a_number_counts(platform: Platform) -> None:
    receipt = send(platform, [sheets.order(1), sheets.order(2), sheets.order(1), sheets.order(1, paid="3.00")])
    assert (receipt.accepted, receipt.duplicates, receipt.quarantined) == (2, 1, 1)
    assert codes(receipt) == [(4, "", "conflict_in_file")] and queries.errors(receipt)[0].data == {"first": 1}


def test_a_correction_replaces_and_the_earlier_version_stays_on_record(platform: Platform) -> None:
    send(platform, sheets.orders(3))
    time.sleep(0.002)  # ids of batches count milliseconds
    corrected = send(platform, [sheets.order(2, paid="1.00"), sheets.order(8)], correction=True)
    assert corrected.accepted == 1 and codes(corrected) == [(2, "", "nothing_to_correct")]
    rows = {row["order_no"]: row["paid"] for row in kept()}
    assert rows == {"T000001": 1850, "T000002": 100, "T000003": 1850}
    assert queries.rows("order", [keyed_token("order", "shanhuo/T000002/1")])[0]["paid"] == 100
    assert send(platform, [sheets.order(2, paid="1.00"), sheets.order(8)], correction=True).document == corrected.document


def test_one_broken_line_costs_one_row(platform: Platform) -> None:
    lines = sheets.ndjson(sheets.orders(2000)).split(b"\n")
    lines[700] = lines[700][:-5]
    lines[900] = b"\xff" + lines[900]
    lines[1100] = b"[1, 2]"
    lines[1300] = b'{"order_no": ["a"], "shop_id": "S1"}'
    receipt = accept_batch(platform, "order", b"\n".join(lines), "ndjson", "system:test")
    assert receipt.accepted == 1996 and receipt.quarantined == 4
    found = {(row, code) for row, _, code in codes(receipt)}
    assert {(701, "broken_line"), (901, "encoding"), (1101, "broken_line"), (1301, "nested")} <= found
    assert (1301, "order_no", "missing") not in codes(receipt)


def test_numbers_may_come_as_json_numbers(platform: Platform) -> None:
    rows = [sheets.order(1, paid=18.5, list_price=20, order_no=17), sheets.order(2, paid=18.555), sheets.order(3, qty="2", list_price=None)]
    receipt = send(platform, rows)
    assert codes(receipt) == [(2, "paid", "more_than_two_decimals")]
    assert {row["order_no"]: row["paid"] for row in kept()} == {"17": 1850, "T000003": 1850}


def test_a_sheet_without_a_required_column_is_refused_whole(platform: Platform) -> None:
    rows = [{name: value for name, value in row.items() if name != "buyer"} for row in sheets.orders(3)]
    with pytest.raises(MissingColumns) as raised:
        accept_batch(platform, "order", sheets.as_csv(rows), "csv", "system:test")
    assert "buyer" in str(raised.value.data) and not Receipt.objects.exists()


def test_unknown_things_are_named(platform: Platform) -> None:
    with pytest.raises(UnknownKind):
        accept_batch(platform, "orders", b"", "ndjson", "system:test")
    with pytest.raises(UnknownFormat):
        accept_batch(platform, "order", b"", "pdf", "system:test")
    with pytest.raises(UnknownPlatform):
        accept_batch("nobody", "order", b"{}", "ndjson", "system:test")
    with pytest.raises(Empty):
        accept_batch(platform, "order", b" \n\n", "ndjson", "system:test")


def test_headers_that_mean_nothing_are_named_in_the_receipt(platform: Platform) -> None:
    assert send(platform, [sheets.order(1) | {"favourite_colour": "red"}]).ignored == ["favourite_colour"]
    assert send(platform, [sheets.order(2) | {"a\0b": "red"}]).ignored == ["a�b"]


def test_shops_nobody_registered_are_noted(platform: Platform) -> None:
    send(platform, sheets.orders(10))
    assert set(Shop.objects.filter(platform=platform).values_list("shop_id", flat=True)) == {f"S{number}" for number in range(5)}


def test_personal_values_are_not_repeated_in_errors(platform: Platform) -> None:
    receipt = send(platform, [sheets.order(1, ip="not an address", buyer="x" * 200)])
    assert {(problem.field, problem.value) for problem in queries.errors(receipt)} == {("ip", "***"), ("buyer", "***")}


def test_nothing_is_left_when_the_log_refuses(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.audit import actions as audit

    def refuse(*args: object, **more: object) -> None:
        raise RuntimeError("log unwritable")

    monkeypatch.setattr(audit, "record", refuse)
    with pytest.raises(RuntimeError):
        send(platform, sheets.orders(5))
    assert not Receipt.objects.exists() and not Segment.objects.exists() and not KeyRun.objects.exists()
    assert not list(intake.disk.lake().rglob("*.parquet")) and not list(intake.disk.lake().rglob("*.run"))


def test_key_runs_stay_few_and_find_every_key(platform: Platform) -> None:
    for first in range(1, 200, 10):
        send(platform, sheets.orders(10, first=first))
    assert len(known.runs("order")) <= 5
    assert send(platform, sheets.orders(200, first=1)).duplicates == 200


def test_a_lost_key_run_is_rebuilt_from_the_lake(platform: Platform) -> None:
    send(platform, sheets.orders(10))
    for path in (intake.disk.lake() / "keys").rglob("*.run"):
        path.write_bytes(b"damaged!" * 4)
    known._cache.clear()
    assert send(platform, sheets.orders(12)).duplicates == 10


def test_a_table_of_too_many_rows_is_refused(platform: Platform) -> None:
    from chengxin.facts.sources import Limits

    with pytest.raises(TooLarge):
        accept_batch(platform, "order", sheets.parquet(sheets.orders(11)), "parquet", "system:test", limits=Limits(rows=10))


def test_every_kind_accepts_its_own_examples(platform: Platform) -> None:
    from chengxin.facts.describe import example_row
    from chengxin.facts.kinds import kinds

    with clock.set_to(datetime(2027, 1, 4, tzinfo=clock.CITY)):
        for kind in kinds().values():
            receipt = accept_batch(platform, kind.kind, sheets.ndjson([example_row(kind)]), "ndjson", "system:test")
            assert receipt.accepted == 1, (kind.kind, codes(receipt))
            assert len(kept(kind.kind)) == 1


def test_a_batch_that_another_overtakes_is_planned_again_under_the_lock(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one batch writes its files, another with the same rows commits, and the run the first one looked at is merged away."""
    real, other = intake._plan_ahead, []

    def slow(batch, runs):
        plan = real(batch, runs)
        if not other:
            other.append(True)
            other.append(send(platform, sheets.orders(30, first=1)))
        return plan

    send(platform, sheets.orders(10, first=100))
    monkeypatch.setattr(intake, "_plan_ahead", slow)
    receipt = send(platform, sheets.orders(30, first=16))
    assert (receipt.accepted, receipt.duplicates) == (15, 15)
    assert len(kept()) == 55


def test_a_run_that_is_merged_away_while_planning_is_no_loss(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    send(platform, sheets.orders(10))
    monkeypatch.setattr(intake, "_plan_ahead", lambda batch, runs: None)
    assert send(platform, sheets.orders(12)).duplicates == 10
