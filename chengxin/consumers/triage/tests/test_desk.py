"""The officer's pages: one decision, many complaints, each with its own step and paper; and nothing of another's desk."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.consumers import actions
from chengxin.consumers.models import Complaint, ConsumerStep
from chengxin.consumers.tests import people
from chengxin.consumers.triage import looking
from chengxin.consumers.triage.models import Apart, Group
from chengxin.consumers.triage.tests.test_no_harm import template
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> people.Town:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    cast = people.town()
    for n in range(5):
        actions.file(people.form(cast, text=template(n), phone=f"1009{n:07d}"))
    actions.file(people.form(cast))
    looking.look("SAMR")
    return cast


def browser(cast: people.Town, name: str) -> Client:
    made = Client()
    made.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return made


def numbers() -> list[str]:
    return list(Complaint.objects.order_by("number").values_list("number", flat=True))


def test_accepting_many_writes_one_step_and_one_paper_for_each_by_the_officer(cast: people.Town) -> None:
    group = Group.objects.get()
    answer = browser(cast, "officer").post(group.page_url, {"act": "accept", "contact_phone": people.DESK, "number": numbers()[:4]})
    assert answer.status_code == 302
    accepted = Complaint.objects.filter(state="ACCEPTED")
    assert list(accepted.order_by("number").values_list("number", flat=True)) == numbers()[:4]
    steps = ConsumerStep.objects.filter(action="accept")
    assert (steps.count(), set(steps.values_list("actor", flat=True))) == (4, {str(cast.officer)})
    assert Document.objects.filter(form="complaint_05").count() == 4


def test_a_complaint_that_is_not_in_the_group_is_not_touched_and_nothing_is_ticked_for_anybody(cast: people.Town) -> None:
    group, outside = Group.objects.get(), numbers()[5]
    officer = browser(cast, "officer")
    page = officer.get(group.page_url).content.decode()
    assert page.count('type="checkbox" name="number"') == 5 and " checked" not in page.split("<aside")[0]
    assert officer.post(group.page_url, {"act": "accept", "contact_phone": people.DESK}).status_code == 422
    officer.post(group.page_url, {"act": "accept", "contact_phone": people.DESK, "number": [outside]})
    assert not Complaint.objects.filter(state="ACCEPTED").exists()


def test_a_refusal_needs_its_ground_and_reason_and_one_that_fails_stops_no_other(cast: people.Town) -> None:
    group, officer = Group.objects.get(), browser(cast, "officer")
    assert officer.post(group.page_url, {"act": "refuse", "number": numbers()[:2]}).status_code == 422
    actions.refuse(cast.officer, numbers()[0], "R2", "法院已经受理同一争议")
    given = {"act": "refuse", "ground": "R2", "reason": "法院已经受理同一争议", "number": numbers()[:3]}
    told = officer.post(group.page_url, given, follow=True).content.decode()
    assert Complaint.objects.filter(state="REFUSED").count() == 3
    assert numbers()[0] in told


def test_what_is_set_apart_is_not_grouped_again(cast: people.Town) -> None:
    browser(cast, "officer").post(Group.objects.get().page_url, {"act": "apart", "number": numbers()[:1]})
    looking.look("SAMR")
    assert Group.objects.get().n == 4
    assert Apart.objects.get().by == str(cast.officer)
    assert Complaint.objects.get(number=numbers()[0]).state == "RECEIVED"


def test_another_department_sees_neither_the_group_nor_the_list(cast: people.Town) -> None:
    stranger = browser(cast, "elsewhere")
    assert stranger.get(Group.objects.get().page_url).status_code == 404
    assert numbers()[0] not in stranger.get("/officer/complaints-alike/").content.decode()
    assert browser(cast, "merchant").get("/officer/complaints-alike/").status_code == 403


def test_looking_again_replaces_what_was_found(cast: people.Town) -> None:
    officer = browser(cast, "officer")
    before = Group.objects.get().pk
    assert officer.post("/officer/complaints-alike/").status_code == 302
    assert Group.objects.get().pk != before
    assert "5" in officer.get("/officer/complaints-alike/").content.decode()
