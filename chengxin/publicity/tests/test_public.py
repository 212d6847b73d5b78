from __future__ import annotations

import pytest

from chengxin.publicity import queries
from chengxin.records import actions as credit
from chengxin.records.tests import people
from chengxin.subjects import names
from chengxin.supervision import actions
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = town.shop(1, "云岭山货铺", town.platform())
    names.index_all()
    return made


def test_a_shop_is_found_by_its_name_its_subject_and_its_code(client, shop):
    for text in ("云岭", "云岭山货铺有限公司", shop.subject.uscc, shop.shop_id):
        assert shop.subject.name in client.get("/search/", {"q": text}).content.decode(), text


def test_an_empty_answer_says_what_to_try(client, shop):
    page = client.get("/search/", {"q": "没有这家店"}).content.decode()
    assert "没有找到" in page and "18 位统一社会信用代码" in page


@pytest.mark.parametrize("text", ["", " ", "云", "%", "_", "' OR 1=1 --", "\x00\x00", "“”", "a" * 5000])
def test_odd_questions_get_a_calm_answer(client, shop, text):
    assert client.get("/search/", {"q": text}).status_code == 200


def test_the_card_shows_shops_and_when_they_were_checked(client, shop):
    page = client.get(f"/subject/{shop.subject_id}/").content.decode()
    assert "云岭山货铺" in page and "2027" in page


@pytest.mark.parametrize("id", ["nonsense", "00000000-0000-7000-8000-000000000000", "1"])
def test_an_unknown_subject_is_not_found(client, id):
    assert client.get(f"/subject/{id}/").status_code == 404
    assert client.get(f"/api/v1/public/subjects/{id}").status_code == 404


def test_the_interface_says_the_same_as_the_page(client, shop):
    (found,) = client.get("/api/v1/public/subjects", {"q": "云岭"}).json()
    assert found["uscc"] == shop.subject.uscc and found["state"] == "verified"
    assert client.get(f"/api/v1/public/subjects/{found['id']}").json() == {**found, "records": []}


def test_a_lapsed_check_lowers_the_state(shop):
    shop.displayed = False
    shop.save()
    assert queries.state(queries.card(queries.subject_of(str(shop.subject_id)))) == "stale"


def test_a_clue_leaves_no_trace_on_the_public_side(client):
    shops, finding = town.ring_town(shops=3, accounts=6)
    names.index_all()
    actions.open_from_findings(*town.run_with([finding]))
    clue = Clue.objects.get()
    for address in ("/", "/search/?q=云岭", f"/subject/{shops[0].subject_id}/", f"/api/v1/public/subjects/{shops[0].subject_id}"):
        page = client.get(address).content.decode()
        assert clue.number not in page and clue.title_zh not in page and clue.evidence_root not in page


def test_the_public_page_shows_what_the_law_has_published_and_whether_it_is_disputed(client):
    cast = people.town()
    shown = people.put(cast)
    kept_back = people.put(cast, term="WARNING", document_number="示市监处罚〔2026〕42号")
    credit.raise_objection(cast.merchant, shown.pk, "所列订单不是本店的")
    page = client.get(f"/subject/{cast.subject.pk}/").content.decode()
    assert shown.document_number in page and shown.basis in page and "异议中" in page
    assert kept_back.document_number not in page
    (record,) = client.get(f"/api/v1/public/subjects/{cast.subject.pk}").json()["records"]
    assert (record["number"], record["disputed"]) == (shown.number, True)
    assert "document_hash" not in record
