"""Tests clauses of commitments against the facts: one query a clause for all makers at once, by the day on which a promise fell due.

A clause's SQL reads the lake's views and the table `bound` (maker, shop, code, n, since, until) and answers a row per obligation tested:
maker, place, due, fact, broken. Here they are counted by day and the evidence of the broken ones is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction

from chengxin.audit import rows
from chengxin.commitments import letters
from chengxin.commitments.letters import Clause
from chengxin.commitments.models import Commitment, Measured, Measuring
from chengxin.facts import lake
from chengxin.facts.snapshots import Snapshot, snapshot
from chengxin.kernel import clock, ids
from chengxin.law import law
from chengxin.subjects.models import CourierFirm, Platform, Shop
from chengxin.subjects.queries import families

MOST_FACTS = 50  # evidence of one clause on one day; the counts hold all
BOUND = pa.schema(
    [
        ("maker", pa.int64()),
        ("shop", pa.int64()),
        ("code", pa.string()),
        ("n", pa.int64()),
        ("since", pa.timestamp("us", tz="UTC")),
        ("until", pa.timestamp("us", tz="UTC")),
    ]
)
COUNT = """
SELECT maker, place, day, count(*) AS tested, count(*) FILTER (WHERE broken) AS broken,
       coalesce(list(fact ORDER BY fact) FILTER (WHERE broken), [])[1:{most}] AS facts
FROM (SELECT *, timezone('Asia/Shanghai', due)::DATE AS day FROM ({sql}))
WHERE due >= $first AND due < $last
GROUP BY ALL
"""


@dataclass(frozen=True)
class Span:
    """Days on which promises fell due, both included."""

    since: date
    until: date

    @property
    def first(self) -> datetime:
        return datetime.combine(self.since, time(), clock.CITY)

    @property
    def last(self) -> datetime:
        return datetime.combine(self.until + timedelta(days=1), time(), clock.CITY)


def measure(span: Span | None = None, actor: str = "system:commitments.measuring") -> Measuring | None:
    """Measure all commitments for the days since the last run (and some before, for late reports), up to yesterday; None without any.

    span: the days to measure instead. What was measured for these days before is replaced, in one transaction with the log's entry.
    """
    found = list(Commitment.objects.select_related("end").defer("content").order_by("number"))
    if not found:
        return None
    span = span or due_span(found)
    made: list[Measured] = []
    roots: list[str] = []
    for clause in letters.clauses().values():
        mine = [one for one in found if clause.code in one.clauses]
        if mine:
            root, counted = _clause(clause, mine, span)
            roots.append(root)
            made += counted
    return _keep(made, found, span, roots, actor)


def due_span(found: Sequence[Commitment]) -> Span:
    """From the day after the last run, less the days for late reports; from the first commitment when there was none. Until yesterday."""
    until = clock.today() - timedelta(days=1)
    last = Measuring.objects.order_by("-until").first()
    first = min(one.valid_from for one in found)
    if last is None:
        return Span(min(first, until), until)
    back = timedelta(days=int(law.at(until).value("commitment_recheck_days")))
    return Span(min(max(first, last.until - back), until), until)


def _clause(clause: Clause, found: Sequence[Commitment], span: Span) -> tuple[str, list[Measured]]:
    """(root of the snapshot, measurements) of one clause for all its makers."""
    bound = bound_of(clause, found)
    seen = snapshot(clause.kinds, since=span.first - timedelta(days=clause.back_days), until=span.last)
    counted = [
        Measured(
            commitment=found[maker],
            clause=clause.code,
            place=place,
            day=day,
            tested=tested,
            kept=tested - broken,
            broken=broken,
            facts=facts,
        )
        for maker, place, day, tested, broken, facts in count(clause, bound, seen, span)
    ]
    return seen.root, counted


def count(clause: Clause, bound: pa.Table, seen: Snapshot, span: Span) -> list[tuple[int, str, date, int, int, list[int]]]:
    """(maker, place, day, tested, broken, facts of the broken) of one clause; makers as in `bound`."""
    with lake.connect(seen) as connection:
        connection.register("bound", bound)
        sql = COUNT.format(sql=clause.sql, most=MOST_FACTS)
        given: dict[str, Any] = {"first": span.first, "last": span.last, "grace": clause.grace}
        answer: list[tuple[int, str, date, int, int, list[int]]] = connection.execute(sql, given).fetchall()
    return answer


def bound_of(clause: Clause, found: Sequence[Commitment]) -> pa.Table:
    """Who is bound by a clause, with the number chosen and the days: one row per shop, platform or courier firm of each maker."""
    holders = HOLDERS[clause.by](found)
    listed = [(maker, *holder, one) for maker, one in enumerate(found) for holder in holders.get(one.subject_id, ())]
    columns = {
        "maker": [maker for maker, _, _, _ in listed],
        "shop": [shop for _, shop, _, _ in listed],
        "code": [code for _, _, code, _ in listed],
        "n": [one.clauses[clause.code] or 0 for _, _, _, one in listed],
        "since": [_begin(one.valid_from) for *_, one in listed],
        "until": [_begin(_over(one)) for *_, one in listed],
    }
    return pa.table(columns, schema=BOUND)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CITY)


def _over(one: Commitment) -> date:
    """The first day on which it binds no longer."""
    after = one.valid_until + timedelta(days=1)
    return min(after, one.end.on) if hasattr(one, "end") else after


Holders = Mapping[Any, list[tuple[int | None, str | None]]]


def _shops(found: Sequence[Commitment]) -> Holders:
    """subject → (token of a shop, None) of every shop of it and of what is one with it."""
    entries = families(one.subject_id for one in found)
    of_entry = {entry: subject for subject, members in entries.items() for entry in members}
    owned = Shop.objects.filter(subject__in=list(of_entry)).values_list("subject_id", "token")
    return _grouped((of_entry[subject], (token, None)) for subject, token in owned)


def _platforms(found: Sequence[Commitment]) -> Holders:
    owned = Platform.objects.filter(subject__in={one.subject_id for one in found}).values_list("subject_id", "code")
    return _grouped((subject, (None, code)) for subject, code in owned)


def _couriers(found: Sequence[Commitment]) -> Holders:
    owned = CourierFirm.objects.filter(subject__in={one.subject_id for one in found}).values_list("subject_id", "code")
    return _grouped((subject, (None, code)) for subject, code in owned)


HOLDERS = {"shop": _shops, "platform": _platforms, "courier": _couriers}


def _grouped(pairs: Iterable[tuple[Any, tuple[int | None, str | None]]]) -> Holders:
    grouped: dict[Any, list[tuple[int | None, str | None]]] = {}
    for subject, holder in pairs:
        grouped.setdefault(subject, []).append(holder)
    return grouped


@transaction.atomic
def _keep(made: list[Measured], found: Sequence[Commitment], span: Span, roots: list[str], actor: str) -> Measuring:
    Measured.objects.filter(day__gte=span.since, day__lte=span.until, commitment__in=[one.pk for one in found]).delete()
    Measured.objects.bulk_create(made, batch_size=1000)
    run = Measuring(
        id=ids.new_id(),
        since=span.since,
        until=span.until,
        commitments=len(found),
        tested=sum(one.tested for one in made),
        broken=sum(one.broken for one in made),
        root=hashlib.sha256("".join(roots).encode()).hexdigest(),
        made_at=clock.now(),
    )
    data = {"since": span.since.isoformat(), "until": span.until.isoformat(), "tested": run.tested, "broken": run.broken, "root": run.root}
    return rows.put(run, "commitments.measured", actor=actor, object=f"commitments.measuring:{run.pk}", data=data)
