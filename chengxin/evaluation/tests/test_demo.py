"""The demo goes through the same doors; telling it twice changes nothing, and an empty lake gives no score."""

from __future__ import annotations

import pytest

from chengxin.evaluation import demo
from chengxin.evaluation.models import Objection, RatingRule, Reply, RuleProposal, Snapshot, Treatment
from chengxin.evaluation.tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def counts() -> list[int]:
    return [model.objects.count() for model in (RatingRule, RuleProposal, Snapshot, Reply, Objection, Treatment)]


def test_the_demo_citys_pages_are_not_empty():
    cast = people.town()
    demo.evaluate(cast.officer, cast.reviewer, cast.staff, cast.merchant)
    assert counts() == [1, 2, 0, 0, 0, 0]
    people.report_trade(cast)
    for _ in range(2):
        demo.evaluate(cast.officer, cast.reviewer, cast.staff, cast.merchant)
    assert counts() == [1, 2, 2, 1, 1, 1]
