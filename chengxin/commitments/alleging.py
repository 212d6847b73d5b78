"""What the measurements raise: an alleged breach where a clause was broken more often than its threshold, beyond doubt. Only a clue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import DateField, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from chengxin.commitments import letters
from chengxin.commitments.actions.breaches import raise_breach
from chengxin.commitments.actions.steps import SYSTEM
from chengxin.commitments.errors import AlreadyDone
from chengxin.commitments.models import BY_FACTS, Breach, Commitment, Measured
from chengxin.commitments.shares import Share
from chengxin.kernel import clock

BY = ("system:commitments.measuring", "履约测算")
MOST_FACTS = 200  # evidence that goes with an allegation


@dataclass(frozen=True)
class Total:
    """One clause of one commitment over its window."""

    commitment: Commitment
    clause: letters.Clause
    since: date
    until: date
    tested: int
    broken: int

    @property
    def alarming(self) -> bool:
        rule = self.clause.alleged
        return self.broken >= rule.least and Share(self.broken, self.tested).low > rule.share

    @property
    def said(self) -> str:
        promise = self.clause.said(self.commitment.clauses.get(self.clause.code))["zh"]
        days = f"{self.since.isoformat()} 至 {self.until.isoformat()}"
        return f"{days}，承诺“{promise}”共有{self.clause.counts['zh']} {self.tested} 件，其中未履行 {self.broken} 件。"


def allege_all(until: date | None = None) -> list[Breach]:
    """Open an allegation for each clause over its threshold; days of an earlier matter of the same clause are not counted again."""
    last = until or clock.today() - timedelta(days=1)
    made = []
    for clause in letters.clauses().values():
        for one in _sums(clause, last):
            if one.alarming and (breach := _allege(one)):
                made.append(breach)
    return made


def _sums(clause: letters.Clause, until: date) -> Iterable[Total]:
    """The clause's totals over its window, of the commitments with enough broken; days of an earlier matter are left out."""
    since = until - timedelta(days=clause.alleged.window_days - 1)
    earlier = Breach.objects.filter(commitment=OuterRef("commitment"), clause=clause.code).order_by().values("commitment")
    dealt = earlier.annotate(last=Max(Cast(KT("found__until"), DateField()))).values("last")
    rows = Measured.objects.filter(clause=clause.code, day__gte=since, day__lte=until).annotate(dealt=Subquery(dealt)).order_by()
    fresh = rows.filter(Q(dealt__isnull=True) | Q(day__gt=F("dealt"))).values("commitment", "dealt")
    found = list(fresh.annotate(n=Sum("tested"), wrong=Sum("broken")).filter(wrong__gte=clause.alleged.least))
    known = Commitment.objects.in_bulk([row["commitment"] for row in found])
    for row in found:
        begin = max(since, row["dealt"] + timedelta(days=1)) if row["dealt"] else since
        yield Total(known[row["commitment"]], clause, begin, until, row["n"], row["wrong"])


@transaction.atomic
def _allege(one: Total) -> Breach | None:
    """The allegation with its evidence, or None while one of this clause is open."""
    days = Measured.objects.filter(commitment=one.commitment, clause=one.clause.code, day__gte=one.since, day__lte=one.until, broken__gt=0)
    facts = [fact for kept in days.order_by("-day").values_list("facts", flat=True) for fact in kept][:MOST_FACTS]
    found = {
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "tested": one.tested,
        "broken": one.broken,
        "kind": one.clause.evidence,
        "facts": facts,
    }
    try:
        return raise_breach(one.commitment, one.clause.code, BY_FACTS, one.said, found, SYSTEM, BY)
    except AlreadyDone:
        return None
