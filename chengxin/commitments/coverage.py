"""Coverage: who should have signed, who has, and how what was signed is kept; by letter, platform and division."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from chengxin.commitments import letters
from chengxin.commitments.models import Commitment, Measured
from chengxin.commitments.queries import in_force
from chengxin.commitments.shares import Share
from chengxin.kernel import clock
from chengxin.subjects.models import CourierFirm, Platform, Shop
from chengxin.subjects.models.shops import OPEN_STATES

Place = tuple[str, str]  # platform code, division; either may be empty


@dataclass(frozen=True)
class Coverage:
    """One line of the board. `expected`: subjects that should have signed; `kept`: obligations kept of those tested."""

    letter: str
    title: dict[str, str]
    platform: str
    division: str
    signed: int
    expected: int
    kept: Share

    @property
    def signed_share(self) -> float:
        return self.signed / self.expected if self.expected else 0.0

    @property
    def colour(self) -> str:
        return "green" if self.signed >= self.expected else "amber" if self.signed else "red"


def board() -> list[Coverage]:
    """Every letter that is expected of somebody, by platform and division of who should sign it."""
    today = clock.today()
    found: list[Coverage] = []
    for one in letters.letters(today):
        signed = in_force(Commitment.objects.filter(letter=one.code), today).values("subject")
        shares = _kept(one.code)
        for place, (done, expected) in sorted(_makers(one, signed).items()):
            found.append(Coverage(one.code, {"zh": one.zh, "en": one.en}, *place, done, expected, shares.get(place, Share(0, 0))))
    return found


def _makers(one: letters.Letter, signed: QuerySet[Any]) -> dict[Place, tuple[int, int]]:
    """place → (signed, who could or should), counted by subject."""
    places = PLACES.get(one.who)
    if places is None:
        return {}
    rows: QuerySet[Any] = places()
    done = Count("maker", distinct=True, filter=Q(maker__in=signed))
    counted = rows.values("code", "place").annotate(done=done, n=Count("maker", distinct=True)).order_by()
    return {(row["code"] or "", row["place"] or ""): (row["done"], row["n"]) for row in counted if one.expected or row["done"]}


def _shops() -> QuerySet[Any]:
    rows = Shop.objects.filter(state__in=OPEN_STATES, subject__isnull=False)
    return rows.annotate(maker=F("subject"), code=F("platform__code"), place=F("subject__division"))


def _platforms() -> QuerySet[Any]:
    rows = Platform.objects.filter(status="active", subject__isnull=False)
    return rows.annotate(maker=F("subject"), place=F("subject__division"))


def _couriers() -> QuerySet[Any]:
    rows = CourierFirm.objects.filter(status="active", subject__isnull=False)
    return rows.annotate(maker=F("subject"), place=F("subject__division"))


PLACES = {"shops": _shops, "platforms": _platforms, "couriers": _couriers}


def _kept(letter: str) -> dict[Place, Share]:
    """place → share kept, of all promises of a letter."""
    rows = Measured.objects.filter(commitment__letter=letter)
    totals = rows.values("place", "commitment__subject__division").annotate(n=Sum("tested"), hits=Sum("kept")).order_by()
    return {(row["place"], row["commitment__subject__division"]): Share(row["hits"], row["n"]) for row in totals}
