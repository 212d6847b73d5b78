"""Handlers of events that reach the exchange, and its jobs."""

from __future__ import annotations

from uuid import UUID

from chengxin.exchange import collecting, delivering, inbound, reconciling, sending, view
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.lists.events import RepairGranted
from chengxin.lists.models import RepairApplication
from chengxin.records.events import RecordConfirmed, RecordWithdrawn
from chengxin.records.models import Record


def take_record(event: RecordConfirmed) -> None:
    """A confirmed record becomes a row, a corrected one the next version; client programs hear of it."""
    record = Record.objects.select_related("subject").get(pk=UUID(event.record_id))
    collecting.take_record(record)
    if event.supersedes:
        delivering.note_withdrawn(event.supersedes)
    delivering.note_published(record)


def lose_record(event: RecordWithdrawn) -> None:
    """What is off the file is withdrawn there too, within the clock of the law."""
    collecting.withdraw(collecting.fact_of(Record.objects.get(pk=UUID(event.record_id))), clock.today())
    delivering.note_withdrawn(event.number)


def take_repair(event: RepairGranted) -> None:
    """A repair ends the publicity of a record everywhere."""
    record = RepairApplication.objects.get(pk=UUID(event.application_id)).record
    if record is not None:
        collecting.withdraw(collecting.fact_of(record), clock.today())
        delivering.note_withdrawn(record.number)


def tick(job: JobRun | None = None) -> str:
    """What is due every few minutes: files out, receipts, files in, notices."""
    done = sending.tick()
    done["incoming"], done["notices"] = inbound.take_files(), delivering.deliver()
    return ", ".join(f"{count} {name}" for name, count in done.items())


def nightly(job: JobRun | None = None) -> str:
    """Permits of the register, publicity that ended, the snapshot for departments, and the comparison with the upper platform."""
    made, ended, shown = collecting.take_licences(), delivering.look(), view.write()
    run = reconciling.reconcile()
    return f"{made} permits, {ended} ended, {shown} in the snapshot, {run.found if run else 'no list, 0'} differences"
