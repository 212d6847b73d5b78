"""What all acts of this room share: roles, numbers, the locked matter, the step by the workflow with its history and log entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.compensation.access import DESK, STAFF
from chengxin.compensation.errors import ContentWrong, NoRule
from chengxin.compensation.models import CompensationStep, Fund, FundRule
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law

NUMBERS = "compensation.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
M = TypeVar("M", bound=Model)


def roles_in(actor: Actor, fund: Fund) -> set[str]:
    """The roles in which the actor manages this fund."""
    desk = {role for role in DESK if fund.department in actor.departments_as(role)}
    return desk | ({STAFF} if fund.platform and fund.platform.code in actor.platforms else set())


def manager(actor: Actor, fund: Fund) -> set[str]:
    """The roles in which the actor manages this fund. NotFound for everybody else."""
    roles = roles_in(actor, fund)
    if not roles:
        raise NotFound
    return roles


def next_number(model: type[Model], kind: str) -> str:
    """The day's next number of this kind; the lock compensation.numbers is held."""
    day = clock.today()
    made = model._default_manager.filter(number__startswith=f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}").count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def held(actor: Actor, model: type[M], number: str) -> M:
    """The actor's matter of this number, locked until the transaction ends."""
    with locks.locked(f"{model._meta.label_lower}:{number}"):
        found = access.get(actor, model, number=number)
        return _fresh(model, found.pk)


def _fresh(model: type[M], key: Any) -> M:
    return model._default_manager.select_for_update(of=("self",)).get(pk=key)


def rule_of(fund: Fund, day: date) -> FundRule:
    """The version in force on a day. Raises NoRule."""
    found = FundRule.objects.filter(fund=fund, valid_from__lte=day).order_by("-valid_from").first()
    if found is None:
        raise NoRule
    return found


def in_days(days: int) -> date:
    """The last day of a term of the fund's rule that begins today."""
    return clock.today() + timedelta(days=days)


def moved(
    of: str,
    matter: Any,
    action: str,
    roles: Iterable[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    before: str = "",
    amount_fen: int = 0,
    quiet: bool = False,
) -> None:
    """Take a step: the matter's new state, its history, its log entry. The caller saves the matter and holds the transaction.

    quiet: the reason is kept encrypted elsewhere, not in the history.
    """
    before = before or matter.state
    outcome = workflow.take(workflow.load(f"compensation/{of}"), before, action, roles, dict(given or {}), clock.today())
    matter.state, matter.due_on = outcome.state, None
    step(of, matter, action, actor, before=before, amount_fen=amount_fen, reason="" if quiet else str((given or {}).get("reason", "")))


def step(of: str, matter: Any, action: str, actor: Actor, *, before: str, amount_fen: int = 0, reason: str = "") -> None:
    """A line of the history with its log entry; also for what moves money and no state."""
    made = CompensationStep(of=of, matter=matter.pk, place=CompensationStep.objects.filter(matter=matter.pk).count(), action=action)
    made.before, made.after, made.amount_fen, made.reason = before, matter.state, amount_fen, reason[:1000]
    made.actor, made.actor_name, made.at = str(actor), actor.name, clock.now()
    made.save(force_insert=True)
    data = {"number": matter.number, "state": matter.state, "fen": amount_fen}
    audit.record(f"compensation.{of}.{action}", actor=str(actor), object=f"compensation.{of}:{matter.pk}", data=data)


def check_texts(texts: Mapping[str, str], least: int = LEAST) -> None:
    """Raises ContentWrong for a text that is too short; texts: what it is, Chinese/English → text."""
    for name, text in texts.items():
        if len(text.strip()) < least:
            zh, en = name.split("/")
            wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")


def check_amount(fen: int) -> None:
    if fen <= 0:
        wrong("金额须大于零", "the amount is more than nothing")


def check_code(name: str, code: str, day: date) -> None:
    """Raises ContentWrong for a code that is not on the law's list of that day."""
    if code not in law.at(day).codes(name):
        wrong(f"代码 {code[:20]} 不在代码表内", f"the code {code[:20]} is not on the list")


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
