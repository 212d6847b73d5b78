"""The alarm budget: what is worth most becomes a clue, the rest waits where it is seen, and the lot is fair."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chengxin.audit.models import Leaf
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.supervision import actions, errors
from chengxin.supervision.actions import reserve
from chengxin.supervision.models import Clue, Waiting
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def few(monkeypatch):
    """Three places a week, one of them for the lot."""
    rules = {"per_week": {"default": 3}, "lot_share": 0.3, "harm": {"high": 3, "medium": 2, "low": 1}}
    monkeypatch.setattr(reserve, "rules", lambda: rules)


@pytest.fixture
def findings():
    """Six findings about as many shops, of rising score."""
    _, finding = town.ring_town(shops=6, accounts=4)
    return [replace(finding, shops=(shop,), accounts=(place,), score=0.5 + place / 20) for place, shop in enumerate(sorted(finding.shops))]


def opened(way=None):
    rows = Waiting.objects.exclude(opened_at=None)
    return [round(one.score, 2) for one in (rows.filter(way=way) if way else rows).order_by("-score")]


def test_the_most_valuable_become_clues_and_nothing_is_lost(few, findings):
    made = actions.open_from_findings(*town.run_with(findings))
    assert [round(clue.score, 2) for clue in made] == [0.75, 0.7]
    waiting = Waiting.objects.filter(opened_at=None)
    assert [round(one.score, 2) for one in waiting] == [0.65, 0.6, 0.55, 0.5]
    assert Clue.objects.count() + waiting.count() == len(findings)


def test_value_is_score_times_harm(few):
    assert reserve.value(0.9) == pytest.approx(2.7)
    assert reserve.value(0.7) == pytest.approx(1.4)
    assert reserve.value(0.5) == pytest.approx(0.5)


def test_a_stronger_finding_of_a_later_run_goes_first_next_week(few, findings):
    actions.open_from_findings(*town.run_with(findings[:4]))
    assert actions.open_from_findings(*town.run_with(findings[4:])) == []
    assert opened() == [0.65, 0.6]
    with clock.set_to(town.NOW + WEEK):
        assert actions.new_week() == 3
    assert opened("rank") == [0.75, 0.7, 0.65, 0.6]


def test_the_same_findings_twice_and_a_ring_seen_again_keep_one_place(few, findings):
    told = town.run_with(findings)
    actions.open_from_findings(*told)
    assert actions.open_from_findings(*told) == []
    again = replace(findings[0], score=0.6)
    actions.open_from_findings(*town.run_with([again]))
    assert Waiting.objects.count() == len(findings)
    assert Waiting.objects.get(key=Waiting.objects.order_by("value").first().key).since == town.NOW
    assert round(Waiting.objects.filter(opened_at=None).order_by("value").first().score, 2) == 0.55


def test_the_lot_keeps_the_chance_and_the_log_can_repeat_it(few, findings):
    actions.open_from_findings(*town.run_with(findings))
    with clock.set_to(town.NOW + WEEK):
        actions.new_week()
    (drawn,) = Waiting.objects.filter(way="lot")
    assert drawn.chance == pytest.approx(1 / 2)  # two of the four moved up, one of the two left is drawn
    told = json.loads(Leaf.objects.get(action="supervision.reserve.drawn").body)["data"]
    left = [str(one) for one in Waiting.objects.filter(opened_at=None).values_list("id", flat=True)]
    assert reserve.drawn_of([*left, *told["drawn"]], 1, told["seed"]) == told["drawn"] == [str(drawn.id)]


def test_over_many_seeds_each_is_drawn_as_often_as_its_chance_says():
    ids = [f"id{n}" for n in range(10)]
    times = {one: sum(one in reserve.drawn_of(ids, 3, f"seed{seed}") for seed in range(2_000)) for one in ids}
    assert all(500 < n < 700 for n in times.values())


def test_an_officer_takes_any_by_hand_beyond_the_budget(few, findings):
    actions.open_from_findings(*town.run_with(findings))
    officer = town.person("officer", "officer", department="SAMR")
    last = Waiting.objects.filter(opened_at=None).last()
    clue = actions.pull(officer, last.id, "群众来电反映该店")
    assert (clue.key, clue.department) == (last.key, "SAMR")
    assert Leaf.objects.filter(action="supervision.reserve.pulled", actor=officer.id).exists()
    with pytest.raises(errors.NoLongerWaiting):
        actions.pull(officer, last.id, "再调取一次看看")


def test_another_department_does_not_see_the_line(few, findings):
    actions.open_from_findings(*town.run_with(findings))
    stranger = town.person("post", "officer", department="POST")
    with pytest.raises(NotFound):
        actions.pull(stranger, Waiting.objects.filter(opened_at=None).first().id, "不属于本部门的")


def test_one_that_joined_an_open_clue_leaves_the_line_without_taking_a_place(few, findings):
    actions.open_from_findings(*town.run_with(findings))
    officer = town.person("officer", "officer", department="SAMR")
    last = Waiting.objects.filter(opened_at=None).last()
    clue = actions.pull(officer, last.id, "群众来电反映该店")
    Waiting.objects.filter(pk=last.pk).update(opened_at=None, way="", clue=None)
    Waiting.objects.filter(pk=last.pk).update(finding_id=clue.finding_id)
    with clock.set_to(town.NOW + WEEK):
        actions.new_week()
        reserve._opened(Waiting.objects.filter(opened_at=None), "rank")
    assert Waiting.objects.get(pk=last.pk).way == "joined"


def test_officers_verdicts_change_what_a_finding_is_worth(few, findings):
    made = actions.open_from_findings(*town.run_with(findings[4:]))
    officer = town.person("officer", "officer", department="SAMR")
    for clue in made:
        actions.dismiss(officer, clue.id, "other", "核实为正常团购")
    outbox.deliver_all()
    actions.open_from_findings(*town.run_with(findings[:1]))
    assert Waiting.objects.get(opened_at=None).score < findings[0].score


def test_without_a_budget_all_become_clues(findings):
    assert len(actions.open_from_findings(*town.run_with(findings))) == len(findings)


def test_the_page_says_the_place_the_reason_and_the_chance(few, findings, client):
    actions.open_from_findings(*town.run_with(findings))
    officer = town.person("officer", "officer", department="SAMR")
    client.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/officer/clues/reserve/").content.decode()
    assert "核查价值更高的还有 3 条" in page and "其余每条被抽中的概率为 50.0%" in page and "2026-11-30" in page
    last = Waiting.objects.filter(opened_at=None).last()
    assert last.page_url in page
    assert client.post(last.page_url, {"reason": " "}).status_code == 422
    assert client.post(last.page_url, {"reason": "群众来电反映该店"}).status_code == 302
    assert Waiting.objects.get(pk=last.pk).way == "hand"
