"""Giving, confirming and taking back rights; letting people in. Each is one transaction with its leaf in the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from chengxin.accounts import errors
from chengxin.accounts.actor import Actor
from chengxin.accounts.models import Department, RoleGrant, User
from chengxin.accounts.roles import (
    ADMINISTRATORS,
    OF_A_DEPARTMENT,
    OF_A_SUBJECT,
    Role,
    estate_of,
)
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden
from chengxin.kernel.locks import locked
from chengxin.law.shelf import shelf


@dataclass(frozen=True)
class Scope:
    """What a grant is bound to: exactly what its role needs, and nothing else."""

    department: str = ""
    platform: str = ""
    subject: uuid.UUID | None = None


NOWHERE = Scope()

# ---- departments


def load_departments() -> int:
    """Bring the departments of the law's code list into the database, with dates and succession. Idempotent; returns how many."""
    listed = [versions[-1] for versions in shelf().departments.values()]
    with transaction.atomic():
        for each in listed:
            Department.objects.update_or_create(
                code=each.code,
                defaults={
                    "name_zh": each.zh,
                    "name_en": each.en,
                    "division": settings.CITY_DIVISION,
                    "valid_from": each.valid_from,
                    "valid_to": each.valid_to,
                },
            )
        for each in listed:
            Department.objects.filter(code=each.code).update(successor=each.successor)
    return len(listed)


def make_demo_people(
    departments: Iterable[str] = ("SAMR", "COM", "POST"),
    platforms: Iterable[str] = (),
    subjects: Iterable[uuid.UUID] = (),
    colleagues: Iterable[str] = (),
    couriers: Iterable[uuid.UUID] = (),
    payers: Iterable[uuid.UUID] = (),
) -> list[User]:
    """The people of a demo city, see `demo`. Raises OnlyInDemo elsewhere."""
    from chengxin.accounts import demo

    return demo.make_demo_people(departments, platforms, subjects, colleagues, couriers, payers)


# ---- people


@transaction.atomic
def add_person(
    username: str, display_name: str, *, by: Actor, email: str = "", phone: str = "", officer_number: str = "", language: str = "zh-hans"
) -> User:
    """A new person without rights and without a password; `invitations.invite` makes the link. Raises NameTaken."""
    check_administers(by)
    user = User(
        username=username.lower(),
        display_name=display_name,
        email=email,
        phone=phone,
        officer_number=officer_number,
        language=language,
        created_by=by.user,
    )
    user.set_unusable_password()
    _save_person(user)
    audit.record("accounts.person.added", actor=str(by), object=_person(user), data={}, personal=_personal(user))
    return user


@transaction.atomic
def change_person(user: User, *, by: Actor, **fields: str) -> User:
    """New contact data, name or certificate number of a person, by the security administrator or by the person (contact and language)."""
    if by.user != user:
        check_administers(by)
    elif set(fields) - {"display_name", "email", "phone", "language"}:
        raise Forbidden
    for name, value in fields.items():
        setattr(user, name, value)
    _save_person(user)
    audit.record("accounts.person.changed", actor=str(by), object=_person(user), data={"fields": sorted(fields)}, personal=_personal(user))
    return user


@transaction.atomic
def deactivate(user: User, *, by: Actor, why: str) -> None:
    """The person cannot sign in any more; grants stay on record and end."""
    check_administers(by)
    if by.user == user:
        raise errors.SamePerson
    for grant_ in user.grants.filter(revoked_at=None):
        revoke(grant_, by=by, why=why)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record("accounts.person.deactivated", actor=str(by), object=_person(user), data={"why": why})


@transaction.atomic
def reset_second_factor(user: User, *, by: Actor, why: str) -> None:
    """Forget a lost authenticator; the person enrols a new one at the next sign-in. Not for oneself."""
    from allauth.mfa.models import Authenticator

    check_administers(by)
    if by.user == user:
        raise errors.SamePerson
    Authenticator.objects.filter(user=user).delete()
    audit.record("accounts.second_factor.reset", actor=str(by), object=_person(user), data={"why": why})


# ---- grants


@transaction.atomic
def grant(
    user: User,
    role: str,
    *,
    by: Actor,
    scope: Scope = NOWHERE,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give a role. Roles in CONFIRMED_BY_ANOTHER wait for a second person. Raises Forbidden, SamePerson, EstatesMixed, BadScope."""
    check_administers(by)
    if by.user == user:
        raise errors.SamePerson
    with locked(f"accounts.grants:{user.pk}"):
        given = _new_grant(user, role, scope, valid_from=valid_from, valid_to=valid_to, reason=reason, granted_by=by.user)
        audit.record("accounts.grant.made", actor=str(by), object=_person(user), data=_told(given))
    return given


@transaction.atomic
def confirm(given: RoleGrant, *, by: Actor) -> RoleGrant:
    """The second person's yes. Raises SamePerson, Forbidden, NotWaiting."""
    check_confirms(given, by)
    given = RoleGrant.objects.select_for_update().get(pk=given.pk)
    if not given.is_waiting:
        raise errors.NotWaiting
    given.confirmed_by, given.confirmed_at = by.user, clock.now()
    given.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record("accounts.grant.confirmed", actor=str(by), object=_person(given.user), data=_told(given))
    return given


@transaction.atomic
def revoke(given: RoleGrant, *, by: Actor, why: str) -> RoleGrant:
    """End a grant at once; the next request of the person already feels it. The last security administrator stays."""
    check_administers(by)
    with locked("accounts.administrators"):
        given = RoleGrant.objects.select_for_update().get(pk=given.pk)
        if given.revoked_at is not None:
            raise errors.NotWaiting
        if given.role == Role.SECADMIN and not _other_secadmin(given):
            raise errors.LastAdministrator
        given.revoked_by, given.revoked_at, given.revoked_why = by.user, clock.now(), why
        given.save(update_fields=["revoked_by", "revoked_at", "revoked_why"])
        audit.record("accounts.grant.revoked", actor=str(by), object=_person(given.user), data={**_told(given), "why": why})
    return given


# ---- what must hold


def check_administers(by: Actor) -> None:
    """Forbidden unless a security administrator (or the house itself, at set-up)."""
    if not (by.is_system or by.has(Role.SECADMIN)):
        raise Forbidden


def may_confirm(given: RoleGrant, by: Actor) -> bool:
    """Another security or the system administrator; for department roles also that department's head."""
    if given.role in OF_A_DEPARTMENT and given.department_id in by.departments_as(Role.HEAD):
        return True
    return by.has(Role.SECADMIN, Role.SYSADMIN)


def check_confirms(given: RoleGrant, by: Actor) -> None:
    if by.user is None or not may_confirm(given, by):
        raise Forbidden
    if by.user.pk in (given.granted_by_id, given.user_id):
        raise errors.SamePerson


def check_scope(role: str, scope: Scope) -> None:
    """BadScope unless the scope is exactly what the role is bound to."""
    if role not in Role.values:
        raise errors.BadScope(reason_zh=f"没有“{role}”这个角色。", reason_en=f"There is no role {role!r}.")
    if bool(scope.department) != (role in OF_A_DEPARTMENT):
        raise errors.BadScope(
            reason_zh="部门角色必须且只有部门角色可以指定部门。", reason_en="Department roles, and only they, name a department."
        )
    if bool(scope.platform) != (role == Role.PLATFORM_STAFF):
        raise errors.BadScope(
            reason_zh="平台角色必须且只有平台角色可以指定平台。", reason_en="Platform staff, and only they, name a platform."
        )
    if (scope.subject is not None) != (role in OF_A_SUBJECT):
        raise errors.BadScope(reason_zh="只有经营主体角色须指定主体。", reason_en="Roles of a business, and only they, name a subject.")
    if scope.department and not Department.objects.filter(pk=scope.department).exists():
        raise errors.BadScope(reason_zh="没有这个部门。", reason_en="There is no such department.")


def check_estate(user: User, role: str) -> None:
    """EstatesMixed when the person holds, or is about to hold, a role of another estate, even one that has not begun or has run out."""
    if user.grants.filter(revoked_at=None).exclude(estate=estate_of(role)).exists():
        raise errors.EstatesMixed


def _new_grant(user: User, role: str, scope: Scope, *, valid_from: date | None = None, **fields: Any) -> RoleGrant:
    check_scope(role, scope)
    check_estate(user, role)
    if role in ADMINISTRATORS and user.grants.filter(revoked_at=None, role=role).exists():
        raise errors.NotWaiting
    return RoleGrant.objects.create(
        user=user,
        role=role,
        estate=estate_of(role),
        department_id=scope.department or None,
        platform_code=scope.platform,
        subject_id=scope.subject,
        valid_from=valid_from or clock.today(),
        **fields,
    )


def _other_secadmin(given: RoleGrant) -> bool:
    others = RoleGrant.objects.in_force().filter(role=Role.SECADMIN, user__is_active=True)
    return others.exclude(Q(pk=given.pk) | Q(user=given.user_id)).exists() or given.is_waiting


def _save_person(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as cause:
        raise errors.NameTaken from cause


def _person(user: User) -> str:
    return f"accounts.user:{user.pk}"


def _personal(user: User) -> dict[str, str]:
    return {"username": user.username, "name": user.display_name, "officer_number": user.officer_number}


def _told(given: RoleGrant) -> dict[str, str]:
    days = {"from": given.valid_from.isoformat(), "to": given.valid_to.isoformat() if given.valid_to else ""}
    return {"grant": str(given.pk), "role": given.role, "scope": given.scope, **days, "reason": given.reason}
