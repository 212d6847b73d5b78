"""Off the list: every measure lifted, every consumer told, a signed receipt from each, and nothing closed before the last one."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chengxin.audit import queries as log
from chengxin.audit import verify
from chengxin.evidence import fetching, warc
from chengxin.evidence.models import Exhibit
from chengxin.facts.intake import accept_batch
from chengxin.facts.tests import sheets
from chengxin.kernel import clock, jail
from chengxin.kernel.errors import NotFound
from chengxin.lists import enforcement, queries, shop_pages
from chengxin.lists.actions import pushing, repairing, unwinding
from chengxin.lists.errors import SignatureNeeded, WrongState
from chengxin.lists.models import Delivery, ListEntry, RemovalNotice, Task
from chengxin.lists.tests import cast as c
from chengxin.subjects.models import Shop

pytestmark = pytest.mark.django_db
LISTED_ON, REPAIR_ON = c.at(2026, 3, 10), c.at(2027, 3, 10)


@pytest.fixture
def who() -> c.Cast:
    return c.cast()


def feed(who: c.Cast, code: str, since: int = 0) -> list[str]:
    found, _ = pushing.changes_for(who.machines[code].client, since)
    return [f"{one.what} {one.round}" for one in found]


def repaired(who: c.Cast, entry: ListEntry) -> repairing.RepairApplication:
    """Applied for, accepted, granted."""
    made = repairing.apply(who.merchant, entry, "罚款已缴清，虚假订单全部下架，已赔付消费者", True)
    repairing.accept(who.officer, made.pk, True)
    return repairing.decide(who.head, made.pk, True, "条件全部满足，准予修复")


def pushed(who: c.Cast) -> ListEntry:
    """Published; the bank and the province have had it, the bank as a subscriber before the push has a task too."""
    pushing.subscription_of(who.machines[c.BANK].client)
    with clock.set_to(LISTED_ON):
        entry = c.published(who)
        for code in (c.BANK, c.PROVINCE):
            assert feed(who, code) == ["added 1"]
    return entry


def test_a_published_entry_becomes_tasks_of_departments_the_bank_and_the_platform(who):
    entry = pushed(who)
    found = set(entry.tasks.values_list("measure", "executor_kind", "executor"))
    assert found == {
        ("M_KEY", "department", "SAMR"),
        ("M_HONOUR", "department", "SAMR"),
        ("M_HONOUR", "department", "COM"),
        ("M_SHOP", "platform", c.PLATFORM),
        ("M_CREDIT", "bank", c.BANK),
    }
    assert set(entry.tasks.values_list("due_on", flat=True)) == {date(2026, 3, 24)}


def test_an_executor_says_whether_it_applies_and_only_for_itself(who):
    entry = pushed(who)
    task = entry.tasks.get(measure="M_SHOP")
    for stranger in (who.officer, who.commerce, who.banker, who.machines[c.BANK]):
        with pytest.raises(NotFound):
            pushing.feed_back(stranger, task.pk, True, "已关闭店铺")
    with pytest.raises(WrongState):
        pushing.feed_back(who.staff, task.pk, True, "好")
    assert pushing.feed_back(who.staff, task.pk, True, "已关闭店铺", clock.today()).state == "TAKEN"
    honour = entry.tasks.get(measure="M_HONOUR", executor="COM")
    assert pushing.feed_back(who.commerce, honour.pk, False, "该主体不在评奖范围").state == "DECLINED"
    bank = entry.tasks.get(measure="M_CREDIT")
    assert pushing.feed_back(who.machines[c.BANK], bank.pk, True, "授信已审慎评估").fed_by == who.machines[c.BANK].id
    assert pushing.feed_back(who.banker, bank.pk, True, "授信已审慎评估").fed_by_name == "银行小陈"


def lift_all(who: c.Cast, entry: ListEntry) -> None:
    """Every receipt but the province's."""
    by = {"SAMR": who.officer, "COM": who.commerce, c.PLATFORM: who.staff}
    for task in entry.tasks.exclude(executor=c.BANK):
        unwinding.lift(by[task.executor], task.pk, "已解除")
    bank = who.machines[c.BANK]
    unwinding.lift(bank, entry.tasks.get(executor=c.BANK).pk, "", c.signature(bank))
    unwinding.confirm_removal(bank, entry.removal_notices.get(subscription__client=bank.client).pk, c.signature(bank))


def test_nothing_is_closed_until_the_last_receipt_is_in(who):
    entry = pushed(who)
    with clock.set_to(REPAIR_ON):
        repaired(who, entry)
        entry.refresh_from_db()
        assert (entry.state, entry.lift_due_on) == ("REMOVED", date(2027, 3, 15))
        assert not entry.public_on(clock.today())
        assert set(entry.tasks.values_list("state", flat=True)) == {"LIFT_ASKED"}
        assert queries.removal_of(entry) == queries.Removal(7, 0, 0)
        lift_all(who, entry)
        assert queries.removal_of(entry) == queries.Removal(7, 6, 0)
        with pytest.raises(DatabaseError, match="closed while something stands"), transaction.atomic():
            ListEntry.objects.filter(pk=entry.pk).update(state="CLOSED")
    with clock.set_to(c.at(2027, 3, 12, 16)):
        province = who.machines[c.PROVINCE]
        notice = entry.removal_notices.get(subscription__client=province.client)
        with pytest.raises(SignatureNeeded):
            unwinding.confirm_removal(province, notice.pk)
        first = unwinding.confirm_removal(province, notice.pk, c.signature(province))
        again = unwinding.confirm_removal(province, notice.pk, c.signature(province))
        assert first.receipt == again.receipt
    entry.refresh_from_db()
    assert entry.state == "CLOSED"
    assert max(queries.removal_hours()) == 54.0
    assert 0 < (queries.p95_hours() or 0) <= 54


def test_a_receipt_is_the_consumers_own(who):
    entry = pushed(who)
    with clock.set_to(REPAIR_ON):
        repaired(who, entry)
        notice = entry.removal_notices.get(subscription__client=who.machines[c.PROVINCE].client)
        for stranger in (who.machines[c.BANK], who.officer, who.staff, who.banker):
            with pytest.raises(NotFound):
                unwinding.confirm_removal(stranger, notice.pk, None)
        own = entry.removal_notices.get(subscription__client=who.machines[c.BANK].client)
        assert unwinding.confirm_removal(who.banker, own.pk).confirmed_by_name == "银行小陈"


def test_a_late_receipt_is_counted_late_the_day_after_and_not_on_the_day(who):
    entry = pushed(who)
    with clock.set_to(REPAIR_ON):
        repaired(who, entry)
        entry.refresh_from_db()
    for day, late in ((14, 0), (15, 0), (16, 7)):
        with clock.set_to(c.at(2027, 3, day)):
            assert queries.removal_of(entry).late == late


def test_who_never_had_the_entry_hears_nothing_of_it_after_its_removal(who):
    entry = pushed(who)
    with clock.set_to(REPAIR_ON):
        repaired(who, entry)
        assert feed(who, c.PLATFORM) == []  # it asks for the first time
        assert feed(who, c.BANK) == ["removed 1"]
        assert not RemovalNotice.objects.filter(subscription__client=who.machines[c.PLATFORM].client).exists()
    assert Delivery.objects.count() == 3


def test_the_feed_gives_nothing_after_the_last_day_even_when_the_job_is_late(who):
    pushed(who)
    with clock.set_to(c.at(2029, 3, 10)):
        assert feed(who, c.PLATFORM) == ["added 1"]
    with clock.set_to(c.at(2029, 3, 11)):
        fresh = c.machine("another-province")
        assert pushing.changes_for(fresh.client, 0)[0] == []


def test_a_line_of_the_feed_proves_itself_offline(who):
    entry = pushed(who)
    change = entry.changes.get()
    assert verify.verify(json.dumps(change.receipt).encode(), log.public_key()).good
    document = json.loads(change.receipt["document"])
    assert (document["number"], document["valid_until"], document["what"]) == (entry.number, "2029-03-10", "added")


def test_rows_that_prove_who_had_what_are_written_once(who):
    entry = pushed(who)
    for rows in (Delivery.objects.all(), entry.changes.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(at=clock.now())


def test_a_task_is_not_lifted_without_its_receipt(who):
    entry = pushed(who)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(entry=entry).update(state="LIFTED")


def test_the_bundle_holds_a_receipt_of_every_lift_and_every_removal(who):
    entry = pushed(who)
    with clock.set_to(REPAIR_ON):
        repaired(who, entry)
        lift_all(who, entry)
        province = who.machines[c.PROVINCE]
        unwinding.confirm_removal(province, entry.removal_notices.get(subscription__client=province.client).pk, c.signature(province))
    with zipfile.ZipFile(io.BytesIO(queries.bundle(ListEntry.objects.get(pk=entry.pk)))) as zipped:
        names = zipped.namelist()
        receipts = [json.loads(zipped.read(name)) for name in names]
    assert len(names) == len(set(names)) == 2 + 5 + 2
    assert {one["format"] for one in receipts} == {"chengxin-receipt/1"}
    signed = [json.loads(one["document"]) for one in receipts if "signature" in json.loads(one["document"])]
    assert len(signed) == 3  # the bank's two and the province's


# ---- what the platform says against what the shop does


def orders(who: c.Cast, day: int, shop: str, number: int) -> None:
    row = sheets.order(number, shop_id=shop, ordered_at=f"2026-03-{day:02d}T10:00:00+08:00")
    assert accept_batch(c.PLATFORM, "order", sheets.ndjson([row]), "ndjson", "system:test").accepted == 1


def shows(monkeypatch: pytest.MonkeyPatch, page: str, folder: Path) -> None:
    """The shop's page, as the child process would fetch and read it, in this one."""

    def fetched(target: str, data: bytes, **more: Any) -> Any:
        if target == "chengxin.evidence.warc:said":
            (folder / "page.warc.gz").write_bytes(data)
            return warc.said(str(folder / "page.warc.gz"))
        html = [("Content-Type", "text/html; charset=utf-8")]
        found = [fetching.Exchange("https://shop.example/1", "203.0.113.7", 200, "OK", html, page.encode(), clock.now().isoformat())]
        return {"warc": fetching._warc(found), "records": [fetching._record(one) for one in found]}

    monkeypatch.setattr(jail, "run", fetched)


def test_a_page_that_still_sells_contradicts_the_platforms_receipt_whatever_the_trade_shows(who, settings, tmp_path, monkeypatch):
    settings.LAKE_DIR = tmp_path / "lake"
    task = claimed(who)
    orders(who, 14, "S9", 2)
    Shop.objects.filter(pk=who.shop.pk).update(url="")
    assert shop_pages.claims() == [], "a shop without an address cannot be looked at"
    Shop.objects.filter(pk=who.shop.pk).update(url="https://shop.example/1")
    shows(monkeypatch, "<p>山核桃 58元</p><script>var closed = '店铺已关闭'</script><button>加入购物车</button>", tmp_path)
    assert shop_pages.look_at_new_claims()["selling"] == 1
    assert shop_pages.look_at_new_claims() == dict.fromkeys(("selling", "closed", "unclear", "not_opened"), 0), "once a night is once"
    assert enforcement.check_claims() == {"proven": 0, "contradicted": 1, "not_seen": 0}
    task.refresh_from_db()
    assert (task.checked, task.check_said["page"]["words"]) == ("contradicted", ["加入购物车"])
    exhibit = Exhibit.objects.get(number=task.check_said["page"]["exhibit"])
    assert (exhibit.matter, exhibit.department) == (f"lists.entry:{task.entry_id}", "SAMR")
    shows(monkeypatch, "<p>店铺已关闭</p>", tmp_path)
    assert shop_pages.look(who.officer, shop_pages.claims())["closed"] == 1
    assert enforcement.check_claims()["proven"] == 1, "the newest look counts"


@pytest.mark.parametrize(
    ("status", "text", "found"), [(404, "立即购买", "closed"), (200, "欢迎光临", "unclear"), (200, "Buy Now", "selling")]
)
def test_what_a_page_shows(status: int, text: str, found: str) -> None:
    assert shop_pages.read(status, text)[0] == found


def claimed(who: c.Cast) -> Task:
    entry = pushed(who)
    with clock.set_to(c.at(2026, 3, 12)):
        return pushing.feed_back(who.staff, entry.tasks.get(measure="M_SHOP").pk, True, "店铺已关闭", date(2026, 3, 12))


def test_a_closed_shop_is_proven_only_by_later_reports_without_it_and_contradicted_by_its_own_orders(who, settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    task = claimed(who)
    orders(who, 12, who.shop.shop_id, 1)  # on the very day: nothing against it
    assert enforcement.check_claims() == {"proven": 0, "contradicted": 0, "not_seen": 1}
    orders(who, 14, "S9", 2)
    assert enforcement.check_claims()["proven"] == 1
    orders(who, 13, who.shop.shop_id, 3)
    assert enforcement.check_claims()["contradicted"] == 1
    task.refresh_from_db()
    assert (task.checked, task.check_said["orders_after"]) == ("contradicted", 1)
