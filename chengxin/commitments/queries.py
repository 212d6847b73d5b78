"""What may be asked of commitments: the register, how promises are kept, coverage, what is public of a breach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.commitments import letters
from chengxin.commitments.actions.steps import TABLE
from chengxin.commitments.models import PROPOSED, PUBLISHED, STANDING, Breach, Commitment, Measured, Template
from chengxin.commitments.shares import Share
from chengxin.facts import kinds, lake
from chengxin.facts import queries as facts
from chengxin.kernel import clock, money, showing
from chengxin.law import law
from chengxin.records import queries as records
from chengxin.records.models import Record
from chengxin.records.queries import Line
from chengxin.subjects.queries import families, search_subjects

RETURN = "no_reason_return"
SHOWN = 20  # rows of evidence on a page; the exhibit of a case holds them all
# What of a fact is evidence for a promise. Buyers, addresses and devices are not.
COLUMNS = {
    "order": ("order_no", "platform", "paid", "paid_at"),
    "refund": ("refund_no", "platform", "amount", "requested_at", "refunded_at", "reason"),
    "complaint": ("complaint_no", "platform", "reason", "filed_at", "closed_at", "outcome"),
    "parcel": ("waybill_no", "platform", "courier", "collected_at", "signed_at"),
}


# ---- the register


def register(text: str = "", letter: str = "") -> QuerySet[Commitment]:
    """Every commitment that was signed, newest first; by the maker's name or USCC, or the commitment's number."""
    found = Commitment.objects.select_related("subject", "end")
    if letter:
        found = found.filter(letter=letter)
    plain = text.strip()
    if plain:
        makers = [one.pk for one in search_subjects(plain)]
        found = found.filter(Q(subject__in=makers) | Q(number=plain.upper()[:24]) | Q(code=plain.upper()[:19]))
    return found


def in_force(rows: QuerySet[Commitment], day: date) -> QuerySet[Commitment]:
    """Those in force on a day."""
    return rows.filter(Q(end__isnull=True) | Q(end__on__gt=day), valid_from__lte=day, valid_until__gte=day)


def state_of(one: Commitment, day: date | None = None) -> str:
    """in_force, future, expired, withdrawn or void."""
    today = day or clock.today()
    end = getattr(one, "end", None)
    if end and end.on <= today:
        return str(end.why)
    if one.valid_until < today:
        return "expired"
    return "future" if one.valid_from > today else "in_force"


def public_breaches(one: Commitment) -> list[Line]:
    """Breaches that were found, as the credit file shows them today; nothing else of a breach is ever public."""
    lines = records.lines(Record.objects.filter(pk__in=one.breaches.filter(state__in=STANDING).values("record")))
    held = showing.held("records")
    return [line for line in lines if line.public_today and line.record.number not in held]


def of_subject(subjects: Iterable[UUID]) -> list[Commitment]:
    """What these subjects, and all that is one with them, have committed to and is in force today: for an inspection's form."""
    members = frozenset().union(*families(subjects).values())
    return list(in_force(Commitment.objects.select_related("subject", "end"), clock.today()).filter(subject__in=members))


# ---- how promises are kept


@dataclass(frozen=True)
class Kept:
    """One promise of a commitment over all days measured: the share kept, and the days."""

    clause: letters.Clause
    n: int | None
    share: Share
    first: date | None
    last: date | None

    @property
    def said(self) -> dict[str, str]:
        return self.clause.said(self.n)

    @property
    def rules(self) -> list[tuple[str, dict[str, str]]]:
        return [(name, self.clause.rule(name)) for name in ("tested", "kept", "broken")]

    @property
    def broken(self) -> int:
        return self.share.n - self.share.hits


def kept(one: Commitment) -> list[Kept]:
    """Each promise of a commitment with what the facts show of it."""
    rows = Measured.objects.filter(commitment=one).values("clause")
    totals = {row["clause"]: row for row in rows.annotate(n=Sum("tested"), hits=Sum("kept"), first=Min("day"), last=Max("day"))}
    none: dict[str, Any] = {"n": 0, "hits": 0, "first": None, "last": None}
    found = []
    for code, amount in one.clauses.items():
        row = totals.get(code, none)
        found.append(Kept(letters.clauses()[code], amount, Share(row["hits"], row["n"]), row["first"], row["last"]))
    return found


@dataclass(frozen=True)
class Returns:
    """Who takes goods back without reason for how many days, and the share of such returns that were refunded in time."""

    one: Commitment
    days: int
    share: Share

    @property
    def page_url(self) -> str:
        return self.one.page_url


def returns() -> list[Returns]:
    """The register of commitments to take goods back, those in force today, the longest term first."""
    found = list(in_force(Commitment.objects.select_related("subject", "end"), clock.today()).filter(clauses__has_key=RETURN))
    rows = Measured.objects.filter(clause=RETURN, commitment__in=found).values_list("commitment")
    sums = {key: (hits, n) for key, hits, n in rows.annotate(hits=Sum("kept"), n=Sum("tested"))}
    made = [Returns(one, one.clauses[RETURN] or 0, Share(*sums.get(one.pk, (0, 0)))) for one in found]
    return sorted(made, key=lambda each: (-each.days, each.one.number))


def by_clause() -> list[tuple[letters.Clause, Share, int]]:
    """(clause, share kept, makers) over the whole city: nobody is named."""
    rows = Measured.objects.values("clause").annotate(n=Sum("tested"), hits=Sum("kept"), makers=Count("commitment__subject", distinct=True))
    return [(letters.clauses()[row["clause"]], Share(row["hits"], row["n"]), row["makers"]) for row in rows.order_by("clause")]


def broken_facts(one: Commitment, clause: str) -> list[int]:
    """Fact ids of the newest broken obligations of a promise."""
    rows = Measured.objects.filter(commitment=one, clause=clause, broken__gt=0).order_by("-day")
    return [fact for kept_facts in rows.values_list("facts", flat=True)[:SHOWN] for fact in kept_facts][:SHOWN]


def evidence(kind: str, fact_ids: list[int]) -> dict[str, Any]:
    """Rows of the lake behind an allegation, nothing personal: {"columns": […], "rows": [[…]]}; of an order also when it was sent."""
    if kind not in COLUMNS:
        return {"columns": [], "rows": []}
    known, names = kinds.kind(kind), COLUMNS[kind]
    rows = sorted(facts.rows(kind, fact_ids[:SHOWN]), key=lambda row: str(row[known.time]))
    columns = [PLATFORM if name == "platform" else {"zh": known.by_name[name].zh, "en": known.by_name[name].en} for name in names]
    types = {name: known.by_name[name].type if name in known.by_name else "text" for name in names}
    shown = [[_cell(row[name], types[name]) for name in names] for row in rows]
    if kind == "order":
        sent = _sent([row["order"] for row in rows])
        columns.append(SENT)
        shown = [[*cells, _cell(sent.get(row["order"]), "time")] for cells, row in zip(shown, rows, strict=True)]
    return {"columns": columns, "rows": shown}


PLATFORM, SENT = {"zh": "平台", "en": "Platform"}, {"zh": "揽收时间", "en": "Picked up at"}


def _sent(orders: list[int]) -> dict[int, Any]:
    """Order → when the courier picked it up."""
    with lake.connect(facts.snapshot(["parcel"])) as connection:
        sql = 'SELECT "order", min(collected_at) FROM parcel WHERE list_contains($orders, "order") GROUP BY "order"'
        return dict(connection.execute(sql, {"orders": orders}).fetchall()) if orders else {}


def _cell(value: Any, type: str) -> Any:
    if value is None:
        return "—"
    if type == "money":
        return money.yuan_for_people(value)
    return value.astimezone(clock.CITY).strftime("%Y-%m-%d %H:%M") if hasattr(value, "hour") else value


# ---- the desk


def desk(actor: Actor) -> dict[str, Any]:
    """What waits for the actor: open breaches by their clock, templates to be published, repairs asked for."""
    mine = access.all(actor, Breach).select_related("commitment__subject")
    today = clock.today()
    waiting = list(mine.exclude(state__in=["CLEARED", "RECORDED", "REPAIRED"]).order_by(F("due_on").asc(nulls_last=True), "raised_at"))
    return {
        "breaches": [
            {"one": one, "state": state_name(one), "colour": law.clock_colour(one.due_on, today) if one.due_on else ""} for one in waiting
        ],
        "templates": access.all(actor, Template).filter(state=PROPOSED),
    }


def state_name(breach: Breach) -> dict[str, str]:
    found = workflow.load(TABLE).states[breach.state]
    return {"zh": found.zh, "en": found.en}


def named_steps(breach: Breach) -> list[dict[str, Any]]:
    """The history of a breach with its steps and states in words."""
    table = workflow.load(TABLE)
    names = {step.action: {"zh": step.zh, "en": step.en} for step in table.steps}
    return [{"one": one, "name": names[one.action], "after": table.states[one.after]} for one in breach.steps.all()]


def published() -> QuerySet[Template]:
    """The templates that can be signed today."""
    return Template.objects.filter(state=PUBLISHED)


def promised_of(breach: Breach) -> list[dict[str, str]]:
    """The promise that is said to be broken; empty for the letter as a whole."""
    return [one for one in breach.commitment.content["promises"] if one["clause"] == breach.clause]


@transaction.atomic
def note_read(actor: Actor, breach: Breach) -> None:
    """What the maker stated is personal: who reads it, and why, is logged first."""
    if breach.statement or breach.repair:
        audit.record_read(str(actor), f"subjects.subject:{breach.commitment.subject_id}", ["statement"], f"办理 {breach.number}")
