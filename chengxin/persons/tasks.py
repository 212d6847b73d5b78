"""The room's jobs."""

from __future__ import annotations

from typing import Any

from chengxin.jobs.run import JobRun
from chengxin.persons import actions, keys, retention


def remove_over() -> str:
    """Each night: what is over goes. See retention.run."""
    made = retention.run()
    return f"{made['rows']} rows, {made['files']} files, {made['freed'] + made['database']} bytes"


def encrypt_anew(job: JobRun | None = None) -> str:
    """Everything under the newest key of the ring; goes on where a kill left it. See keys.encrypt_anew."""
    done = keys.encrypt_anew(job.progress) if job else keys.encrypt_anew()
    return f"{done} values"


def erase(number: str) -> dict[str, Any]:
    """One accepted request. See actions.erase."""
    return actions.erase(number)["gone"]  # type: ignore[no-any-return]
