"""（三）可信标识：a merchant proves a site and gets a mark, a copied badge warns, an imitation is confirmed, the mark is revoked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.evidence.tests.captured import capture
from chengxin.marks import domains
from chengxin.marks.models import ImitationReport, Mark, MarkRequest
from chengxin.marks.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
]
BAD = "https://beishаn.example/login"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> people.Town:
    monkeypatch.setattr(domains, "texts", lambda name: [domains.text_of(one.token) for one in MarkRequest.objects.all()])
    with transaction.atomic():
        return people.town()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_mark_from_the_request_to_its_end(chromium: Any, live_server: Any, cast: people.Town, language: str, size: Any) -> None:
    def visitor(name: str = "") -> Visitor:
        seen = Visitor(chromium, live_server.url, language, size)
        return seen.sign_in(name, people.PASSWORD) if name else seen

    merchant, officer, anybody = visitor("merchant"), visitor("officer"), visitor()
    merchant.go("/merchant/marks/").check("marks-mine-empty").click(f"a[href='/merchant/marks/ask/{cast.shop.pk}/']").check("marks-ask")
    merchant.click("main form button.btn-primary").check("marks-prove").click("button[value=dns]").check("marks-proven")
    asked = MarkRequest.objects.get()
    assert asked.state == "PROVEN"

    officer.go("/officer/marks/").check("marks-desk").click(f"a[href='{asked.officer_page}']").check("marks-request")
    officer.click("button[name=issue]").check("marks-issued")
    mark = Mark.objects.get()
    merchant.go(asked.own_page).check("marks-badge")
    merchant.go(f"/merchant/marks/rules/{cast.shop.pk}/").check("marks-rules")
    anybody.go(mark.public_page).check("marks-page")
    anybody.page.goto(live_server.url + mark.public_page, referer="https://evil.example/shop")
    anybody.check("marks-elsewhere")
    assert "evil.example" in anybody.page.locator("[role=alert]").inner_text()
    assert mark.serial in anybody.go("/marks/").check("marks-public").page.locator("main").inner_text()

    imitation(anybody, officer, cast)
    officer.go(mark.officer_page).page.fill("[name=reason]", "网站转让他人")
    officer.click("button[value=revoke]").check("marks-revoked")
    assert "网站转让他人" in anybody.go(mark.public_page).check("marks-page-revoked").page.locator("main").inner_text()
    for seen in (merchant, officer, anybody):
        seen.done()


def imitation(anybody: Visitor, officer: Visitor, cast: people.Town) -> None:
    """Somebody pastes a link that looks like the mark's, reports it, and the officer confirms it on the captured page."""
    anybody.go("/marks/").page.fill("#q-mark", BAD)
    anybody.click("main form button.btn-primary").check("marks-look-alike")
    assert anybody.page.locator("[data-verdict=look_alike]").count() == 1
    anybody.click("a[href^='/marks/report/']").page.fill("[name=original]", "北山粮油店")
    anybody.page.fill("[name=statement]", "短信里的链接，要我输入银行卡")
    anybody.check("marks-report").click("main form button.btn-primary").check("marks-followed")
    report = ImitationReport.objects.get()
    with transaction.atomic():
        capture(cast.officer, report.matter, "SAMR")
    officer.go(report.officer_page).check("marks-imitation")
    officer.page.fill("[name=other_side]", "网站未留联系方式，已通过注册商发函")
    officer.page.locator("form:has([name=confirm]) [name=reason]").fill("页面照抄北山粮油店")
    officer.click("form:has([name=confirm]) button.btn-primary").check("marks-confirmed")
    anybody.go(f"/marks/check/?q={BAD}").check("marks-imitation-public")
    assert anybody.page.locator("[data-verdict=reported]").count() == 1
