"""Jobs of the register."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.subjects import actions
from chengxin.subjects.actions import imports
from chengxin.subjects.models import Platform


def lapse_overdue() -> dict[str, int]:
    """Each night just after twelve: reminders, overdue re-verifications, expired licences."""
    return actions.lapse_overdue()


def import_held(platform: str, file_name: str, digest: str, actor: str, job: JobRun | None = None) -> str:
    """A large sheet of shops; rows in hundreds, so a killed import goes on where it was. Returns what it came to."""
    run = imports.import_held(Platform.objects.get(code=platform), file_name, digest, actor, job.progress if job else None)
    return f"{run.accepted} + {run.unchanged} / {run.rows}, {run.refused} refused"
