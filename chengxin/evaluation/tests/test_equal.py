"""One definition, three implementations: by columns on the server, row by row in Python, BigInt in the browser. Equal to the last digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chengxin.evaluation import offline, score
from chengxin.evaluation.tests import made_up

pytestmark = pytest.mark.one_database
BATCH = 500


def test_columns_are_the_published_definition():
    for document in made_up.documents(100, seed=1):
        assert score.recompute(document) == document["result"]


def test_decay_is_exact_and_halves():
    assert [score.decay(age, 180) for age in (0, 180, 360, 180 * 20)] == [65536, 32768, 16384, 0]
    for age in (1, 90, 179, 181, 1000):
        x = score.decay(age, 180)
        assert x**180 << age <= 1 << (16 * 180) < (x + 1) ** 180 << age


def test_what_is_promised_comes_true_and_one_less_does_not():
    promised = 0
    for document in made_up.documents(60, seed=2):
        lift, now = score.lift(document), score.recompute(document)
        if lift["points"] and lift["points"] < 500:
            levels = [score.recompute(score.with_good(document, lift["points"] - less))["level"] for less in (0, 1)]
            assert levels == [now["level"] + 1, now["level"]]
        if lift["reviews"]:
            promised += 1
            scores = [score.recompute(score.with_good(document, lift["reviews"] - less))["score"] for less in (0, 1)]
            assert scores[0] >= lift["target"] > scores[1]
    assert promised > 40


def test_a_pair_counts_once_in_two_weeks_and_six_times_a_month():
    one = made_up.documents(1, seed=3)[0]
    rule = {**one["rule"]["content"], "repeat_days": 0}

    def points(rows: list[list[Any]], content: dict[str, Any]) -> int:
        return score.points_of({**one, "rule": {"number": "", "content": content}, "reviews": rows})

    same = [[f"{n}", 5, made_up.TODAY - 20 + n, "p", 1, ""] for n in range(20)]  # days 1 to 20 of a month that has them all
    assert points(same, one["rule"]["content"]) == 2
    first = next(day for day in range(made_up.TODAY - 40, made_up.TODAY) if score.month(day) != score.month(day - 1))
    assert points([[f"{n:02}", 5, first + n, "p", 1, ""] for n in range(20)], rule) == 6
    assert points([[f"{n:02}", 5, first + n, f"p{n}", 1, ""] for n in range(20)], rule) == 20


@pytest.mark.browser
@pytest.mark.parametrize("shops", [100, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_the_offline_page_in_a_browser_computes_the_same(chromium: Any, tmp_path: Path, shops: int):
    page_file = tmp_path / offline.HTML_NAME
    page_file.write_text(offline.html_page(), encoding="utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(page_file.as_uri())
    made = made_up.documents(shops, seed=4)
    for first in range(0, len(made), BATCH):
        some = made[first : first + BATCH]
        assert page.evaluate("all => all.map(one => window.chengxinScore.recompute(one))", some) == [one["result"] for one in some]
        assert set(page.evaluate("all => all.map(one => window.chengxinScore.check(one))", some)) == {"good"}
    changed = made[0]
    changed["city"]["middle"] += 10_000
    assert page.evaluate("one => window.chengxinScore.check(one)", changed) == "score"
    context.close()
    assert wrong == []
