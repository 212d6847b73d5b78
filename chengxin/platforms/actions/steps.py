"""What all acts of this room share: who acts in which role, numbers, the step by the workflow, its history and its log entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound
from chengxin.platforms.errors import ContentWrong, MachineAnswer
from chengxin.platforms.models import Step
from chengxin.records.content import PERSONAL

NUMBERS = "platforms.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
HASH = re.compile(r"[0-9a-f]{64}")
STAFF = "platform_staff"
SYSTEM = frozenset({"system"})


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def roles_in(actor: Actor, department: str, roles: tuple[str, ...]) -> set[str]:
    """The roles the actor holds in a department itself: being head elsewhere gives nothing here."""
    return {role for role in roles if department in actor.departments_as(role)}


def staff_of(actor: Actor, platform: str) -> set[str]:
    """The role of platform staff for the platform's own people and machines. NotFound for another platform's."""
    if platform not in actor.platforms:
        raise NotFound
    return {STAFF}


def check_person(actor: Actor) -> None:
    """Raises MachineAnswer unless a named person acts."""
    if actor.kind != "user":
        raise MachineAnswer


def next_numbers(model: type[Model], kind: str, day: date, many: int = 1) -> list[str]:
    """The day's next numbers of this kind; lock platforms.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return [ids.our_number(kind, settings.CITY_DIVISION, day, made + place) for place in range(1, many + 1)]


def moved(
    of: str,
    matter: Any,
    action: str,
    roles: set[str] | frozenset[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    before: str = "",
    quiet: bool = False,
) -> workflow.Outcome:
    """Take a step: the matter's new state, its history, its log entry. The caller saves the matter and holds the transaction.

    quiet: the reason is kept elsewhere (encrypted), not in the history.
    """
    before = before or matter.state
    outcome = workflow.take(workflow.load(TABLES[of]), before, action, roles, dict(given or {}), clock.today())
    matter.state = outcome.state
    by, name = named(actor)
    reason = "" if quiet else str((given or {}).get("reason", ""))[:2000]
    Step.objects.create(
        of=of,
        matter=matter.pk,
        place=Step.objects.filter(matter=matter.pk).count(),
        action=action,
        before=before,
        after=outcome.state,
        actor=by,
        actor_name=name,
        reason=reason,
        at=clock.now(),
    )
    data = {"number": matter.number, "state": outcome.state}
    audit.record(f"platforms.{of}.{action}", actor=by, object=f"platforms.{of}:{matter.pk}", data=data)
    return outcome


TABLES = {
    "measure": "platforms/measure",
    "clue": "platforms/clue_report",
    "interview": "platforms/interview",
    "notice": "platforms/notice",
}


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a content in canonical JSON; days and times as ISO text."""
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in content.items()}
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def check_texts(given: Mapping[str, Any], labels: Mapping[str, tuple[str, str]]) -> None:
    """Raises ContentWrong for a text that is missing, too short, or that holds an identity, telephone or account number."""
    for name, (zh, en) in labels.items():
        text = str(given.get(name) or "").strip()
        if len(text) < LEAST:
            wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
        if PERSONAL.search(text):
            wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
