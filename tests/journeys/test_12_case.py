"""（十二）协同监管：a checked clue becomes a case; officers, a reviewer and the head work it on one page up to the served decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from chengxin.cases.models import Case
from chengxin.cases.tests import people
from chengxin.cases.tests.people import Town
from chengxin.kernel import clock
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
UNFAIR = "《中华人民共和国反不正当竞争法》第九条第一款"


@pytest.fixture
def cast() -> Town:
    with transaction.atomic():
        made = people.town()
        a_clue(made)
        return made


def a_clue(cast: Town) -> None:
    """A clue that the first officer is checking, about a shop of the subject."""
    now, key = clock.now(), UUID(int=1)
    told = {
        "title_zh": "云岭山货铺涉嫌虚构交易",
        "title_en": "Invented trades",
        "severity": "high",
        "score": 0.9,
        "evidence_root": "0" * 64,
    }
    days = {"opened_at": now, "received_on": clock.today(), "due_on": clock.today(), "since": now, "until": now}
    clue = Clue.objects.create(
        number="CL1", key="k", detector="brushing", behaviour="B01", department="SAMR", run_id=key, finding_id=key, **told, **days
    )
    shop = town.shop(1, "云岭山货铺", town.platform(), registered=False)
    shop.subject = cast.subject
    shop.save()
    clue.members.create(token=shop.token, shop=shop, platform="shanhuo")
    supervision.start_check(cast.first, clue.pk)


def fill(seen: Visitor, action: str, **given: Any) -> None:
    """The form of one step on the case's page, whether it is the next step or among the others."""
    form = seen.page.locator(f"form[action$='/steps/{action}/']")
    if not form.is_visible():
        form.locator("xpath=ancestor::details/summary").click()
    for name, value in given.items():
        field = form.locator(f"[name={action}-{name}]")
        kind = field.first.evaluate("one => one.type || one.tagName")
        if kind == "radio":
            form.locator(f"[name={action}-{name}][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)
    form.locator("button.btn-primary").click()
    assert seen.page.locator(".notice-error").count() == 0, seen.page.locator(".notice-error").inner_text()


def as_(who: str, chromium: Any, base: str, language: str, size: Any) -> Visitor:
    return Visitor(chromium, base, language, size).sign_in(who, people.PASSWORD)


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_from_a_clue_to_a_served_decision_on_one_page(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    first, second, reviewer, head = (as_(name, *rest) for name in ("first", "second", "reviewer", "head"))

    first.go("/officer/clues/CL1/").click("a[href$='/from-clue/CL1/']").check("case-from-clue")
    first.page.fill("[name=reason]", "订单与收款账户核对属实")
    first.click("main form button.btn-primary")
    case = Case.objects.get()
    assert (case.subject, case.behaviour) == (cast.subject, "B01")
    fill(first, "finish_check", result="核对订单、收款和物流，线索属实。", proposal="file")

    head.go("/officer/cases/").check("case-desk").click(f"a[href='{case.page_url}']").check("case-checked")
    officers = {"officer_a": str(cast.first), "officer_b": str(cast.second)}
    fill(head, "file_case", **officers, contact_phone="0468-0000000", reason="涉嫌违法，准予立案。")

    for seen in (first, second):
        seen.go(case.page_url)
        fill(seen, "declare", relation="none")
    fill(first.go(case.page_url), "contact", whom="张经理")
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": b"order_no,paid\nT1,58.00\n"}
    proof = {"origin": "平台后台导出，两名执法人员在场。", "shows": "订单为虚构", "place": "示例市示例路1号"}
    fill(first, "add_evidence", **proof, evidence_kind="4", title="订单明细", file=file)
    first.check("case-investigating")
    report = {"facts": "当事人虚构交易312单。", "provisions": UNFAIR, "basis": UNFAIR, "weighing": "初次违法，及时改正。"}
    fill(first, "end_investigation", **report, discretion="lighter", outcome="penalty", kind_0="21", amount_0="40000")
    fill(reviewer.go(case.page_url), "review", opinion="事实清楚，证据确凿，程序合法，裁量适当。")

    fill(first.go(case.page_url), "notify", receiver="张经理")
    statement = "部分订单为亲友真实购买\n系首次违法，请求从轻处罚"
    fill(first, "hear_statement", arguments=statement, whom="张经理", place="局接待室")
    first.check("case-noticed")
    fill(first, "answer_argument", argument="1", verdict="not", reason="收款后均已返还，没有真实交易。")
    fill(first, "answer_argument", argument="2", verdict="adopted", reason="情况属实，从轻裁量。")
    fill(first, "waive", waiver="当事人书面表示不再陈述、申辩。")
    head.go(case.page_url).check("case-to-decide")
    fill(head, "decide", amount_0="30000", reason="采纳第二条意见，从轻处罚。")

    fill(first.go(case.page_url), "draft_publicity", public_text="当事人虚构交易312单，被处罚款30,000.00元。")
    fill(reviewer.go(case.page_url), "clear_publicity", verdict="clear", reason="未见个人信息、商业秘密和国家秘密。")
    fill(first.go(case.page_url), "serve", manner="direct", place="示例市示例路1号", receiver="张经理", both=True)
    first.check("case-served")
    case.refresh_from_db()
    assert (case.state, case.penalties.get(stage="decided").amount_fen) == ("SERVED", 3_000_000)
    page = first.page.locator("main").inner_text()
    assert case.decision.number in page and "行政处罚决定书" in page
    card = Visitor(*rest).go(f"/subject/{cast.subject.pk}/").check("case-on-the-public-card")
    assert card.page.locator(".record", has_text="312").count() == 1
    for seen in (first, second, reviewer, head, card):
        seen.done()
