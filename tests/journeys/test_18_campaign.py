"""（十八）打击整治（十九）诚信文化：a campaign approved by a head and counted from the work; a story that goes down with its record."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from chengxin.campaigns.models import Campaign, Completion, Story
from chengxin.campaigns.tests import people
from chengxin.records import actions as records
from chengxin.records.models import Record
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
WHO = ("officer", "reviewer", "head", "merchant")


@pytest.fixture
def cast() -> people.Town:
    cache.clear()
    with transaction.atomic():
        return people.town()


@pytest.fixture
def record(cast: people.Town) -> Record:
    assert cast.shop.subject
    with transaction.atomic():
        return people.on_file(cast.officer, cast.reviewer, cast.shop.subject)


def campaign(officer: Visitor, head: Visitor) -> Campaign:
    """Drafted by one, approved by the head; the figures stand there at once."""
    plan = people.plan()
    officer.go("/officer/campaigns/new/").check("campaign-new")
    page = officer.page
    page.fill("[name=title]", plan["title"])
    page.select_option("[name=behaviours]", plan["behaviours"])
    for name in ("starts_on", "ends_on"):
        page.fill(f"[name={name}]", plan[name].isoformat())
    page.fill("[name=basis]", plan["basis"])
    page.fill("[name=t_clues_opened]", "10")
    officer.click("main form button.btn-primary").check("campaign-drafted")
    made = Campaign.objects.get()
    head.go(made.page_url).click("form:has(input[value=approve]) button").check("campaign-running")
    officer.go("/officer/campaigns/").check("campaigns-today").go(f"{made.page_url}rows/clues_opened/").check("campaign-rows")
    return made


def story(officer: Visitor, reviewer: Visitor, record: Record) -> Story:
    """From the record to the public page, through a second person."""
    officer.go(f"/officer/stories/bad/?record={record.number}")
    officer.page.fill("[name=title]", "刷单三百单，罚款八万元")
    officer.click("main form button.btn-primary").check("story-draft").click("form:has(input[value=check]) button")
    officer.click("form:has(input[value=redact]) button").check("story-redacted")
    made = Story.objects.get()
    reviewer.go(made.page_url).check("story-to-approve").click("form:has(input[value=approve]) button")
    officer.go(made.page_url).click("form:has(input[value=publish]) button").check("story-published")
    return made


def learn(merchant: Visitor) -> None:
    """Read, answer, certificate."""
    merchant.go("/merchant/courses/").check("courses-mine").go("/merchant/courses/honest_trade/").check("course")
    for name, answer in (("q0", 1), ("q1", 2), ("q2", 0), ("q3", 1), ("q4", 1)):
        merchant.page.check(f"[name={name}][value='{answer}']")
    merchant.click("main form button.btn-primary").check("course-passed")
    assert Completion.objects.get().code in merchant.page.content()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_campaign_runs_a_story_is_told_while_its_record_is_public_and_a_business_learns(
    chromium: Any, live_server: Any, cast: people.Town, record: Record, language: str, size: Any
) -> None:
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    officer, reviewer, head, merchant = (Visitor(*rest).sign_in(who, people.PASSWORD) for who in WHO)
    campaign(officer, head)
    told = story(officer, reviewer, record)
    anybody.go("/stories/").check("stories").go(told.public_url).check("story")
    assert people.SUMMARY in anybody.page.content()
    learn(merchant)
    anybody.go("/courses/calendar/").check("calendar").go("/courses/").check("courses")
    with transaction.atomic():
        proposal = records.propose_withdrawal(cast.officer, record.pk, "决定被撤销", "示市监撤〔2026〕1号")
        records.confirm(cast.reviewer, proposal.pk)
    assert people.SUMMARY not in anybody.go("/stories/").page.content()
    for visitor in (anybody, officer, reviewer, head, merchant):
        visitor.done()
