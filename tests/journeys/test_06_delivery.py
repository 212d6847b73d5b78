"""（六）寄递物流信用：a parcel tracked, rated, reported without an account; answered, verified, traced; a firm barred; a platform asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.delivery.models import Ban, ConsumerRating, Incident, WorkerFact
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM, ORDER, WAYBILL
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NIGHT = [] if SHOTS else pytest.mark.nightly
SIZES = [
    pytest.param("zh-hans", None, marks=NIGHT),
    pytest.param("en", None, marks=NIGHT),
    pytest.param("zh-hans", PHONE, marks=NIGHT),
    pytest.param("en", PHONE, marks=NIGHT),
]


@pytest.fixture
def town() -> people.Town:
    with transaction.atomic():
        made = people.town()
        people.on_file(made)
        return made


def report(anybody: Visitor) -> str:
    """Track by two numbers, rate, report; the code to follow it."""
    page = anybody.go("/parcels/").check("track").page
    page.fill("[name=waybill_no]", WAYBILL)
    page.fill("[name=order_no]", ORDER)
    anybody.click("main form button.btn-primary").check("parcel")
    for dim, mark in people.MARKS.items():
        page.select_option(f"[name={dim}]", str(mark))
    anybody.click("form:has(input[value=rate]) button")
    page.click("main summary")
    page.select_option("[name=kind]", "damaged")
    page.fill("[name=text]", "外箱破损，内件碎了两件")
    anybody.click("form:has(input[value=report]) button").check("reported")
    return str(page.inner_text("#code"))


def handle(officer: Visitor, courier: Visitor) -> None:
    """The firm answers, the officer verifies and traces, it is recorded and on the worker's file."""
    incident = Incident.objects.get()
    courier.go("/merchant/delivery/").check("inbox").go(incident.firm_url).check("firm-incident")
    courier.page.fill("[name=text]", "经核对，末端网点卸车时跌落")
    courier.click("main form button.btn-primary")
    officer.go("/officer/delivery/").check("delivery-desk").go(incident.page_url).check("incident")
    officer.page.fill("[name=reason]", "照片与扫描记录相符，属实")
    officer.click("button[value=verify]").click(f"a[href='{incident.page_url}trace/']").check("trace")
    page = officer.page
    page.select_option("[name=outlet_0]", "N205")
    page.fill("[name=staff_no_0]", "W771")
    page.select_option("[name=fault_0]", "rough_handling")
    page.fill("[name=share_0]", "90")
    page.fill("[name=conclusion]", "卸车跌落为主要原因")
    officer.click("main form button.btn-primary").check("trace-90")
    assert Incident.objects.get().state == "VERIFIED"
    officer.wrong = [one for one in officer.wrong if "422" not in one]  # the browser notes what was refused on purpose
    page.fill("[name=share_0]", "100")
    officer.click("main form button.btn-primary").check("traced")
    officer.click("button[value=record]").click("button[value=fact]").check("on-file")
    assert WorkerFact.objects.get().staff_no == "W771"


def bar(officer: Visitor, reviewer: Visitor, courier: Visitor) -> Ban:
    """Proposed on a penalty, told, answered, decided by another person, in force."""
    officer.go(f"/officer/delivery/firms/{FIRM}/").check("courier-firm").go(f"/officer/delivery/firms/{FIRM}/ban/").check("propose-ban")
    officer.page.select_option("[name=record]", index=0)
    officer.page.fill("[name=facts]", "一年内三次泄露用户信息，拒不改正")
    officer.click("main form button.btn-primary").click("button[value=notice]").check("ban-noticed")
    ban = Ban.objects.get()
    courier.go(ban.firm_url).check("ban-firm").page.fill("[name=statement]", "已更换供应商，请求从轻")
    courier.click("main form button.btn-primary")
    assert officer.go(ban.page_url).page.locator("input[name=decision]").count() == 0  # who proposed it does not decide
    reviewer.go(ban.page_url).check("ban-decide").page.check("input[value=decide]")
    reviewer.page.fill("[name=reason]", "事实清楚，情节严重")
    reviewer.page.fill("[name=answer]", "整改尚未完成，不予采纳")
    reviewer.click("main form button.btn-primary").click("button[value=enforce]").check("ban-in-force")
    return Ban.objects.get()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_parcel_goes_wrong_and_a_firm_is_barred(chromium: Any, live_server: Any, town: people.Town, language: str, size: Any) -> None:
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    officer, reviewer, courier, staff = (
        Visitor(*rest).sign_in(who, people.PASSWORD) for who in ("officer", "reviewer", "courier", "staff")
    )
    code = report(anybody)
    assert ConsumerRating.objects.get().intact == people.MARKS["intact"]
    handle(officer, courier)
    anybody.go("/parcels/follow/").page.fill("[name=code]", code)
    anybody.click("main form button.btn-primary").check("followed")
    assert bar(officer, reviewer, courier).state == "IN_FORCE"
    staff.go("/platform/couriers/").check("board").click("button[value=confirm]").check("confirmed")
    anybody.go("/couriers/").check("couriers").go(f"/couriers/{FIRM}/").check("courier-public")
    assert "W771" not in anybody.page.content()
    for seen in (anybody, officer, reviewer, courier, staff):
        seen.done()
