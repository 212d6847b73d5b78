"""What the pages ask: the desk's work, a firm with its outlets, who is barred today, what a platform has yet to confirm."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.delivery import ratings, timeline
from chengxin.delivery.actions.status import ban_of
from chengxin.delivery.models import Ban, BanReceipt, Incident, Listing, StatusAnswer, WorkerAppeal, WorkerFact
from chengxin.delivery.models.bans import APPLIED, IN_FORCE, LIFTED
from chengxin.delivery.models.incidents import FINISHED, UPHELD
from chengxin.delivery.models.workers import APPEALED
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.records.models import Record
from chengxin.subjects.models import CourierFirm, CourierOutlet
from chengxin.subjects.queries import family

COLOURS = ("red", "amber", "green")


def open_incidents(actor: Actor) -> QuerySet[Incident]:
    """The actor's incidents that are not closed, soonest due first."""
    return access.all(actor, Incident).exclude(state__in=FINISHED).select_related("firm")


def by_colour(incidents: QuerySet[Incident]) -> dict[str, int]:
    """Incidents that wait for their firm, counted by the colour of the law's clock."""
    today = clock.today()
    counts = dict.fromkeys(COLOURS, 0)
    for day in incidents.filter(state="REPORTED").values_list("due_on", flat=True):
        counts[law.clock_colour(day, today)] += 1
    return counts


def open_bans(actor: Actor) -> QuerySet[Ban]:
    """Bans on the way and in force."""
    return access.all(actor, Ban).exclude(state__in=("EXPIRED", "REPAIRED", "REVOKED", "DROPPED")).select_related("firm", "record")


def appeals(actor: Actor) -> QuerySet[WorkerAppeal]:
    """Workers' appeals that wait for a decision."""
    return WorkerAppeal.objects.filter(fact__in=access.all(actor, WorkerFact), state=APPEALED).select_related("fact__firm")


def facts_of(actor: Actor, firm: CourierFirm) -> list[WorkerFact]:
    """What is on record of the firm's workers today: within the term, not taken off. The caller logs the reading first."""
    rows = access.all(actor, WorkerFact).filter(firm=firm, until__gte=clock.today(), end__isnull=True)
    return list(rows.select_related("firm", "incident", "record", "appeal"))


def month_start(text: str) -> date:
    """The first day of the month asked for (2026-11), else of the month before this one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        today = clock.today()
        return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def outlet_rows(since: date, courier: str = "") -> list[dict[str, Any]]:
    """Each outlet's figures of parcels picked up since a day, with the names of the register."""
    start = datetime.combine(since, time(), clock.CITY)
    waybills = list(Incident.objects.filter(state__in=UPHELD, reported_at__gte=start).values_list("waybill_no", flat=True))
    rows = timeline.outlet_figures(start, clock.now(), waybills, courier)
    firms = dict(CourierFirm.objects.values_list("code", "name"))
    names = {(firm, code): name for firm, code, name in CourierOutlet.objects.values_list("firm__code", "code", "name")}
    return [
        {
            **row,
            "firm": firms.get(row["courier"], row["courier"]),
            "name": f"{names.get((row['courier'], row['outlet']), '')} {row['outlet']}".strip(),
            "on_time_share": row["on_time"] / row["delivered"] if row["delivered"] else 0.0,
        }
        for row in rows
    ]


def penalties_of(firm: CourierFirm) -> list[Record]:
    """Penalties on the firm's credit file that stand."""
    if firm.subject_id is None:
        return []
    return list(Record.objects.filter(subject__in=family(firm.subject_id), item="PENALTY", end__isnull=True))


def listings() -> list[Listing]:
    """Official listings that were told of and have not ended; whose they are, the lists know."""
    return list(Listing.objects.filter(ended_at=None).order_by("-told_at"))


def board(platform: str) -> list[dict[str, Any]]:
    """Every firm as a platform sees it: may it be admitted, and what the platform has yet to confirm."""
    acts = {(one.ban_id, one.act) for one in BanReceipt.objects.filter(platform=platform)}
    asked = dict(StatusAnswer.objects.filter(platform=platform).order_by("at").values_list("firm", "at"))
    rows = []
    for firm in CourierFirm.objects.select_related("subject"):
        ban = Ban.objects.filter(firm=firm, since__isnull=False).order_by("-since").first()
        act = (APPLIED if ban.state == IN_FORCE else LIFTED) if ban else ""
        barred = ban_of(firm)
        admit = barred is None and firm.status == "active"
        lifting = act == LIFTED and ban is not None and (ban.pk, APPLIED) in acts
        wanted = ban if ban and (act == APPLIED or lifting) and (ban.pk, act) not in acts else None
        rows.append({"firm": firm, "admit": admit, "ban": barred, "to_confirm": wanted, "act": act, "asked_at": asked.get(firm.pk)})
    return sorted(rows, key=lambda row: (row["to_confirm"] is None, row["admit"]))


def public_firms() -> list[dict[str, Any]]:
    """Every firm with its three ratings side by side and the ban that is in force."""
    return [public_firm(firm) for firm in CourierFirm.objects.filter(status="active").select_related("subject")]


def public_firm(firm: CourierFirm) -> dict[str, Any]:
    """What anybody may know of a firm. Nothing of its workers, no sum of what different raters say."""
    return {"firm": firm, "series": ratings.side_by_side(firm), "ban": ban_of(firm)}
