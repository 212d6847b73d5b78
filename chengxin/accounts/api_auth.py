"""The API's two doors for django-ninja: a platform's bearer token with a scope, and a person's session with a role."""

from __future__ import annotations

import hashlib
import ipaddress
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from oauth2_provider.models import get_access_token_model

from chengxin.accounts import access, actor, errors, rates
from chengxin.accounts.actor import Actor
from chengxin.accounts.models import PlatformClient
from chengxin.accounts.scopes import SCOPES
from chengxin.kernel.errors import Forbidden


class ClientAuth(HttpBearer):
    """Bearer token of a client (RFC 6750). No or bad token: 401; a token without the scope, or from elsewhere: 403; too often: 429."""

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise ValueError(f"unknown scope {scope!r}; there are {sorted(SCOPES)}")
        super().__init__()
        self.scope = scope
        self.open_to = frozenset({f"client:{scope}"})

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        known = _of_token(token)
        if known is None:
            return None
        client, scopes = known
        check_network(client, request)
        rates.take(client)
        if self.scope not in scopes:
            raise errors.WrongScope(scope=self.scope)
        return actor.of_client(client, scopes)


class RoleAuth(APIKeyCookie):
    """The session cookie of a person with one of the roles; unsafe methods need the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, roles: frozenset[str]) -> None:
        super().__init__(csrf=True)
        self.open_to = roles

    def __call__(self, request: HttpRequest) -> Any:
        # Asked before the CSRF check, so that a request without a session gets 401 and may be meant for the next door.
        return None if access.actor_of(request).user is None else super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        asking = access.actor_of(request)
        if not access.may_open(asking, self.open_to):
            raise Forbidden
        return asking


def _of_token(token: str) -> tuple[PlatformClient, frozenset[str]] | None:
    """The client and scopes of a living token. Looked up here, not by oauthlib, which would read the whole body first.

    Its rows are read at every request, in one query whose SQL is made once, so what was revoked or changed holds from the next request on,
    in every process. What is remembered is only what rows with this very content say.
    """
    checksum = hashlib.sha256(token.encode()).hexdigest()
    row = _row(checksum)
    if row is None:
        return None
    known = _said.get(row)
    if known is None:
        known = _read(checksum)
        if _row(checksum) == row:  # else it changed meanwhile, and what was read is not what this row says
            if len(_said) >= MOST_REMEMBERED:
                _said.clear()
            _said[row] = known
    kept, client, scopes = known
    return None if client is None or kept.is_expired() else (client, scopes)


Known = tuple[Any, PlatformClient | None, frozenset[str]]  # the token's row, whose right it is, and to what
MOST_REMEMBERED = 10_000
_said: dict[tuple[Any, ...], Known] = {}  # the rows of a token, its application and client → what they say


def _living(checksum: str) -> QuerySet[Any]:
    found: QuerySet[Any] = get_access_token_model().objects.filter(token_checksum=checksum)
    return found


@cache
def _question(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters for everything that a token's right depends on; the checksum is the last parameter."""
    of_client = [f"application__platform_client__{field.attname}" for field in PlatformClient._meta.concrete_fields]
    sql, given = _living("").values_list("pk", "expires", "scope", *of_client).order_by().query.sql_with_params()
    return sql, tuple(given)[:-1]


def _row(checksum: str) -> tuple[Any, ...] | None:
    sql, given = _question(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*given, checksum))
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _read(checksum: str) -> Known:
    found = _living(checksum).select_related("application__platform_client").first()
    client = getattr(getattr(found, "application", None), "platform_client", None)
    if found is None or client is None or client.retired_at is not None:
        return found, None, frozenset()
    # A scope taken from the client is gone from its living tokens too.
    return found, client, frozenset(found.scope.split()) & frozenset(client.scopes)


def check_network(client: PlatformClient, request: HttpRequest) -> None:
    """WrongNetwork when the client lists networks and the connection comes from none of them."""
    if not client.networks:
        return
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError as cause:
        raise errors.WrongNetwork from cause
    if not any(address in ipaddress.ip_network(network, strict=False) for network in client.networks):
        raise errors.WrongNetwork
