"""The pages, door by door: what is shown to whom, and that a claim goes its way by them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.compensation import ledger, queries
from chengxin.compensation.actions import claims
from chengxin.compensation.models import AdvanceClaim, Deposit, Statement
from chengxin.compensation.tests import people
from chengxin.compensation.tests.people import Town
from chengxin.compensation.tests.test_bank import in_process, sheet
from chengxin.documents import paper
from chengxin.documents.tests.people import BLANK
from chengxin.kernel import clock, jail

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def who(settings: Any, tmp_path: Any) -> Iterator[Town]:
    settings.LAKE_DIR, settings.SECOND_FACTOR = tmp_path / "lake", False
    yield people.town(fen=500_000)


def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def browser(who: Town, name: str) -> Client:
    client = english()
    client.force_login(who.users[name])
    return client


def done(client: Client, url: str, **given: Any) -> None:
    answer = client.post(url, given)
    assert answer.status_code == 302, re.findall(r'class="(?:wrong|notice[^"]*)".*?</', answer.content.decode(), re.S)[:3]


def shown(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


ASKED = {
    "platform": "pingtai",
    "order_no": "T9",
    "basis": "NOT_DELIVERED",
    "amount_fen": "120.00",
    "name": "王示例",
    "phone": "10012345678",
}


def file_claim(text: str = "付款二十日仍未发货。") -> str:
    answer = Client().post("/compensation/claims/new/", {**ASKED, "ordered_on": clock.today().isoformat(), "text": text})
    found = re.search(r'id="code"><b>([^<]+)', answer.content.decode())
    assert found is not None
    return found[1]


def follow(code: str, status: int = 200, **more: Any) -> str:
    answer = english().post("/compensation/claims/", {"code": code, **more})
    assert answer.status_code == status
    return answer.content.decode()


def test_a_claim_goes_its_way_by_the_pages(who: Town) -> None:
    code = file_claim()
    AdvanceClaim.objects.update(shop=who.shop)
    claim = AdvanceClaim.objects.get()
    officer, merchant, staff = (browser(who, name) for name in ("officer", "merchant", "staff"))
    assert claim.number in shown(staff, "/compensation-desk/")
    assert claim.number not in shown(merchant, "/merchant/compensation/")
    done(officer, claim.page_url, act="ask")
    assert "王示例" not in shown(merchant, claim.merchant_url)
    done(merchant, claim.merchant_url, act="refuse", **{"r-text": "已经发货，请等待"})
    assert "王示例" in shown(officer, claim.page_url)
    done(officer, claim.page_url, act="approve", **{"ap-amount_fen": "100"})
    done(staff, claim.page_url, act="pay", **{"pa-ref": "OUT-1"})
    again = officer.post(claim.page_url, {"act": "pay", "pa-ref": "OUT-2"})
    assert again.status_code == 422
    done(officer, claim.page_url, act="recover", **{"rc-amount_fen": "30", "rc-on": clock.today().isoformat(), "rc-ref": "IN-7"})
    assert "70.00" in shown(merchant, claim.merchant_url)
    assert "OUT-1" in follow(code)
    public = shown(english(), who.fund.public_url)
    assert "median 0 days, n 1" in public
    assert "王示例" not in public
    assert ledger.balance(who.fund, "BANK") == 500_000 - 10_000 + 3_000


def test_a_wrong_code_a_foreign_one_and_none_get_the_same_answer(who: Town) -> None:
    file_claim()
    bodies = {re.sub(r'(csrf|value="|nonce).*?"', "", follow(code, 404)) for code in ("AAAA-AAAA-AAAA-AAAA", "7", "𝒳")}
    assert len({re.sub(r"\s+", " ", re.sub(r'"[^"]*"', "", body)) for body in bodies}) == 1


def test_a_rejection_is_read_and_appealed_by_the_code(who: Town) -> None:
    code = file_claim()
    claim = AdvanceClaim.objects.get()
    done(browser(who, "officer"), claim.page_url, act="reject", **{"re-text": "订单已经退款"})
    assert "订单已经退款" in follow(code)
    follow(code, act="appeal", **{"a-text": "退款没有到账"})
    own = browser(who, "officer").post(claim.page_url, {"act": "appealed", "aa-decision": "reopen", "aa-reason": "重新办理"})
    assert own.status_code == 422
    done(browser(who, "head"), claim.page_url, act="appealed", **{"aa-decision": "uphold", "aa-reason": "退款已到账"})
    assert "退款已到账" in follow(code)


def test_deposits_are_offered_agreed_paid_and_refunded_by_the_pages(who: Town) -> None:
    staff, merchant = browser(who, "staff"), browser(who, "merchant")
    assert who.shop.subject is not None
    terms = {"management": "专户存放", "use": "向消费者赔付", "refund": "退出后退还", "refund_days": 30, "amount_fen": "1000"}
    done(staff, f"/compensation-desk/funds/{who.fund.code}/deposit/", uscc=who.shop.subject.uscc, **terms)
    kept = Deposit.objects.get()
    assert "art. 58" in shown(merchant, kept.merchant_url)
    done(merchant, kept.merchant_url, act="agree")
    done(staff, kept.page_url, act="pay_in", **{"in-amount_fen": "1000", "in-on": clock.today().isoformat(), "in-ref": "D-1"})
    assert "1,000.00" in shown(merchant, kept.merchant_url)
    done(merchant, kept.merchant_url, act="leave")
    done(staff, kept.page_url, act="refund", **{"re-ref": "D-2"})
    assert kept.number in shown(staff, "/compensation-desk/deposits/")
    assert Deposit.objects.get().state == "REFUNDED"


def test_a_fund_is_opened_ruled_filled_and_reconciled_by_the_pages(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "run", in_process)
    head, at = browser(who, "head"), "/compensation-desk/funds/city/"
    done(head, "/compensation-desk/open/", code="city", name="全市先行赔付金", department="COM", platform="")
    rule = {name: value / 100 if name.endswith("_fen") else value for name, value in people.rule().items()}
    done(head, f"{at}rule/", **rule, valid_from=clock.today().isoformat(), reason="首次公布")
    assert who.shop.subject is not None
    done(head, f"{at}contribute/", uscc=who.shop.subject.uscc, amount_fen="10", on=clock.today().isoformat(), ref="B-1")
    file = SimpleUploadedFile("a.csv", sheet([(clock.today(), 1_000, "B-1"), (clock.today(), 5, "B-2")]))
    done(head, f"{at}statement/", bank="BANK", file=file)
    made = Statement.objects.get()
    line = made.lines.get(ref="B-2")
    assert "B-2" in shown(head, made.page_url)
    done(head, made.page_url, act="line", line=str(line.pk), what="interest", note="已核对")
    assert "reconciled" in shown(head, made.page_url)
    assert head.post(made.page_url, {"act": "line", "line": "x", "what": "interest"}).status_code in (302, 422)
    match = line.matches.get()
    done(head, made.page_url, act="undo", match=str(match.pk), **{"u-text": "登记有误"})
    page = shown(head, at)
    assert "to be topped up" in page
    assert "would have allowed" in page
    assert shown(browser(who, "elsewhere"), at, 404)
    assert "10.00" in shown(Client(), "/compensation/")


def test_a_claimant_reads_the_decision_by_the_code_alone(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    code = file_claim()
    claim = AdvanceClaim.objects.get()
    officer = browser(who, "officer")
    claims.reject(who.officer, claim.number, "订单已经签收")
    done(officer, claim.page_url, act="decision")
    key = re.search(r'name="paper" value="([^"]+)"', follow(code))
    assert key
    sent = {"act": "paper", "paper": key[1]}
    read = english().post("/compensation/claims/", {**sent, "code": code})
    assert read["Content-Type"] == "application/pdf" and read.content.startswith(b"%PDF")
    other = file_claim("同一平台的另一订单。")
    assert [english().post("/compensation/claims/", {**sent, "code": one}).status_code for one in (other, "A" * 16)] == [404, 404]


def test_a_fund_is_closed_when_nothing_is_left_in_it(who: Town) -> None:
    head, page = browser(who, "head"), f"{who.fund.page_url}close/"
    assert "Still in the way" in shown(head, page) and head.post(page, {"act": "close", "c-text": "平台停止经营"}).status_code == 422
    giver = next(one.subject for one in queries.contributors(who.fund))
    back = {"act": "give_back", "b-uscc": giver.uscc, "b-on": clock.today().isoformat(), "b-ref": "OUT-1"}
    assert head.post(page, {**back, "b-amount_fen": "5000.01"}).status_code == 422
    done(head, page, **back, **{"b-amount_fen": "5000.00"})
    assert ledger.balance(who.fund, "BANK") == 0
    done(head, page, act="close", **{"c-text": "平台停止经营"})
    assert (
        "Fund closed on" in shown(head, who.fund.page_url)
        and head.post(page, {"act": "close", "c-text": "平台停止经营"}).status_code == 422
    )
    refused = Client().post("/compensation/claims/new/", {**ASKED, "ordered_on": clock.today().isoformat(), "text": "付款后未发货。"})
    assert refused.status_code == 422
