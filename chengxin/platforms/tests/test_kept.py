"""What somebody with the database's keys changed behind the log is found."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chengxin.audit import protection
from chengxin.kernel import clock
from chengxin.platforms import actions, checking, kept
from chengxin.platforms.models import DutyCheck, Measure
from chengxin.platforms.tests.people import Town, taken, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    with clock.set_to(datetime(2026, 11, 2, 10, tzinfo=clock.CITY)):
        yield town()


def test_nothing_is_wrong_of_what_went_through_the_door(cast: Town):
    made = taken(cast)
    taken(cast, 2, noticed_at=None)
    actions.appeal(cast.merchant, made.number, "所列订单是真实交易")
    checking.run_checks([cast.platform], "system:test")
    assert kept.check_platforms() == []


@pytest.mark.parametrize("changes", [{"reason": "另一理由"}, {"until": timedelta(days=9)}, {"state": "KEPT"}, {"behaviour": ""}])
def test_a_changed_measure_is_found(cast: Town, changes):
    made = taken(cast)
    given = {name: made.since + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    Measure.objects.update(**given)
    assert len(kept.check_platforms()) == 1


def test_a_changed_or_lost_result_is_found(cast: Town):
    checking.run_checks([cast.platform], "system:test")
    with protection.lifted():
        DutyCheck.objects.filter(duty="D01").update(colour="green")
    assert len(kept.check_platforms()) == 1
    with protection.lifted():
        DutyCheck.objects.all().delete()
    assert len(kept.check_platforms()) == 1
