from __future__ import annotations

from dataclasses import replace

import pytest

from chengxin.detection.events import FindingsMade
from chengxin.jobs.models import Job
from chengxin.supervision import tasks
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


def findings(n: int):
    shops, ring = town.ring_town(shops=2, accounts=4)
    return [replace(ring, accounts=(10 * i + 1, 10 * i + 2), shops=(shops[0].token + i,), score=0.9 - i / 100) for i in range(n)]


def test_a_handler_takes_the_strongest_and_leaves_the_rest_to_the_worker(monkeypatch):
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    told = FindingsMade(*town.run_with(findings(5)))
    tasks.open_clues(told)
    assert Clue.objects.count() == 2 and Job.objects.count() == 2
    tasks.open_clues(told)  # delivered once more: the same jobs, the same clues
    assert Clue.objects.count() == 2 and Job.objects.count() == 2


def test_the_jobs_open_what_was_left():
    told = town.run_with(findings(3))
    assert tasks.open_some(*told) == "3 opened" and tasks.open_some(*told) == "0 opened"
