"""Checks of a platform's answers: to officers' requests, and to reports that do not agree."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.urls import reverse

from chengxin.facts.models import CrossIssue, Receipt
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.platforms.checks.found import By, Found, by_clock, link
from chengxin.supervision.models import PlatformRequest


def answered_requests(platforms: By, day: date) -> dict[UUID, Found]:
    """D33: officers' requests are answered by their last day."""
    codes = {platform.code: key for key, platform in platforms.items()}
    rows = PlatformRequest.objects.filter(platform__in=codes).select_related("clue").order_by("-asked_at")
    told = ((codes[one.platform], one.due_on, clock.city_day(one.answered_at) if one.answered_at else None, one) for one in rows)
    return by_clock(told, day, _request)


def _request(one: PlatformRequest) -> dict[str, str]:
    return link(f"协查 {one.clue.number}", f"Request {one.clue.number}", one.clue.page_url, one.page_url)


def corrected_reports(platforms: By, day: date) -> dict[UUID, Found]:
    """D34: disagreements of its reports are put right within the law's working days; those put right leave the list by themselves."""
    codes = {platform.code: key for key, platform in platforms.items()}
    rows = CrossIssue.objects.filter(platform__in=codes)
    found = by_clock(((codes[one.platform], _due(one, day), None, one) for one in rows), day, _issue)
    return {key: found.get(key, Found(colour="green")) for key in _reporting(codes)} | found


def _due(one: CrossIssue, day: date) -> date:
    return law.at(day).due("DATA_CORRECT", clock.city_day(one.found_at))


def _issue(one: CrossIssue) -> dict[str, str]:
    name = {"zh": f"比对 {one.check_code}（{one.count}）", "en": f"Disagreement {one.check_code} ({one.count})"}
    return link(**name, officer=reverse("facts:officer"), platform=reverse("facts:issues"))


def _reporting(codes: dict[str, UUID]) -> list[UUID]:
    """The platforms that have reported at all."""
    return [codes[code] for code in Receipt.objects.filter(platform__in=codes).values_list("platform", flat=True).distinct()]
