"""Where the canaries of compensation are put in: a claim that is refused, rejected and appealed, and a line of a bank's statement."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.accounts.actor import of_user
from chengxin.compensation.actions import claims, funds
from chengxin.compensation.models import AdvanceClaim
from chengxin.compensation.tests.people import rule
from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Shop
from tests.gates import matrix
from tests.gates.canary import done
from tests.gates.canary_fields import PLATFORM, value

OF = "compensation.AdvanceClaim."


def a_fund(city: matrix.City, shop: Shop) -> None:
    """All of it through the pages."""
    head, officer = (of_user(city.person(role, 0)) for role in ("head", "officer"))
    fund = funds.open_fund(head, "canary", "示例先行赔付金", city.departments[0], Platform.objects.get(code=PLATFORM))
    funds.publish_rule(head, fund, rule(), clock.today(), "首次公布")
    made, code = _claim()
    AdvanceClaim.objects.update(shop=shop)
    claims.ask_seller(officer, made.number)
    refusal = {"act": "refuse", "r-text": value(f"{OF}seller_answer")}
    done(city.browser("merchant").post(made.merchant_url, refusal), 302)
    done(city.browser("officer").post(made.page_url, {"act": "reject", "re-text": value(f"{OF}reason")}), 302)
    appeal = {"code": code, "act": "appeal", "a-text": value(f"{OF}appeal")}
    done(Client().post("/compensation/claims/", appeal), 200)
    answer = {"act": "appealed", "aa-decision": "uphold", "aa-reason": value(f"{OF}answer")}
    done(city.browser("head").post(made.page_url, answer), 302)
    sheet = f"交易日期,收入金额,流水号,摘要\n{clock.today()},1.00,B1,{value('compensation.BankLine.text')}"
    file = {"bank": "BANK", "opening_fen": "0", "file": SimpleUploadedFile("a.csv", sheet.encode())}
    done(city.browser("officer").post(f"/compensation-desk/funds/{fund.code}/statement/", file), 302)


def _claim() -> tuple[AdvanceClaim, str]:
    texts = {name: value(f"{OF}{name}") for name in ("name", "phone", "text")}
    order = {"platform": PLATFORM, "order_no": "X1", "ordered_on": clock.today().isoformat(), "basis": "FAKE", "amount_fen": "1.00"}
    answer = Client().post("/compensation/claims/new/", {**order, **texts})
    found = re.search(r'id="code"><b>([^<]+)', answer.content.decode())
    assert found is not None, "the claim was not taken"
    return AdvanceClaim.objects.get(), found[1]
