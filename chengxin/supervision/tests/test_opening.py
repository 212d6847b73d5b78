from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chengxin.accounts import access
from chengxin.audit.models import Leaf
from chengxin.kernel.errors import NotFound
from chengxin.supervision import actions, queries
from chengxin.supervision.actions import opening
from chengxin.supervision.models import Clue, ClueLink, KnownBenign
from chengxin.supervision.pictures import frozen
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


def opened(finding) -> Clue:
    (clue,) = actions.open_from_findings(*town.run_with([finding]))
    return clue


def test_a_finding_becomes_a_clue_with_its_clock_running_and_its_evidence_frozen():
    shops, finding = town.ring_town()
    clue = opened(finding)
    assert clue.number.startswith("CL23040020261124")
    assert (clue.state, clue.department, clue.severity) == ("OPENED", "SAMR", "high")
    assert clue.due_on == date(2026, 12, 15)  # fifteen working days after Tuesday 24 November
    assert queries.evidence_facts(clue, "order") == sorted(finding.evidence["order"])
    assert queries.evidence_is_intact(clue)
    assert clue.members.filter(shop__isnull=False).count() == len(shops)
    assert Leaf.objects.filter(action="supervision.clue.opened", object=f"supervision.clue:{clue.id}").count() == 1


def test_frozen_evidence_shows_a_change():
    _shops, finding = town.ring_town()
    clue = opened(finding)
    clue.evidence.update(rows_hash="0" * 64)
    assert not queries.evidence_is_intact(clue)


def test_the_same_run_told_twice_opens_one_clue():
    _shops, finding = town.ring_town()
    told = town.run_with([finding])
    assert len(actions.open_from_findings(*told)) == 1
    assert actions.open_from_findings(*told) == []
    assert Clue.objects.count() == 1 and Clue.objects.get().steps.count() == 1


def test_a_finding_about_an_outlet_opens_a_clue_that_names_no_shop_and_is_seen_again():
    about = {"about": [{"kind": "outlet", "name": "N0451", "of": "demo-express"}]}
    given = {"detector": "courier_breach", "behaviour": "B22", "picture": about, "evidence": {}}
    clue = opened(town.ring_finding([], [], [], **given))
    assert "网点 N0451" in clue.title_zh and "outlet N0451" in clue.title_en
    assert (clue.department, clue.members.count()) == ("POST", 0)
    other = {**given, "picture": {"about": [{"kind": "outlet", "name": "N0452", "of": "demo-express"}]}}
    again = actions.open_from_findings(*town.run_with([town.ring_finding([], [], [], **given), town.ring_finding([], [], [], **other)]))
    assert [one.title_en for one in again] == [clue.title_en.replace("N0451", "N0452")]


def test_a_ring_seen_again_joins_its_open_clue_with_only_the_new_facts():
    _shops, finding = town.ring_town()
    half = replace(finding, evidence={"order": finding.evidence["order"][:50]})
    clue = opened(half)
    first_root = clue.evidence_root
    assert actions.open_from_findings(*town.run_with([finding])) == []
    clue.refresh_from_db()
    assert clue.evidence_root != first_root
    assert [part.count for part in clue.evidence.all()] == [50, len(finding.evidence["order"]) - 50]
    assert queries.evidence_is_intact(clue)
    assert clue.steps.last().action == "see_again"


def test_a_ring_that_changed_some_shops_is_known_by_its_accounts():
    _shops, finding = town.ring_town()
    opened(finding)
    moved = replace(finding, shops=finding.shops[:3], accounts=finding.accounts[:20])
    assert actions.open_from_findings(*town.run_with([moved])) == []
    assert Clue.objects.count() == 1


def test_another_ring_in_the_same_shops_is_another_clue_and_linked():
    _shops, finding = town.ring_town()
    clue = opened(finding)
    strangers = replace(finding, shops=finding.shops[:2], accounts=tuple(range(1, 20)))
    other = opened(strangers)
    assert other.id != clue.id
    assert ClueLink.objects.get(clue=other, other=clue, kind="shops").shared == 2
    assert [one.clue for one in queries.links(access.system("test"), clue)] == [other]
    assert queries.links(town.person("stranger", "officer", department="POST"), clue) == []


def test_a_harmless_finding_does_not_come_back_without_new_facts():
    _shops, finding = town.ring_town()
    officer = town.person("officer", "officer", department="SAMR")
    clue = opened(finding)
    actions.dismiss(officer, clue.id, "other", "社区团购，团长代下单")
    assert actions.open_from_findings(*town.run_with([finding])) == []
    assert KnownBenign.objects.get().suppressed == 1


def test_it_comes_back_with_new_facts_and_names_the_earlier_clue():
    _shops, finding = town.ring_town()
    officer = town.person("officer", "officer", department="SAMR")
    clue = opened(replace(finding, evidence={"order": finding.evidence["order"][:50]}))
    actions.dismiss(officer, clue.id, "other", "社区团购，团长代下单")
    again = opened(finding)
    assert again.previous == clue


def test_without_the_memory_it_would_come_back():
    _shops, finding = town.ring_town()
    officer = town.person("officer", "officer", department="SAMR")
    actions.dismiss(officer, opened(finding).id, "other", "社区团购，团长代下单")
    KnownBenign.objects.all().delete()
    assert opened(finding)


def test_severity_has_three_steps():
    assert [opening.severity(score) for score in (0.9, 0.85, 0.7, 0.6, 0.2)] == ["high", "high", "medium", "medium", "low"]


def test_a_stranger_and_a_missing_clue_get_the_same_answer():
    _shops, finding = town.ring_town()
    clue = opened(finding)
    post = town.person("post", "officer", department="POST")
    for id in (clue.id, "00000000-0000-7000-8000-000000000000", "nonsense"):
        with pytest.raises(NotFound):
            actions.start_check(post, id)


def test_a_clue_about_reviews_shows_them_over_time_and_others_do_not():
    on = town.platform()
    one = town.shop(1, "云岭山货铺", on)
    rows = [
        {"review_no": f"V{n}", "shop_id": one.shop_id, "rater": f"U{n}", "stars": 1 + 4 * (n % 2), "reviewed_at": town.START.isoformat()}
        for n in range(6)
    ]
    town.report(on, "review", rows)
    facts = town.facts_of(on, "review", "stars", [1])
    given = {"detector": "extortion_review", "behaviour": "B04", "evidence": {"review": facts}}
    clue = opened(town.ring_finding([one], [], [], **given, picture={"reviews": True}))
    assert [len(shop["reviews"]) for shop in clue.picture["reviews"]] == [6]
    assert len(frozen.draw(clue.picture, {}, {})) == 1
    assert clue.title_zh.startswith("疑似遭受") and "suffered by" in clue.title_en  # the shop is the victim
    other = opened(town.ring_finding([one], [], [], **{**given, "detector": "hidden_reviews", "behaviour": "B05"}))
    assert "reviews" not in other.picture and other.title_zh.startswith("疑似删除")
