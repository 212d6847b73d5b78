"""Rules of learning/__init__.py, each with what would break it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from chengxin.audit.models import Leaf
from chengxin.detection.errors import LearningExtraMissing, ModelFileChanged, ModelNotWaiting, NotBetter, SamePersonForModel, TooFewVerdicts
from chengxin.detection.learning import actions, booster, features, queries, store, tasks, training, verdicts
from chengxin.detection.learning.models import LearnedModel, Opinion, Verdict
from chengxin.detection.tests.learning import school
from chengxin.kernel import clock
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db
needs_trees = pytest.mark.skipif(not booster.available(), reason="the extra `learn` is not installed")


@pytest.fixture(autouse=True)
def stopped(settings, tmp_path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    with clock.set_to(school.NOW):
        yield


def head(name: str):
    return town.person(name, "head", department="SAMR")


# ---- what a verdict is worth


def test_a_verdict_told_twice_is_kept_once_and_the_last_one_counts():
    row = school.finding(school.run(), 1, 0.9, 0.8)
    for _ in range(2):
        school.judged(row, "unknown", school.NOW - timedelta(days=1))
    school.judged(row, "dismissed", pattern="campus")
    assert Verdict.objects.count() == 2
    assert [one.outcome for one in verdicts.latest()] == ["dismissed"]
    assert [one.outcome for one in verdicts.latest(school.NOW)] == ["unknown"]


@pytest.mark.parametrize(
    ("given", "worth"),
    [
        ({"outcome": "confirmed"}, 1.0),
        ({"outcome": "unknown"}, 0.0),
        ({"outcome": "confirmed", "raised": True}, 0.0),
        ({"outcome": "confirmed", "raised": True, "origin": "lot", "inclusion": 0.1}, 10.0),
        ({"outcome": "dismissed", "origin": "lot", "inclusion": 0.001}, 20.0),
    ],
)
def test_what_the_model_moved_up_teaches_nothing_unless_a_lot_had_drawn_it(given, worth):
    assert verdicts.weight(Verdict(**{"inclusion": 1.0, "origin": "detector", "raised": False, **given})) == pytest.approx(worth)


def test_a_verdict_notes_whether_the_model_had_moved_its_clue_up(made_by_hand):
    rows = [school.finding(school.run(), number, 0.9, 0.8) for number in range(3)]
    school.opinion(made_by_hand, rows[0], place=1, before=5)
    school.opinion(made_by_hand, rows[1], place=5, before=1)
    school.opinion(made_by_hand, rows[2], place=1, before=5, at=school.NOW + timedelta(days=1))  # said after the verdict
    assert [school.judged(row, "confirmed").raised for row in rows] == [True, False, False]
    assert queries.progress()["raised"] == 1 and queries.progress()["counted"] == 2


@pytest.fixture
def made_by_hand() -> LearnedModel:
    report = {"auc": 0.9, "trivial": {"score": 0.6}, "calibration": [], "late": 1, "late_confirmed": 1, "features": {}, "scores": {}}
    report["scores"] = {"edges": [0.5], "shares": [0.5, 0.4, 0.1]}
    return LearnedModel.objects.create(
        number=1,
        sha256="0" * 64,
        training_root="0" * 64,
        verdicts=9,
        confirmed=4,
        features=[],
        features_version="0",
        parameters={},
        report=report,
        trained_at=school.NOW,
        trained_by="system:test",
    )


# ---- what it looks at


def test_a_finding_is_measured_from_its_runs_own_files_whatever_was_reported_later():
    from chengxin.facts import queries as facts

    shops, ring = town.ring_town(shops=3, accounts=8)
    kinds = ["order", "refund", "review", "complaint"]
    before = school.run(facts.snapshot(kinds).as_json())
    told = features.shops_of(before)
    town.report(shops[0].platform, "order", town.ring_orders(shops, 30, seed=9))
    assert features.shops_of(before) == told
    later = features.shops_of(school.run(facts.snapshot(kinds).as_json()))
    token = ring.shops[0]
    assert later[token]["orders"] > told[token]["orders"]  # the twin: with later files it would see them
    early = features.shops_of(school.run(facts.snapshot(kinds).as_json(), until=town.START + timedelta(days=1)))
    assert early[token]["orders"] < told[token]["orders"]


def test_shops_that_share_accounts_lend_each_other_their_features():
    from chengxin.facts import queries as facts

    _, ring = town.ring_town(shops=3, accounts=8)
    told = features.shops_of(school.run(facts.snapshot(["order"]).as_json()))
    one, *others = (told[token] for token in ring.shops)
    assert one["neighbours"] == 2
    assert one["fast@1"] == pytest.approx(np.mean([other["fast"] for other in others]), abs=1e-6)
    assert 0 < one["shared_device"] < 1


def test_files_that_are_gone_leave_the_shop_unknown_and_the_finding_known():
    gone = {"kinds": ["order"], "segments": [[1, "order", "order/none.parquet", 1, "0" * 64, False]], "known_at": None}
    row = school.finding(school.run(gone), 1, 0.9, 0.8)
    values = features.ensure([row])[str(row.id)]
    assert values["score"] == 0.8 and values["reason:brushing.money_back"] == 0.9 and "orders" not in values


# ---- training


def test_too_few_verdicts_make_no_model_and_the_job_says_so():
    school.taught(20)
    with pytest.raises(TooFewVerdicts):
        training.make(training.lesson())
    assert "20" in tasks.train() and not LearnedModel.objects.exists()


def test_without_the_library_the_job_says_how_to_get_it(monkeypatch):
    school.taught(70)
    monkeypatch.setitem(__import__("sys").modules, "xgboost", None)
    with pytest.raises(LearningExtraMissing):
        actions.train("system:test")
    assert "chengxin[learn]" in tasks.train() and not LearnedModel.objects.exists()


@needs_trees
def test_the_same_verdicts_give_the_same_bytes_and_one_more_verdict_other_ones():
    school.taught(90)
    first = training.make(training.lesson())
    assert training.make(training.lesson()).model == first.model
    before = training.lesson().root
    school.judged(school.finding(school.run(), 500, 0.99, 0.9), "dismissed")
    assert training.lesson().root != before
    assert training.make(training.lesson()).sha256 != first.sha256


@needs_trees
def test_what_the_model_moved_up_is_not_in_the_training_set(made_by_hand):
    every = school.taught(80)
    Verdict.objects.filter(pk=every[3].pk).update(raised=True)
    assert len(training.lesson().labels) == 79
    Verdict.objects.filter(pk=every[3].pk).update(raised=True, origin="lot", inclusion=0.2)
    given = training.lesson()
    assert len(given.labels) == 80 and given.weights.max() == 5.0


@needs_trees
def test_more_of_what_speaks_against_a_shop_never_lowers_the_probability():
    school.taught(90)
    given, of = training.lesson(), school.run()
    found = [school.finding(of, 900 + step, step / 20, 0.7, 0.6, evidence={"order": [1, 2, 3]}) for step in range(21)]
    rows = features.matrix([features.own(row) for row in found], given.names)
    said, parts = booster.predict(training.fit(given), rows)
    assert (np.diff(said) >= 0).all() and said[-1] > said[0] + 0.2
    assert parts[-1].argmax() in {given.names.index(name) for name in ("reason:brushing.money_back", "second", "strongest")}


@needs_trees
def test_the_twin_without_directions_a_chance_pattern_turns_it_round():
    x = np.linspace(0, 1, 80, dtype=np.float32)[:, None]
    made = [booster.train(x, (x[:, 0] < 0.5).astype(float), np.ones(80), [way], features.tuning()["trees"], 1) for way in (1, 0)]
    held, free = (booster.predict(model, x)[0] for model in made)
    assert held[-1] >= held[0] and free[-1] < free[0] - 0.5


@needs_trees
def test_figures_are_of_verdicts_the_model_had_not_seen_beside_trivial_rankings():
    school.taught(120)
    report = training.make(training.lesson()).report
    assert report["early"] == 84 and report["late"] == 36
    assert report["auc"] > 0.8 > report["trivial"]["score"] and training.is_better(report)
    assert sum(one["n"] for one in report["calibration"]) == 36


# ---- two persons


@needs_trees
def test_one_person_proposes_another_puts_it_in_use_and_the_log_says_so():
    school.taught()
    record = actions.train("system:test")
    assert actions.train("system:test") == record  # nothing new to learn
    one, other = head("one"), head("other")
    actions.propose(one, record.number)
    with pytest.raises(SamePersonForModel):
        actions.put_in_use(one, record.number)
    actions.put_in_use(other, record.number)
    assert actions.in_use() == record
    said = Leaf.objects.filter(action__startswith="detection.model.").order_by("index").values_list("action", flat=True)
    assert [one.rpartition(".")[2] for one in said] == ["trained", "proposed", "put_in_use"]
    with pytest.raises(ModelNotWaiting):
        actions.put_in_use(other, record.number)
    actions.retire(one, record.number)
    assert actions.in_use() is None


def test_the_database_itself_refuses_one_person_for_both(made_by_hand):
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnedModel.objects.update(proposed_by="user:1", accepted_by="user:1", state="in_use")
    LearnedModel.objects.update(proposed_by="user:1", accepted_by="user:2", state="in_use")


def test_a_model_no_better_than_a_trivial_ranking_cannot_be_proposed(made_by_hand):
    made_by_hand.report["trivial"]["score"] = 0.95
    made_by_hand.save()
    with pytest.raises(NotBetter):
        actions.propose(head("one"), 1)


@needs_trees
def test_opinions_order_give_reasons_and_touch_nothing_else():
    school.taught()
    record = in_use_now()
    of = school.run()
    weak, strong = school.finding(of, 900, 0.02, 0.95, 0.1), school.finding(of, 901, 0.98, 0.55, 0.9)
    assert actions.give_opinions(str(of.id)) == 2
    assert actions.give_opinions(str(of.id)) == 0  # said once
    low, high = Opinion.objects.get(finding_id=weak.id), Opinion.objects.get(finding_id=strong.id)
    assert (high.place, high.place_before, low.place, low.place_before) == (1, 2, 2, 1)
    assert high.probability > 0.7 > 0.3 > low.probability
    said = queries.second_opinion([strong.id])
    assert said and said.opinion.model == record and any("money_back" in one.zh and "上升" in one.zh for one in said.reasons)
    assert school.judged(strong, "confirmed", school.NOW + timedelta(hours=1)).raised  # and so teaches nothing
    assert not school.judged(weak, "confirmed", school.NOW + timedelta(hours=1)).raised


@needs_trees
def test_a_model_file_that_changed_is_not_used():
    school.taught()
    record = in_use_now()
    store.path_of(record.sha256).write_bytes(b"{}")
    of = school.run()
    school.finding(of, 900, 0.9, 0.9)
    with pytest.raises(ModelFileChanged):
        actions.give_opinions(str(of.id))
    assert not Opinion.objects.exists() and tasks.give_opinions(str(of.id))


def in_use_now() -> LearnedModel:
    record = actions.train("system:test")
    actions.propose(head("one"), record.number)
    return actions.put_in_use(head("other"), record.number)
