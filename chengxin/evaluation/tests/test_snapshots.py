"""From reports to a sealed score: what counts, what is shown when, and that everybody computes the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chengxin.audit import verify
from chengxin.evaluation import nightly, queries, score
from chengxin.evaluation.errors import NoRule
from chengxin.evaluation.models import Snapshot
from chengxin.evaluation.tests import people
from chengxin.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_reports_become_a_sealed_score_that_can_be_recomputed():
    cast = people.town()
    people.report_trade(cast)
    with pytest.raises(NoRule):
        nightly.take()
    people.publish(cast)
    assert nightly.take() == 2
    one = queries.shown(cast.shops[0].pk)
    document = queries.document(one)
    print(document["result"], document["city"], one.facts, queries.reviews(one)[:4])
    assert score.check(document) == "good"
    assert one.ratings == 8 and one.bad == 1
