"""A ban's decision and its end are official papers, filled from the record, with a code that anybody can check."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from chengxin.delivery import actions, papers
from chengxin.delivery.models import Ban
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM
from chengxin.documents import paper
from chengxin.documents import queries as documents
from chengxin.documents.access import of_party
from chengxin.documents.tests.people import BLANK
from chengxin.records import actions as records

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def blank_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of PDF costs half a second."""
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)


def in_force(cast: people.Town) -> Ban:
    record = people.on_file(cast)
    ban = actions.propose(cast.officer, FIRM, "POST", record.number, "一年内三次泄露用户信息")
    actions.notice(cast.officer, ban.number)
    actions.hear(cast.courier, ban.number, "已更换供应商，请求从轻")
    actions.decide(cast.reviewer, ban.number, "事实清楚，情节严重", "整改未完成，不予采纳")
    assert not papers.of_ban(ban).exists()  # nothing is given before it is served
    return actions.enforce(cast.officer, ban.number)


def test_the_decision_is_a_paper_with_the_hearing_and_the_term() -> None:
    cast = people.town()
    ban = in_force(cast)
    made = papers.of_ban(ban).get()
    values = json.loads(made.values)
    assert values["ban_number"] == ban.number and values["statement"] == "已更换供应商，请求从轻"
    assert (values["answer"], values["ban_reason"]) == ("整改未完成，不予采纳", "事实清楚，情节严重")
    assert values["ban_until"] == ban.until.isoformat() if ban.until else False
    found = documents.check(made.code)
    assert found and found.state == "genuine" and made.number.startswith(found.number[:1])
    assert list(of_party(cast.courier)) == [made] and not of_party(cast.rival).exists()
    officer, firm = Client(), Client()
    for name, browser, url in (("officer", officer, ban.page_url), ("courier", firm, ban.firm_url)):
        browser.force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
        assert made.code in browser.get(url).content.decode()
    assert firm.get(made.own_url).status_code == 200


def test_a_ban_that_ends_has_a_notice_and_one_that_is_revoked_has_no_decision_any_more() -> None:
    cast = people.town()
    ban = in_force(cast)
    decision = papers.of_ban(ban).get()
    withdrawal = records.propose_withdrawal(cast.officer, ban.record.pk, "决定被撤销", "")
    records.confirm(cast.reviewer, withdrawal.pk)
    actions.lose_record(ban.record.pk, "所依据的处罚决定已撤销")
    found = documents.check(decision.code)
    assert found and found.state == "revoked"
    end = papers.of_ban(ban).get(form=papers.END)
    assert json.loads(end.values)["ban_end_how"] == "REVOKED" and documents.check(end.code)
    assert end in of_party(cast.courier)
