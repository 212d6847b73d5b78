"""Handlers of events that reach commitments, and the nightly jobs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from chengxin.accounts import access
from chengxin.commitments import actions, alleging, measuring, reminding
from chengxin.commitments.actions.breaches import put_on_file
from chengxin.commitments.actions.steps import SYSTEM, moved
from chengxin.commitments.bars import forget_listing, remember_listing
from chengxin.commitments.models import CONCLUDED, NOTICED, STANDING, Breach
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.records.events import RecordConfirmed, RecordWithdrawn
from chengxin.records.models import UPHELD, Record

__all__ = ["forget_listing", "keep_clocks", "lose_record", "measure", "remember_listing", "take_record"]
HOUSE = access.system("commitments.clocks")
FILE = ("system:commitments", "信用档案")


def take_record(event: RecordConfirmed) -> None:
    """The record was confirmed at the file's own desk while the breach waited: that decision stands for both."""
    breach = Breach.objects.select_for_update().filter(proposal__made=UUID(event.record_id), state=CONCLUDED).first()
    if breach:
        record = Record.objects.get(pk=event.record_id)
        breach.record, breach.decided_by, breach.decided_by_name = record, record.confirmed_by, record.confirmed_by_name
        breach.decided_at = clock.now()
        moved(breach, "confirm", {"reviewer"}, (record.confirmed_by, record.confirmed_by_name))
        put_on_file(breach)
    if event.supersedes:
        Breach.objects.filter(record__number=event.supersedes).update(record=Record.objects.get(pk=event.record_id))


def lose_record(event: RecordWithdrawn) -> None:
    """The record is off the file: by an objection that was upheld the finding is undone, else it is repaired."""
    breach = Breach.objects.select_for_update().filter(record=UUID(event.record_id), state__in=STANDING).first()
    if breach and breach.record:
        upheld = breach.record.objections.filter(state=UPHELD).exists()
        moved(breach, "undo" if upheld else "repair", SYSTEM, FILE)


def measure(job: JobRun | None = None) -> str:
    """Measure the days since the last run and raise what is over its threshold."""
    run = measuring.measure()
    if run is None:
        return "no commitment / 尚无承诺"
    return f"{run.since} – {run.until}: {run.tested} tested, {run.broken} broken, {len(alleging.allege_all(run.until))} alleged"


def keep_clocks(job: JobRun | None = None) -> str:
    """Remind of last days; pass on allegations whose statement is overdue."""
    overdue = Breach.objects.filter(state=NOTICED, due_on__lt=clock.today()).values_list("number", flat=True)
    passed = 0
    for number in list(overdue):
        with transaction.atomic():
            actions.pass_statement(HOUSE, number)
        passed += 1
    return f"{reminding.remind()} reminded, {passed} without a statement"
