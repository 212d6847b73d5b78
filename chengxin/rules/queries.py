"""What may be asked of rules and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.rules import kept, reasons
from chengxin.rules.errors import NothingToReview
from chengxin.rules.models import OUTCOMES, PASS, DecisionBatch, Held, RuleVersion

HITS_OVER = timedelta(weeks=1)  # how much of the recent past the list of rules counts


@dataclass(frozen=True)
class KeptDecision:
    """One decision as it was kept: the figures of the rules then in force, and what came of it."""

    number: str
    platform: str
    kind: str
    outcome: str
    at: datetime
    event_at: datetime
    figures: dict[str, float | None]
    held: Held | None

    def as_json(self) -> dict[str, Any]:
        """The API's answer."""
        held = self.held
        review = {
            "asked_at": held.asked_at if held else None,
            "verdict": held.verdict if held else "",
            "answer": held.answer if held else "",
            "answered_by": held.answered_by_name if held else "",
            "answered_at": held.answered_at if held else None,
        }
        return {
            "number": self.number,
            "outcome": self.outcome,
            "handler": str(held.handler) if held and held.handler else "",
            "reasons": held.reasons if held else [],
            "kind": self.kind,
            "at": self.at,
            "figures": self.figures,
            "review": review,
        }

    @property
    def figures_in_words(self) -> list[dict[str, str]]:
        """Every figure that had a value, in both languages."""
        from chengxin.rules.features import features

        told = [(features()[name], value) for name, value in self.figures.items() if value is not None and name in features()]
        return [
            {
                "zh": one.zh,
                "en": one.en,
                "value_zh": reasons.figure(one.name, value, "zh"),
                "value_en": reasons.figure(one.name, value, "en"),
            }
            for one, value in told
        ]


def decision(actor: Actor, number: str) -> KeptDecision:
    """A decision by its number. NotFound for a stranger's and for a malformed number."""
    held = access.all(actor, Held).filter(number=number).select_related("handler", "shop").first()
    batch, place = held.batch if held else None, int(number.rpartition("-")[2]) if held else 0
    if batch is None:
        batch, place = _batch(actor, number)
    opened = kept.opened(batch)
    if place >= batch.count:
        raise NotFound
    row = opened.values[place].tolist()
    figures = {name: None if np.isnan(value) else value for name, value in zip(batch.book.features, row, strict=True)}
    moment = datetime.fromtimestamp(int(opened.time[place]) / 1e6, clock.CITY)
    return KeptDecision(number, batch.platform, batch.kind, OUTCOMES[int(opened.outcome[place])], batch.at, moment, figures, held)


def _batch(actor: Actor, number: str) -> tuple[DecisionBatch, int]:
    """The batch and place that a number names."""
    name, _, place = number.partition("-")
    if len(name) != 32 or not place.isdecimal() or len(place) > 4 or str(int(place)) != place:
        raise NotFound
    try:
        key = UUID(hex=name)
    except ValueError as error:
        raise NotFound from error
    return access.get(actor, DecisionBatch, pk=key), int(place)


def check_reviewable(actor: Actor, number: str) -> None:
    """Raises NothingToReview for a pass, NotFound for what is not there."""
    if decision(actor, number).outcome == PASS:
        raise NothingToReview


def versions(actor: Actor) -> QuerySet[RuleVersion]:
    """All versions with the hits of the last week."""
    recent = Q(hits__held__at__gte=clock.now() - HITS_OVER)
    found = access.all(actor, RuleVersion).select_related("rule", "handler")
    return found.annotate(recent_hits=Count("hits", filter=recent)).order_by("rule__code", "-number")


def held(actor: Actor) -> QuerySet[Held]:
    """Decisions that were no pass, newest first."""
    return access.all(actor, Held).select_related("shop", "handler").order_by("-at", "-number")


def waiting(actor: Actor) -> QuerySet[Held]:
    """Those on which a person has to say something: referred, or a review was asked for."""
    return held(actor).filter(Q(outcome="refer") | Q(asked_at__isnull=False), verdict="")
