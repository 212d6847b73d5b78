"""What all acts of this room share: roles, numbers, the locked matter, the step by the workflow with its history and log entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, ids, locks
from chengxin.law import law
from chengxin.products.access import DESK
from chengxin.products.errors import ContentWrong
from chengxin.products.models import ProductStep

NUMBERS = "products.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
SYSTEM = frozenset({"system"})
M = TypeVar("M", bound=Model)


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def desk_roles(actor: Actor, of: str = "") -> set[str]:
    """The desk roles the actor holds, in one department or in any."""
    return {role for role in DESK if (of in actor.departments_as(role) if of else actor.has(role))}


def next_numbers(model: type[Model], kind: str, day: date, many: int = 1) -> list[str]:
    """The day's next numbers of this kind; lock products.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return [ids.our_number(kind, settings.CITY_DIVISION, day, made + place) for place in range(1, many + 1)]


def held(actor: Actor, model: type[M], number: str, **more: Any) -> M:
    """The actor's matter of this number, locked until the transaction ends."""
    with locks.locked(f"{model._meta.label_lower}:{number}"):
        found = access.get(actor, model, number=number, **more)
        return model._default_manager.select_for_update(of=("self",)).get(pk=found.pk)


def moved(
    of: str, matter: Any, action: str, roles: Iterable[str], actor: Actor, given: Mapping[str, Any] | None = None, before: str = ""
) -> workflow.Outcome:
    """Take a step: new state, last day, history, log entry. The caller saves the matter and holds the transaction."""
    before = before or matter.state
    outcome = workflow.take(workflow.load(f"products/{of}"), before, action, roles, dict(given or {}), clock.today())
    matter.state = outcome.state
    if hasattr(matter, "due_on"):
        matter.due_on = outcome.due or (None if outcome.stopped else matter.due_on)
    by, name = named(actor)
    step = ProductStep(of=of, matter=matter.pk, place=ProductStep.objects.filter(matter=matter.pk).count(), action=action, before=before)
    step.after, step.actor, step.actor_name, step.at = outcome.state, by, name, clock.now()
    step.reason = str((given or {}).get("reason", ""))[:1000]
    step.save(force_insert=True)
    data = {"number": matter.number, "state": outcome.state}
    audit.record(f"products.{of}.{action}", actor=by, object=f"products.{of}:{matter.pk}", data=data)
    return outcome


def check_text(text: str, zh: str, en: str, least: int = LEAST) -> str:
    """The text without blanks around it. Raises ContentWrong when it is too short."""
    if len(text.strip()) < least:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    return text.strip()


def check_code(name: str, code: str) -> str:
    """Raises ContentWrong for a code that is not on the law's list of today."""
    if code not in law.at(clock.today()).codes(name):
        wrong(f"代码 {code[:20]} 不在代码表 {name} 内", f"the code {code[:20]} is not on the list {name}")
    return code


def wrong(zh: str, en: str) -> NoReturn:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
