"""Every proof of the house at once: what `chengxin check` says, and what has to hold after anything was removed."""

from __future__ import annotations

from chengxin.audit import queries as audit
from chengxin.audit import rows
from chengxin.compensation import ledger
from chengxin.documents import checking as papers
from chengxin.evidence import manifests as evidence
from chengxin.facts import queries as facts
from chengxin.platforms import kept as platforms
from chengxin.traceability import queries as traceability


def faults() -> list[str]:
    """What does not hold anywhere, a line each: the log, bound rows, the lake, papers, evidence, the ledger."""
    found = [*audit.self_check(), *rows.check_rows(), *facts.check_lake(), *traceability.check_stored()]
    return [*found, *papers.check_papers(), *evidence.check_exhibits(), *platforms.check_platforms(), *ledger.check()]
