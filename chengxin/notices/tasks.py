"""Handlers of events, and the jobs of this room."""

from __future__ import annotations

from typing import Any

from chengxin.jobs.run import JobRun
from chengxin.jobs.target import path_of
from chengxin.notices import actions, catalogue, mail


def tell(event: Any) -> None:
    """Handler of every event that events.yaml names."""
    for told in catalogue.events()[path_of(type(event))]:
        actions.tell(event, told)


def look(job: JobRun | None = None) -> str:
    """What came, falls due today or is over since yesterday; at once by mail for those who want it."""
    made = actions.look()
    return f"{made} notices, {mail.write_at_once()} letters"


def digest(job: JobRun | None = None) -> str:
    """Each morning of a working day: one letter a person with what is due and what is unread."""
    return f"{mail.write_digests()} letters"


def post(letter: str) -> str:
    """Send one letter; what fails before it was taken is tried again by the job."""
    return mail.post(letter)
