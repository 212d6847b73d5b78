"""Where a person is signed in, and how it is ended: by the person, or for the person by a security administrator."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction

from chengxin.accounts.actions import check_administers
from chengxin.accounts.actor import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit

BROWSERS = {"MicroMessenger": "WeChat", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}  # the first that fits
NOWHERE = "::"


def keep_little(instance: UserSession, **_: object) -> None:
    """Before a session's row is written: of the browser its kind, of the address nothing. The rest stands in the log, sealed."""
    instance.ip = NOWHERE
    instance.user_agent = next((name for sign, name in BROWSERS.items() if sign in instance.user_agent), "")


def of_user(user: User) -> list[UserSession]:
    """The living sessions of a person, the newest first; those that ended are forgotten."""
    living: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(living, key=lambda one: one.created_at, reverse=True)


@transaction.atomic
def end(user: User, *, by: Actor, but: str = "", only: str = "", why: str = "") -> int:
    """End sessions of a person: all, all except that with the key `but`, or only that with the id `only`; returns how many.

    By the person or a security administrator; Forbidden to others.
    """
    if by.user != user:
        check_administers(by)
    chosen = [one for one in of_user(user) if one.session_key != but and only in ("", str(one.pk))]
    for one in chosen:
        one.end()
    data = {"sessions": len(chosen), **({"why": why} if why else {})}
    audit.record("accounts.sessions.ended", actor=str(by), object=f"accounts.user:{user.pk}", data=data)
    return len(chosen)
