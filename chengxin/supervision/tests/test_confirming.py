"""An officer finds a clue to be so, and detection looks from it for what is tied to it."""

from __future__ import annotations

import pytest

from chengxin.audit.models import Leaf
from chengxin.detection import actions as detection
from chengxin.detection import search, verdicts
from chengxin.detection.models import Verdict
from chengxin.kernel.errors import Forbidden
from chengxin.supervision import actions, errors
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def clue() -> Clue:
    (made,) = actions.open_from_findings(*town.run_with([town.ring_town(shops=3, accounts=6)[1]]))
    return made


@pytest.fixture
def officer():
    return town.person("officer", "officer", department="SAMR")


def test_a_confirmed_clue_stays_on_the_desk_and_in_the_log(clue, officer):
    actions.start_check(officer, clue.id)
    actions.confirm(officer, clue.id, "账号与店主供述一致")
    clue.refresh_from_db()
    assert (clue.state, clue.is_open) == ("CHECKING", True)
    assert Leaf.objects.filter(action="supervision.clue.confirmed", actor=officer.id).exists()
    with pytest.raises(errors.AlreadyConfirmed):
        actions.confirm(officer, clue.id, "再记一次看看")


def test_nobody_confirms_before_the_check_without_a_reason_or_from_another_desk(clue, officer):
    with pytest.raises(StepNotAllowed):
        actions.confirm(officer, clue.id, "还没有开始核查")
    actions.start_check(officer, clue.id)
    with pytest.raises(errors.ReasonNeeded):
        actions.confirm(officer, clue.id, " ")
    actions.hand_over(officer, clue.id, "POST", "涉及快递网点，属邮政管理职责")
    with pytest.raises(Forbidden):
        actions.confirm(officer, clue.id, "已经移交了的线索")
    assert not Verdict.objects.exists()


def test_the_next_run_gets_the_verdict_and_its_record_has_it(clue, officer):
    actions.start_check(officer, clue.id)
    actions.confirm(officer, clue.id, "账号与店主供述一致")
    used = detection.with_cases(search.parameters(search.choose(["confirmed_ties", "brushing"])))
    (case,) = used["confirmed_ties"]["cases"]
    assert (case["case"], case["confirmed"], case["behaviour"]) == (clue.number, True, clue.behaviour)
    assert set(case["shops"]) == set(clue.members.values_list("token", flat=True))
    assert len(case["accounts"]) == 6
    assert "cases" not in used["brushing"]


def test_a_later_dismissal_is_the_verdict_that_counts(clue, officer):
    actions.start_check(officer, clue.id)
    actions.confirm(officer, clue.id, "账号与店主供述一致")
    actions.dismiss(officer, clue.id, "other", "复核后发现是团购代买")
    assert [one["confirmed"] for one in verdicts.cases()] == [False]


def test_the_page_offers_it_once(clue, officer, client):
    client.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    address = f"{clue.page_url}confirm/"
    assert address not in client.get(clue.page_url).content.decode()
    actions.start_check(officer, clue.id)
    assert address in client.get(clue.page_url).content.decode()
    assert client.post(address, {"reason": "账号与店主供述一致"}, follow=True).status_code == 200
    page = client.get(clue.page_url).content.decode()
    assert address not in page and "核查属实" in page
