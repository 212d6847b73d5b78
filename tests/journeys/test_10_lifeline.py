"""（十）产品信息溯源：a code on a pack opens the life line and leads to the complaint; an officer calls a batch back."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from chengxin.products import actions
from chengxin.products.gs1 import Code
from chengxin.products.models import Recall, RecallTask
from chengxin.products.tests import cast
from chengxin.products.tests.test_recalls import report
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES = 50_000
THIRD_GENERATION = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
LANGUAGES = ["zh-hans", pytest.param("en", marks=[] if SHOTS else pytest.mark.nightly)]
PASSWORD = cast.people.PASSWORD


@pytest.fixture
def of(live_server: Any, settings: Any) -> Any:
    cache.clear()
    settings.PUBLIC_ORIGIN = live_server.url
    with transaction.atomic():
        made = cast.town(PASSWORD)
        product = cast.product(made)
        batch = cast.batch(made, product)
        given = {"gtin": cast.GTIN, "lot": "L1", "act": "harvest", "quantity": "100", "day": "2026-10-01"}
        actions.enter(made.merchant, made.shop.subject_id, given)
        actions.certify(made.merchant, batch.pk, {"kind": "TEST", "issuer": "示例检验检测中心", "result": "农药残留：合格"})
        lot = cast.key(product, "L1")
        sold = cast.event("retail_selling", cast.START, [(lot, 1, "KGM")], cast.SHOP, orders=[f"{made.platform.code}:T1"])
        cast.capture(made, sold)
    report(made, {"T1": "U1", "T2": "U2"})
    return made


def loaded(visitor: Visitor, path: str) -> tuple[int, float]:
    """Bytes that came over a third-generation network, and seconds until the page could be used."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", THIRD_GENERATION)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    begun = time.monotonic()
    visitor.page.goto(visitor.base + path, wait_until="domcontentloaded")
    usable = time.monotonic() - begun
    visitor.page.wait_for_load_state("networkidle")
    session.detach()
    return int(sum(sizes)), usable


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_opens_the_life_line_and_a_recall_reaches_it(chromium, live_server, of, language, capsys):
    buyer = Visitor(chromium, live_server.url, language, PHONE)
    code = Code("0" + cast.GTIN, lot="L1")
    size, seconds = loaded(buyer, code.path + ("?lang=en" if language == "en" else ""))
    with capsys.disabled():
        print(f"\nlife line: {size} bytes, usable after {seconds:.2f} s at 1.6 Mbit/s and 150 ms")
    assert size < MOST_BYTES
    assert buyer.page.locator("script").count() == 0
    assert "/complaints/new/?shop=" in str(buyer.page.get_attribute("a.button", "href"))
    buyer.check("lifeline")
    assert "农药残留：合格" in buyer.page.content()
    officer, head, staff = (Visitor(chromium, live_server.url, language).sign_in(who, PASSWORD) for who in ("officer", "head", "staff"))
    officer.go("/officer/products/").check("products").click("tbody a").check("product").click("a[href*='/officer/recalls/new/']")
    officer.page.fill("[name=reason]", "抽检农药残留超出标准")
    officer.page.fill("[name=advice]", "停止食用，凭订单退货")
    officer.check("recall-draft").click("main form button.btn-primary").check("recall-own")
    recall = Recall.objects.get()
    head.go(recall.page_url).click("form:has(input[value=issue]) button").check("recall-issued")
    buyer.go(f"/life{code.path}").check("lifeline-recall")
    assert buyer.page.locator("main > :first-child.banner").count() == 1
    task = RecallTask.objects.get()
    assert task.orders == ["T1"]
    staff.go("/platform/recalls/").check("recall-tasks").click(f"a[href='{task.platform_url}']").check("recall-task")
    staff.page.fill("[name=proof]", "MSG-20261129-01")
    staff.page.fill("[name=orders]", "T1")
    staff.click("main form button.btn-primary")
    head.go(recall.page_url).check("recall-told")
    recall.refresh_from_db()
    assert recall.state == "NOTIFIED"
    buyer.go(f"/life/01/{cast.OTHER}/10/X").check("lifeline-unknown")
    officer.go(f"/officer/products/trace/?q={code.path}").check("trace").go("/officer/products/chains/").check("chains")
    buyer.wrong = [one for one in buyer.wrong if "404" not in one]  # the browser notes the unknown code's answer
    for visitor in (buyer, officer, head, staff):
        visitor.done()


def test_a_small_farm_enters_goods_with_a_thumb(chromium, live_server, of):
    farmer = Visitor(chromium, live_server.url, "zh-hans", PHONE).sign_in("merchant", PASSWORD)
    farmer.go("/merchant/farm/").check("farm")
    farmer.page.fill("[name=quantity]", "12.5")
    farmer.click("main form button.btn-primary").check("farm-done")
    farmer.go("/merchant/products/").check("my-products").click("tbody a").check("my-product").click("a[href*='/merchant/batches/']").check(
        "my-batch"
    )
    farmer.done()
