"""What self-reports say about a duty on a day: verified and in term green, waiting amber, refused red, none or over grey."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.urls import reverse

from chengxin.law import law
from chengxin.law.entries import Duty
from chengxin.platforms.checks.found import By, Found, link
from chengxin.platforms.models import SelfReport
from chengxin.platforms.models.duties import AMBER, GREEN, GREY, RED, REFUSED, SUBMITTED

NONE = {"zh": "平台尚未自报", "en": "the platform has not reported"}
WAITS = {"zh": "已自报，待核实", "en": "reported, to be verified"}
REFUSED_SAID = {"zh": "自报未通过核实", "en": "the report was refused"}


def state(platforms: By, duty: Duty, day: date) -> dict[UUID, Found]:
    """The latest report of each platform on this duty decides; an earlier verified one counts while a new one waits."""
    found: dict[UUID, Found] = {key: Found(colour=GREY, said=NONE) for key in platforms}
    for one in SelfReport.objects.filter(platform__in=platforms, duty=duty.code).order_by("reported_at"):
        found[one.platform_id] = _said(one, day, found[one.platform_id])
    return found


def _said(one: SelfReport, day: date, before: Found) -> Found:
    name = {"zh": f"自报 {one.evidence_name}", "en": f"Self-report {one.evidence_name}"}
    links = [link(**name, officer=one.page_url, platform=reverse("platforms:my_duty", args=[one.platform.code, one.duty]))]
    if one.state == SUBMITTED:
        return before if before.colour in (GREEN, AMBER) else Found(colour=AMBER, said=WAITS, links=links)
    if one.state == REFUSED:
        return Found(colour=RED, said=REFUSED_SAID, links=links)
    assert one.valid_until  # a verified report has a term; the database holds it
    colour = {"red": GREY}.get(law.clock_colour(one.valid_until, day), law.clock_colour(one.valid_until, day))
    until = one.valid_until.isoformat()
    return Found(colour=colour, said={"zh": f"自报已核实，有效至 {until}", "en": f"self-report verified, good until {until}"}, links=links)
