from __future__ import annotations

import io
import json
import re

import pyarrow.parquet as pq
import pytest

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.supervision import actions
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # on PostgreSQL tests/gates opens every page


@pytest.fixture
def clue() -> Clue:
    (made,) = actions.open_from_findings(*town.run_with([town.ring_town(shops=3, accounts=14)[1]]))
    return made


@pytest.fixture
def officer(client):
    person = town.person("officer", "officer", department="SAMR")
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return person


def test_the_page_says_why_by_what_law_and_until_when(client, clue, officer):
    page = client.get(clue.page_url).content.decode()
    for said in (clue.number, clue.title_zh, clue.due_on.isoformat(), "12 个账户共用 3 台设备", clue.evidence_root, "第18条", "立案需要"):
        assert said in page, said
    assert not re.search(r"\sstyle=|\son\w+=", page)


def test_it_shows_the_five_strongest_reasons_first(client, clue, officer):
    page = client.get(clue.page_url).content.decode()
    order = [page.index(reason.zh) for reason in clue.reasons.all()]
    assert order == sorted(order) and page.index("另有 1 条理由") < order[5]


def test_the_clue_page_masks_and_the_full_rows_are_logged(client, clue, officer):
    reads = Leaf.objects.filter(action__contains="read").count()
    first = client.get(clue.page_url).content.decode()
    assert Leaf.objects.filter(action__contains="read").count() == reads
    number = "TS0001R0"
    assert number not in first
    full = client.get(f"{clue.page_url}evidence/order/").content.decode()
    assert number in full and Leaf.objects.filter(action__contains="read").count() == reads + 1


def test_the_log_failing_keeps_the_rows_back(client, clue, officer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("chengxin.supervision.views.audit.record_read", broken)
    with pytest.raises(RuntimeError):
        client.get(f"{clue.page_url}evidence/order/")


def test_a_department_that_gave_the_clue_away_sees_masked_numbers(client, clue, officer):
    actions.hand_over(officer, clue.id, "POST", "属邮政管理职责，移交")
    page = client.get(f"{clue.page_url}evidence/order/").content.decode()
    assert "TS0001R0" not in page and "****" in page


def test_no_pseudonym_leaves_whole(client, clue, officer):
    token = str(clue.traces.filter(kind="accounts").first().token)
    for address in (clue.page_url, f"{clue.page_url}evidence/order/", f"{clue.page_url}evidence/order/?export=json"):
        assert token not in client.get(address).content.decode()


@pytest.mark.parametrize("format", ["xlsx", "csv", "json", "parquet"])
def test_queue_and_evidence_export(client, clue, officer, format):
    answer = client.get(f"{clue.page_url}evidence/order/?export={format}")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith(f'.{format}"')
    rows = {"json": lambda body: len(json.loads(body)), "parquet": lambda body: pq.read_table(io.BytesIO(body)).num_rows}
    if format in rows:
        assert rows[format](answer.content) == clue.evidence.get().count
    assert client.get(f"/officer/clues/?export={format}").status_code == 200


@pytest.mark.parametrize(
    "query", ["colour=red", "colour=pink", "behaviour=B01", "platform=shanhuo", "state=any", "q=云岭", "sort=-title", "page=9"]
)
def test_the_queue_filters_and_sorts(client, clue, officer, query):
    assert client.get(f"/officer/clues/?{query}").status_code == 200


def test_a_clue_is_found_by_its_shop(client, clue, officer):
    assert clue.number in client.get("/officer/clues/?q=云岭").content.decode()
    assert clue.number not in client.get("/officer/clues/?q=别的").content.decode()


def test_a_step_without_a_reason_comes_back_with_what_is_missing(client, clue, officer):
    answer = client.post(f"{clue.page_url}dismiss/", {"pattern": "other", "reason": ""})
    assert answer.status_code == 422
    clue.refresh_from_db()
    assert clue.is_open


def test_a_stranger_gets_the_same_page_as_for_a_missing_clue(client, clue):
    person = town.person("post", "officer", department="POST")
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    with clock.set_to(clock.now()):  # the foot of a page says when it was drawn, and which address was asked
        missing = client.get("/officer/clues/CL23040020261124999990/")
        foreign = client.get(clue.page_url)
    assert foreign.status_code == missing.status_code == 404
    same = [re.sub(r'value="[^"]*"', "", page.content.decode()).replace(page.wsgi_request.path, "") for page in (foreign, missing)]
    assert same[0] == same[1]


def test_a_wrong_kind_of_evidence_is_not_found(client, clue, officer):
    assert client.get(f"{clue.page_url}evidence/payment/").status_code == 404
    assert client.get(f"{clue.page_url}evidence/nonsense/").status_code == 404


def test_the_platforms_staff_answer_on_their_own_page(client, clue, officer):
    asked = actions.ask_platform(officer, clue.id, "shanhuo", "请提供开户人信息", 5)
    staff = town.person("staff", "platform_staff", on="shanhuo")
    client.force_login(staff.user, backend="django.contrib.auth.backends.ModelBackend")
    assert clue.evidence_root not in client.get(asked.page_url).content.decode()
    assert client.post(asked.page_url, {"answer": "开户人均为同一家公司"}).status_code == 302
    asked.refresh_from_db()
    assert asked.answer
