"""The bank's statement beside the ledger: what matches, what does not, and whether the differences listed explain the whole difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
from django.db.models import Case, F, Q, QuerySet, Sum, When

from chengxin.compensation.models import Account, BankLine, Entry, Match, Posting, Statement

MATCH = Path(__file__).with_name("sql").joinpath("match.sql").read_text(encoding="utf-8")
COLUMNS = pa.schema([("id", pa.string()), ("amount", pa.int64()), ("ref", pa.string()), ("day", pa.date32())])
Row = tuple[str, int, str, date]


def pairs(lines: Sequence[Row], postings: Sequence[Row]) -> list[tuple[str, str, str]]:
    """(line, posting, how) of lines and postings given as (id, fen, reference, day): each is in at most one pair."""
    with duckdb.connect() as connection:
        for name, rows in (("lines", lines), ("postings", postings)):
            columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
            connection.register(name, pa.table([pa.array(one, field.type) for one, field in zip(columns, COLUMNS, strict=True)], COLUMNS))
        found: list[tuple[str, str, str]] = connection.execute(MATCH).fetchall()
    return found


def movements(account: Account) -> QuerySet[Posting]:
    """The postings of a bank's account with `fen` (in positive), but for bookings that were reversed and their reversals."""
    reversals = Entry.objects.filter(fund=account.fund, key__startswith="reverse:").values_list("key", flat=True)
    gone = [UUID(key.removeprefix("reverse:")) for key in reversals]
    found = Posting.objects.filter(Q(debit=account) | Q(credit=account)).exclude(entry__key__startswith="reverse:").exclude(entry__in=gone)
    return found.annotate(fen=Case(When(debit=account, then=F("amount_fen")), default=-F("amount_fen"))).select_related("entry")


def unmatched(account: Account) -> tuple[QuerySet[BankLine], QuerySet[Posting]]:
    """Lines and postings of an account that stand alone today."""
    standing = Match.objects.filter(undone_at=None)
    lines = BankLine.objects.filter(statement__account=account).exclude(pk__in=standing.values("line"))
    return lines.order_by("on", "place"), movements(account).exclude(pk__in=standing.values("posting")).order_by("entry__on")


@dataclass(frozen=True)
class Report:
    """At the end of a statement, in fen. rest: what the listed differences do not explain; nothing when the books are in order."""

    closing_fen: int
    ledger_fen: int
    before_fen: int
    gap_fen: int
    lines: list[BankLine]
    postings: list[Any]

    @property
    def difference_fen(self) -> int:
        return self.closing_fen - self.ledger_fen

    @property
    def rest_fen(self) -> int:
        alone: int = sum(one.amount_fen for one in self.lines) - sum(one.fen for one in self.postings)
        return self.difference_fen - alone - self.before_fen - self.gap_fen

    @property
    def reconciled(self) -> bool:
        return not (self.difference_fen or self.lines or self.postings)


def report(statement: Statement) -> Report:
    """Every difference at the statement's last day: lines and postings until then whose other half is missing or of a later day; what the
    first statement began with beside the ledger; and days between statements that no file covers."""
    account, until = statement.account, statement.until
    chain = list(Statement.objects.filter(account=account, until__lte=until).order_by("since", "at"))
    first = chain[0]
    moved = movements(account)
    standing = Match.objects.filter(undone_at=None)
    paired_lines = standing.filter(posting__entry__on__lte=until).values("line")
    paired_postings = standing.filter(line__on__lte=until, line__statement__in=chain).values("posting")
    gaps = sum(after.opening_fen - before.closing_fen for before, after in pairwise(chain))
    return Report(
        closing_fen=statement.closing_fen,
        ledger_fen=_sum(moved.filter(entry__on__lte=until)),
        before_fen=first.opening_fen - _sum(moved.filter(entry__on__lt=first.since).exclude(pk__in=paired_postings)),
        gap_fen=gaps,
        lines=list(BankLine.objects.filter(statement__in=chain, on__lte=until).exclude(pk__in=paired_lines).select_related("task")),
        postings=list(moved.filter(entry__on__gte=first.since, entry__on__lte=until).exclude(pk__in=paired_postings)),
    )


def _sum(rows: QuerySet[Posting]) -> int:
    return int(rows.aggregate(sum=Sum("fen"))["sum"] or 0)
