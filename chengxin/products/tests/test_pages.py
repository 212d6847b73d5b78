"""Pages over HTTP: the resolver's answers, the life line, recalls for everybody, the doors of owner, platform and officer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from chengxin.products import actions
from chengxin.products.models import ChainFinding, Recall, RecallTask
from chengxin.products.tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def of() -> Any:
    return cast.town()


def browser(of: Any, who: str) -> Client:
    made = Client()
    made.force_login(of.users[who])
    return made


def test_the_resolver_answers_by_link_type_language_and_accept(of):
    batch = cast.batch(of, cast.product(of))
    ask = Client()
    page = f"/01/{cast.GTIN}/10/{batch.lot}"
    plain = ask.get(page)
    assert (plain.status_code, plain["Location"]) == (307, f"http://localhost:8000/life/01/0{cast.GTIN}/10/L1?lang=zh")
    assert ask.get(page, headers={"accept-language": "en"})["Location"].endswith("?lang=en")
    assert ask.get(page, {"linkType": "gs1:certificationInfo"})["Location"].endswith("#certificates")
    for linked in (ask.get(page, {"linkType": "all"}), ask.get(page, headers={"accept": "application/linkset+json"})):
        assert linked["Content-Type"] == "application/linkset+json"
        (context,) = json.loads(linked.content)["linkset"]
        assert context["anchor"].endswith(f"/01/0{cast.GTIN}/10/L1")
        assert len(context["https://gs1.org/voc/recallStatus"]) == 2
    assert "linkset" in plain["Link"]
    assert ask.get("/.well-known/gs1resolver").json()["supportedPrimaryKeys"] == ["01"]


@pytest.mark.parametrize(
    ("page", "status", "code"),
    [
        (f"/01/{cast.GTIN}/21/1/10/A", 400, "digital_link"),
        ("/01/9520000000012", 400, "digital_link"),
        (f"/01/{cast.OTHER}", 404, "product_unknown"),
        (f"/01/{cast.GTIN}?linkType=gs1:recipeInfo", 404, "link_type"),
    ],
)
def test_what_the_resolver_cannot_answer_is_a_problem_or_a_page(of, page, status, code):
    cast.product(of)
    answer = Client().get(page, headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (status, "application/problem+json", code)
    shown = Client().get(page)
    assert (shown.status_code, b"<main>" in shown.content) == (status, True)


def test_the_life_line_shows_the_banner_first_and_nothing_of_anybody(of):
    made = cast.product(of)
    batch = cast.batch(of, made)
    lot = cast.key(made, "L1")
    actions.enter(of.merchant, of.shop.subject_id, {"gtin": cast.GTIN, "lot": "L1", "act": "harvest", "quantity": "5", "day": "2026-10-01"})
    cast.capture(of, cast.event("retail_selling", cast.START, [(lot, 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:SECRET1"]))
    actions.certify(of.merchant, batch.pk, {"kind": "TEST", "issuer": "示例检验所", "result": "合格"})
    page = f"/life/01/{cast.GTIN}/10/L1"
    body = Client().get(page).content.decode()
    assert "示例检验所" in body and "采收或生产" in body and "没有召回记录" in body
    assert "/complaints/new/?shop=" in body and "lot=L1" in body
    assert "SECRET1" not in body and "<script" not in body
    drafted = actions.draft_recall(of.officer, batch.pk, 1, "农药残留超标", "停止食用，退回店铺")
    assert "停止食用" not in Client().get(page).content.decode()
    actions.issue_recall(of.head, drafted.number)
    body = Client().get(page, {"lang": "en"}).content.decode()
    assert body.index("Recall: do not use it") < body.index("<h1>")
    assert len(body.encode()) < 20_000
    assert "not registered here" in Client().get(f"/life/01/{cast.GTIN}/10/NONE", {"lang": "en"}).content.decode()
    assert Client().get(f"/life/01/{cast.OTHER}", {"lang": "en"}).status_code == 404


def test_every_page_of_the_doors_opens_and_a_recall_goes_through_them(of):
    made = cast.product(of)
    batch = cast.batch(of, made)
    cast.capture(
        of, cast.event("retail_selling", cast.START, [(cast.key(made, "L1"), 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:T1"])
    )
    merchant, officer, head, staff = (browser(of, who) for who in ("merchant", "officer", "head", "staff"))
    code = actions.make_codes(of.merchant, batch.pk, 2)[0]
    paper = actions.certify(of.merchant, batch.pk, {"kind": "CONFORMITY", "issuer": "示例合作社"})
    for page in (
        "/merchant/products/",
        "/merchant/products/new/",
        made.mine_url,
        batch.mine_url,
        "/merchant/farm/",
        "/merchant/farm/sheet/",
    ):
        assert merchant.get(page).status_code == 200, page
    for form in ("batch", "things", "svg"):
        assert merchant.get(f"{batch.mine_url}codes/{form}/").status_code == 200
    assert merchant.get(f"/merchant/certificates/{paper.pk}/").content.startswith(b"%PDF")
    entered = merchant.post("/merchant/farm/", {"gtin": made.gtin, "quantity": "3", "act": "harvest", "unit": "KGM"})
    assert entered.status_code == 302
    assert 'value="KGM" selected' in merchant.get("/merchant/farm/").content.decode()
    actions.look_at_chains()
    finding = ChainFinding.objects.get()
    pages = [
        "/officer/products/",
        made.page_url,
        "/officer/products/chains/",
        finding.page_url,
        f"/officer/products/trace/?q=/01/{made.gtin}/10/L1",
    ]
    for page in [
        *pages,
        f"/officer/products/trace/?q=/01/{made.gtin}/21/{code.serial}",
        "/officer/products/listings/",
        "/officer/recalls/",
    ]:
        assert officer.get(page).status_code == 200, page
    given = {"level": "1", "reason": "农药残留超标", "advice": "停止食用，退回店铺"}
    assert officer.post(f"/officer/recalls/new/{batch.pk}/", given).status_code == 302
    recall = Recall.objects.get()
    assert officer.post(recall.page_url, {"act": "issue"}).status_code == 422
    assert head.post(recall.page_url, {"act": "issue"}).status_code == 302
    assert RecallTask.objects.count() == 0  # no platform reported the order
    assert "还没有平台报送" in head.get(recall.page_url).content.decode()
    for page in ("/recalls/", recall.public_url):
        assert Client().get(page).status_code == 200, page
    for page in ("/platform/recalls/", "/platform/products/listings/"):
        assert staff.get(page).status_code == 200, page


def test_one_order_is_told_from_listing_to_complaint_with_a_purpose(of):
    from chengxin.products.tests.test_recalls import report

    made = cast.product(of)
    cast.batch(of, made)
    cast.capture(
        of, cast.event("retail_selling", cast.START, [(cast.key(made, "L1"), 1, "KGM")], cast.SHOP, orders=[f"{of.platform.code}:T1"])
    )
    report(of, {"T1": "U1"}, {"YD1": "T1"})
    officer = browser(of, "officer")
    page = "/officer/products/timeline/?q=T1&export=json"
    assert b'"T1"' not in officer.get(page).content
    rows = json.loads(officer.get(page, headers={"X-Purpose": "handling a complaint"}).content)
    assert len(rows) == 3
    assert "U1" not in json.dumps(rows)
