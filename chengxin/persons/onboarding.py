"""A new city's first week: what is done and what is missing, each with where it is done. Looked up, never ticked by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from chengxin.accounts.models import Department, RoleGrant
from chengxin.accounts.roles import ADMINISTRATORS, OF_A_DEPARTMENT, Role
from chengxin.audit.models import Witness
from chengxin.coordination.models import CONFIRMED, Plan
from chengxin.exchange.models import Hook
from chengxin.facts.models import Receipt
from chengxin.inspection.models import RateTable
from chengxin.inspection.models.registers import APPROVED
from chengxin.jobs.models import Tick
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.persons.stores import HERE
from chengxin.subjects.models import Platform

BACKED_UP = "keys-backed-up"  # a file beside the database: the day (YYYY-MM-DD) and where, written by who carried the copy away
STALE = timedelta(hours=1)  # the log's head is signed every ten minutes while a worker runs


@dataclass(frozen=True)
class Step:
    """One line: whether it is done, what was found, and where it is done."""

    zh: str
    en: str
    done: bool
    said: str
    where: str
    is_page: bool


def steps() -> list[Step]:
    """The whole list, in the order of the week."""
    return [_step(one) for one in _lines()]


@cache
def _lines() -> tuple[dict[str, str], ...]:
    return tuple(yaml.load((HERE / "onboarding.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def _step(one: dict[str, str]) -> Step:
    done, said = CHECKS[one["check"]]()
    page = _page(one["url"]) if "url" in one else ""
    return Step(one["zh"], one["en"], done, said, page or one.get("command", ""), bool(page))


def _page(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _administrators() -> tuple[bool, str]:
    held = _admins()
    signed = {one.role for one in held if one.user.last_login}
    return signed >= set(ADMINISTRATORS), f"{len(signed)}/{len(ADMINISTRATORS)}"


def _admins() -> list[RoleGrant]:
    return list(RoleGrant.objects.in_force().filter(role__in=ADMINISTRATORS, user__is_active=True).select_related("user"))


def _second_factor() -> tuple[bool, str]:
    people = {one.user_id for one in _admins()}
    having = set(Authenticator.objects.filter(user__in=people).values_list("user_id", flat=True))
    return bool(people) and having == people, f"{len(having)}/{len(people)}"


def _origin() -> tuple[bool, str]:
    return settings.HTTPS, settings.PUBLIC_ORIGIN


def _departments() -> tuple[bool, str]:
    many = Department.objects.filter(valid_to=None, division=settings.CITY_DIVISION).count()
    return many > 0, str(many)


def _heads() -> tuple[bool, str]:
    held = RoleGrant.objects.in_force().filter(role__in=OF_A_DEPARTMENT).values_list("department_id", "role")
    staffed = {department for department, _role in held}
    headless = staffed - {department for department, role in held if role == Role.HEAD}
    return bool(staffed) and not headless, ", ".join(sorted(map(str, headless))) or str(len(staffed))


def _division() -> tuple[bool, str]:
    try:
        return True, law.at(clock.today()).division(settings.CITY_DIVISION).zh
    except LookupError:
        return False, settings.CITY_DIVISION


def _plan() -> tuple[bool, str]:
    found = Plan.objects.filter(state=CONFIRMED).order_by("-decided_at").first()
    return found is not None, found.title if found else ""


def _rates() -> tuple[bool, str]:
    found = RateTable.objects.filter(state=APPROVED).order_by("-decided_at").first()
    return found is not None, found.decided_by_name if found else ""


def _keys() -> tuple[bool, str]:
    """Somebody wrote the day of the copy, and no key was made since."""
    path = Path(settings.DATA_DIR) / BACKED_UP
    said = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    try:
        day = date.fromisoformat(said[: len("2026-01-01")])
    except ValueError:
        return False, said
    newest = max((one.stat().st_mtime for one in Path(settings.KEYS_DIR).glob("*")), default=0.0)
    return day >= clock.city_day(clock.now().fromtimestamp(newest, tz=clock.CITY)), said


def _witness() -> tuple[bool, str]:
    return Witness.objects.exists(), str(Witness.objects.count())


def _hook() -> tuple[bool, str]:
    return Hook.objects.exists(), str(Hook.objects.count())


def _platform() -> tuple[bool, str]:
    return Platform.objects.exists(), str(Platform.objects.count())


def _report() -> tuple[bool, str]:
    return Receipt.objects.exists(), str(Receipt.objects.count())


def _jobs() -> tuple[bool, str]:
    last = Tick.objects.order_by("-at").values_list("at", flat=True).first()
    return last is not None and clock.now() - last < STALE, f"{last.astimezone(clock.CITY):%Y-%m-%d %H:%M}" if last else ""


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "administrators": _administrators,
    "second_factor": _second_factor,
    "origin": _origin,
    "departments": _departments,
    "heads": _heads,
    "division": _division,
    "plan": _plan,
    "rates": _rates,
    "keys": _keys,
    "log_key": _witness,
    "hook": _hook,
    "platform": _platform,
    "report": _report,
    "jobs": _jobs,
}
