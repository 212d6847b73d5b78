"""（十四）平台主体责任：a measure with reasons, the appeal to a person, duties by colour, an interview."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.kernel import clock
from chengxin.platforms import demo
from chengxin.platforms.models import Interview, Measure
from chengxin.platforms.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def cast() -> people.Town:
    with transaction.atomic():
        made = people.town()
        demo.fill(made.platform, made.staff, made.colleague, made.officer, made.reviewer, None)
        return made


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


def take_measure(seen: Visitor, cast: people.Town) -> Measure:
    """From the list to the public feed: entered, told, published."""
    seen.go("/platform/duties/").check("platform-duties").go("/platform/measures/").check("platform-measures")
    seen.click("a[href='/platform/measures/new/']").check("measure-new")
    page, today = seen.page, clock.today()
    page.fill("[name=measure_no]", "M9001")
    page.fill("[name=shop_id]", cast.shop.shop_id)
    page.select_option("[name=action]", "W4")
    page.select_option("[name=behaviour]", "B01")
    page.fill("[name=facts]", "十一月虚构交易二百单，均无物流揽收")
    page.fill("[name=reason]", "虚构交易提升销量，误导消费者")
    page.fill("[name=basis]", "平台交易规则第十二条")
    page.fill("[name=since]", today.isoformat())
    page.fill("[name=until]", today.replace(year=today.year + 1).isoformat())
    page.fill("[name=appeal_way]", "商家后台“违规申诉”")
    seen.click("main form button.btn-primary").check("measure-proposed")
    for act in ("notice", "publish"):
        seen.click(f"form:has(input[value={act}]) button")
    seen.check("measure-published")
    return Measure.objects.get(measure_no="M9001")


def talk(officer: Visitor, staff: Visitor, reviewer: Visitor) -> None:
    """The officer's round: all platforms, one scorecard, its interview; the platform puts right, another officer accepts."""
    officer.go("/officer/platforms/").check("officer-platforms").click("a[href='/officer/platforms/pingtai/']").check("scorecard")
    officer.go("/officer/platforms/pingtai/duties/D08/").check("duty").go("/officer/platforms/pingtai/interview/").check("interview-plan")
    found = Interview.objects.get()
    staff.go(found.platform_url).check("interview-platform")
    staff.page.fill("[name=text]", "已上线自动公示，专人按日报送线索")
    staff.page.set_input_files("[name=evidence]", {"name": "上线说明.txt", "mimeType": "text/plain", "buffer": "已上线".encode()})
    staff.click("main form button.btn-primary")
    officer.go(found.page_url).check("interview-own")
    assert officer.page.locator("input[name=decision]").count() == 0
    reviewer.go(found.page_url).check("interview-decide")
    reviewer.page.check("input[name=decision][value=accept]")
    reviewer.page.fill("[name=reason]", "已登录平台核对，自动公示正常")
    reviewer.click("main form button.btn-primary")
    assert Interview.objects.get().state == "ACCEPTED"


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_measure_with_reasons_an_appeal_to_a_person_and_an_interview(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    staff, colleague, merchant, officer, reviewer = (as_(who, *rest) for who in ("staff", "colleague", "merchant", "officer", "reviewer"))
    made = take_measure(staff, cast)
    anybody.go("/measures/").check("statements").go(made.public_url).check("statement").go("/platforms/pingtai/").check("platform-public")
    merchant.go("/merchant/measures/").check("my-measures").go(made.merchant_url).check("my-measure")
    merchant.page.fill("[name=statement]", "所列订单有真实买家签收，请人工核对")
    merchant.click("main form button.btn-primary")
    assert anybody.go(made.public_url).page.locator(".tag-amber").count() == 1
    staff.go(made.page_url)
    assert staff.page.locator("form:has(input[value=take_up])").count() == 0  # who made it does not review it
    colleague.go(made.page_url).check("appeal-waits").click("form:has(input[value=take_up]) button").check("appeal-answer")
    colleague.page.check("input[name=decision][value=lift]")
    colleague.page.fill("form:has(input[value=answer]) [name=reason]", "经人工核对确系真实交易，予以解除")
    colleague.click("form:has(input[value=answer]) button")
    assert "确系真实交易" in merchant.go(made.merchant_url).check("my-measure-lifted").page.locator("main").inner_text()
    anybody.go("/measures/")
    assert made.number not in anybody.page.content()
    talk(officer, staff, reviewer)
    for seen in (anybody, staff, colleague, merchant, officer, reviewer):
        seen.done()
