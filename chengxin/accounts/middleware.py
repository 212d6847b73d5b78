"""Refuses what nobody declared, holds the idle limit of a session, and sends officials without a second factor to enrol one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import ResolverMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chengxin.accounts import access, routes, visitors
from chengxin.accounts.errors import PurposeNeeded
from chengxin.accounts.roles import ANYONE, SECOND_FACTOR
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden

log = logging.getLogger("chengxin.access")
Answer = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"
BEGAN = "began"
ENROLLED = "second_factor"
RENEWED_EVERY = 60  # seconds; a write to the session row a minute, not a request


class IdleMiddleware:
    """Ends a session nobody used for settings.SESSION_IDLE_SECONDS (GB/T 22239-2019 8.1.4.1 b), and any after SESSION_LONGEST_SECONDS."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self.check(request)
        return self.get_response(request)

    def check(self, request: HttpRequest) -> None:
        now = int(clock.now().timestamp())
        idle = now - request.session.get(SEEN, now)
        if idle > settings.SESSION_IDLE_SECONDS:
            logout(request)
            messages.info(request, _("You were signed out because the session was idle."))
        elif now - request.session.get(BEGAN, now) > settings.SESSION_LONGEST_SECONDS:
            logout(request)
            messages.info(request, _("You were signed out because the session was old. Sign in again."))
        elif SEEN not in request.session or idle > RENEWED_EVERY:
            request.session[SEEN] = now
            request.session.setdefault(BEGAN, now)


class AccessMiddleware:
    """One look at each route before its view runs: undeclared or closed routes end here."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if isinstance(match, ResolverMatch) else ""
        declared = routes.declaration(name, view, request.method or "GET")
        if declared is None:
            log.error("access.undeclared path=%s route=%s", request.path, name)
            raise PermissionDenied("undeclared route")
        if declared == routes.CLOSED:
            raise Http404
        if name in routes.THIRD_PARTY:
            return _admit_to_third_party(request, declared) or _second_factor_first(request, name)
        if ANYONE in declared and (refused := visitors.limited(request, name)):
            return refused
        return _second_factor_first(request, name)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that needs a purpose sends the reader to state one, and back."""
        if isinstance(exception, PurposeNeeded) and request.method == "GET" and not request.path.startswith("/api/"):
            return redirect(f"{reverse('accounts:purpose')}?{urlencode({'next': request.get_full_path()})}")
        return None


def _admit_to_third_party(request: HttpRequest, declared: frozenset[str]) -> HttpResponseBase | None:
    try:
        return access.admit(request, declared)
    except Forbidden as cause:
        raise PermissionDenied from cause


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether the person must enrol one before going on. A session that has been seen with one is not asked again."""
    if not settings.SECOND_FACTOR or not request.user.is_authenticated or request.session.get(ENROLLED):
        return False
    if not access.actor_of(request).roles & SECOND_FACTOR:
        return False
    from allauth.mfa.utils import is_mfa_enabled

    enrolled = is_mfa_enabled(request.user)
    if enrolled:
        request.session[ENROLLED] = True
    return not enrolled


def _second_factor_first(request: HttpRequest, name: str) -> HttpResponseBase | None:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or name in routes.BEFORE_SECOND_FACTOR:
        return None
    return redirect("mfa_activate_totp") if needs_second_factor(request) else None
