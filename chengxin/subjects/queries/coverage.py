"""The coverage board: how much of each platform's shops is verified, overdue, expired, or was never registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from chengxin.kernel import clock
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.models.shops import DUE, EXITED, NEEDS_FIX, SEEN, VERIFIED


@dataclass(frozen=True)
class Coverage:
    """Counts of one platform's open shops; `percent` is verified and current of all that are open, SEEN ones included."""

    platform_code: str
    platform_name: str
    shops: int
    verified: int
    overdue: int
    licence_expired: int
    needs_fix: int
    seen: int
    over_100k: int
    due_30: int

    @property
    def percent(self) -> float:
        return round(100 * self.verified / self.shops, 1) if self.shops else 0.0

    @property
    def colour(self) -> str:
        """green from 99 %, amber from 95 %: order37.24 asks for every shop, so anything less is a duty not yet done."""
        return "green" if self.percent >= 99 else "amber" if self.percent >= 95 else "red"


def coverage(platforms: QuerySet[Platform] | None = None) -> list[Coverage]:
    """One row a platform, the worst first. A shop past its day counts as overdue even before the nightly job has moved it."""
    today = clock.today()
    late = Q(state=DUE) | Q(state=VERIFIED, next_due_on__lt=today)
    expired = Q(licence_expires_on__lt=today)
    shops = Shop.objects.exclude(state=EXITED)
    if platforms is not None:
        shops = shops.filter(platform__in=platforms)
    rows = shops.values(platform_code=F("platform__code"), platform_name=F("platform__name")).annotate(
        shops=Count("pk"),
        verified=Count("pk", filter=Q(state=VERIFIED, next_due_on__gte=today) & ~expired),
        overdue=Count("pk", filter=late),
        licence_expired=Count("pk", filter=expired),
        needs_fix=Count("pk", filter=Q(state=NEEDS_FIX)),
        seen=Count("pk", filter=Q(state=SEEN)),
        over_100k=Count("pk", filter=Q(over_100k=True)),
        due_30=Count("pk", filter=Q(state=VERIFIED, next_due_on__gte=today, next_due_on__lte=today + timedelta(days=30))),
    )
    found = [Coverage(**row) for row in rows]
    return sorted(found, key=lambda one: (one.percent, one.platform_code))
