"""Alerts as rows: stored in the transaction of the event that told of the batch, once per batch, shop and reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db.models import BooleanField, ExpressionWrapper, Max, OuterRef, Q, QuerySet, Subquery
from numpy.typing import NDArray

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.detection.access import WORKS_ON_CLUES
from chengxin.detection.live import keeping, kernels, reading
from chengxin.detection.live.thresholds import Signal, watch
from chengxin.detection.models import FoundRow, LiveAlert, Run
from chengxin.facts.models import Segment
from chengxin.kernel import clock
from chengxin.subjects.models import Shop


def take(batch: str) -> list[LiveAlert]:
    """Remember an accepted batch (by its receipt) and store the alerts of the shops it touched; in the caller's transaction.

    A batch that holds nothing new, or nothing the live path looks at, gives none; a batch taken again gives none that is there already.
    """
    segment = _segment_of(batch)
    if segment is None:
        return []
    with keeping.LOCK:
        kept = keeping.current(but=segment.number)
        signals = _news(keeping.feed(kept, segment), kept)
        rows = [_row(batch, one, kept) for one in signals]
    LiveAlert.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _segment_of(batch: str) -> Segment | None:
    """The segment that holds the batch now: its own, or the one it was merged into."""
    segment = Segment.objects.filter(receipt_id=batch).first()
    while segment is not None and segment.replaced_by_id is not None:
        segment = segment.replaced_by
    return segment if segment is not None and segment.dropped_at is None and segment.kind in reading.KINDS else None


def _news(shops: NDArray[np.int32], kept: keeping.Kept) -> list[Signal]:
    """What these shops cross that was not said before in the window, or has grown enough since."""
    card, state = watch(), kept.state
    counts = state.look(shops)
    state.wait(shops, card.patience(counts, kernels.COUNTS))
    signals = card.crossed(shops, counts, kernels.COUNTS)
    return _unsaid(signals, kept) if signals else []


def _unsaid(signals: list[Signal], kept: keeping.Kept) -> list[Signal]:
    card, tokens = watch(), kept.state.memory.shop_tokens
    since = clock.now() - timedelta(hours=card.window_hours)
    shops = {int(tokens[one.shop]) for one in signals}
    before = LiveAlert.objects.filter(shop__in=shops, at__gte=since).values("shop", "code").annotate(most=Max("n"))
    said = {(line["shop"], line["code"]): line["most"] for line in before}
    return [one for one in signals if one.numbers["n"] >= card.again * said.get((int(tokens[one.shop]), one.threshold.code), 0)]


def _row(batch: str, signal: Signal, kept: keeping.Kept) -> LiveAlert:
    around, accounts = kept.state.ring(signal.shop)
    return LiveAlert(
        batch=UUID(batch),
        shop=int(kept.state.memory.shop_tokens[signal.shop]),
        shops=[int(token) for token in around],
        code=signal.threshold.code,
        n=signal.numbers["n"],
        numbers=signal.numbers | {"tied": accounts, "shops": len(around)},
        detector=signal.threshold.detector,
        at=clock.now(),
    )


# -- what becomes of them -----------------------------------------------------------------------------------------------------


def waiting() -> list[LiveAlert]:
    """Alerts that no focused run has looked at, oldest first."""
    return list(LiveAlert.objects.filter(looked_at=None).order_by("id"))


def looked_at(some: Sequence[LiveAlert], run: Run | None) -> None:
    """A focused run looked at these alerts, or (None) could not: each alert's finding is the strongest about its shop, if there is one."""
    of_shop: dict[int, FoundRow] = {}
    for row in FoundRow.objects.filter(run=run).order_by("score") if run else ():
        of_shop |= dict.fromkeys(row.shops, row)
    for alert in some:
        alert.looked_at, alert.finding = clock.now(), of_shop.get(alert.shop)
    LiveAlert.objects.bulk_update(some, ["looked_at", "finding"], batch_size=500)


def became(clues: dict[UUID, tuple[str, str]]) -> None:
    """Findings are in clues now: {finding: (the clue's number, its department)}."""
    for finding, (number, department) in clues.items():
        LiveAlert.objects.filter(finding_id=finding).update(clue=number, department=department)


def shown_to(actor: Actor) -> QuerySet[LiveAlert]:
    """The alerts an actor may see, newest first, with `shop_name`, `shop_id` and whether the clue is `at_my_desk`."""
    shop = Shop.objects.filter(token=OuterRef("shop"))
    mine = Q(department__in=actor.departments_as(*WORKS_ON_CLUES))
    rows = access.all(actor, LiveAlert).order_by("-at", "-id")
    return rows.annotate(
        shop_name=Subquery(shop.values("name")[:1]),
        shop_id=Subquery(shop.values("shop_id")[:1]),
        at_my_desk=ExpressionWrapper(mine, output_field=BooleanField()),
    )


def with_fate(rows: QuerySet[LiveAlert], fate: str) -> QuerySet[LiveAlert]:
    """The alerts of which this became (LiveAlert.fate)."""
    if fate == "clue":
        return rows.exclude(clue="")
    return rows.filter(clue="", looked_at__isnull=fate == "waiting")


def drop_old() -> int:
    """Remove alerts older than the card keeps them; returns how many."""
    return LiveAlert.objects.filter(at__lt=clock.now() - timedelta(days=watch().keep_days)).delete()[0]
