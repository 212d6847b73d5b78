"""The demo's fund is made through the same acts, once, and its books hold."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.compensation import demo, ledger, reconciling
from chengxin.compensation.models import AdvanceClaim, Fund, Statement
from chengxin.compensation.tests import people
from chengxin.compensation.tests.test_bank import in_process
from chengxin.kernel import jail

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_it_fills_once_and_its_books_hold(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LAKE_DIR = tmp_path / "lake"
    monkeypatch.setattr(jail, "run", in_process)
    who = people.town(with_fund=False)
    cast = demo.Cast(who.officer, who.reviewer, who.head, who.staff, who.merchant)
    for _ in range(2):
        demo.fill(cast, who.platform, who.shop)
    assert (Fund.objects.count(), AdvanceClaim.objects.count()) == (2, len(demo.STORIES))
    assert len({one.state for one in AdvanceClaim.objects.all()}) >= 9
    assert ledger.check() == []
    found = reconciling.report(Statement.objects.get())
    assert ([one.ref for one in found.lines], found.postings, found.rest_fen) == (["SXF-09"], [], 0)
