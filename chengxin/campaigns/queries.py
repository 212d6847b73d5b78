"""What may be asked of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import indicators
from chengxin.campaigns.access import DESK
from chengxin.campaigns.indicators import Figure, Indicator
from chengxin.campaigns.models import Activity, Campaign, CampaignTask, Completion, Handover, Story, Streamer
from chengxin.campaigns.models.campaigns import APPROVED, DRAFTED, ENDED, OPEN, RUNNING, SENT
from chengxin.campaigns.models.culture import PLANNED
from chengxin.campaigns.models.stories import OPEN as WRITING
from chengxin.kernel import clock
from chengxin.law import law


def desk(actor: Actor) -> dict[str, Any]:
    """What of the actor's campaigns is late or below target today, and what waits for the actor's departments."""
    here, today = actor.departments_as(*DESK), clock.today()
    live = access.all(actor, Campaign).filter(state__in=[DRAFTED, APPROVED, RUNNING, ENDED])
    found = [{"one": one, "below": _below(one), "closable": _closable(one, today), "waits": one.state == DRAFTED} for one in live]
    tasks = access.all(actor, CampaignTask).filter(state=OPEN, department__in=here).select_related("campaign")
    sent = access.all(actor, Handover).filter(state=SENT).select_related("clue")
    return {
        "campaigns": found,
        "tasks": [{"one": one, "colour": law.clock_colour(one.due_on, today)} for one in tasks],
        "handovers": [{"one": one, "colour": law.clock_colour(one.due_on, today) if one.due_on else ""} for one in sent],
        "stories": list(access.all(actor, Story).filter(state__in=WRITING)),
        "activities": list(access.all(actor, Activity).filter(state=PLANNED, department__in=here)),
        "overdue": overdue(actor).count(),
    }


def _below(one: Campaign) -> list[Figure]:
    return [figure for figure in indicators.figures(one) if figure.below] if one.state == RUNNING else []


def _closable(one: Campaign, today: date) -> bool:
    return one.state == ENDED or (one.state == RUNNING and one.ends_on <= today)


def overdue(actor: Actor) -> Any:
    """Streamers at work whose yearly training is overdue today."""
    today = clock.today()
    at_work = Q(until__isnull=True) | Q(until__gte=today)
    return access.all(actor, Streamer).filter(at_work, due_on__lt=today).select_related("platform")


def counted(actor: Actor, campaign: Campaign, indicator: Indicator, day: date | None) -> list[dict[str, Any]]:
    """The rows behind a number: each by its number, day and department, with a link where the actor may open it."""
    rows = list(indicator.of(campaign, day).order_by(indicator.on))
    pages = [getattr(one, indicator.page) if indicator.page else one for one in rows]
    mine = set(access.all(actor, type(pages[0])).filter(pk__in=[one.pk for one in pages]).values_list("pk", flat=True)) if pages else set()
    found = []
    for one, page in zip(rows, pages, strict=True):
        on = getattr(one, indicator.on)
        found.append(
            {
                "number": one.number,
                "url": page.page_url if page.pk in mine else "",
                "department": page.department,
                "day": clock.city_day(on) if indicator.instant else on,
            }
        )
    return found


def completions(actor: Actor) -> Any:
    """Completed courses the actor may read, the newest first."""
    return access.all(actor, Completion).select_related("subject", "streamer__platform", "revocation")
