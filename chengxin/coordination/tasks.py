"""The nightly jobs: reminders of tasks, and the sheets of the month and quarter that are over."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts import access
from chengxin.coordination import actions, sheets
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock

HOUSE = access.system("coordination.sheets")


def remind(job: JobRun | None = None) -> str:
    return f"{actions.remind()} reminded"


def freeze(job: JobRun | None = None) -> str:
    """Last month's sheets, and last quarter's when the month ended one; run again it finds them there."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    made = len(actions.freeze(HOUSE, sheets.month_name(last)))
    if last.month % 3 == 0:
        made += len(actions.freeze(HOUSE, sheets.quarter_name(last)))
    return f"{made} sheets of {sheets.month_name(last)}"
