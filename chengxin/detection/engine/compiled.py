"""One decorator for every numba kernel of the engine, so that all of them are cached on disk and let go of the interpreter lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")


def kernel(function: Function) -> Function:
    """Compile to machine code: cache=True (no second compile after install), nogil=True (windows run on several cores)."""
    return cast("Function", numba.njit(cache=True, nogil=True)(function))
