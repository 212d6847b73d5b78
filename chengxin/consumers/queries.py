"""What may be asked of this room: figures per shop that are honest about few, what may be published, what is overdue and whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Avg, Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.consumers.models import Complaint, Filing, Promise, Rating, Report
from chengxin.consumers.models.complaints import AT_WORK, CLOSED, SOLVED, UNSOLVED, WAITING
from chengxin.consumers.models.said import BROKEN, OPEN
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.intervals import wilson
from chengxin.law import law
from chengxin.subjects.models import Shop

M = TypeVar("M", Complaint, Report)
COMPLAINANTS = ("complaint_04", "complaint_05", "complaint_06", "complaint_07", "complaint_08", "complaint_09")


def verified() -> QuerySet[Complaint]:
    """Closed, and accepted before by an officer who had checked who complains. Nothing else is counted or shown in public."""
    return Complaint.objects.filter(state=CLOSED, accepted_on__isnull=False, identity__verified_at__isnull=False)


def published() -> QuerySet[Complaint]:
    """Verified complaints whose complainant agreed to publication: shop, category, days and outcome are shown, no text and no person."""
    return verified().filter(publicise=True, shop__isnull=False).select_related("shop__platform")


@dataclass(frozen=True)
class Figures:
    """A shop's closed complaints. Shares are of those who said a word, 0..1 with their 95 % interval; None below the sample of `least`."""

    shop: Shop
    closed: int
    said: int
    solved: int
    unsolved: int
    unsaid: int
    reopened: int
    rated: int
    stars: float | None
    least: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> int:
        """The three for people, in whole percent; asked only where there is a share."""
        return round(100 * (self.share or 0))

    @property
    def percent_low(self) -> int:
        return int(100 * (self.low or 0))

    @property
    def percent_high(self) -> int:
        return -int(-100 * (self.high or 0) // 1)


def figures(shops: QuerySet[Shop] | None = None) -> list[Figures]:
    """Per shop with a verified complaint, the most complaints first; `shops` narrows."""
    rows = verified().filter(shop__isnull=False)
    rows = rows.filter(shop__in=shops) if shops is not None else rows
    counts = {"n": Count("pk"), "yes": Count("pk", filter=Q(word=SOLVED)), "no": Count("pk", filter=Q(word=UNSOLVED))}
    told: list[dict[str, Any]] = [dict(row) for row in rows.order_by().values("shop").annotate(**counts, again=Sum("reopened"))]
    known = Shop.objects.select_related("platform").in_bulk([row["shop"] for row in told])
    stars = _stars(rows)
    least = law.at(clock.today()).value("complaint_figures_least")
    return sorted((_figures(known[row["shop"]], row, stars, least) for row in told), key=lambda one: (-one.closed, str(one.shop)))


def _stars(rows: QuerySet[Complaint]) -> dict[Any, tuple[int, float]]:
    found = Rating.objects.filter(answer__complaint__in=rows.values("pk")).order_by().values("answer__complaint__shop")
    return {row["answer__complaint__shop"]: (row["n"], row["mean"]) for row in found.annotate(n=Count("pk"), mean=Avg("stars"))}


def _figures(shop: Shop, row: dict[str, Any], stars: dict[Any, tuple[int, float]], least: int) -> Figures:
    said, (rated, mean) = row["yes"] + row["no"], stars.get(shop.pk, (0, None))
    enough = said >= least
    low, high = wilson(row["yes"] / said, said) if enough else (None, None)
    return Figures(
        shop=shop,
        closed=row["n"],
        said=said,
        solved=row["yes"],
        unsolved=row["no"],
        unsaid=row["n"] - said,
        reopened=row["again"] or 0,
        rated=rated,
        stars=round(mean, 1) if mean is not None and rated >= least else None,
        least=least,
        share=row["yes"] / said if enough else None,
        low=low,
        high=high,
    )


def of_shop(shop: Shop) -> Figures | None:
    """The figures of one shop; None when nothing of it is closed and verified."""
    return next(iter(figures(Shop.objects.filter(pk=shop.pk))), None)


@dataclass(frozen=True)
class Honesty:
    """Closed, verified complaints of all shops of a subject, or of one shop, as they may stand beside its name: whole numbers first, a
    share only with its interval and never below `least` words."""

    closed: int
    said: int
    solved: int
    unsolved: int
    unsaid: int
    reopened: int
    least: int
    share: float | None
    low: float | None
    high: float | None


def honesty(shops: QuerySet[Shop]) -> Honesty | None:
    """The figures of some shops together, for a card or the life line; None when nothing of theirs is closed and verified."""
    rows = verified().filter(shop__in=shops).order_by()
    told = rows.aggregate(
        n=Count("pk"), yes=Count("pk", filter=Q(word=SOLVED)), no=Count("pk", filter=Q(word=UNSOLVED)), again=Sum("reopened")
    )
    if not told["n"]:
        return None
    said, least = told["yes"] + told["no"], law.at(clock.today()).value("complaint_figures_least")
    enough = said >= least
    low, high = wilson(told["yes"] / said, said) if enough else (None, None)
    share = told["yes"] / said if enough else None
    counts = (told["n"], said, told["yes"], told["no"], told["n"] - said, told["again"] or 0)
    return Honesty(*counts, least=least, share=share, low=low, high=high)


def by_clock(rows: QuerySet[M]) -> QuerySet[M]:
    """The nearest last day first, what has none after them; `urgent` is what lists sort by, the same on both databases."""
    return rows.annotate(urgent=Coalesce("due_on", Value(date.max))).order_by("urgent", "received_at", "pk")


def board(actor: Actor) -> dict[str, int]:
    """What a department has: waiting for a decision, at work, overdue, put before the head, promises past their day."""
    mine, today = access.all(actor, Complaint), clock.today()
    reports = access.all(actor, Report)
    return {
        "waiting": mine.filter(state__in=WAITING).count(),
        "at_work": mine.filter(state__in=AT_WORK).count(),
        "reports": reports.filter(closed_at__isnull=True).count(),
        "overdue": mine.filter(due_on__lt=today).count() + reports.filter(due_on__lt=today).count(),
        "escalated": mine.filter(due_on__lt=today, escalated_at__isnull=False).count(),
        "promises": promises_due(actor).count(),
    }


def promises_due(actor: Actor) -> QuerySet[Promise]:
    """Promises that nobody has found kept or broken and whose day is over, or whose consumer says that they were broken."""
    open_ones = access.all(actor, Promise).filter(state=OPEN)
    return open_ones.filter(Q(due_on__lt=clock.today()) | Q(word=BROKEN)).select_related("complaint")


def papers_of(filing: Filing) -> list[Document]:
    """The papers of a form that are the complainant's own, the oldest first. What is addressed to the other side is not among them."""
    complaint = Complaint.objects.filter(filing=filing).first()
    if complaint is None:
        return []
    found = Document.objects.filter(matter_kind="consumers.complaint", matter_id=complaint.pk, form__in=COMPLAINANTS)
    other = complaint.respondent_name
    return [one for one in found.order_by("made_at") if json.loads(one.values).get("addressee") != other]
