"""A platform says "shop closed": what the shop's trade shows of it. Orders placed after that day contradict it; a platform that has
reported orders of later days, and none of this shop, proves it; without later reports nothing is seen yet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.facts import lake
from chengxin.facts.queries import snapshot
from chengxin.kernel import clock
from chengxin.lists import shop_pages
from chengxin.lists.models import Task
from chengxin.lists.models.measures import CONTRADICTED, NOT_SEEN, PROVEN, TAKEN

# One pass over the orders after the earliest claimed day, joined with the claims: (claim's number, orders of the shop, last day reported).
SQL = """
SELECT c.n, count(o.fact) FILTER (o.shop = c.shop) AS orders, max(CAST(o.ordered_at AS DATE)) AS reported
FROM (SELECT unnest($n::INTEGER[]) AS n, unnest($shop::BIGINT[]) AS shop, unnest($platform::VARCHAR[]) AS platform,
             unnest($day::DATE[]) AS day) c
LEFT JOIN "order" o ON o.platform = c.platform AND CAST(o.ordered_at AS DATE) > c.day
GROUP BY c.n ORDER BY c.n
"""


def check_claims() -> dict[str, int]:
    """Compare every claim that a shop is closed with the lake, and note what was found. Returns how many of each verdict."""
    claims = list(Task.objects.filter(state=TAKEN, shop__isnull=False, claimed_on__isnull=False).select_related("shop__platform"))
    counts = {PROVEN: 0, CONTRADICTED: 0, NOT_SEEN: 0}
    for task, (orders, reported) in zip(claims, _trade(claims), strict=True):
        verdict = CONTRADICTED if orders else PROVEN if reported else NOT_SEEN
        counts[_keep(task, verdict, {"orders_after": orders, "reported_until": reported.isoformat() if reported else None})] += 1
    return counts


def _trade(claims: list[Task]) -> list[tuple[int, date | None]]:
    """For each claim: (orders of the shop after the claimed day, the last later day of which its platform has reported orders)."""
    if not claims:
        return []
    given: dict[str, Any] = {
        "n": list(range(len(claims))),
        "shop": [task.shop.token for task in claims if task.shop],
        "platform": [task.executor for task in claims],
        "day": [task.claimed_on for task in claims],
    }
    with lake.connect(snapshot(["order"])) as connection:
        rows = connection.execute(SQL, given).fetchall()
    return [(int(orders), reported) for _, orders, reported in rows]


def _keep(task: Task, verdict: str, said: dict[str, Any]) -> str:
    """A new verdict is noted in the log; the same one again only moves the time. A page that sells contradicts whatever the trade shows.
    Returns the verdict."""
    with transaction.atomic():
        page = shop_pages.page_of(task)
        if page:
            said = {**said, "page": page}
            verdict = CONTRADICTED if page["found"] == shop_pages.SELLING else verdict
        fresh = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if fresh.state != TAKEN or fresh.claimed_on != task.claimed_on:
            return verdict  # lifted, or claimed anew, while the lake was read
        if fresh.checked != verdict:
            data = {"verdict": verdict, "claimed_on": str(task.claimed_on), **said}
            audit.record("lists.task.checked", actor="system:lists", object=f"lists.task:{task.pk}", data=data)
        fresh.checked, fresh.checked_at, fresh.check_said = verdict, clock.now(), said
        fresh.save()
        return verdict
