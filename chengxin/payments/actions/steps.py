"""What all acts of this room share: roles, numbers, the locked matter, the step by the workflow with its history and log entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, ids, locks
from chengxin.law import law
from chengxin.payments import cards
from chengxin.payments.access import DESK, INSTITUTION
from chengxin.payments.errors import ContentWrong
from chengxin.payments.models import PaymentStep

NUMBERS = "payments.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
LABELS = {
    "reason": ("理由", "the reason"),
    "question": ("问题", "the question"),
    "explanation": ("说明", "the explanation"),
    "summary": ("情况", "what was seen"),
    "note": ("处置说明", "what exactly was done"),
    "facts": ("经过", "what happened"),
    "finding": ("调查结论", "the finding"),
    "name": ("姓名", "the name"),
    "phone": ("电话", "the telephone"),
    "payment_no": ("支付单号", "the payment number"),
    "source": ("名单来源", "where the list is from"),
    "source_ref": ("通报编号", "the number of the notice"),
    "evidence": ("证据", "the evidence"),
    "rule_version": ("规则版本", "the rule version"),
    "police_ref": ("公安受案文号", "the number of the police file"),
    "freeze_ref": ("冻结文书号", "the paper a freeze rests on"),
    "channel_no": ("渠道编号", "the number of the channel"),
    "institution": ("支付机构", "the institution"),
    "contract_no": ("协议编号", "the number of the contract"),
}
SYSTEM = frozenset({"system"})
B21 = "B21"
M = TypeVar("M", bound=Model)


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def department() -> str:
    """Who is in charge of payment conduct today: the first department that the law's entry names."""
    book = law.at(clock.today())
    return book.in_charge(book.behaviour(B21).departments[0]).code


def desk_roles(actor: Actor, of: str = "") -> set[str]:
    """The desk roles the actor holds, in one department or in any."""
    return {role for role in DESK if (of in actor.departments_as(role) if of else actor.has(role))}


def roles_of(actor: Actor, of: str = "") -> set[str]:
    """Desk roles, and the institution's for its own people and machine; rows of others never get here."""
    own = {INSTITUTION} if actor.has(INSTITUTION) or actor.client else set()
    return desk_roles(actor, of) | own


def next_numbers(model: type[Model], kind: str, day: date, many: int = 1) -> list[str]:
    """The day's next numbers of this kind; lock payments.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return [ids.our_number(kind, settings.CITY_DIVISION, day, made + place) for place in range(1, many + 1)]


def held(actor: Actor, model: type[M], number: str, **more: Any) -> M:
    """The actor's matter of this number, locked until the transaction ends."""
    with locks.locked(f"{model._meta.label_lower}:{number}"):
        found = access.get(actor, model, number=number, **more)
        return model._default_manager.select_for_update(of=("self",)).get(pk=found.pk)


def moved(
    of: str,
    matter: Any,
    action: str,
    roles: Iterable[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    before: str = "",
    quiet: bool = False,
) -> workflow.Outcome:
    """Take a step: the matter's new state and last day, its history, its log entry. The caller saves the matter and holds the transaction.

    quiet: the reason is kept encrypted elsewhere, not in the history.
    """
    before = before or matter.state
    outcome = workflow.take(workflow.load(f"payments/{of}"), before, action, roles, dict(given or {}), clock.today())
    matter.state = outcome.state
    if outcome.due:
        matter.due_on = outcome.due
    elif outcome.stopped:
        matter.due_on = None
    by, name = named(actor)
    step = PaymentStep(of=of, matter=matter.pk, place=PaymentStep.objects.filter(matter=matter.pk).count(), action=action, before=before)
    step.after, step.actor, step.actor_name, step.at = outcome.state, by, name, clock.now()
    step.reason = "" if quiet else str((given or {}).get("reason", ""))[:2000]
    step.save(force_insert=True)
    data = {"number": matter.number, "state": outcome.state}
    audit.record(f"payments.{of}.{action}", actor=by, object=f"payments.{of}:{matter.pk}", data=data)
    return outcome


def check_texts(texts: Mapping[str, str], least: int = LEAST) -> None:
    """Raises CardNumber for a card number, ContentWrong for a text that is too short; texts: field → text."""
    cards.refuse({LABELS.get(name, (name,))[0]: text for name, text in texts.items()})
    for name, text in texts.items():
        if len(text.strip()) < least:
            zh, en = LABELS.get(name, (name, name))
            wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")


def check_code(name: str, code: str) -> None:
    """Raises ContentWrong for a code that is not on the law's list of today."""
    if code not in law.at(clock.today()).codes(name):
        wrong(f"代码 {code[:20]} 不在代码表 {name} 内", f"the code {code[:20]} is not on the list {name}")


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
