from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chengxin.detection.learning import drift, queries
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
