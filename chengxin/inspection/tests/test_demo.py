"""The demo city's inspections go through the same doors; telling them twice changes nothing."""

from __future__ import annotations

import pytest

from chengxin.inspection import demo, queries
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.models import Draw, Plan, RiskWarning, Task
from chengxin.inspection.tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_the_demo_citys_pages_are_not_empty():
    cast = people.town()
    known = {
        "officer.samr": "samr1",
        "officer2.samr": "samr2",
        "officer3.samr": "samr3",
        "head.samr": "samr4",
        "reviewer.samr": "reviewer",
        "officer.com": "com1",
    }
    by_name = {name: cast[other] for name, other in known.items()}
    by_name["head.com"] = cast["com2"]
    for _ in range(2):
        demo.inspect(by_name, cast.subjects[:1])
    assert (Plan.objects.count(), Draw.objects.count(), RiskWarning.objects.count()) == (2, 1, 1)
    assert lot.check(queries.file(Draw.objects.get())) == "good"
    shown = {one["task"].outcome for one in queries.public_results()}
    assert Task.objects.filter(state="ASSIGNED").exists() and "CORRECTED" in shown
