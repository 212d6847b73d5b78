"""The identity report: no verified shop left out, no field beyond the list, a receipt for each row."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from chengxin.kernel import clock
from chengxin.kernel.errors import Invalid
from chengxin.subjects import actions, errors
from chengxin.subjects.actions import reports
from chengxin.subjects.models import IdentityReportBatch, IdentityReportRow, Shop
from chengxin.subjects.tests import samples
from chengxin.subjects.vocabulary import report_shapes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_in_january():
    with clock.set_to(datetime(2027, 1, 10, 12, tzinfo=clock.CITY)):
        yield


@pytest.fixture
def where():
    platform = samples.platform()
    samples.shop(platform, samples.row(1, **samples.verified()))
    samples.shop(platform, samples.exempt_row(2, **samples.verified(verify_method="id_service")))
    samples.shop(platform, samples.row(3, **samples.verified(verified_on="2026-05-01")))
    actions.note_shops_seen(platform, ["SEEN"])
    return platform


def fields(batch: IdentityReportBatch) -> list[tuple[str, dict]]:
    return [(row.shape, json.loads(row.fields)) for row in batch.rows.all()]


def test_it_leaves_out_no_verified_shop_and_holds_no_field_beyond_the_list(where) -> None:
    batch = actions.build_report(where, 2027, 1, samples.staff())
    shops = set(batch.rows.values_list("shop", flat=True))
    assert set(Shop.objects.filter(state__in=("VERIFIED", "DUE_REVERIFY")).values_list("pk", flat=True)) <= shops
    for shape, given in fields(batch):
        assert list(given) == list(report_shapes()[shape]["fields"])


def test_the_unregistered_row_carries_the_declaration_and_the_mark(where) -> None:
    person = Shop.objects.get(shop_id="S00002")
    actions.note_turnover([(person.token, 2026, 12, 20_000_000)])
    given = dict(fields(actions.build_report(where, 2027, 1, samples.staff())))["unregistered"]
    assert given["name"] == "李示例"
    assert given["id_no"] == samples.id_number(2)
    assert given["declaration"].startswith("个人从事零星小额")
    assert given["over_100k"] is True


def test_it_is_stored_encrypted(where) -> None:
    from django.db import connection

    actions.build_report(where, 2027, 1, samples.staff())
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM subjects_identityreportrow")
        stored = str(cursor.fetchall())
    assert samples.id_number(2) not in stored


def test_it_is_not_sent_without_a_named_channel_and_only_once(where) -> None:
    batch = actions.build_report(where, 2027, 1, samples.staff())
    with pytest.raises(errors.ReportNotReady):
        actions.send_report(batch, " ", samples.staff())
    batch = actions.send_report(batch, "政务专网", samples.staff())
    assert batch.status == "sent"
    with pytest.raises(errors.ReportSent):
        actions.send_report(batch, "政务专网", samples.staff())
    with pytest.raises(errors.ReportSent):
        actions.build_report(where, 2027, 1, samples.staff())


def test_a_shop_verified_after_the_build_stops_the_sending(where) -> None:
    batch = actions.build_report(where, 2027, 1, samples.staff())
    samples.shop(where, samples.row(4, **samples.verified()))
    with pytest.raises(errors.ReportNotReady) as refusal:
        actions.send_report(batch, "政务专网", samples.staff())
    assert "S00004" in refusal.value.said(refusal.value.why, "zh")


def test_two_rows_for_one_shop_front_stop_the_sending(where) -> None:
    samples.shop(where, samples.row(1, shop_id="TWIN", **samples.verified()))
    batch = actions.build_report(where, 2027, 1, samples.staff())
    with pytest.raises(errors.ReportNotReady):
        actions.send_report(batch, "政务专网", samples.staff())


def test_only_january_and_july_are_reported(where) -> None:
    with pytest.raises(Invalid):
        actions.build_report(where, 2027, 2, samples.staff())


def test_the_receiver_accepts_and_rejects_row_by_row(where) -> None:
    batch = actions.send_report(actions.build_report(where, 2027, 1, samples.staff()), "政务专网", samples.staff())
    actions.answer_rows(batch, {2: "证件号码与姓名不符"}, samples.officer())
    receipts = dict(batch.rows.values_list("row", "receipt"))
    assert receipts == {1: "accepted", 2: "rejected", 3: "accepted"}


def test_a_platforms_own_report_gets_a_receipt_per_row_and_the_same_one_again_the_first(where) -> None:
    good = {"shop_id": "S00001", "shape": "registered", "fields": reports.row_of(Shop.objects.get(shop_id="S00001"))[1]}
    beyond = {**good["fields"], "turnover": 5}
    missing = {**good["fields"], "contact": ""}
    rows = [
        good,
        {"shop_id": "S00002", "shape": "registered", "fields": beyond},
        {"shop_id": "S00003", "shape": "registered", "fields": missing},
    ]
    batch = actions.receive_report(where, 2027, 1, rows, samples.staff())
    assert list(batch.rows.values_list("receipt", flat=True)) == ["accepted", "rejected", "rejected"]
    reasons = [row.reasons[0]["field"] for row in IdentityReportRow.objects.filter(receipt="rejected")]
    assert reasons == ["turnover", "contact"]
    assert actions.receive_report(where, 2027, 1, rows, samples.staff()) == batch
    with pytest.raises(errors.ReportSent):
        actions.receive_report(where, 2027, 1, rows[:1], samples.staff())


def test_a_report_of_unknown_shops_is_refused_with_their_names(where) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.receive_report(where, 2027, 1, [{"shop_id": "NO", "shape": "registered", "fields": {}}], samples.staff())
    assert refusal.value.data["shops"] == ["NO"]
