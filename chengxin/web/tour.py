"""The first tour of the demo city: steps on a door's first page that tick themselves, remembered per person; none outside the demo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest

from chengxin.accounts.access import Actor
from chengxin.kernel import language
from chengxin.web import doors
from chengxin.web.models import TourMark

KEPT = "tour"  # of a visitor's session, who has no account to remember by


@dataclass(frozen=True)
class Step:
    """One thing to try."""

    code: str
    label: str
    done: bool


@cache
def table() -> dict[str, list[dict[str, Any]]]:
    """tour.yaml, read once."""
    loaded: dict[str, list[dict[str, Any]]] = yaml.load(
        (Path(__file__).parent / "tour.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return loaded


def target(step: str) -> str:
    """Where a step leads; empty for one that is none."""
    return next((doors.address(one["url"]) for steps in table().values() for one in steps if one["step"] == step), "")


def marks(request: HttpRequest, actor: Actor) -> set[str]:
    """What the reader has tried or put away."""
    if actor.user:
        return set(TourMark.objects.filter(person=actor.user).values_list("step", flat=True))
    return set(request.session.get(KEPT, []))


def mark(request: HttpRequest, actor: Actor, step: str) -> None:
    """Remember it, in the demo only. The same again is nothing new."""
    if not settings.DEMO:
        return
    if actor.user:
        TourMark.objects.get_or_create(person=actor.user, step=step)
    else:
        request.session[KEPT] = sorted({*request.session.get(KEPT, []), step})


def shown(request: HttpRequest, actor: Actor, door: str) -> list[Step]:
    """The steps of a door on its first page; none outside the demo, elsewhere, or once they were put away."""
    if not settings.DEMO or door not in table() or request.path != doors.home(door):
        return []
    known = marks(request, actor)
    if hidden(door) in known:
        return []
    mine = [one for one in table()[door] if not one.get("roles") or actor.has(*one["roles"])]
    return [Step(one["step"], language.pick(one), one["step"] in known) for one in mine]


def hidden(door: str) -> str:
    """The mark of a tour that was put away."""
    return f"hidden-{door}"
