"""（五）网络支付管理: a claim without an account, the institution's answer, a channel without licence, what does not reconcile."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.kernel import clock
from chengxin.payments import actions
from chengxin.payments.models import ChannelFlag, Claim, Mismatch, Reconciliation
from chengxin.payments.tests import people
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Any) -> None:
    settings.LAKE_DIR, settings.SECOND_FACTOR = tmp_path / "lake", False


@pytest.fixture
def cast() -> people.Town:
    """The people, a risk event that was shared, and a mismatch of the platform's."""
    with transaction.atomic():
        made = people.town(people.PASSWORD)
        event = actions.signal(made.officer, made.org, people.risk(department=people.DEPARTMENT))
        actions.triage(made.officer, event.number, "退款账户高度集中")
        actions.share(made.officer, event.number)
        now = clock.now()
        run = Reconciliation.objects.create(since=now, until=now, as_of=now, root="0" * 64, by="system:test", at=now)
        given = {
            "kind": "amount",
            "key": "T202611240000017",
            "happened_at": now,
            "placed_at": now,
            "expected_fen": 10800,
            "found_fen": 9800,
        }
        Mismatch.objects.create(number="DZ23049920261124000017", run=run, platform=made.platform, shop=made.shop, **given)
        return made


def claims(anybody: Visitor) -> str:
    """A card number is refused with its remedy; then the claim is made and followed by its code."""
    page = anybody.go("/payments/claims/new/").check("payment-claim-new").page
    page.select_option("[name=org]", "shilifu")
    given = {"payment_no": "P2611280000000017", "amount": "299.00", "paid_on": clock.today().isoformat(), "name": "王示例"}
    for name, text in {**given, "phone": "10012345678", "facts": "卡号4111 1111 1111 1111被扣款"}.items():
        page.fill(f"main [name={name}]", text)
    anybody.click("main form button.btn-primary")
    assert "1111" in page.locator(".notice-error").inner_text()
    assert "4111" not in page.locator(".notice-error").inner_text()
    anybody.wrong = [said for said in anybody.wrong if "422" not in said]  # the refusal itself; the browser notes it
    page.fill("[name=facts]", "半夜收到扣款短信，本人未操作。")
    anybody.click("main form button.btn-primary").check("payment-claimed")
    code = page.locator("#code").inner_text()
    anybody.go("/payments/claims/")
    page.fill("[name=code]", code)
    anybody.click("main form button.btn-primary").check("payment-follow")
    assert "王示例" not in page.locator("main").inner_text()
    return code


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_claim_is_made_answered_and_followed_and_a_channel_without_licence_is_flagged(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    payer, staff, officer, merchant = (Visitor(*rest).sign_in(who, people.PASSWORD) for who in ("payer", "staff", "officer", "merchant"))
    claims(anybody)
    claim = Claim.objects.get()
    payer.go("/merchant/payment-claims/").check("payment-my-claims").go(claim.org_url).check("payment-my-claim")
    payer.click("form:has(input[value=stop]) button")
    payer.page.fill("[name=finding]", "经查为异地设备登录，无法证明本人操作")
    payer.click("form:has(input[value=investigate]) button").check("payment-investigated")
    payer.go("/merchant/payment-events/").check("payment-my-events").click("main table tbody a").check("payment-my-event")
    payer.page.fill("[name=note]", "单日退款限额一千元")
    payer.click("main form button.btn-primary")
    staff.go("/platform/payments/channels/new/").check("payment-channel-new")
    channel = {"channel_no": "C1", "institution": "示例代收", "contract_no": "HT-1", "since": clock.today().isoformat()}
    for name, text in channel.items():
        staff.page.fill(f"[name={name}]", text)
    staff.page.select_option("[name=mode]", "OWN")
    staff.click("main form button.btn-primary").check("payment-channels")
    assert ChannelFlag.objects.filter(kind__in=["unlicensed", "own_settlement"]).count() == 2
    found = Mismatch.objects.get()
    staff.go("/platform/payments/mismatches/").check("payment-my-mismatches").go(found.platform_url).check("payment-my-mismatch")
    staff.page.fill("[name=text]", "平台优惠未入账，已更正数据")
    staff.click("main form button.btn-primary")
    merchant.go("/merchant/payments/mismatches/").check("payment-shop-mismatches")
    assert found.key in merchant.page.locator("main").inner_text()
    officer.go("/officer/payments/").check("payment-officer").click("main table tbody a").check("payment-flag")
    officer.page.check("input[name=decision][value=confirm]")
    officer.page.fill("[name=reason]", "合同与流水均显示自收自付")
    officer.click("form:has(input[value=decide]) button")
    officer.go("/officer/payments/mismatches/").check("payment-mismatches").go(found.page_url).check("payment-mismatch")
    officer.go("/officer/payments/events/").check("payment-events")
    for seen in (anybody, payer, staff, officer, merchant):
        seen.done()
    assert ChannelFlag.objects.filter(state="CONFIRMED").count() == 1
