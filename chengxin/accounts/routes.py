"""Who may use the routes we did not write, in one table; anything that is in neither half is refused as undeclared."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ninja.operation import PathView

from chengxin.accounts import access
from chengxin.accounts.roles import ANYONE, SIGNED_IN

CLOSED: frozenset[str] = frozenset()
_ANYONE = frozenset({ANYONE})
_SIGNED_IN = frozenset({SIGNED_IN})

THIRD_PARTY: dict[str, frozenset[str]] = {
    # the sign-in pages of allauth
    "account_login": _ANYONE,
    "account_logout": _ANYONE,
    "account_inactive": _ANYONE,
    "mfa_authenticate": _ANYONE,
    "account_reauthenticate": _SIGNED_IN,
    "account_change_password": _SIGNED_IN,
    "mfa_index": _SIGNED_IN,
    "mfa_reauthenticate": _SIGNED_IN,
    "mfa_activate_totp": _SIGNED_IN,
    "mfa_deactivate_totp": _SIGNED_IN,
    "mfa_view_recovery_codes": _SIGNED_IN,
    "mfa_generate_recovery_codes": _SIGNED_IN,
    "mfa_download_recovery_codes": _SIGNED_IN,
    # tokens for machines: the endpoints check the client's own secret
    "oauth2_provider:token": _ANYONE,
    "oauth2_provider:revoke-token": _ANYONE,
    # the API's own description
    "api:openapi-json": _ANYONE,
    "epcis:openapi-json": _ANYONE,
    # closed, as if they did not exist: signing up is by invitation, addresses are not kept in clear, applications are made on our page
    **dict.fromkeys(
        (
            "api:api-root",
            "usersessions_list",
            "account_signup",
            "account_email",
            "account_email_verification_sent",
            "account_confirm_email",
            "account_set_password",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "account_confirm_login_code",
            "oauth2_provider:oauth-server-metadata",
            "oauth2_provider:oauth-server-metadata-issuer",
            "oauth2_provider:oauth-resource-metadata",
            "oauth2_provider:oauth-resource-metadata-path",
            "oauth2_provider:authorize",
            "oauth2_provider:introspect",
            "oauth2_provider:device-authorization",
            "oauth2_provider:device",
            "oauth2_provider:device-confirm",
            "oauth2_provider:device-grant-status",
            "oauth2_provider:list",
            "oauth2_provider:register",
            "oauth2_provider:detail",
            "oauth2_provider:delete",
            "oauth2_provider:update",
            "oauth2_provider:authorized-token-list",
            "oauth2_provider:authorized-token-delete",
            "oauth2_provider:oidc-connect-discovery-info",
            "oauth2_provider:jwks-info",
            "oauth2_provider:user-info",
            "oauth2_provider:rp-initiated-logout",
            "oauth2_provider:dcr-register",
            "oauth2_provider:dcr-register-management",
        ),
        CLOSED,
    ),
}

# Reachable before the second factor is enrolled: enrolling it, leaving, and choosing the language.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "web:language",
    }
)


def declaration(name: str, view: Callable[..., Any], method: str = "GET") -> frozenset[str] | None:
    """Who may use a route: its own declaration, the operation's doors, or the table. CLOSED is nobody, None is undeclared."""
    path_view = path_view_of(view)
    if path_view is not None:
        return _of_operations(path_view, method)
    declared = access.declaration_of(view)
    return declared if declared is not None else THIRD_PARTY.get(name)


def path_view_of(view: Callable[..., Any]) -> PathView | None:
    """The ninja path behind a view. Ninja keeps it in the closure of the function it gives to Django, and nowhere else."""
    if not getattr(view, "__module__", "").startswith("ninja.operation"):
        return None
    found = inspect.getclosurevars(view).nonlocals.get("self")
    return found if isinstance(found, PathView) else None


def of_operation(operation: Any) -> frozenset[str] | None:
    """Who may call an API operation: all its doors must say so; without a door, the function itself."""
    if not operation.auth_callbacks:
        return access.declaration_of(operation.view_func)
    doors = [access.declaration_of(door) for door in operation.auth_callbacks]
    return None if None in doors else frozenset().union(*(door for door in doors if door is not None))


def _of_operations(path_view: PathView, method: str) -> frozenset[str] | None:
    """The operation of this method; for a method the path does not have, anyone: ninja answers 405 by itself."""
    for operation in path_view.operations:
        if method in operation.methods:
            return of_operation(operation)
    return _ANYONE
