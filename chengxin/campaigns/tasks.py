"""The nightly job, and what reaches stories when a subject's file changes. Pages do not wait for either: they ask the file itself."""

from __future__ import annotations

from chengxin.accounts.access import system
from chengxin.campaigns import actions
from chengxin.jobs.run import JobRun
from chengxin.lists.events import RepairGranted
from chengxin.records.events import RecordConfirmed, RecordWithdrawn

HOUSE = system("campaigns.day")


def keep_day(job: JobRun | None = None) -> str:
    """Start campaigns whose day has come; note which stories have come down."""
    return f"{actions.start_due(HOUSE)} started, {actions.take_down_ended(HOUSE)} taken down"


def file_changed(event: RecordConfirmed | RecordWithdrawn | RepairGranted) -> None:
    """A record came or went, or a repair took effect: whatever rested on it, or stands against it, comes down."""
    actions.take_down_ended(HOUSE)
