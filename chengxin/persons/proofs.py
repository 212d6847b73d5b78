"""Every proof of the house at once: what `chengxin check` says, what a restore must pass, what has to hold after anything was removed."""

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
    """What does not hold anywhere, a line each; empty when all is well."""
    return [*register_faults(), *file_faults()]


def register_faults() -> list[str]:
    """What does not hold inside the database: the log, rows bound to it, measures, the ledger, traced events."""
    found = [*audit.self_check(), *rows.check_rows(), *traceability.check_stored()]
    return [*found, *platforms.check_platforms(), *ledger.check()]


def file_faults() -> list[str]:
    """What does not hold of files: the lake, papers, evidence."""
    return [*facts.check_lake(), *papers.check_papers(), *evidence.check_exhibits()]
