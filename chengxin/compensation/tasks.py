"""Each night: sellers' terms that are over, and funds under their floor."""

from __future__ import annotations

from django.db import transaction

from chengxin.compensation import ledger
from chengxin.compensation.actions import claims, funds
from chengxin.compensation.models import Fund
from chengxin.jobs.run import JobRun


def look(job: JobRun | None = None) -> str:
    """What the day has changed."""
    lapsed, under = claims.lapse_overdue(), 0
    for fund in Fund.objects.filter(closed_on=None):
        with transaction.atomic(), ledger.held(fund):
            under += funds.watch_floor(fund) is not None
    return f"{lapsed} without reply, {under} under the floor"
