"""What all acts of this room share: who acts in which role, numbers, reasons."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Model

from chengxin.accounts.access import Actor
from chengxin.kernel import clock, ids, language
from chengxin.law import law
from chengxin.marks.access import DESK, issuers
from chengxin.marks.errors import NoReason, NotIssuer
from chengxin.records.content import PERSONAL

NUMBERS = "marks.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
MERCHANT, SYSTEM = frozenset({"merchant"}), frozenset({"system"})


def next_number(model: type[Model], field: str, kind: str, day: date) -> str:
    """The day's next number of this kind; lock marks.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(**{f"{field}__startswith": start}).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def desk_of(actor: Actor) -> tuple[str, set[str]]:
    """(department, roles in it) in which the actor decides on marks. Raises NotIssuer."""
    here = actor.departments_as(*DESK)
    for code in sorted(issuers()):
        if code in here:
            return code, {role for role in DESK if code in actor.departments_as(role)}
    names = "、".join(language.pick(law.at(clock.today()).department(code)) for code in sorted(issuers()))
    raise NotIssuer(departments=names)


def checked_reason(text: str) -> str:
    """A reason that may be shown to everybody. Raises NoReason."""
    reason = text.strip()[:500]
    if len(reason) < LEAST or PERSONAL.search(reason):
        raise NoReason
    return reason
