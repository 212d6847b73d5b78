"""（七）消费者权益保障: a consumer without an account asks the fund; the seller is asked, the fund pays and recovers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.compensation import ledger
from chengxin.compensation.models import AdvanceClaim
from chengxin.compensation.tests import people
from chengxin.kernel import clock
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Any) -> None:
    settings.LAKE_DIR, settings.SECOND_FACTOR = tmp_path / "lake", False


@pytest.fixture
def cast() -> people.Town:
    with transaction.atomic():
        made = people.town(people.PASSWORD, fen=500_000)
        people.deposited(made, 3_000)
        return made


def asks(anybody: Visitor, who: people.Town) -> str:
    """The claim is filed; its code is shown once."""
    page = anybody.go("/compensation/").check("fund-public").click(".page-actions .btn-primary").check("fund-claim-new").page
    given = {"order_no": "T2026", "ordered_on": clock.today().isoformat(), "amount_fen": "100.00", "name": "王示例", "phone": "10012345678"}
    for name, text in {**given, "text": "付款二十日仍未发货，商家失联。"}.items():
        page.fill(f"main [name={name}]", text)
    page.select_option("main [name=basis]", "NOT_DELIVERED")
    anybody.click("main form button.btn-primary").check("fund-claimed")
    AdvanceClaim.objects.update(shop=who.shop)
    return page.locator("#code").inner_text()


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_the_fund_pays_first_and_gets_it_back(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    officer, merchant = (Visitor(*rest).sign_in(who, people.PASSWORD) for who in ("officer", "merchant"))
    code = asks(anybody, cast)
    claim = AdvanceClaim.objects.get()
    officer.go("/compensation-desk/").check("fund-desk").go(claim.page_url).check("fund-claim")
    officer.click("form:has(input[value=ask]) button")
    merchant.go("/merchant/compensation/").check("fund-my-claims").go(claim.merchant_url).check("fund-my-claim")
    merchant.page.fill("[name=r-text]", "已经发货，请等待")
    merchant.click("form:has(input[value=refuse]) button")
    officer.go(claim.page_url).page.fill("[name=ap-amount_fen]", "100")
    officer.click("form:has(input[value=approve]) button").page.fill("[name=pa-ref]", "OUT-1")
    officer.click("form:has(input[value=pay]) button").check("fund-paid")
    officer.page.fill("[name=rc-amount_fen]", "70")
    officer.page.fill("[name=rc-ref]", "IN-7")
    officer.click("form:has(input[value=recover]) button")
    anybody.go("/compensation/claims/").page.fill("[name=code]", code)
    anybody.click("main form button.btn-primary").check("fund-follow")
    assert "OUT-1" in anybody.page.locator("main").inner_text()
    assert "王示例" not in anybody.page.locator("main").inner_text()
    officer.go(cast.fund.page_url).check("fund-page")
    anybody.go(cast.fund.public_url).check("fund-public-one")
    for seen in (anybody, officer, merchant):
        seen.done()
    claim.refresh_from_db()
    assert (claim.state, ledger.balance(cast.fund, "BANK"), ledger.check()) == ("RECOVERED", 500_000, [])
