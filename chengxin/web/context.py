"""What every page of the house needs to draw its shell."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import ngettext

from chengxin.accounts import access
from chengxin.accounts.roles import Role
from chengxin.audit import covered
from chengxin.kernel import clock
from chengxin.notices import queries as notices
from chengxin.web import doors, tour

ALARMED = {Role.AUDITADMIN, Role.LEADER}  # who hears on every page that the log does not add up


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: door, shelf, person. Lazy, so that a fragment or an export does not pay for it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _address(request: HttpRequest) -> str:
    """Where the page stands, for paper; the path alone when the caller named a host that is not ours."""
    try:
        return request.build_absolute_uri()
    except DisallowedHost:
        return request.path


def _shell(request: HttpRequest) -> dict[str, Any]:
    actor = access.actor_of(request)
    roles = set(actor.roles)
    door = doors.of_path(request.path, roles)
    unread = notices.unread(actor)
    own = [doors.Entry(doors.home(each), doors.name(each), doors.table()[each]["icon"]) for each in doors.of_roles(roles)]
    return {
        "door": door,
        "door_name": doors.name(door),
        "nav": doors.parts(doors.shelf(door, roles, request.path)),
        "doors": own,
        "own": doors.shelf("own", roles),
        "footer": doors.shelf("footer", roles),
        "person": actor.name,
        "at": clock.now(),
        "address": _address(request),
        "unread": unread,
        "tour": tour.shown(request, actor, door),
        "bell_label": ngettext("Notices: %d new", "Notices: %d new", unread) % unread,
        "inbox_url": doors.address("notices:inbox"),
        "login_url": doors.address("account_login") or "/accounts/login/",
        "log_alarm": bool(roles & ALARMED) and covered.alarm(),
        "logout_url": doors.address("account_logout") or "/accounts/logout/",
    }
