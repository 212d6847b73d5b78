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
from chengxin.audit import rows
from chengxin.campaigns.access import DESK
from chengxin.campaigns.errors import ContentWrong
from chengxin.campaigns.models import CampaignStep
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records.content import PERSONAL

NUMBERS = "campaigns.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
SYSTEM = frozenset({"system"})
M = TypeVar("M", bound=Model)


def roles_in(actor: Actor, department: str) -> set[str]:
    """The desk roles the actor holds in a department itself. NotFound when none: its matters are not the actor's."""
    found = {role for role in DESK if department in actor.departments_as(role)}
    if not found:
        raise NotFound
    return found


def next_number(model: type[Model], kind: str) -> str:
    """The day's next number of this kind; lock campaigns.numbers is held."""
    day = clock.today()
    made = model._default_manager.filter(number__startswith=f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}").count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def held(actor: Actor, model: type[M], number: str) -> M:
    """The actor's matter of this number, locked until the transaction ends."""
    with locks.locked(f"{model._meta.label_lower}:{number}"):
        found = access.get(actor, model, number=number)
        return model._default_manager.select_for_update(of=("self",)).get(pk=found.pk)


def moved(
    of: str,
    matter: Any,
    action: str,
    roles: Iterable[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    data: Mapping[str, Any] | None = None,
    before: str = "",
) -> workflow.Outcome:
    """Take a step: new state, history, log entry. `data` is what it changed. The caller saves the matter and holds the transaction."""
    before = before or matter.state
    outcome = workflow.take(workflow.load(f"campaigns/{of}"), before, action, roles, dict(given or {}), clock.today())
    matter.state = outcome.state
    step = CampaignStep(
        of=of,
        matter=matter.pk,
        place=CampaignStep.objects.filter(matter=matter.pk).count(),
        action=action,
        before=before,
        after=outcome.state,
        actor=str(actor),
        actor_name=actor.name,
        reason=str((given or {}).get("reason", ""))[:500],
        data=dict(data or {}),
        at=clock.now(),
    )
    known = {"number": matter.number, "state": outcome.state}
    rows.put(step, f"campaigns.{of}.{action}", actor=str(actor), object=f"campaigns.{of}:{matter.pk}", data=known)
    return outcome


def plain(value: Any) -> Any:
    """A value as the history keeps it."""
    return value if isinstance(value, str | list | dict) else str(value)


def check_text(text: str, zh: str, en: str, *, most: int = 500, public: bool = False) -> str:
    """The text without blanks around it. Raises ContentWrong: too short, too long, or public with an identity or telephone number."""
    plain = text.strip()
    if not LEAST <= len(plain) <= most:
        wrong(f"{zh}应为 {LEAST} 至 {most} 字", f"{en}: {LEAST} to {most} characters")
    if public and PERSONAL.search(plain):
        wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")
    return plain


def check_departments(codes: Iterable[str]) -> list[str]:
    """Codes of departments of today, each once, in order. Raises ContentWrong."""
    known = {one.code for one in law.at(clock.today()).departments()}
    given = list(dict.fromkeys(codes))
    if set(given) - known:
        wrong("部门不在部门表内", "a department is not on the list")
    return given


def check_period(since: date, until: date) -> None:
    if until < since:
        wrong("结束日期不能早于开始日期", "the last day is not before the first")


def wrong(zh: str, en: str) -> NoReturn:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
