"""The demo's platform data: made through the same acts, once, and with something in every colour."""

from __future__ import annotations

from datetime import datetime

import pytest

from chengxin.kernel import clock
from chengxin.platforms import demo, queries
from chengxin.platforms.models import Appeal, ClueReport, Interview, Measure, Notice, RuleVersion, SelfReport
from chengxin.platforms.tests.people import town

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MODELS = (Measure, Appeal, ClueReport, Interview, Notice, RuleVersion, SelfReport)


def test_it_fills_a_platform_once_and_shows_every_colour():
    with clock.set_to(datetime(2026, 11, 25, 10, tzinfo=clock.CITY)):
        cast = town()
        for _ in range(2):
            demo.fill(cast.platform, cast.staff, cast.colleague, cast.officer, cast.reviewer, cast.merchant)
        assert [model.objects.count() for model in MODELS] == [2, 1, 1, 1, 2, 6, 3]
        assert Appeal.objects.get().result == "KEPT"
        assert all(queries.colour_counts(queries.scorecard(cast.platform)).values())
