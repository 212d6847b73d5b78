"""The pages: the next step first, refusals said in place, strangers kept out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from chengxin.audit.models import Leaf
from chengxin.cases.models import Case
from chengxin.cases.tests import people
from chengxin.cases.tests.people import Town, at, step
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def as_(client: Any, cast: Town, name: str) -> Any:
    client.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Any, case: Case, action: str, **given: Any) -> Any:
    answer = client.post(f"{case.page_url}steps/{action}/", {f"{action}-{name}": value for name, value in given.items()})
    case.refresh_from_db()
    return answer


def test_the_page_puts_the_next_step_first_and_shows_clock_and_article(client, cast):
    case = people.opened(cast)
    page = as_(client, cast, "first").get(case.page_url).content.decode()
    assert page.index("完成核查") < page.index("来源登记")
    assert "2026-07-22" in page and "《市场监督管理行政处罚程序规定》第18条" in page
    assert not re.search(r"\sstyle=|\son\w+=", page)


def test_a_step_says_what_it_brings_about(client, cast):
    """The state after it, its paper and the period it begins, out of the table of the workflow."""
    case = people.opened(cast)
    page = as_(client, cast, "first").get(case.page_url).content.decode()
    assert "办理后状态：已核查待立案" in page and "制作文书" not in page
    post(client, case, "finish_check", result="属实", proposal="file")
    page = as_(client, cast, "head").get(case.page_url).content.decode()
    assert "办理后状态：已立案" in page and "制作文书：立案／不予立案审批表" in page
    assert "起算期限：立案后作出处理决定，《中华人民共和国行政处罚法》第60条" in page


def test_the_form_takes_a_step_and_says_what_is_missing(client, cast):
    case = people.opened(cast)
    as_(client, cast, "first")
    wrong = post(client, case, "finish_check", result="", proposal="file")
    assert wrong.status_code == 422 and case.state == "SOURCE_REGISTERED"
    assert post(client, case, "finish_check", result="属实", proposal="file").status_code == 302
    assert case.state == "CHECKED"
    assert "批准立案" in client.get(case.page_url).content.decode()  # the head's turn is named


def test_penalties_of_the_form_are_whole_fen(client, cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.first, case, "add_evidence", origin="导出", evidence_kind="4", title="明细", **people.PROOF)
    given = {
        "facts": "事实",
        "provisions": "条款",
        "basis": "依据",
        "weighing": "理由",
        "discretion": "ordinary",
        "outcome": "penalty",
        "kind_0": "21",
        "amount_0": "20000.01",
    }
    as_(client, cast, "first")
    assert post(client, case, "end_investigation", **given).status_code == 302
    assert case.penalties.get().amount_fen == 2_000_001


def test_reading_a_case_is_logged_and_a_stranger_gets_the_answer_of_a_missing_one(client, cast):
    case = people.opened(cast)
    as_(client, cast, "first").get(case.page_url)
    assert Leaf.objects.filter(action="audit.personal.read", object=case.matter).count() == 1
    as_(client, cast, "post")
    assert client.get(case.page_url).status_code == client.get("/officer/cases/SAMR-2026-9999/").status_code == 404


def test_the_desk_puts_what_is_due_first_on_top(client, cast):
    late, soon = people.opened(cast), people.opened(cast, received_on=clock.today() - timedelta(days=20))
    page = as_(client, cast, "first").get("/officer/cases/").content.decode()
    assert page.index(soon.number) < page.index(late.number)


def test_the_archive_is_one_file_with_its_list_and_is_read_only(client, cast):
    case = people.opened(cast)
    step(cast.first, case, "finish_check", result="不属实", proposal="not_file")
    step(cast.head, case, "not_file", reason="无违法事实")
    step(cast.first, case, "archive")
    as_(client, cast, "first")
    with zipfile.ZipFile(io.BytesIO(client.get(f"{case.page_url}archive.zip").content)) as file:
        told = json.loads(file.read("目录.json"))
        titles = [one["title"] for one in told["papers"]]
        assert titles == ["立案/不予立案审批表", "案件来源登记", "完成核查", "不予立案"]
        assert [one["pages"] for one in told["papers"][:2]] == [[1, 1], [2, 2]]
    assert post(client, case, "archive").status_code == 409


def test_the_register_of_certificates(client, cast):
    as_(client, cast, "head")
    given = {"number": "23040000999", "valid_from": "2026-01-01", "valid_until": "2026-06-30", "person": f"SAMR/{cast.users['third'].pk}"}
    assert client.post("/officer/cases/certificates/", given).status_code == 302
    page = client.get("/officer/cases/certificates/").content.decode()
    assert "23040000999" in page and "失效" in page
    assert client.post("/officer/cases/certificates/", given).status_code == 422
    assert '<form method="post"' not in as_(client, cast, "first").get("/officer/cases/certificates/").content.decode().split("<main")[1]


def test_a_decision_page_has_everything_on_it(client, cast):
    case = people.to_served(cast, people.opened(cast))
    with clock.set_to(at(case.service.served_on)):
        page = as_(client, cast, "first").get(case.page_url).content.decode()
    for said in (case.decision.number, "20,000.00", "订单明细", "王立", "陈岩", "缴纳罚款"):
        assert said in page, said
