"""An officer's verdict: it moves nothing, it is logged, and it flows into the detector's figures."""

from __future__ import annotations

import pytest

from chengxin.audit.models import Leaf
from chengxin.detection import actions as detection
from chengxin.detection import search, verdicts
from chengxin.detection.learning import queries as learning
from chengxin.detection.learning.models import LearnedModel, Opinion, Verdict
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.supervision import actions
from chengxin.supervision.errors import UnknownVerdict
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def clue() -> Clue:
    (made,) = actions.open_from_findings(*town.run_with([town.ring_town(shops=3, accounts=6)[1]]))
    return made


@pytest.fixture
def officer(client):
    person = town.person("officer", "officer", department="SAMR")
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    return person


def test_a_verdict_needs_a_check_that_has_begun(clue, officer):
    with pytest.raises(StepNotAllowed):
        actions.judge(officer, clue.id, "confirmed", [], "资金回流已核实")


def test_a_confirmed_clue_stays_on_the_desk_and_counts(clue, officer):
    actions.start_check(officer, clue.id)
    actions.judge(officer, clue.id, "confirmed", ["night"], "资金回流已核实")
    clue.refresh_from_db()
    assert clue.state == "CHECKING" and clue.is_open
    assert Leaf.objects.filter(action="supervision.clue.judged", actor=officer.id).exists()
    outbox.deliver_all()
    (verdict,) = Verdict.objects.all()
    assert (verdict.outcome, verdict.wrong_reasons, verdict.finding_id) == ("confirmed", ["night"], clue.finding_id)
    assert (verdict.origin, verdict.inclusion, verdict.raised) == ("detector", 1.0, False)
    card = learning.card("brushing")
    assert card and (card.confirmed, card.dismissed) == (1, 0)


def test_a_dismissal_counts_with_its_pattern_and_replaces_what_was_said_before(clue, officer):
    actions.start_check(officer, clue.id)
    actions.judge(officer, clue.id, "unknown", [], "等待平台材料")
    actions.dismiss(officer, clue.id, "campus", "校园统一收货，已电话核实")
    outbox.deliver_all()
    card = learning.card("brushing")
    assert card and (card.confirmed, card.dismissed, card.unknown) == (0, 1, 0)
    assert [one["code"] for one in learning.patterns(card)] == ["campus"]
    assert Verdict.objects.count() == 2  # nothing is written over


@pytest.mark.parametrize(("said", "wrong"), [("dismissed", []), ("certain", []), ("confirmed", ["of another clue"])])
def test_a_verdict_or_reason_that_the_page_does_not_list_is_refused(clue, officer, said, wrong):
    actions.start_check(officer, clue.id)
    with pytest.raises(UnknownVerdict):
        actions.judge(officer, clue.id, said, wrong, "资金回流已核实")


def test_a_clue_that_came_by_lot_says_so(clue, officer):
    step = clue.steps.get(action="open")
    step.data |= {"origin": "lot", "inclusion": 0.05}
    step.save()
    actions.dismiss(officer, clue.id, "other", "抽查未见异常")
    outbox.deliver_all()
    verdict = Verdict.objects.get()
    assert (verdict.origin, verdict.inclusion) == ("lot", 0.05)


def test_the_page_asks_and_records(client, clue, officer):
    client.post(f"{clue.page_url}check/")
    assert "记录核查结论" in client.get(clue.page_url).content.decode()
    form = client.get(f"{clue.page_url}verdict/").content.decode()
    assert "不成立的理由" in form and "12 个账户共用 3 台设备" in form
    assert client.post(f"{clue.page_url}verdict/", {"verdict": "confirmed"}).status_code == 422
    given = {"verdict": "confirmed", "wrong": ["night", "round"], "reason": "资金回流已核实"}
    page = client.post(f"{clue.page_url}verdict/", given, follow=True).content.decode()
    assert "核查结论：属实" in page
    assert clue.steps.get(action="judge").data["wrong_reasons"] == ["night", "round"]


def test_a_second_opinion_stands_beside_the_clue_and_orders_the_queue_only_while_in_use(client, clue, officer):
    assert "第二意见" not in client.get(clue.page_url).content.decode()
    model = LearnedModel.objects.create(
        number=1,
        state="in_use",
        accepted_by="user:2",
        proposed_by="user:1",
        sha256="0",
        training_root="0",
        verdicts=1,
        confirmed=1,
        features=[],
        features_version="0",
        parameters={},
        report={},
        trained_at=clock.now(),
        trained_by="system:test",
    )
    told = [["shared_device", 0.25, 1.2], ["score", 0.93, -0.3]]
    Opinion.objects.create(
        model=model, finding_id=clue.finding_id, probability=0.83, contributions=told, place=1, place_before=2, at=clock.now()
    )
    page = client.get(clue.page_url).content.decode()
    assert "每 100 条约有 83 条经核查属实" in page and "多账号共用设备的订单占比：0.25，使可能性上升" in page
    queue = client.get("/officer/clues/?sort=-opinion").content.decode()
    assert "第二意见" in queue and ">83<" in queue
    LearnedModel.objects.update(state="retired")
    assert "第二意见" not in client.get(clue.page_url).content.decode()
    assert "第二意见" not in client.get("/officer/clues/").content.decode()


def test_the_next_run_looks_from_decided_clues_and_its_record_has_them(clue, officer):
    actions.start_check(officer, clue.id)
    actions.judge(officer, clue.id, "confirmed", [], "账号与店主供述一致")
    outbox.deliver_all()
    used = detection.with_cases(search.parameters(search.choose(["confirmed_ties", "brushing"])))
    (case,) = used["confirmed_ties"]["cases"]
    assert (case["case"], case["confirmed"], case["behaviour"]) == (clue.number, True, clue.behaviour)
    assert set(case["shops"]) == set(clue.members.values_list("token", flat=True))
    assert len(case["accounts"]) == 6
    assert "cases" not in used["brushing"]
    actions.dismiss(officer, clue.id, "other", "复核后发现是团购代买")
    outbox.deliver_all()
    assert [one["confirmed"] for one in verdicts.cases()] == [False]
