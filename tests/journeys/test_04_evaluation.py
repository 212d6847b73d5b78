"""（四）交易信用评价：two people publish the rule, anybody computes a score again, the shop replies and objects, an officer decides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from chengxin.evaluation import nightly, queries
from chengxin.evaluation.models import RatingRule, Treatment
from chengxin.evaluation.tests import people
from chengxin.evaluation.tests.test_snapshots import forgeries
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]


@pytest.fixture
def cast(settings: Any, tmp_path: Any) -> people.Town:
    settings.LAKE_DIR = tmp_path / "lake"
    with transaction.atomic():
        made = people.town()
    people.report_trade(made, without=("V2003",))
    return made


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_from_the_rule_to_a_decided_objection(cast: people.Town, chromium: Any, live_server: Any, language: str, size: Any):
    shop = cast.shops[0]

    officer, reviewer, merchant, anybody = (Visitor(chromium, live_server.url, language, size) for _ in range(4))
    for seen, name in ((officer, "officer"), (reviewer, "reviewer"), (merchant, "merchant")):
        seen.sign_in(name, people.PASSWORD)
    publish(officer, reviewer)
    assert nightly.take() == 2
    read(anybody, shop.pk)
    recompute(anybody, shop.pk)
    merchant.go("/merchant/evaluation/").check("evaluation-mine")
    merchant.go(f"/merchant/evaluation/{shop.pk}/?stars=bad").check("evaluation-my-reviews")
    merchant.click("a[href$='/V1004/reply/']").page.fill("[name=text]", "已为您换货，欢迎监督")
    merchant.click("main form .btn-primary")
    merchant.go(f"/merchant/evaluation/{shop.pk}/V1004/object/").check("evaluation-object").page.fill("[name=statement]", "不是本店的商品")
    merchant.click("main form .btn-primary")
    decide(officer, shop)
    assert nightly.take(nightly.clock.today()) == 0  # the day's snapshot stands; the decision counts from the next
    anybody.go("/scores/statements/").check("evaluation-statements")
    assert Treatment.objects.get().number in anybody.page.inner_text("main")
    for seen in (officer, reviewer, merchant, anybody):
        seen.done()


def publish(officer: Visitor, reviewer: Visitor) -> None:
    officer.go("/officer/evaluation/").check("evaluation-board-empty")
    officer.click("a[href='/officer/evaluation/rules/new/']").check("evaluation-new-rule").page.fill("[name=reason]", "首个规则版本")
    officer.click("main form .btn-primary")
    reviewer.go("/officer/evaluation/").click("a[href*='/officer/evaluation/rules/0']").check("evaluation-proposal")
    reviewer.click("button[value=publish]").check("evaluation-rule")
    assert RatingRule.objects.count() == 1


def read(anybody: Visitor, pk: Any) -> None:
    """The score, the bad reviews in one click, the chain with its gap at the other shop."""
    anybody.go("/scores/").check("evaluation-scores")
    anybody.go(f"/scores/{pk}/").check("evaluation-shop")
    anybody.click("a.btn[href$='/reviews/?stars=bad']").check("evaluation-bad")
    assert "V1004" in anybody.page.inner_text("main") and "V1003" not in anybody.page.inner_text("main")


def recompute(anybody: Visitor, pk: Any) -> None:
    """The page fetches the receipt and computes; every forged receipt is refused."""
    page = anybody.go(f"/scores/recompute/?shop={pk}").page
    page.wait_for_selector("#verdict[data-code]:not([hidden])")
    anybody.check("evaluation-recompute")
    assert page.get_attribute("#verdict", "data-code") == "good"
    receipt = queries.receipt(queries.shown(pk))
    told = page.evaluate(
        "async (all) => Promise.all(all.map(async (one) => (await chengxinRecompute.verdictOf(new TextEncoder().encode(one), ''))[0]))",
        [json.dumps(one) for one in forgeries(receipt)],
    )
    assert len(told) == 11 and "good" not in told


def decide(officer: Visitor, shop: Any) -> None:
    officer.go("/officer/evaluation/").check("evaluation-board")
    officer.go(f"/officer/evaluation/{shop.pk}/?seed=2026-11-28&count=3").check("evaluation-officer-shop")
    officer.go(shop.review_objections.get().page_url).check("evaluation-objection").page.select_option("[name=decision]", "uphold")
    officer.page.fill("[name=answer]", "经核对面单，评价所述商品不是本店发出")
    officer.page.fill("[name=basis]", "电子商务法第三十九条")
    officer.click("main form .btn-primary")
    assert Treatment.objects.get().act == "exclude"
