"""What the officers' pages show: what is due, what came back, the history of a matter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.exchange import collecting
from chengxin.exchange.access import DESK
from chengxin.exchange.models import (
    CatalogueEntry,
    Difference,
    ExchangeBatch,
    ExchangeRow,
    ExchangeStep,
    InboundRow,
    Reconciliation,
    ShareRequest,
    Transmission,
)
from chengxin.exchange.models.outbound import ACCEPTED, BACK, FAULTY, REJECTED, UNSENT, VALIDATED, WAITING
from chengxin.exchange.models.reconciling import OPEN
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.law.errors import LawUnknown, NotInForce

MOST = 12  # lines of each kind on the desk; the rest is one click away


def departments_of(actor: Actor) -> list[tuple[str, str]]:
    """The departments the actor works for, as they are called today."""
    mine = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


def department_name(code: str) -> str:
    """As it is called today; a code that is no department's stays as it is."""
    try:
        return language.pick(law.at(clock.today()).department(code)) if code else "–"
    except (LawUnknown, NotInForce):
        return code


def colour(due: date | None) -> str:
    return law.clock_colour(due, clock.today()) if due else ""


def desk(actor: Actor) -> dict[str, Any]:
    """What waits for the actor: rows by clock, what came back, batches to approve, requests to answer, differences."""
    rows, batches = access.all(actor, ExchangeRow), access.all(actor, ExchangeBatch)
    waiting = rows.filter(state=WAITING)
    requests = access.all(actor, ShareRequest).filter(due_on__isnull=False).select_related("entry")
    given_up = Transmission.objects.filter(given_up=True, received_at=None, batch__in=batches).select_related("batch")
    return {
        "waiting": _with_colour(waiting.select_related("subject").order_by("due_on", "number")[:MOST]),
        "faulty": rows.filter(state__in=[FAULTY, REJECTED])[:MOST],
        "to_approve": batches.filter(state=VALIDATED),
        "came_back": batches.filter(state=BACK),
        "given_up": given_up,
        "requests": [{"one": one, "colour": colour(one.due_on)} for one in requests.order_by("due_on")[:MOST]],
        "counts": {
            "waiting": waiting.count(),
            "overdue": rows.filter(accepted_at=None, due_on__lt=clock.today()).exclude(state="REPLACED").count(),
            "faulty": rows.filter(state__in=[FAULTY, REJECTED]).count(),
            "corrections": corrections(actor).count(),
            "accepted": rows.filter(state=ACCEPTED).count(),
            "differences": access.all(actor, Difference).filter(state=OPEN).count(),
            "unmatched": access.all(actor, InboundRow).filter(state="UNMATCHED").count(),
        },
    }


def corrections(actor: Actor) -> Any:
    """Rows that put right or take back what the upper platform has, and are not there yet; the nearest last day first."""
    rows = access.all(actor, ExchangeRow).filter(again=True, state__in=UNSENT)
    return rows.select_related("subject").order_by("due_on", "number")


def article(row: ExchangeRow) -> str:
    """Where the law has the last day of a row."""
    book = law.at(row.event_on)
    return language.pick(book.cited(book.clock(collecting.clock_of(row)).provision))


def _with_colour(rows: Any) -> list[dict[str, Any]]:
    return [{"one": row, "colour": colour(row.due_on)} for row in rows]


def steps(matter: ExchangeBatch | ShareRequest, table: str) -> list[dict[str, Any]]:
    """The history of a matter with the names of its steps."""
    flow = workflow.load(f"exchange/{table}")
    found = ExchangeStep.objects.filter(matter=matter.pk)
    return [{"one": one, "name": flow.step(one.action), "after": flow.states[one.after]} for one in found]


def state_name(matter: ExchangeBatch | ShareRequest, table: str) -> Any:
    return workflow.load(f"exchange/{table}").states[matter.state]


def files_of(batch: ExchangeBatch) -> Any:
    """The files of a batch, each with how its rows were answered."""
    answers = batch.lines.values("round").annotate(
        accepted=Count("pk", filter=Q(answer="accepted")), rejected=Count("pk", filter=Q(answer="rejected"))
    )
    counts = {one["round"]: one for one in answers.order_by("round")}
    return [{"one": one, **counts.get(one.round, {})} for one in batch.transmissions.all()]


def last_run() -> Reconciliation | None:
    return Reconciliation.objects.order_by("-at").first()


def entries(actor: Actor) -> Any:
    return access.all(actor, CatalogueEntry)
