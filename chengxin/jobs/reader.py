"""Who looks at a page of the lower rooms. Accounts stands above them and may not be imported; settings name the door (CHENGXIN_ACCESS)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])


def door() -> Any:
    """The module with `admit(request, roles)` and `actor_of(request)`."""
    return import_module(settings.CHENGXIN_ACCESS)


def open_to(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare and enforce which roles may use a page; like accounts.access.open_to."""
    wanted = frozenset(roles)

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return door().admit(request, wanted) or view(request, *args, **kwargs)

        guarded.open_to = wanted  # type: ignore[attr-defined]
        return guarded

    return declare


def open_to_all(view: View) -> View:
    """Declare that anybody may use a page or an API operation."""
    view.open_to = frozenset({"anyone"})  # type: ignore[attr-defined]
    return view


def actor_of(request: HttpRequest) -> Any:
    """Who asks: an object with `id` ("user:<uuid>"), `roles` and `subjects`."""
    return door().actor_of(request)
