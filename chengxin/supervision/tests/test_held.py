"""A clue whose rows the platform holds: its root covers what was promised, and new rows bring a dismissed one back."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.detection.local import package
from chengxin.detection.local.models import HeldFinding, LocalPackage
from chengxin.detection.local.tests.sent import DIGESTS, arrive, body, finding
from chengxin.subjects.actions import register_platform
from chengxin.subjects.models import Platform
from chengxin.supervision import actions, queries
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Platform:
    register_platform("shanhuo", "山货集市", "system:test")
    return Platform.objects.get(code="shanhuo")


def clues_of(kept: LocalPackage) -> list[Clue]:
    assert kept.run is not None
    return list(actions.open_from_findings(str(kept.run.id), [str(row.pk) for row in kept.run.found.all()]))


def send(platform: Platform, **changed: Any) -> list[Clue]:
    return clues_of(arrive(platform, body([finding(**changed)])))


def test_the_root_of_a_clue_covers_the_rows_that_the_platform_holds(platform: Platform) -> None:
    (clue,) = send(platform)
    assert queries.evidence_is_intact(clue)
    HeldFinding.objects.update(root="0" * 64)
    assert not queries.evidence_is_intact(clue)


def test_a_dismissed_clue_comes_back_only_with_other_rows(platform: Platform) -> None:
    (clue,) = send(platform)
    officer = town.person("lin", "officer", department=clue.department)
    actions.start_check(officer, clue.pk)
    actions.dismiss(officer, clue.pk, "msrp", "划线价为标明的厂商建议零售价")
    assert send(platform, score=0.7) == []
    fewer = DIGESTS[:2]
    (again,) = send(platform, digests=fewer, rows={"price": 2}, root=package.rows_root(fewer))
    assert again.previous == clue
