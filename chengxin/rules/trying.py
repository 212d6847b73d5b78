"""The dry run: the past decided twice, by the rules now in force and by those with the version that is tried in its rule's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from chengxin.facts import queries as facts
from chengxin.kernel import clock
from chengxin.rules import book as books
from chengxin.rules import past
from chengxin.rules.book import Rulebook
from chengxin.rules.features import KINDS
from chengxin.rules.models import OUTCOMES, DryRun, RuleVersion
from chengxin.rules.rows import Rows
from chengxin.rules.state import MEMORY_US, State
from chengxin.subjects.models import Shop

Say = Callable[[int, int, str], None]
WARM_UP = timedelta(microseconds=MEMORY_US)
SIZES = ((1000, "large"), (100, "middle"), (0, "small"))  # orders of a shop within the period, at least


@dataclass
class Counted:
    """What the two books said. pairs: int64[3, 3] of (now, then); shops: token → [hits now, hits then]; orders: token → orders."""

    pairs: np.ndarray = field(default_factory=lambda: np.zeros((3, 3), np.int64))
    shops: dict[int, list[int]] = field(default_factory=dict)
    orders: Counter[int] = field(default_factory=Counter)
    events: int = 0
    own: list[int] = field(default_factory=lambda: [0, 0])  # events that the rule itself hits, now and then


def run(dry_run_id: object, say: Say = lambda done, total, note: None) -> dict[str, Any]:
    """Try the version on its days and keep the result. Repeating it changes nothing."""
    return run_together([dry_run_id], say)[0]


def run_together(dry_run_ids: Sequence[object], say: Say = lambda done, total, note: None) -> list[dict[str, Any]]:
    """Several versions over the same days in one pass, each beside the book now in force."""
    found = DryRun.objects.select_related("version__rule", "version__handler").in_bulk(list(dry_run_ids))
    asked = [found[UUID(str(each))] for each in dry_run_ids]
    open_ones = [one for one in asked if one.state != DryRun.State.DONE]
    if len({(one.since, one.until) for one in open_ones}) > 1:
        raise ValueError("dry runs that go together have the same days")
    for one, counted in zip(open_ones, _count(open_ones, say), strict=True):
        one.result = _result(counted)
        one.state, one.finished_at = DryRun.State.DONE, clock.now()
        one.save(update_fields=["result", "state", "finished_at"])
    return [dict(one.result) for one in asked]


def _count(asked: Sequence[DryRun], say: Say) -> list[Counted]:
    """Piece by piece through the past, after a silent run-up that fills the windows. Empty ends of the period are not looked at."""
    counted = [Counted() for _ in asked]
    first, last = facts.reported_span()
    if not asked or first is None or last is None:
        return counted
    start, end = _midnight(asked[0].since), _midnight(asked[0].until)
    begin, stop = max(start - WARM_UP, first), min(end, last + timedelta(seconds=1))
    snapshot = facts.snapshot(KINDS, since=begin, until=stop)
    books_of = [both(one.version) for one in asked]
    state = State()
    for at, rows in past.pieces(snapshot, begin, stop, start):
        values = state.look(rows)
        if at >= start:
            for one, two, each in zip(asked, books_of, counted, strict=True):
                _compare(each, rows, [(book, book.hits(rows["kind"], book.values(values, len(rows["kind"])))) for book in two], one.version)
        say(int((at - begin).total_seconds()), max(int((stop - begin).total_seconds()), 1), clock.city_day(at).isoformat())
    return counted


def both(version: RuleVersion) -> tuple[Rulebook, Rulebook]:
    """(the book in force today, the same with this version in its rule's place)."""
    now = books.in_force(clock.today())
    others = [one for one in now.versions if one.rule_id != version.rule_id]
    return now, Rulebook(tuple(sorted([*others, version], key=lambda one: one.rule.code)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CITY)


def _compare(counted: Counted, rows: Rows, said: list[tuple[Rulebook, Any]], version: RuleVersion) -> None:
    outcomes = [book.decided(hits) for book, hits in said]
    counted.events += len(rows["kind"])
    np.add.at(counted.pairs, (outcomes[0], outcomes[1]), 1)
    orders, times = np.unique(rows["shop"][rows["kind"] == KINDS.index("order")], return_counts=True)
    counted.orders.update(dict(zip(orders.tolist(), times.tolist(), strict=True)))
    for place, (book, hits) in enumerate(said):
        mine = [each for each, one in enumerate(book.versions) if one.rule_id == version.rule_id]
        hit = hits[:, mine].any(axis=1) if mine else np.zeros(len(rows["kind"]), np.bool_)
        counted.own[place] += int(hit.sum())
        shops, times = np.unique(rows["shop"][hit], return_counts=True)
        for shop, number in zip(shops.tolist(), times.tolist(), strict=True):
            counted.shops.setdefault(shop, [0, 0])[place] += number


def _result(counted: Counted) -> dict[str, Any]:
    """As JSON: counts, and the shops that differ, most hit first, each with its size and county."""
    known = {shop.token: shop for shop in Shop.objects.filter(token__in=list(counted.shops)).select_related("platform")}
    lines = [_line(token, hits, known.get(token), counted.orders[token]) for token, hits in counted.shops.items() if token]
    newly = [line for line in lines if line["then"] and not line["now"]]
    no_longer = [line for line in lines if line["now"] and not line["then"]]
    still = [line for line in lines if line["now"] and line["then"]]
    return {
        "events": counted.events,
        "outcomes": {f"{OUTCOMES[now]}>{OUTCOMES[then]}": int(counted.pairs[now, then]) for now in range(3) for then in range(3)},
        "hits_now": counted.own[0],
        "hits_then": counted.own[1],
        "newly": sorted(newly, key=lambda line: (-line["then"], line["shop"])),
        "no_longer": sorted(no_longer, key=lambda line: (-line["now"], line["shop"])),
        "still": len(still),
        "by_size": _by(newly, no_longer, "size"),
        "by_county": _by(newly, no_longer, "division"),
    }


def _line(token: int, hits: list[int], shop: Shop | None, orders: int) -> dict[str, Any]:
    return {
        "shop": str(shop) if shop else f"{token:016x}"[:8],
        "shop_id": shop.shop_id if shop else "",
        "platform": shop.platform.code if shop else "",
        "division": shop.division if shop else "",
        "size": next(name for least, name in SIZES if orders >= least),
        "orders": orders,
        "now": hits[0],
        "then": hits[1],
    }


def _by(newly: list[dict[str, Any]], no_longer: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Per value of a column how many shops are newly hit and no longer hit."""
    both_ways = {"newly": newly, "no_longer": no_longer}
    counts = {word: Counter(one[name] for one in lines) for word, lines in both_ways.items()}
    values = sorted(set(counts["newly"]) | set(counts["no_longer"]))
    return [{name: value, "newly": counts["newly"][value], "no_longer": counts["no_longer"][value]} for value in values]
