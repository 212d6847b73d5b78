"""Where allauth meets the house: nobody signs up, no mail is sent, secrets are encrypted, duty keeps its second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chengxin.accounts import actor
from chengxin.accounts.models import User
from chengxin.accounts.roles import SECOND_FACTOR
from chengxin.kernel import encryption

SECRET_FIELD = "mfa.authenticator.secret"  # noqa: S105 - the column's name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Signing in brings the person's own language, unless this browser has already chosen one."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
            )
        return response

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No e-mail leaves the house about accounts; the audit log and the person's own page tell."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text, SECRET_FIELD)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text, SECRET_FIELD)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Who must have a second factor replaces it through an administrator, not by switching it off."""
        return not (settings.SECOND_FACTOR and actor.of_user(authenticator.user).roles & SECOND_FACTOR)
