"""Jobs of the register."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.subjects import actions
from chengxin.subjects.actions import imports
from chengxin.subjects.models import Platform


def lapse_overdue() -> dict[str, int]:
    """Each night just after twelve: reminders, overdue re-verifications, expired licences."""
    return actions.lapse_overdue()


def forget_name_changes() -> int:
    """Each night: changes of names that every index has taken in; indexes older than them are then built anew. Returns how many."""
    from chengxin.subjects import names

    return names.forget_changes()


def import_held(platform: str, file_name: str, digest: str, actor: str, job: JobRun | None = None) -> str:
    """A large sheet of shops; rows in hundreds, so a killed import goes on where it was. Returns what it came to."""
    run = imports.import_held(Platform.objects.get(code=platform), file_name, digest, actor, job.progress if job else None)
    return f"{run.accepted} + {run.unchanged} / {run.rows}, {run.refused} refused"
