"""Everything that can be compared with the log and with itself: what `chengxin check` prints, and what a restore must pass."""

from __future__ import annotations


def faults() -> list[str]:
    """A line for each fault; empty when all is well."""
    return [*register_faults(), *file_faults()]


def register_faults() -> list[str]:
    """What does not hold inside the database: the log, rows bound to it, measures, the ledger, traced events."""
    from chengxin.audit import queries as audit
    from chengxin.audit import rows
    from chengxin.compensation import ledger
    from chengxin.platforms import kept as platforms
    from chengxin.traceability import queries as traceability

    found = [*audit.self_check(), *rows.check_rows(), *traceability.check_stored()]
    return [*found, *platforms.check_platforms(), *ledger.check()]


def file_faults() -> list[str]:
    """What does not hold of files: the lake, papers, evidence."""
    from chengxin.documents import checking as papers
    from chengxin.evidence import manifests as evidence
    from chengxin.facts import queries as facts

    return [*facts.check_lake(), *papers.check_papers(), *evidence.check_exhibits()]
