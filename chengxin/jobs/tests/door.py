"""A door for the tests of the rooms below accounts: whoever `here` says is asking."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from chengxin.kernel.errors import Forbidden


@dataclass
class Somebody:
    """An actor, or nobody with an empty id."""

    id: str = ""
    roles: frozenset[str] = frozenset()
    subjects: frozenset[str] = field(default_factory=frozenset)


here = [Somebody()]


def actor_of(request: HttpRequest) -> Somebody:
    return here[0]


def admit(request: HttpRequest, wanted: frozenset[str]) -> HttpResponseBase | None:
    if not here[0].id:
        return redirect("/accounts/login/")
    if "signed_in" in wanted or wanted & here[0].roles:
        return None
    raise Forbidden
