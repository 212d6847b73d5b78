"""What a check found about one platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from chengxin.law import law
from chengxin.platforms.models.duties import AMBER, GREEN, GREY, RED
from chengxin.subjects.models import Platform

EXAMPLES = 5  # links to single rows under one result; the list itself is one more link
Pair = dict[str, str]
By = Mapping[UUID, Platform]


@dataclass
class Found:
    """Counts and evidence. `looked` none: nothing to be judged, grey unless the check says that none is well."""

    looked: int = 0
    near: int = 0
    wrong: int = 0
    links: list[dict[str, str]] = field(default_factory=list)
    said: Pair | None = None
    colour: str = ""

    def colour_or(self, when_none: str = GREY) -> str:
        """red when something is wrong, amber when a last day is near, green when all looked at was in order."""
        if self.colour:
            return self.colour
        if self.wrong:
            return RED
        if self.near:
            return AMBER
        return GREEN if self.looked else when_none


def link(zh: str, en: str, officer: str, platform: str) -> dict[str, str]:
    """A piece of evidence with its page at the officer's door and at the platform's; empty where that door has none."""
    return {"zh": zh, "en": en, "officer": officer, "platform": platform}


def by_clock(rows: Iterable[tuple[UUID, date | None, date | None, Any]], day: date, linked: Any) -> dict[UUID, Found]:
    """Judge rows (platform, last day, day it was done, row) by their clock: done late or overdue is wrong, amber is near.

    `linked(row)` makes the link of a wrong row.
    """
    found: dict[UUID, Found] = {}
    for platform, due, done, row in rows:
        if due is None:
            continue
        one = found.setdefault(platform, Found())
        one.looked += 1
        if (done or day) > due:
            one.wrong += 1
            if len(one.links) < EXAMPLES:
                one.links.append(linked(row))
        elif done is None and law.clock_colour(due, day) == AMBER:
            one.near += 1
    return found


def counted(rows: Sequence[Mapping[str, Any]]) -> dict[UUID, Found]:
    """Found from grouped counts: rows with platform_id, looked, and near and wrong where they count."""
    return {row["platform_id"]: Found(row["looked"], row.get("near", 0), row.get("wrong", 0)) for row in rows}
