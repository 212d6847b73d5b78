"""Data held back by hand stay over their term and over a request, until the hold's last day or until it is lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import RoleGrant
from chengxin.audit.models import Leaf
from chengxin.consumers.models import Complaint, Identity
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.persons import erasing, holding, retention, stores, terms
from chengxin.persons.errors import HeldAlready, HoldWrong
from chengxin.persons.models import Hold
from chengxin.persons.person import Person
from chengxin.persons.tests.test_retention import blank_papers, closed_complaint  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WHY = "当事人已申请行政复议"


def officer_of(complaint: Complaint) -> Actor:
    """An officer of the complaint's desk."""
    grant = RoleGrant.objects.in_force().filter(role="officer", department=complaint.department).first()
    assert grant
    return of_user(grant.user)


def held_stores(day: object) -> set[str]:
    return {line.store.model for line in retention.forecast(day) if terms.HAND in line.held}  # type: ignore[arg-type]


def test_the_night_leaves_what_is_held_until_the_last_day_and_takes_it_then() -> None:
    complaint = closed_complaint()
    officer = officer_of(complaint)
    over = max(row.until for name in ("consumers.Complaint", "consumers.Identity", "documents.Document", "evidence.Exhibit")
               for row in terms.rows(stores.stores()[name], clock.today()) if row.until) + DAY  # fmt: skip
    with clock.set_to(clock.now() + (over - clock.today())):
        until = clock.today() + 30 * DAY
        made = holding.place(officer, complaint.department, until, WHY, complaint=complaint.number)
        assert {"consumers.Complaint", "consumers.Identity", "consumers.Answer", "documents.Document", "evidence.Exhibit"} <= held_stores(
            until
        )
        retention.run(until)
        assert Complaint.objects.get(pk=complaint.pk).text == complaint.text
        assert not held_stores(until + DAY)  # over: it holds nothing, and nobody has to do anything
        holding.lift(officer, made.number, "复议决定已经生效")
        retention.run(clock.today())
    assert Complaint.objects.get(pk=complaint.pk).text == stores.MARK
    assert Leaf.objects.filter(action__in=["persons.hold.place", "persons.hold.lift"]).count() == 2


def test_a_request_for_erasure_answers_with_the_hold() -> None:
    complaint = closed_complaint()
    officer = officer_of(complaint)
    identity = Identity.objects.get(complaint=complaint)
    person = Person(name=identity.name, phones=(identity.phone,))
    assert erasing.plan(person).counts().get("consumers.Complaint")
    holding.place(officer, complaint.department, clock.today() + DAY, WHY, complaint=complaint.number)
    plan = erasing.plan(person)
    assert not plan.counts().get("consumers.Complaint")
    words = {one["zh"] for one in plan.kept() if one["store"] == "consumers.Complaint"}
    assert any("暂缓删除" in one for one in words)


def test_a_hold_of_a_business_holds_what_names_it() -> None:
    complaint = closed_complaint()
    assert complaint.respondent
    officer = officer_of(complaint)
    before = holding.standing()
    holding.place(officer, complaint.department, clock.today() + DAY, WHY, subject=complaint.respondent)
    store = stores.stores()["consumers.Complaint"]
    assert holding.is_held(store, complaint.pk) and not before.subjects
    assert not holding.standing(clock.today() + 2 * DAY).subjects


def test_a_hold_has_a_reason_a_day_within_the_laws_months_and_one_place() -> None:
    complaint = closed_complaint()
    officer, department = officer_of(complaint), complaint.department
    for until, reason in (
        (clock.today(), WHY),
        (holding.longest() + DAY, WHY),
        (clock.today() + DAY, "无"),
        (clock.today() + DAY, "电话13800138000"),
    ):
        with pytest.raises(HoldWrong):
            holding.place(officer, department, until, reason, complaint=complaint.number)
    with pytest.raises(NotFound):
        holding.place(officer, "POST", clock.today() + DAY, WHY, complaint=complaint.number)
    made = holding.place(officer, department, clock.today() + DAY, WHY, complaint=complaint.number)
    with pytest.raises(HeldAlready):
        holding.place(officer, department, clock.today() + DAY, WHY, complaint=complaint.number)
    with pytest.raises(HoldWrong):
        holding.renew(officer, made.number, clock.today() + DAY, WHY)
    assert holding.renew(officer, made.number, holding.longest(), "复议延期").until == holding.longest()
    assert [one.action for one in made.steps.all()] == ["place", "renew"]


def test_the_pages_of_holds() -> None:
    complaint = closed_complaint()
    officer = officer_of(complaint)
    assert officer.user
    browser = Client()
    browser.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    given = {"department": complaint.department, "complaint": complaint.number, "until": (clock.today() + DAY).isoformat(), "reason": WHY}
    assert browser.post("/officer/persons/holds/new/", {**given, "until": "2020-01-01"}).status_code == 422
    assert browser.post("/officer/persons/holds/new/", given).status_code == 302
    made = Hold.objects.get()
    assert made.number in browser.get("/officer/persons/holds/?state=STANDS").content.decode()
    assert WHY in browser.get(made.page_url).content.decode()
    assert (
        browser.post(made.page_url, {"act": "renew", "r-until": holding.longest().isoformat(), "r-reason": "复议延期"}).status_code == 302
    )
    assert browser.post(made.page_url, {"act": "lift", "l-reason": "复议已经终结"}).status_code == 302
    assert access.get(officer, Hold, number=made.number).state == "LIFTED"
