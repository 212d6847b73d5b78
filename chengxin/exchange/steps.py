"""What all acts of this room share: numbers, names, the step of a batch or request with its history and log entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.exchange.errors import ContentWrong
from chengxin.exchange.models import ExchangeStep
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound
from chengxin.records.content import PERSONAL
from chengxin.workflow import Outcome

NUMBERS = "exchange.numbers"
SYSTEM = frozenset({"system"})
HOUSE = ("system:exchange", "信用信息共享交换")
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def roles_in(actor: Actor, department: str, roles: tuple[str, ...]) -> set[str]:
    """The roles the actor holds in a department itself. NotFound when none: its matters are not the actor's."""
    found = {role for role in roles if department in actor.departments_as(role)}
    if not found:
        raise NotFound
    return found


def next_number(model: type[Model], kind: str) -> str:
    """The day's next number of this kind; lock exchange.numbers is held."""
    day = clock.today()
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def check_text(text: str, zh: str, en: str) -> str:
    """The text, trimmed. Raises ContentWrong when it is too short or holds an identity, telephone or account number."""
    plain = text.strip()
    if len(plain) < LEAST:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    if PERSONAL.search(plain):
        wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")
    return plain


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def moved(
    matter: Any, table: str, action: str, roles: set[str] | frozenset[str], by: tuple[str, str], reason: str = "", before: str = ""
) -> Outcome:
    """Take a step: the matter's new state, its history, its log entry. The caller holds the transaction and saves the matter."""
    before = before or matter.state
    outcome = workflow.take(workflow.load(f"exchange/{table}"), before, action, roles, _given(reason), clock.today())
    matter.state = outcome.state
    step = ExchangeStep(
        of=table,
        matter=matter.pk,
        place=ExchangeStep.objects.filter(matter=matter.pk).count(),
        action=action,
        before=before,
        after=outcome.state,
        actor=by[0],
        actor_name=by[1],
        reason=reason[:500],
        at=clock.now(),
    )
    rows.put(step, f"exchange.{table}.{action}", actor=by[0], object=f"exchange.{table}:{matter.pk}", data={"number": matter.number})
    return outcome


def _given(reason: str) -> Mapping[str, Any]:
    return {"reason": reason} if reason else {}
