"""What all acts of this room share: who acts in which role, numbers, the step by the workflow, its row and its log entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.delivery.access import DESK, STAFF, own
from chengxin.delivery.errors import ContentWrong
from chengxin.delivery.models import Step
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound
from chengxin.records.content import PERSONAL
from chengxin.subjects.models import CourierFirm

NUMBERS = "delivery.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
SYSTEM = frozenset({"system"})
TABLES = {"incident": "delivery/incident", "ban": "delivery/ban", "appeal": "delivery/appeal"}


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def desk_roles(actor: Actor, department: str) -> set[str]:
    """The roles the actor holds in a department itself. NotFound for who has no desk there."""
    found = {role for role in DESK if department in actor.departments_as(role)}
    if not found:
        raise NotFound
    return found


def firm_roles(actor: Actor, firm: CourierFirm) -> set[str]:
    """The role of a firm's own staff. NotFound for everybody else."""
    if firm.subject_id is None or firm.subject_id not in own(actor):
        raise NotFound
    return {STAFF}


def next_number(model: type[Model], kind: str, day: date) -> str:
    """The day's next number of this kind; lock delivery.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def moved(
    of: str,
    matter: Any,
    action: str,
    roles: set[str] | frozenset[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    said: str = "",
) -> workflow.Outcome:
    """Take a step: the matter's new state, unsaved, the row of the step and its log entry. The caller holds the transaction and saves.

    said: the reason as the history shows it; texts that may name persons are kept with the matter and stay out of it.
    """
    before = "NONE" if matter._state.adding else matter.state
    outcome = workflow.take(workflow.load(TABLES[of]), before, action, roles, dict(given or {}), clock.today())
    matter.state = outcome.state
    if outcome.clock and outcome.due and hasattr(matter, "clock"):
        matter.clock, matter.due_on = outcome.clock, outcome.due
    by, name = named(actor)
    place = Step.objects.filter(matter=matter.pk).count()
    made = Step(
        of=of,
        matter=matter.pk,
        place=place,
        action=action,
        before=before,
        after=outcome.state,
        by=by,
        by_name=name,
        reason=said,
        at=clock.now(),
    )
    rows.put(made, f"delivery.{of}.{action}", actor=by, object=f"delivery.{of}:{matter.pk}", data={"state": outcome.state})
    return outcome


def steps_of(matter: Any) -> list[Step]:
    """The history of a matter, oldest first."""
    return list(Step.objects.filter(matter=matter.pk).order_by("place"))


def checked(text: str, zh: str, en: str, *, open_to_others: bool = True) -> str:
    """A text, trimmed. Raises ContentWrong when it is too short, or when others will read it and it holds a person's numbers."""
    kept = text.strip()
    if len(kept) < LEAST:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    if open_to_others and PERSONAL.search(kept):
        wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")
    return kept


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
