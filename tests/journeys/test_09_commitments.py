"""（九）事前信用承诺：a letter published by two, signed in one page, measured by facts, an allegation told, heard, found and public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from chengxin.commitments import alleging, measuring
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.commitments.tests import people
from chengxin.kernel import clock
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
WHO = ("officer", "reviewer", "merchant")


@pytest.fixture
def cast() -> people.Town:
    cache.clear()
    with transaction.atomic():
        return people.town()


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


def publish(officer: Visitor, reviewer: Visitor) -> Template:
    """One picks the letter, the other publishes it."""
    officer.go("/officer/commitments/templates/").check("commitment-letters")
    officer.page.select_option("[name=letter]", "honest_trade")
    officer.click("main form button.btn-primary").check("commitment-letter-own")
    made = Template.objects.get()
    reviewer.go(made.page_url).check("commitment-letter").click("form:has(input[value=publish]) button")
    return made


def sign(merchant: Visitor, made: Template, secret: str) -> Commitment:
    """Read, choose, code: one page."""
    merchant.go("/merchant/commitments/").check("commitments-none").click(f"a[href$='/sign/{made.number}/']").check("commitment-sign")
    page = merchant.page
    page.fill("[name=n_ship_in_time]", "48")
    page.check("[name=consent]")
    page.fill("[name=code]", people.code_of(secret))
    merchant.click("main form button.btn-primary").check("commitment-mine")
    return Commitment.objects.get()


def find(officer: Visitor, merchant: Visitor, reviewer: Visitor, breach: Breach) -> None:
    """Told, heard, concluded by one, decided by another."""
    officer.go("/officer/commitments/").check("commitments-desk").click(f"a[href='{breach.page_url}']").check("breach-alleged")
    officer.page.fill("[name=notify-contact]", "王立")
    officer.page.fill("[name=notify-phone]", "0468-0000000")
    officer.click("form:has(input[value=notify]) button")
    merchant.go(f"/merchant/commitments/breaches/{breach.number}/").check("breach-mine")
    merchant.page.fill("[name=statement]", "快递停运三天，已在页面公告")
    merchant.click("main form button.btn-primary")
    officer.go(breach.page_url).check("breach-conclude")
    officer.page.check("[name=conclude-conclusion][value=confirm]")
    officer.page.fill("[name=conclude-reasons]", "公告早于下单的仅两单，其余逾期与停运无关")
    officer.click("form:has(input[value=conclude]) button").check("breach-own")
    reviewer.go(breach.page_url).check("breach-decide").click("form:has(input[value=confirm]) button")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_commitment_is_signed_tested_by_facts_and_its_breach_found_by_two_people(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    officer, reviewer, merchant = (as_(who, *rest) for who in WHO)
    secret = people.enrol(cast.users["merchant"])
    made = sign(merchant, publish(officer, reviewer), secret)
    anybody.go("/commitments/").check("commitments").go(made.public_url).check("commitment")
    with transaction.atomic():  # a paper of spring binds from its day: the facts since then test it
        earlier = people.signed_on_paper(cast, Template.objects.get(), date(2026, 9, 1))
        people.trade(cast, date(2026, 10, 1), late=10, good=10)
    with transaction.atomic(), clock.set_to(datetime(2026, 11, 28, 10, tzinfo=clock.CITY)):
        measuring.measure()
        (breach,) = alleging.allege_all()
    assert breach.commitment == earlier
    assert breach.facts not in anybody.go(earlier.public_url).page.content()  # nothing is public before it is found
    find(officer, merchant, reviewer, breach)
    assert Breach.objects.get().state == "RECORDED"
    anybody.go(earlier.public_url).check("commitment-breach")
    assert breach.facts in anybody.page.content()
    merchant.go(f"/merchant/commitments/{earlier.number}/").check("commitment-kept")
    officer.go("/officer/commitments/coverage/").check("commitment-coverage").go(earlier.page_url).check("commitment-officer")
    for visitor in (anybody, officer, reviewer, merchant):
        visitor.done()
