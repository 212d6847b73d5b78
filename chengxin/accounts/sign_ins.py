"""Each sign-in, failed attempt, lock-out, sign-out and change of a second factor leaves a leaf; without the leaf there is no sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chengxin.accounts import queries
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.kernel.encryption import blind_index

NOBODY = "anonymous:sign-in"


def attempted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Whom an attempt is counted against (settings.AXES_USERNAME_CALLABLE): the same name for the name and for the e-mail address.

    What is nobody's name is counted under its blind index: people type passwords into the wrong field, and axes keeps this text.
    """
    given = str((credentials or {}).get("username") or (request.POST.get("login", "") if request is not None else ""))
    name = queries.username_of(given)[:150]
    return name if User.objects.filter(username=name).exists() else f"?{blind_index(name, 'accounts.sign_in')}"


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    with transaction.atomic():
        audit.record("accounts.sign_in.succeeded", actor=user.actor, object=_of(user), data={}, personal=_address(request))
    if settings.DEMO and not settings.SECOND_FACTOR and request is not None and hasattr(request, "_messages"):
        messages.warning(request, _("DEMO: the second factor is switched off and the passwords are public. Never keep real data here."))


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    if getattr(request, "axes_locked_out", False):
        return  # a locked door is hammered as often as the other side likes; the lock-out itself is on record
    name = str(credentials.get("username") or "")[:150].lower()
    with transaction.atomic():
        audit.record("accounts.sign_in.failed", actor=NOBODY, object=_tried(name), data={}, personal=_address(request, name))


@receiver(user_locked_out)
def locked_out(sender: Any, request: HttpRequest | None = None, username: str | None = None, **kwargs: Any) -> None:
    name = username or ""
    with transaction.atomic():
        audit.record("accounts.sign_in.locked", actor=NOBODY, object=_tried(name), data={}, personal=_address(request, name))


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if isinstance(user, User):
        _leaf("accounts.sign_out.done", user)


@receiver(password_changed)
def changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    _leaf("accounts.password.changed", user)


# On the rows, not on allauth's own signals: those come after the commit, when it is too late to refuse.
@receiver(post_save, sender=Authenticator)
def enrolled(sender: Any, instance: Authenticator, created: bool, **kwargs: Any) -> None:
    if created:
        _leaf("accounts.second_factor.enrolled", instance.user, str(instance.type))


@receiver(post_delete, sender=Authenticator)
def removed(sender: Any, instance: Authenticator, **kwargs: Any) -> None:
    _leaf("accounts.second_factor.removed", instance.user, str(instance.type))


def _leaf(action: str, user: User, kind: str = "") -> None:
    with transaction.atomic():
        audit.record(action, actor=user.actor, object=_of(user), data={"kind": kind} if kind else {})


def _of(user: User) -> str:
    return f"accounts.user:{user.pk}"


def _tried(name: str) -> str:
    """A known person by id; any other text by its blind index, for people type passwords into the wrong field."""
    known = User.objects.filter(username=name).first() if name else None
    return _of(known) if known else f"accounts.name:{blind_index(name, 'accounts.sign_in')}"


def _address(request: HttpRequest | None, name: str = "") -> dict[str, str]:
    told = {"ip": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
    known = bool(name) and User.objects.filter(username=name).exists()
    return {**told, "username": name} if known else told
