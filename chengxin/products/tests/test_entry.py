"""What a small farm enters, what its batch lacks, and findings over captured events with their desk."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.products import actions, categories, queries, resolver
from chengxin.products.errors import AlreadyDone, CodeWrong, ContentWrong, GtinTaken, LotTaken
from chengxin.products.gs1 import Code
from chengxin.products.models import ChainFinding
from chengxin.products.tests import cast
from chengxin.traceability.models import TraceEvent, TraceItem

pytestmark = pytest.mark.django_db
DAY = cast.DAY


def test_three_fields_make_a_batch_and_its_event():
    of = cast.town()
    made = cast.product(of)
    batch = actions.enter(of.merchant, of.shop.subject_id, {"gtin": cast.GTIN, "quantity": "12.5", "unit": "KGM"})
    assert (batch.product, batch.quantity, batch.made_at) == (made, Decimal("12.5"), batch.entered_at.astimezone(clock.CITY).date())
    event = TraceEvent.objects.get()
    assert (event.biz_step, event.owner.code) == ("commissioning", str(of.shop.subject_id))
    assert TraceItem.objects.get().key == queries.lot_key(batch)
    with pytest.raises(NotFound):
        actions.enter(of.merchant, of.platform.pk, {"gtin": cast.GTIN, "quantity": "1"})
    for wrong in ({"quantity": "-1"}, {"quantity": "x"}, {"quantity": "1", "unit": "斤"}, {"quantity": "1", "day": "2099-01-01"}):
        with pytest.raises(ContentWrong):
            actions.enter(of.merchant, of.shop.subject_id, {"gtin": cast.GTIN, **wrong})
    assert TraceEvent.objects.count() == 1


def test_a_sheet_goes_in_whole_or_its_rows_are_told():
    of = cast.town()
    cast.product(of)
    head = "商品条码,批号,环节,数量,单位,日期,对方\n"
    bad = (
        head + f"{cast.GTIN},S1,采收,100,公斤,2026-10-01,\n{cast.GTIN},S1,发货,x,公斤,2026-10-02,某合作社\n9520000000012,S1,采收,1,公斤,,\n"
    )
    many, errors = actions.import_sheet(of.merchant, of.shop.subject_id, bad.encode())
    assert (many, [one.row for one in errors]) == (0, [3, 4])
    assert (TraceEvent.objects.count(), queries.Batch.objects.count()) == (0, 0)
    good = head + f"{cast.GTIN},S1,采收,100,公斤,2026-10-01,\n{cast.GTIN},S1,发货,40,公斤,2026-10-02,某合作社\n"
    assert actions.import_sheet(of.merchant, of.shop.subject_id, good.encode()) == (2, [])
    assert list(TraceEvent.objects.values_list("biz_step", flat=True)) == ["commissioning", "shipping"]


def test_what_a_batch_lacks_is_the_law_of_its_day():
    of = cast.town()
    batch = cast.batch(of, cast.product(of), expires_at=date(2027, 4, 1), origin="")
    lack = categories.missing(batch)
    assert (lack.fields, lack.complete, lack.keep_until) == (["origin"], False, date(2028, 10, 1))
    actions.certify(of.merchant, batch.pk, {"kind": "CONFORMITY", "issuer": "示例合作社", "issued_on": date(2026, 10, 2)})
    assert categories.missing(batch).certificates == []
    batch.made_at = date(2022, 12, 31)
    assert categories.missing(batch) is None
    food = cast.batch(of, cast.product(of, cast.OTHER, category="FOOD"), expires_at=date(2027, 4, 30))
    assert categories.missing(food).fields == ["standard_no", "licence_no"]
    assert categories.missing(food).keep_until == date(2027, 10, 30)


def test_numbers_are_taken_once_and_codes_lead_to_their_batch():
    of = cast.town()
    made = cast.product(of)
    batch = cast.batch(of, made)
    with pytest.raises(GtinTaken):
        cast.product(of)
    with pytest.raises(LotTaken):
        cast.batch(of, made)
    with pytest.raises(CodeWrong):
        cast.batch(of, made, "批 一")
    code = actions.make_codes(of.merchant, batch.pk, 3)[2]
    assert queries.find(Code(made.gtin, serial=code.serial)).batch == batch
    assert len({one.serial for one in actions.make_codes(of.merchant, batch.pk, 2)} | {code.serial}) == 3


def test_links_are_versioned_and_the_newest_holds():
    of = cast.town()
    made = cast.product(of)
    code = Code(made.gtin)
    assert resolver.pick(resolver.links(code, made), "pip", "en").target.endswith("?lang=en")
    for target in ("https://one.example/", "https://two.example/"):
        actions.set_link(of.merchant, made.gtin, "pip", "en", target, "Ours")
    assert resolver.pick(resolver.links(code, made), "", "en").target == "https://two.example/"
    actions.set_link(of.merchant, made.gtin, "pip", "en", "", "")
    assert "two.example" not in resolver.pick(resolver.links(code, made), "pip", "en").target
    assert made.links.count() == 3
    with pytest.raises(ContentWrong):
        actions.set_link(of.merchant, made.gtin, "pip", "en", "http://plain.example/", "")
    with pytest.raises(NotFound):
        actions.set_link(of.officer, made.gtin, "pip", "en", "https://x.example/", "")


def test_a_gap_is_found_once_decided_by_a_person_and_cleared_by_later_reports():
    of = cast.town()
    made = cast.product(of)
    lot, away = cast.key(made, "L1"), cast.key(made, "L2")
    at = cast.START
    cast.capture(
        of,
        cast.event("commissioning", at, [(lot, 10, "KGM"), (away, 1, "KGM")], cast.FARM, action="ADD"),
        cast.event("shipping", at + DAY, [(lot, 10, "KGM")], giver=cast.FARM, taker=cast.SHOP),
        cast.event("retail_selling", at + 2 * DAY, [(away, 5, "KGM")], cast.FARM),
    )
    run = actions.look_at_chains(at + 60 * DAY)
    assert (run.found, run.added) == (2, 2)
    assert actions.look_at_chains(at + 60 * DAY).added == 0
    gap, over = ChainFinding.objects.get(kind="no_receipt"), ChainFinding.objects.get(kind="over")
    assert (gap.party, gap.other, gap.amount, len(gap.events)) == (cast.FARM, cast.SHOP, 10_000_000, 1)
    actions.confirm_finding(of.officer, over.number, "销量大于产量，已约谈")
    with pytest.raises(AlreadyDone):
        actions.dismiss_finding(of.officer, over.number, "又看了一遍")
    cast.capture(of, cast.event("receiving", at + 3 * DAY, [(lot, 10, "KGM")], giver=cast.FARM, taker=cast.SHOP))
    assert actions.look_at_chains(at + 61 * DAY).cleared == 1
    gap.refresh_from_db()
    assert gap.state == "CLEARED"
