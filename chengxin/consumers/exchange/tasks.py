"""Jobs of the exchange."""

from __future__ import annotations

from chengxin.consumers.exchange import actions, dialects
from chengxin.jobs.run import JobRun


def import_held(peer: str, file_name: str, digest: str, actor: str, actor_name: str, job: JobRun | None = None) -> str:
    """A large sheet; what was in before a kill counts as repeated. Returns what it came to."""
    told = job.progress if job else None
    made = actions.import_held((actor, actor_name), dialects.peers()[peer], file_name, digest, told)
    return f"{made.taken} + {made.repeated} / {made.rows}, {made.conflicts} changed, {made.refused} refused"
