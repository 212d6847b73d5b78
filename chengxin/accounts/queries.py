"""What may be asked about departments and people."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from chengxin.accounts.models import Department, User
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
