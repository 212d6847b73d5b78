"""Programs named by import path, "module:function": what handlers, jobs and cron entries point to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from chengxin.jobs.errors import NoSuchTarget


@cache
def resolve(path: str) -> Any:
    """The object at "package.module:name" (or ":Outer.name"). Raises NoSuchTarget."""
    module, colon, name = path.partition(":")
    if not colon:
        module, _, name = path.rpartition(".")
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as cause:
        raise NoSuchTarget(target=path) from cause
    return found


def path_of(target: str | type | Callable[..., Any]) -> str:
    """The import path of a class or function; a path stays as it is."""
    return target if isinstance(target, str) else f"{target.__module__}:{target.__qualname__}"


def backoff(attempts: int) -> int:
    """Seconds to wait after the n-th failure: 5, 10, 20, 40 … at most an hour."""
    return int(min(5 * 2 ** (attempts - 1), 3600))
