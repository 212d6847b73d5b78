"""The demo's courier firms: filled through the same doors as everything else, twice without a change."""

from __future__ import annotations

import pytest

from chengxin.audit.rows import check_rows
from chengxin.delivery import demo
from chengxin.delivery.models import Ban, ConsumerRating, Incident, WorkerFact
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM, WAY

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_demo_fills_every_page_and_again_changes_nothing():
    cast = people.town()
    for number in range(14):
        people.carry(cast, f"SLD{number:02d}", f"TD{number:02d}", WAY)
    who = demo.Cast(cast.officer, cast.reviewer, cast.courier, cast.staff, cast.platform.code)
    firms = demo.register_firms()
    assert firms[0].code == FIRM
    for _turn in range(2):
        demo.fill(firms, who)
        assert sorted(Incident.objects.values_list("state", flat=True)) == ["FIRM_REPLY", "RECORDED", "REPORTED", "VERIFIED"]
        assert sorted(Ban.objects.values_list("state", flat=True)) == ["IN_FORCE", "NOTICED"] and WorkerFact.objects.count() == 1
        assert ConsumerRating.objects.count() == 15
    assert not check_rows()
