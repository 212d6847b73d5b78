"""（七）消费者权益保障: a citizen complains on a telephone, an officer accepts, the merchant answers, the consumer confirms;
or the promise is broken, or nobody acts in time, and both are seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.consumers import actions, tasks
from chengxin.consumers.models import Complaint, Promise
from chengxin.consumers.tests import people
from chengxin.kernel import clock
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ["zh-hans", pytest.param("en", marks=[] if SHOTS else pytest.mark.nightly)]


@pytest.fixture
def cast(settings: Any) -> people.Town:
    settings.SECOND_FACTOR = False
    with transaction.atomic():
        return people.town(people.PASSWORD)


def tells(citizen: Visitor, cast: people.Town) -> str:
    """Three questions on a telephone; what is wrong says what to do; the code is shown once."""
    page = citizen.go(f"/complaints/new/?shop={cast.shop.pk}&product=电饭煲").check("complaint-start").page
    citizen.click("main .results a[href*='wants=money']").check("complaint-new")
    assert page.input_value("[name=product]") == "电饭煲"
    page.fill("[name=text]", "收到的电饭煲内胆开裂，商家拒绝退货。")
    page.fill("[name=request]", "退还货款")
    page.fill("[name=phone]", people.PHONE)
    citizen.click("main form button.btn-primary")
    assert page.locator(".wrong").count() == 1  # the name is missing
    citizen.wrong = [said for said in citizen.wrong if "422" not in said]
    page.fill("[name=name]", people.NAME)
    picture = {"name": "裂纹.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 64}
    page.set_input_files("[name=photos]", [picture])
    citizen.click("main form button.btn-primary").check("complaint-filed")
    return str(page.locator("#code").inner_text())


def accepts(officer: Visitor, found: Complaint) -> None:
    """The purpose is stated once; the next step comes first."""
    officer.go("/officer/complaints/").check("complaint-queue").go(found.page_url)
    officer.page.fill("[name=text]", "办理投诉")
    officer.click("main form button").check("complaint-officer")
    assert people.NAME not in officer.page.locator("main").inner_text()
    officer.page.fill("[name=accept-contact_phone]", people.DESK)
    officer.click("main form:has(input[value=accept]) button").check("complaint-accepted")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_is_filed_on_a_telephone_accepted_answered_and_confirmed(chromium, live_server, cast, language):
    citizen = Visitor(chromium, live_server.url, language, PHONE)
    officer, merchant = (
        Visitor(chromium, live_server.url, language, None).sign_in(who, people.PASSWORD) for who in ("officer", "merchant")
    )
    code = tells(citizen, cast)
    found = Complaint.objects.get()
    accepts(officer, found)
    merchant.go("/merchant/complaints/").check("complaint-inbox").go(found.merchant_url).check("complaint-answer")
    for name, text in {"text": "同意退货退款，运费由我店承担。", "promise": "三日内退款", "promise_by": clock.today().isoformat()}.items():
        merchant.page.fill(f"[name={name}]", text)
    merchant.click("main form button.btn-primary").check("complaint-answered")
    citizen.go("/complaints/").check("complaint-follow").page.fill("[name=code]", code)
    citizen.click("main form button.btn-primary").check("complaint-mine")
    assert "同意退货退款" in citizen.page.locator("main").inner_text()
    citizen.click("main button[value='5']").click("main button[value=kept]")
    citizen.click("main button[value=solved]").check("complaint-closed")
    done = Complaint.objects.get()
    assert (done.state, done.word, done.answers.get().rating.stars, done.promises.get().state) == ("CLOSED", "solved", 5, "KEPT")
    citizen.go("/complaints/figures/").check("complaint-figures")
    for seen in (citizen, officer, merchant):
        seen.done()


def agreed(cast: people.Town) -> actions.Filed:
    """Two weeks ago a complaint was agreed on, with a promise for the week after."""
    with clock.set_to(clock.now() - timedelta(days=14)):
        made = actions.file(people.form(cast))
        number = made.complaint.number
        actions.accept(cast.officer, number, people.DESK)
        promised = {"promise": "七日内退款到账", "promise_by": clock.today() + timedelta(days=7)}
        actions.answer(cast.merchant, number, {"text": "同意退货退款。", **promised})
        actions.agree(cast.officer, number, "七日内退款二百九十九元")
    return made


def forgotten(cast: people.Town) -> Complaint:
    """Two months ago a complaint came in, and nobody has opened it."""
    with clock.set_to(clock.now() - timedelta(days=60)):
        made = actions.file(people.form(cast, order_ref="T2026092400018"))
    tasks.escalate()
    return made.complaint


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_promise_reopens_the_complaint_and_what_is_overdue_goes_to_the_head(chromium, live_server, cast, language):
    with transaction.atomic():
        made, left = agreed(cast), forgotten(cast)
    citizen = Visitor(chromium, live_server.url, language, PHONE)
    citizen.go("/complaints/").page.fill("[name=code]", made.code)
    citizen.click("main form button.btn-primary").click("main button[value=broken]").check("complaint-broken-promise")
    citizen.click("main details:has([name=text]) summary").page.fill("main details [name=text]", "到期没有退款")
    citizen.click("main details:has([name=text]) button").check("complaint-reopened")
    officer, head = (Visitor(chromium, live_server.url, language, None).sign_in(who, people.PASSWORD) for who in ("officer", "head"))
    promise = Promise.objects.get()
    officer.go("/officer/complaints/promises/").check("complaint-promises").go(promise.page_url).page.fill("[name=text]", "核实承诺")
    officer.click("main form button").check("complaint-promise")
    officer.click("main label:has(input[value='broken'])").page.fill("[name=reason]", "商家至今未退款，有支付记录为证。")
    officer.click("main form button.btn-primary")
    found = Complaint.objects.get(pk=made.complaint.pk)
    assert (found.state, found.reopened, Promise.objects.get().state) == ("MEDIATING", 1, "BROKEN")
    head.go("/officer/").check("complaint-overdue-home")
    assert left.number in head.page.locator("main").inner_text()
    head.go("/officer/complaints/?overdue=before_head").check("complaint-overdue")
    assert left.number in head.page.locator("main").inner_text() and found.number not in head.page.locator("main").inner_text()
    for seen in (citizen, officer, head):
        seen.done()
