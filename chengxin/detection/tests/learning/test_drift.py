from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from chengxin.detection.learning import drift, measures, queries
from chengxin.detection.learning.models import LearnedModel, Measured, Opinion
from chengxin.detection.tests.learning import school
from chengxin.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    with clock.set_to(school.NOW):
        yield


def seen(n: int, weeks_ago: int, low: float, first: int) -> None:
    draw, of = random.Random(first), school.run(at=school.NOW - timedelta(weeks=weeks_ago))
    for number in range(n):
        school.finding(of, first + number, 0.5, low + 0.3 * draw.random())


def test_few_findings_say_nothing():
    seen(5, 8, 0.5, 0)
    assert drift.scores()["brushing"].level == "few"


def test_scores_like_before_are_usual_and_others_an_alarm():
    seen(80, 8, 0.5, 0)
    seen(40, 1, 0.5, 1000)
    assert drift.scores()["brushing"].level != "alarm"
    seen(40, 1, 0.7, 2000)
    assert drift.scores()["brushing"].level == "alarm"


def test_a_ring_seen_in_every_run_counts_once_when_it_was_first_seen():
    seen(40, 8, 0.5, 0)
    seen(40, 1, 0.5, 0)
    shift = drift.scores()["brushing"]
    assert (shift.before, shift.now) == (40, 0)


def test_precision_by_month_and_its_fall():
    of = school.run()
    number = 0
    for months_ago, hits in ((6, 18), (5, 17), (4, 18), (2, 6), (1, 5), (0, 4)):
        for place in range(20):
            number += 1
            row = school.finding(of, number, 0.5, 0.6)
            school.judged(row, "confirmed" if place < hits else "dismissed", school.NOW - timedelta(days=30 * months_ago))
    card = queries.card("brushing")
    assert card and [one.confirmed for one in card.months] == [4, 5, 6, 18, 17, 18]
    assert card.worsened and card.level == "alarm"
    assert not drift.has_worsened(card.months[3:])


def test_a_model_that_meets_other_findings_than_it_learned_from_says_so():
    draw = random.Random(2)
    spread = [draw.random() for _ in range(400)]
    reference = {"edges": measures.edges(np.array(spread))}
    reference["shares"] = measures.shares(np.array(spread), reference["edges"])
    record = LearnedModel.objects.create(
        number=1,
        sha256="0",
        training_root="0",
        verdicts=400,
        confirmed=200,
        features=["score", "strongest"],
        features_version="0",
        parameters={},
        report={"scores": reference, "features": {"score": reference, "strongest": reference}},
        trained_at=school.NOW,
        trained_by="system:test",
    )
    of = school.run()
    for number in range(60):
        row = school.finding(of, number, draw.random(), draw.random())
        values = {"score": row.score, "strongest": 0.9 + 0.1 * draw.random()}
        Measured.objects.create(finding_id=row.id, version="0", values=values, at=school.NOW)
        said = {"probability": draw.random(), "contributions": [], "place": 1, "place_before": 1, "at": school.NOW}
        Opinion.objects.create(model=record, finding_id=row.id, **said)
    levels = {one.name: one.level for one in drift.of_model(record)}
    assert levels == {"probability": "usual", "score": "usual", "strongest": "alarm"}
