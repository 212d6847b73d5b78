"""The watch over exempt sellers: a person's turnover summed over all shops on all platforms against the law's limit (order37.8, 24)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from chengxin.accounts.access import system
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects import queries
from chengxin.subjects.events import ExemptionExceeded
from chengxin.subjects.models import Reminder, Shop, ShopTurnover
from chengxin.subjects.models.shops import EXITED

WATCH = system("subjects.turnover")
Row = tuple[int, int, int, int]


@transaction.atomic
def note_turnover(rows: Iterable[Row]) -> list[Shop]:
    """Keep monthly turnover and mark exempt persons over the limit. rows: (shop token, year, month in city time, fen).

    A later figure for a month replaces the earlier one; unknown tokens are passed over. Returns the shops newly marked.
    """
    given = {(token, year, month): fen for token, year, month, fen in rows}
    shops = queries.shops_by_token(token for token, _, _ in given)
    now = clock.now()
    kept = [
        ShopTurnover(shop=shops[token], year=year, month=month, fen=fen, noted_at=now)
        for (token, year, month), fen in given.items()
        if token in shops
    ]
    ShopTurnover.objects.bulk_create(
        kept,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["shop", "year", "month"],
        update_fields=["fen", "noted_at"],
    )
    years = {(shop.subject_id, year) for (token, year, _), _ in given.items() if (shop := shops.get(token)) and _is_exempt(shop)}
    return [shop for subject, year in sorted(years, key=str) if subject for shop in watch(subject, year)]


def limit_fen(year: int) -> int:
    """The yearly limit in fen, as in force at the end of that year or today."""
    day = min(clock.today(), clock.today().replace(year=year, month=12, day=31))
    return int(law.at(day).value("exempt_turnover_yuan")) * 100


def watch(subject: UUID, year: int) -> list[Shop]:
    """Mark all exempt shops of a person whose year's turnover is over the limit. Returns those newly marked."""
    shops = Shop.objects.filter(subject=subject, registered=False)
    fen = ShopTurnover.objects.filter(shop__in=shops, year=year).aggregate(sum=Sum("fen"))["sum"] or 0
    if fen <= limit_fen(year):
        return []
    marked = [shop for shop in shops.exclude(state=EXITED).select_for_update() if _mark(shop, year, fen)]
    if marked:
        outbox.emit(ExemptionExceeded(str(subject), [str(shop.pk) for shop in marked], year, fen, str(marked[0].pk)))
    return marked


def _mark(shop: Shop, year: int, fen: int) -> bool:
    today = clock.today()
    _reminder, new = Reminder.objects.get_or_create(
        shop=shop,
        kind="over_100k",
        due_on=today.replace(year=year, month=12, day=31),
        days_before=0,
        defaults={"fen": fen, "sent_at": clock.now()},
    )
    if not new:
        return False
    if not shop.over_100k:
        shop.over_100k, shop.over_100k_since = True, today
        shop.save(update_fields=["over_100k", "over_100k_since"])
    data = {"year": year, "limit_fen": limit_fen(year)}
    audit.record("subjects.shop.over_100k", actor=str(WATCH), object=f"subjects.shop:{shop.pk}", data=data, personal={"fen": fen})
    return True


def _is_exempt(shop: Shop) -> bool:
    return not shop.registered and shop.subject_id is not None
