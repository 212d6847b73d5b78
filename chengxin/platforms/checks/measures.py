"""Checks of what platforms did against shops: in time, published, reported, answered by a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from chengxin.kernel import clock
from chengxin.platforms.checks.found import EXAMPLES, By, Found, by_clock, link
from chengxin.platforms.models import Appeal, Measure
from chengxin.platforms.models.measures import PROPOSED
from chengxin.supervision.models import Clue, ClueStep

UNLICENSED = "B20"


def _linked(measure: Measure) -> dict[str, str]:
    name = {"zh": f"措施 {measure.measure_no}", "en": f"Measure {measure.measure_no}"}
    return link(**name, officer=measure.officer_url, platform=measure.page_url)


def _day(at: datetime | None) -> date | None:
    return clock.city_day(at) if at else None


def _noticed(platforms: By) -> Any:
    return Measure.objects.filter(platform__in=platforms).exclude(state=PROPOSED).order_by("-decided_at")


def reported_in_time(platforms: By, day: date) -> dict[UUID, Found]:
    """D07: unlawful conduct that a measure was taken for is reported within the law's working days."""
    rows = _noticed(platforms).filter(report_due_on__isnull=False)
    return by_clock(((one.platform_id, one.report_due_on, _day(one.reported_at), one) for one in rows), day, _linked)


def published_in_time(platforms: By, day: date) -> dict[UUID, Found]:
    """D08: a measure is published within the law's working days."""
    rows = _noticed(platforms)
    return by_clock(((one.platform_id, one.publish_due_on, _day(one.published_at), one) for one in rows), day, _linked)


def answered_by_people(platforms: By, day: date) -> dict[UUID, Found]:
    """D39: appeals are answered, by their day. That a person answers is held by the database."""
    rows = Appeal.objects.filter(measure__platform__in=platforms).select_related("measure").order_by("-made_at")
    return by_clock(((one.measure.platform_id, one.due_on, _day(one.answered_at), one.measure) for one in rows), day, _linked)


def acted_on_unlicensed(platforms: By, day: date) -> dict[UUID, Found]:
    """D06: for each clue of trade without licence that an officer confirmed, a measure and a report by the platform followed."""
    confirmed = ClueStep.objects.filter(action="judge", data__verdict="confirmed", clue__behaviour=UNLICENSED).values("clue")
    acted: dict[UUID, list[Measure]] = {}
    for measure in _noticed(platforms).filter(reported_at__isnull=False):
        acted.setdefault(measure.shop_id, []).append(measure)
    codes = {platform.code: key for key, platform in platforms.items()}
    found: dict[UUID, Found] = {}
    for clue in Clue.objects.filter(pk__in=confirmed).prefetch_related("members"):
        for member in clue.members.all():
            if member.platform in codes and member.shop_id:
                _acted(found.setdefault(codes[member.platform], Found()), clue, acted.get(member.shop_id, []))
    return found


def _acted(one: Found, clue: Clue, measures: list[Measure]) -> None:
    one.looked += 1
    if not any(measure.decided_at >= clue.since for measure in measures):
        one.wrong += 1
        if len(one.links) < EXAMPLES:
            one.links.append(link(clue.number, clue.number, clue.page_url, reverse("platforms:my_measures")))
