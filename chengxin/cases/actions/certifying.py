"""The register of officers' certificates: entered by the head of the department."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.cases.errors import DayWrong, NothingToDo
from chengxin.cases.models import Certificate
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden, NotFound

OFFICIALS = ("officer", "reviewer", "head")


def colleagues(department: str) -> list[User]:
    """The people who hold an office in a department today."""
    from chengxin.accounts.models import RoleGrant

    ids = RoleGrant.objects.in_force().filter(department_id=department, role__in=OFFICIALS).values("user")
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("username"))


def certify(
    actor: Actor, person: UUID, department: str, number: str, valid_from: date, valid_until: date, legal: bool = False
) -> Certificate:
    """Enter a certificate. Raises Forbidden for who is not the head there, NotFound for a person who holds no office there."""
    with transaction.atomic(), locks.locked("cases.certificates"):
        if not actor.is_system and department not in actor.departments_as("head"):
            raise Forbidden
        user = next((one for one in colleagues(department) if one.pk == person), None)
        if user is None:
            raise NotFound
        if valid_until < valid_from:
            raise DayWrong(why_zh="有效期止不能早于有效期起。", why_en="It may not end before it begins.")
        if Certificate.objects.filter(number=number.strip()).exists():
            raise NothingToDo(why_zh="该证件号已经登记。", why_en="This number is on the register already.")
        made = Certificate.objects.create(
            person=user,
            department=department,
            number=number.strip(),
            valid_from=valid_from,
            valid_until=valid_until,
            legal=legal,
            entered_by=str(actor),
            entered_at=clock.now(),
        )
        told = {"number": made.number, "person": str(user.pk), "until": valid_until.isoformat(), "legal": legal}
        audit.record("cases.certificate.entered", actor=str(actor), object=f"cases.certificate:{made.pk}", data=told)
        return made
