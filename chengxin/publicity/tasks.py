"""What ended comes down: told by events, and every night. The night's edition is made after the lists' own night."""

from __future__ import annotations

from chengxin.jobs.actions import enqueue
from chengxin.kernel import ids
from chengxin.kernel.events import Event
from chengxin.publicity import editions
from chengxin.publicity.models import OUT
from chengxin.records.events import RecordConfirmed

TITLE = {"zh": "撤下已停止公示的事实", "en": "Take down what is public no longer"}


def fact_ended(event: Event) -> None:
    """A record, a listing or a mark holds no longer: a job makes the sets it stood in anew. A record that replaces none ends nothing."""
    if isinstance(event, RecordConfirmed) and not event.supersedes:
        return
    enqueue("chengxin.publicity.tasks:clear", title=TITLE, key=f"publicity.clear.{ids.new_id()}")


def clear() -> dict[str, str]:
    """Make anew what is not to be served any more."""
    made = editions.clear()
    return {"edition": made.number, "outcome": made.outcome} if made else {}


def each_night() -> dict[str, str]:
    """The night's edition. What the redaction check stops waits for a named human, and the rest goes out without it."""
    made = editions.publish()
    if made.outcome != OUT and all(one["check"] == "redaction" for one in made.faults):
        made = editions.publish()
    return {"edition": made.number, "outcome": made.outcome}
