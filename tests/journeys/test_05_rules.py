"""（五）交易风险：an officer writes and tries a rule, the head signs, a platform is answered at once, the shop asks for a person."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.rules import trying
from chengxin.rules.deciding import desk
from chengxin.rules.models import DryRun, Held, RuleVersion
from chengxin.supervision.tests import town
from tests.gates.happy_paths import token_of
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
WHY = "学生宿舍共用一台电脑下单，附宿舍楼说明"


@pytest.fixture
def city(settings: Any, tmp_path: Any) -> Any:
    """An officer, a head, a merchant with a shop, and yesterday's orders: six accounts from one device."""
    settings.LAKE_DIR = tmp_path / "lake"
    desk.forget()
    load_departments()
    platform = town.platform()
    shop = town.shop(1, "云岭山货", platform)
    for name, role, scope in (
        ("officer", "officer", Scope(department="SAMR")),
        ("head", "head", Scope(department="SAMR")),
        ("merchant", "merchant", Scope(subject=shop.subject_id)),
    ):
        user = User.objects.create_user(name, town.PASSWORD, display_name={"officer": "王立", "head": "赵明"}.get(name, "云岭山货"))
        with transaction.atomic():
            install_grant(user, role, scope)
    yesterday = clock.now() - timedelta(days=1)
    rest = {"sku": "K1", "qty": 1, "dest_division": "230405"}
    town.report(platform, "order", [{**order(shop, n, yesterday), **rest} for n in range(6)])
    yield SimpleNamespace(platform=platform, shop=shop)
    desk.forget()


def order(shop: Any, number: int, at: Any) -> dict[str, Any]:
    return {
        "order_no": f"T{at:%d}{number}",
        "shop_id": shop.shop_id,
        "buyer": f"U{number}",
        "paid": "18.50",
        "ordered_at": (at - timedelta(seconds=60 - number)).isoformat(),
        "device": "D1",
    }


def write(seen: Visitor) -> RuleVersion:
    """The editor, without a word of code: a figure from a list, a comparison, a value."""
    page = seen.go("/officer/rules/").check("rules-empty").page
    seen.click("a[href='/officer/rules/new/order/']").check("rule-editor")
    page.select_option("#feature-0", "device_buyers_1h")
    page.fill("#value-0", "4")
    seen.click("button[name=preview]")
    assert page.locator("#sentence").inner_text().count("4") == 1
    page.fill("[name=name_zh]", "一部设备短时多账户下单")
    page.fill("[name=name_en]", "Many accounts order from one device")
    page.fill("[name=text_zh]", "同一部设备在一小时内用多个账户下单，需要核对后再继续。")
    page.fill("[name=text_en]", "Several accounts ordered from the same device within an hour; it is checked first.")
    page.select_option("[name=basis]", "order91.9")
    page.select_option("[name=outcome]", "refer")
    seen.click("button[name=save]").check("rule-draft")
    return RuleVersion.objects.get()


def try_and_propose(seen: Visitor, version: RuleVersion) -> None:
    seen.click("form[action$='/try/'] button").check("rule-dry-run-waiting")
    trying.run(DryRun.objects.get().pk)
    seen.go(DryRun.objects.get().page_url).check("rule-dry-run")
    assert seen.page.locator("table", has_text="云岭山货").count() == 1
    seen.go(version.page_url).click("a[href$='/propose/']").check("rule-propose").click("main form button")


def ask(city: Any) -> list[dict[str, Any]]:
    token = token_of(city.platform.code)
    events = [order(city.shop, n, clock.now()) for n in range(6)]
    answer = Client().post(
        "/api/v1/decisions/batch",
        {"kind": "order", "events": events},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.content
    return list(answer.json()["decisions"])


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_rule_from_the_editor_to_the_answer_of_a_person(chromium, live_server, city, language, size):
    officer = Visitor(chromium, live_server.url, language, size).sign_in("officer", town.PASSWORD)
    version = write(officer)
    try_and_propose(officer, version)
    head = Visitor(chromium, live_server.url, language, size).sign_in("head", town.PASSWORD)
    head.go(version.page_url).check("rule-to-sign").click("a[href$='/sign/']").click("main form button").check("rule-signed")
    made = ask(city)
    assert [one["outcome"] for one in made] == ["pass"] * 4 + ["refer"] * 2
    assert made[5]["handler"] == "王立"
    number = made[5]["number"]
    merchant = Visitor(chromium, live_server.url, language, size).sign_in("merchant", town.PASSWORD)
    merchant.go("/merchant/decisions/").check("own-decisions").go(f"/merchant/decisions/{number}/").check("own-decision")
    assert "5" in merchant.page.locator("#h-why").locator("xpath=ancestor::section").inner_text()
    merchant.page.fill("[name=reason]", WHY)
    merchant.click("main form button")
    officer.go("/officer/rules/").check("rules").go("/officer/rules/decisions/?state=asked").check("decisions").click(
        f"a[href$='{number}/']"
    )
    officer.check("decision")
    officer.page.check("[name=verdict][value=lifted]")
    officer.page.fill("[name=answer]", "已核对宿舍楼说明，属正常下单。")
    officer.click("main form button").check("decision-answered")
    merchant.go(f"/merchant/decisions/{number}/").check("own-decision-answered")
    assert Held.objects.get(number=number).verdict == "lifted"
    head.done()
    merchant.done()
    officer.done()
