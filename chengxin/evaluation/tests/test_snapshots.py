"""From reports to a sealed score: what counts, what is shown when, and that everybody computes the same."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from chengxin.evaluation import actions, nightly, offline, queries, reading, score
from chengxin.evaluation.errors import NoRule
from chengxin.evaluation.models import Snapshot
from chengxin.evaluation.tests import people
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def cast():
    made = people.town()
    people.report_trade(made)
    people.publish(made)
    return made


def test_without_a_published_rule_no_score_is_computed():
    with pytest.raises(NoRule):
        nightly.take()


def test_reports_become_a_sealed_score_and_the_same_inputs_no_second_one(cast):
    assert nightly.take() == 2
    one = queries.shown(cast.shops[0].pk)
    assert score.check(queries.document(one)) == "good"
    assert (one.ratings, one.good, one.neutral, one.bad, one.reported) == (8, 6, 1, 1, 8)
    assert one.facts["partners"] == [{"who": "kuaiyun", "parcels": 8, "signed": 8, "hours": 43}]
    assert [row["followups"][0]["stars"] for row in queries.reviews(one) if row["followups"]] == [2]
    assert '"U1' not in json.dumps(queries.receipt(one))
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert nightly.take() == 0
    with clock.set_to(clock.now() + timedelta(days=8)):  # old enough to be made anew: reviews have aged
        assert nightly.take() == 2
        assert queries.shown(cast.shops[0].pk, clock.today() - timedelta(days=8)).pk == one.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        Snapshot.objects.filter(pk=one.pk).update(score=5_000_000)


def test_a_review_waits_until_both_have_rated_or_the_window_is_over(cast):
    now = clock.now()
    for number in (90, 91):
        people.report(cast.platform, "order", [people._order(f"T{number}", 2, 0, now - timedelta(days=6))])
        row = {"review_no": f"V{number}", "order_no": f"T{number}", "shop_id": "S0002", "sku": "K1", "rater": "U20", "stars": 1}
        people.report(cast.platform, "review", [{**row, "reviewed_at": (now - timedelta(days=1)).isoformat()}])
    seller = {"review_no": "W91", "order_no": "T91", "shop_id": "S0002", "sku": "K1", "rater": "S0002", "rater_role": "seller", "stars": 5}
    people.report(cast.platform, "review", [{**seller, "reviewed_at": (now - timedelta(hours=2)).isoformat()}])
    nightly.take()
    assert {row["review_no"] for row in queries.reviews(queries.shown(cast.shops[1].pk))} & {"V90", "V91"} == {"V91"}
    with clock.set_to(now + timedelta(days=16)):
        nightly.take()
        assert {row["review_no"] for row in queries.reviews(queries.shown(cast.shops[1].pk))} >= {"V90", "V91"}


def test_a_review_without_a_verified_order_does_not_count(cast):
    row = {"review_no": "V9", "order_no": "T2000", "shop_id": "S0002", "sku": "K2", "rater": "U99", "stars": 1}
    people.report(cast.platform, "review", [{**row, "reviewed_at": (clock.now() - timedelta(days=30)).isoformat()}])
    nightly.take()
    one = queries.shown(cast.shops[1].pk)
    assert (one.ratings, one.reported) == (6, 7)


def test_a_review_kept_back_leaves_a_gap_that_everybody_sees():
    cast = people.town()
    people.report_trade(cast, without=("V1004",))
    people.publish(cast)
    nightly.take()
    one, other = (queries.shown(shop.pk) for shop in cast.shops)
    assert (one.missing, one.passed, other.gaps) == (1, 0, 0)
    assert [(row["review_no"], row["sign"]) for row in reading.chain_of(cast.shops[0]) if row["sign"]] == [("V1005", "missing")]


def test_what_would_lift_a_shop_lifts_it_and_one_less_does_not(cast):
    nightly.take()
    for shop in cast.shops:
        document = queries.document(queries.shown(shop.pk))
        now, lift = score.recompute(document), score.lift(document)
        levels = [score.recompute(score.with_good(document, lift["points"] - less))["level"] for less in (0, 1)]
        assert levels == [now["level"] + 1, now["level"]]
        scores = [score.recompute(score.with_good(document, lift["reviews"] - less))["score"] for less in (0, 1)]
        assert scores[0] >= lift["target"] > scores[1] and lift["target"] > now["score"]


def test_the_one_python_file_recomputes_and_refuses_every_changed_input(cast, tmp_path):
    nightly.take()
    receipt = queries.receipt(queries.shown(cast.shops[0].pk))
    code = tmp_path / "recompute_score.py"
    code.write_text(offline.python_file(), encoding="utf-8")
    (tmp_path / "r.json").write_text(json.dumps(receipt), encoding="utf-8")
    command = [sys.executable, "-I", str(code), str(tmp_path / "r.json"), "--key", receipt["key"]]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONIOENCODING": "utf-8"})
    assert json.loads(told.stdout.splitlines()[-1]) == queries.document(queries.shown(cast.shops[0].pk))["result"]
    made: dict[str, object] = {"__name__": "single"}
    exec(compile(offline.python_file(), "single", "exec"), made)
    verify, check = made["verify"], made["check"]
    assert callable(verify) and callable(check)
    for forged in forgeries(receipt):
        assert verify(json.dumps(forged).encode())["code"] != "good"
    document = json.loads(receipt["document"])
    document["result"]["score"] += 1
    assert check(document) == "score"


def forgeries(receipt):
    """The receipt with one input of the document changed, each in turn."""
    document = json.loads(receipt["document"])
    for path in (("rule", "content", "half_life_days"), ("city", "middle"), ("city", "shift"), ("day",), ("result", "score")):
        made = copy.deepcopy(document)
        inner = made
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] += 1
        yield {**receipt, "document": json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}
    for column in range(6):
        made = copy.deepcopy(document)
        row = made["reviews"][0]
        row[column] = row[column] + 1 if isinstance(row[column], int) else row[column] + "x"
        yield {**receipt, "document": json.dumps(made, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}


def test_reputation_goes_along_as_a_file_that_another_platform_verifies(cast):
    from chengxin.audit.verify import verify

    nightly.take()
    made = actions.export_reputation(cast.merchant)
    assert verify(json.dumps(made).encode()).code == "good"
    (shop,) = json.loads(made["document"])["shops"]
    assert (shop["shop_id"], shop["ratings"]) == ("S0001", 8)
    changed = {**made, "document": made["document"].replace('"ratings":8', '"ratings":9')}
    assert verify(json.dumps(changed).encode()).code == "document"
