"""（十七）失信惩戒：a penalty leads to an official list step by step, to measures, to repair, and to proof that everything is undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.accounts.models import RoleGrant
from chengxin.kernel import clock
from chengxin.lists import queries
from chengxin.lists.actions import pushing, repairing, unwinding
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.lists.tests import cast as c
from chengxin.records.models import Record
from chengxin.records.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def who(settings) -> c.Cast:
    settings.SECOND_FACTOR = False
    with transaction.atomic():
        made = c.cast()
    RoleGrant.objects.update(valid_from=c.at(2026, 1, 1).date())
    return made


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


def step(seen: Visitor, entry: ListEntry, name: str, **fields: str) -> None:
    """Take a step on the entry's page: the first card of the page is the next step."""
    seen.go(entry.page_url)
    form = f"form:has(input[name=step][value={name}])"
    for field, value in fields.items():
        seen.page.fill(f"{form} [name={field}]", value)
    if name == "consent":
        seen.page.check(f"{form} [name=decision][value=yes]")
    seen.click(f"{form} button")


PEOPLE = ("officer", "merchant", "upper", "head", "reviewer", "staff")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_from_a_penalty_to_the_list_and_to_its_proven_removal(chromium, live_server, who, language, size):
    rest = (chromium, live_server.url, language, size)
    with transaction.atomic():
        pushing.subscription_of(who.machines[c.BANK].client)
        record = c.penalty(who)
    officer, merchant, upper, head, reviewer, staff = (as_(name, *rest) for name in PEOPLE)
    anybody = Visitor(*rest)
    entry = proposed(officer, record)
    told_and_heard(officer, merchant, entry)
    agreed_and_public(upper, head, reviewer, anybody, entry)
    carried_out(staff, entry)
    repaired_and_lifted(who, officer, merchant, staff, anybody, entry)
    for seen in (anybody, officer, merchant, upper, head, reviewer, staff):
        seen.done()


def proposed(officer: Visitor, record: Record) -> ListEntry:
    """The officer finds the penalty on the desk and proposes, factor by factor."""
    officer.go("/officer/lists/").check("lists-desk").click(f"a[href='/officer/lists/propose/{record.number}/']")
    officer.page.fill("[name=facts]", "组织虚假交易 312 单，误导消费者")
    officer.page.fill("[name=basis]", "《市场监督管理严重违法失信名单管理办法》第九条")
    officer.page.check("[name=intent_shown][value=shown]")
    for code, words in c.proposal()["factors"].items():
        officer.page.fill(f"[name=factor_{code}]", words)
    for code in ("M_KEY", "M_SHOP"):
        officer.page.check(f"[name=measures][value={code}]")
    officer.check("lists-propose").click("main form button.btn-primary")
    return ListEntry.objects.get()


def told_and_heard(officer: Visitor, merchant: Visitor, entry: ListEntry) -> None:
    """The notice goes out, the merchant argues, the officer answers."""
    officer.check("lists-proposed")
    step(officer, entry, "notice", phone=c.PHONE)

    merchant.go("/merchant/lists/").check("lists-mine").click(f"a.btn[href='/merchant/lists/{entry.pk}/']")
    merchant.page.fill("[name=argument_1]", "其中 40 单不是本店的")
    merchant.check("lists-notice").click("main form button.btn-primary")

    officer.go(entry.page_url)
    officer.page.check("[name=adopted_1][value=yes]")
    step_answer = "form:has(input[name=step][value=answer])"
    officer.page.fill(f"{step_answer} [name=why_1]", "经核对核减 40 单，其余事实成立")
    officer.check("lists-answer").click(f"{step_answer} button")


def agreed_and_public(upper: Visitor, head: Visitor, reviewer: Visitor, anybody: Visitor, entry: ListEntry) -> None:
    """The province agrees, the head decides, a third publishes; everybody sees it."""
    step(upper, entry, "consent", reason="事实清楚，情节严重，同意列入")
    step(head, entry, "decide", reason="性质恶劣，决定列入")
    step(reviewer, entry, "publish")
    reviewer.check("lists-published")
    anybody.go("/lists/").check("lists-public")
    assert "312 单" in anybody.page.locator("main").inner_text()
    anybody.go(f"/subject/{entry.subject_id}/").check("lists-subject")
    assert anybody.page.locator(".listed").count() == 1


def carried_out(staff: Visitor, entry: ListEntry) -> None:
    """The platform says what it did."""
    task = entry.tasks.get(measure="M_SHOP")
    staff.go("/platform/lists/").check("lists-platform").click(f"a[href='{task.page_url}']")
    staff.page.check("[name=applies][value=yes]")
    staff.page.fill("[name=said]", "店铺已关闭")
    staff.page.fill("[name=claimed_on]", clock.today().isoformat())
    staff.check("lists-task").click("main form button.btn-primary")


def repaired_and_lifted(who: c.Cast, officer: Visitor, merchant: Visitor, staff: Visitor, anybody: Visitor, entry: ListEntry) -> None:
    """A year later: the repair is granted, every measure is lifted, the last receipt closes it."""
    task = entry.tasks.get(measure="M_SHOP")
    ListEntry.objects.filter(pk=entry.pk).update(earliest_on=clock.today())  # a year has gone by
    merchant.go("/merchant/lists/").check("lists-mine-listed").click(f"a[href='/merchant/lists/{entry.pk}/repair/']")
    merchant.page.fill("[name=statement]", "罚款已缴清，消费者已全部赔付")
    merchant.page.check("[name=promised]")
    merchant.check("lists-apply").click("main form button.btn-primary")
    repaired(who)
    merchant.go("/merchant/lists/").check("lists-mine-repaired")
    staff.go(task.page_url).check("lists-lift").click("main form button.btn-primary")
    officer.go(entry.page_url).check("lists-undoing")
    assert anybody.go("/lists/").page.locator("main").inner_text().find("312 单") < 0
    with transaction.atomic():
        for one in entry.tasks.exclude(state="LIFTED"):
            unwinding.lift(who.officer, one.pk)
    officer.go(entry.page_url).check("lists-closed")
    entry.refresh_from_db()
    assert (entry.state, queries.removal_of(entry).outstanding) == ("CLOSED", 0)


def repaired(who: c.Cast) -> None:
    """Accepted by one, decided by another."""
    one = RepairApplication.objects.get()
    with transaction.atomic():
        repairing.accept(who.officer, one.pk, True)
        repairing.decide(who.head, one.pk, True, "条件全部满足，准予修复")
