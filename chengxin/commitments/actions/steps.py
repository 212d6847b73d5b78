"""What all acts of this room share: numbers, digests, the step of a breach with its history and log entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.audit.canonical import canonical
from chengxin.commitments.errors import ContentWrong
from chengxin.commitments.models import Breach, Step
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound
from chengxin.records.content import PERSONAL

TABLE = "commitments/breach"
NUMBERS = "commitments.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
SYSTEM = frozenset({"system"})


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def roles_in(actor: Actor, department: str, roles: tuple[str, ...]) -> set[str]:
    """The roles the actor holds in a department itself. NotFound when none: its matters are not the actor's."""
    found = {role for role in roles if department in actor.departments_as(role)}
    if not found:
        raise NotFound
    return found


def next_number(model: type[Model], kind: str, day: date) -> str:
    """The day's next number of this kind; lock commitments.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of a content in canonical JSON: what is signed."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def check_text(text: str, zh: str, en: str, *, public: bool = False) -> str:
    """The text, trimmed. Raises ContentWrong when it is too short, or public and holds an identity, telephone or account number."""
    plain = text.strip()
    if len(plain) < LEAST:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    if public and PERSONAL.search(plain):
        wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")
    return plain


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def moved(
    breach: Breach,
    action: str,
    roles: set[str] | frozenset[str],
    by: tuple[str, str],
    given: Mapping[str, Any] | None = None,
    *,
    before: str = "",
) -> None:
    """Take a step: the breach's new state and clock, its history, its log entry. The caller holds the transaction."""
    before = before or breach.state
    outcome = workflow.take(workflow.load(TABLE), before, action, roles, dict(given or {}), clock.today())
    breach.state, breach.clock, breach.due_on = outcome.state, outcome.clock or "", outcome.due
    breach.save()
    step = Step(
        breach=breach,
        place=Step.objects.filter(breach=breach).count(),
        action=action,
        before=before,
        after=outcome.state,
        actor=by[0],
        actor_name=by[1],
        reason=str((given or {}).get("reason", ""))[:500] if action not in QUIET else "",
        at=clock.now(),
    )
    rows.put(step, f"commitments.breach.{action}", actor=by[0], object=f"commitments.breach:{breach.pk}", data={"number": breach.number})


QUIET = ("conclude",)  # its reasons are kept encrypted on the breach
