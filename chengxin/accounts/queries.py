"""What may be asked about departments and people."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from chengxin.accounts.models import Department, Recusal, RoleGrant, User
from chengxin.kernel import clock


def departments(day: date | None = None) -> QuerySet[Department]:
    """The departments that exist on a day."""
    day = day or clock.today()
    began = Q(valid_from=None) | Q(valid_from__lte=day)
    goes_on = Q(valid_to=None) | Q(valid_to__gte=day)
    return Department.objects.filter(began, goes_on)


def successor(code: str, day: date | None = None) -> Department:
    """The department that does this one's work on a day: itself while valid, else along the succession."""
    day = day or clock.today()
    found = Department.objects.get(code=code)
    while not found.is_valid_on(day) and found.successor is not None and (found.valid_to or day) < day:
        found = found.successor
    return found


def username_of(login: str) -> str:
    """The user name behind what was typed at the door: an e-mail address by its blind index, anything else in small letters."""
    login = login.strip()
    found = User.objects.with_email(login).first() if "@" in login else None
    return found.username if found else login.lower()


def people_with(role: str, *, department: str = "", platform: str = "") -> QuerySet[User]:
    """Who holds a role today, in a department or for a platform."""
    grants = RoleGrant.objects.in_force().filter(role=role)
    if department:
        grants = grants.filter(department=department)
    if platform:
        grants = grants.filter(platform_code=platform)
    return User.objects.filter(pk__in=grants.values("user"), is_active=True)


def is_recused(user: User, object: str, day: date | None = None) -> bool:
    """Whether a person has to stay out of what concerns an object ("subjects.subject:<id>")."""
    day = day or clock.today()
    ends = Q(valid_to=None) | Q(valid_to__gte=day)
    return Recusal.objects.filter(ends, user=user, object=object, valid_from__lte=day).exists()
