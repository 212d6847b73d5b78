"""A one-time code of the person's own authenticator as a signature: what the house has in place of a text message."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.cache import cache

from chengxin.accounts.access import Actor
from chengxin.accounts.errors import CodeWrong, NoSecondFactor


def has_authenticator(actor: Actor) -> bool:
    """Whether the person has enrolled an authenticator."""
    return _authenticator(actor) is not None


def check_code(actor: Actor, code: str) -> None:
    """Use up one code of the person's authenticator. Raises NoSecondFactor; CodeWrong, also after as many wrong ones as sign-ins may."""
    known = _authenticator(actor)
    if known is None:
        raise NoSecondFactor
    tries = f"accounts.codes.{actor}"
    cache.add(tries, 0, timeout=int(settings.AXES_COOLOFF_TIME.total_seconds()))
    if cache.incr(tries) > settings.AXES_FAILURE_LIMIT or not TOTP(known).validate_code(code.strip()):
        raise CodeWrong
    cache.delete(tries)


def _authenticator(actor: Actor) -> Authenticator | None:
    if actor.user is None:
        return None
    found: Authenticator | None = Authenticator.objects.filter(user=actor.user, type=Authenticator.Type.TOTP).first()
    return found
