"""People of the demo city. They exist only while settings.DEMO is on, all with one published password; no second factor is asked there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from chengxin.accounts import errors
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import INSTALLER, install_grant
from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.law import law

PASSWORD = "chengxin-demo"  # noqa: S105 - published, and useless outside a demo


@transaction.atomic
def make_demo_people(
    departments: Iterable[str] = ("SAMR", "COM", "POST"),
    platforms: Iterable[str] = (),
    subjects: Iterable[uuid.UUID] = (),
    colleagues: Iterable[str] = (),
    couriers: Iterable[uuid.UUID] = (),
    payers: Iterable[uuid.UUID] = (),
) -> list[User]:
    """officer.samr, reviewer.samr, head.samr … leader, staff.<platform>, appeals.<platform>, merchant1 …, courier1 …, payer1 …,
    the administrators.

    colleagues: departments that get two more officers, officer2.samr and officer3.samr. Idempotent.

    Raises OnlyInDemo outside a demo.
    """
    if not settings.DEMO:
        raise errors.OnlyInDemo
    wanted = [
        *((f"{role}.{code.lower()}", role, Scope(department=code)) for code in departments for role in ("officer", "reviewer", "head")),
        *((f"{name}.{code.lower()}", Role.PLATFORM_STAFF, Scope(platform=code)) for code in platforms for name in ("staff", "appeals")),
        *((f"merchant{number}", Role.MERCHANT, Scope(subject=each)) for number, each in enumerate(subjects, 1)),
        *((f"courier{number}", Role.COURIER_STAFF, Scope(subject=each)) for number, each in enumerate(couriers, 1)),
        *((f"payer{number}", Role.PAYMENT_STAFF, Scope(subject=each)) for number, each in enumerate(payers, 1)),
        ("leader", Role.LEADER, Scope()),
        ("sysadmin", Role.SYSADMIN, Scope()),
        ("secadmin", Role.SECADMIN, Scope()),
        ("secadmin2", Role.SECADMIN, Scope()),
        ("auditadmin", Role.AUDITADMIN, Scope()),
        *((f"officer{number}.{code.lower()}", Role.OFFICER, Scope(department=code)) for code in colleagues for number in (2, 3)),
    ]
    known = {user.username: user for user in User.objects.filter(username__in=[name for name, _, _ in wanted])}
    locked = "" if len(known) == len(wanted) else make_password(PASSWORD)  # hashed once: a third of a second each
    return [known.get(name) or _demo_person(name, role, scope, locked) for name, role, scope in wanted]


def _demo_person(name: str, role: str, scope: Scope, password: str) -> User:
    official = f"DEMO-{name}" if role in ("officer", "head") else ""
    user = User(username=name, password=password, display_name=_shown(role, scope), officer_number=official)
    user.save()
    audit.record("accounts.person.added", actor=str(INSTALLER), object=f"accounts.user:{user.pk}", data={"demo": True})
    install_grant(user, role, scope)
    return user


def _shown(role: str, scope: Scope) -> str:
    names = {
        "officer": "演示执法员",
        "reviewer": "演示审核员",
        "head": "演示负责人",
        "leader": "演示领导",
        "platform_staff": "演示平台员工",
        "merchant": "演示商户",
        "courier_staff": "演示寄递企业员工",
        "payment_staff": "演示支付机构员工",
        "sysadmin": "演示系统管理员",
        "secadmin": "演示安全管理员",
        "auditadmin": "演示审计管理员",
    }
    where = law.at(clock.today()).department(scope.department).zh if scope.department else scope.platform
    return " ".join(part for part in (names[role], where) if part)
