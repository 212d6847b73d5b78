"""Where it came from, where it went, who had it: three questions to the captured events, answered level by level with a visited set.

Each level is one indexed statement per few hundred keys, so a question costs what it touches, not what is stored; a loop in the reports
(a lot that is said to be made of itself) ends at the keys already seen. 来源可查、去向可追、责任可究.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from chengxin.kernel import clock
from chengxin.products import chains, reading
from chengxin.products.models import TraceCode
from chengxin.products.reading import parts
from chengxin.traceability.models import TraceItem

TOGETHER = 400  # keys in one statement; SQLite takes 32,766 values, and short statements are planned once
MOST_KEYS, MOST_LEVELS = 20_000, 40
INPUTS, OUTPUTS, CHILDREN = ("input", "input_quantity"), ("output", "output_quantity"), ("child", "child_quantity")
STEP = """
SELECT DISTINCT b.key FROM traceability_traceitem a JOIN traceability_traceitem b ON b.event_id = a.event_id
WHERE a.key IN ({keys}) AND a.role IN (%s, %s) AND b.role IN (%s, %s) AND NOT EXISTS (
    SELECT 1 FROM traceability_traceevent e JOIN traceability_traceevent d ON d.event_id = e.event_id AND d.declaration <> ''
    WHERE e.id = a.event_id
)
"""


@dataclass(frozen=True)
class Closure:
    """What was reached. levels: how many keys at each step, the question first; cut: there was more than is followed."""

    keys: tuple[str, ...]
    levels: tuple[int, ...]
    cut: bool = False

    @property
    def depth(self) -> int:
        return len(self.levels) - 1

    @property
    def breadth(self) -> int:
        return max(self.levels)


@dataclass(frozen=True)
class Stay:
    """One party's share of a thing at a time. state: held, under_way (to `taker`), sold, gone; amount in base units of `measure`."""

    state: str
    party: str
    amount: int
    measure: int
    since: datetime
    taker: str = ""
    events: tuple[int, ...] = field(default=(), compare=False)


def source(keys: Iterable[str]) -> Closure:
    """Everything these are made of, and the lots that their codes belong to."""
    return _closure(keys, OUTPUTS, INPUTS, _lots_of)


def destination(keys: Iterable[str]) -> Closure:
    """Everything that is made of these, and the codes on things of these lots."""
    return _closure(keys, INPUTS, OUTPUTS, _codes_of)


def _closure(keys: Iterable[str], near: Sequence[str], far: Sequence[str], related: Any) -> Closure:
    seen = dict.fromkeys(keys)
    level, levels, cut = list(seen), [len(seen)], False
    while level and len(levels) <= MOST_LEVELS:
        found = dict.fromkeys([*related(level), *_next(level, near, far)])
        level = [key for key in found if key not in seen]
        if len(seen) + len(level) > MOST_KEYS:
            level, cut = level[: MOST_KEYS - len(seen)], True
        seen.update(dict.fromkeys(level))
        levels += [len(level)] if level else []
        if cut:
            break
    return Closure(tuple(seen), tuple(levels), cut or bool(level and len(levels) > MOST_LEVELS))


def _next(keys: Sequence[str], near: Sequence[str], far: Sequence[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        for some in parts(keys, TOGETHER):
            cursor.execute(STEP.format(keys=", ".join(["%s"] * len(some))), [*some, *near, *far])
            yield from (row[0] for row in cursor.fetchall())


def _lots_of(keys: Sequence[str]) -> list[str]:
    from chengxin.products.queries import lot_key

    found = TraceCode.objects.filter(key__in=list(keys)).select_related("batch__product") if len(keys) <= TOGETHER else []
    return [lot_key(one.batch) for one in found]


def _codes_of(keys: Sequence[str]) -> list[str]:
    from chengxin.products.queries import batches_of_keys

    found = batches_of_keys(keys)
    return list(TraceCode.objects.filter(batch__in=found).values_list("key", flat=True)) if found else []


def events_of(keys: Sequence[str]) -> list[int]:
    """Ids of every event that names one of the keys, or a container while one of them lay in it; in order of capture."""
    found: set[int] = set()
    for some in parts(keys, TOGETHER):
        found.update(TraceItem.objects.filter(key__in=some).values_list("event_id", flat=True))
    found.update(_of_containers(list(keys)))
    return sorted(
        id for some in parts(sorted(found), TOGETHER) for id in reading.standing().filter(pk__in=some).values_list("pk", flat=True)
    )


def _of_containers(keys: list[str]) -> set[int]:
    """Events of containers between packing and unpacking, container in container."""
    found: set[int] = set()
    inside, seen = keys, set(keys)
    while inside:
        spans = [span for some in parts(inside, TOGETHER) for span in _spans(some)]
        parents = {parent for parent, _since, _until in spans}
        events = TraceItem.objects.filter(key__in=parents).values_list("key", "event_id", "event__event_time")
        for key, event, at in events:
            if any(key == parent and since <= at and (until is None or at <= until) for parent, since, until in spans):
                found.add(event)
        inside = [parent for parent in parents if parent not in seen]
        seen.update(inside)
    return found


def _spans(keys: Sequence[str]) -> list[tuple[str, datetime, datetime | None]]:
    """(container, packed at, unpacked at) of the keys that lay in one."""
    packing = TraceItem.objects.filter(key__in=keys, role__in=CHILDREN, event__kind="aggregation", event__action="ADD")
    packed = {row[0]: row[1] for row in packing.values_list("event_id", "event__event_time")}
    parents = TraceItem.objects.filter(event__in=list(packed), role="parent").values_list("key", "event_id")
    ends: dict[str, list[datetime]] = {}
    known = {key for key, _event in parents}
    gone = TraceItem.objects.filter(key__in=known, role="parent", event__kind="aggregation", event__action="DELETE")
    for key, at in gone.values_list("key", "event__event_time"):
        ends.setdefault(key, []).append(at)
    return [(key, packed[event], min((at for at in ends.get(key, []) if at >= packed[event]), default=None)) for key, event in parents]


def custody(keys: Sequence[str], at: datetime) -> list[Stay]:
    """Who had the keys at a time, and how much of them: what came in less what went out, by what was reported by then."""
    chain = reading.chain(reading.tables(events_of(keys)), clock.today())
    until = reading.micros(at)
    wanted = {number for number, key in enumerate(chain.items) if key in set(keys)}
    stays: dict[tuple[str, str, str], list[Any]] = {}
    rows = chain.moves
    for place in range(len(rows)):
        if int(rows.item[place]) in wanted and int(rows.at[place]) <= until:
            for state, party, taker, sign in _sides(chain, place):
                entry = stays.setdefault((state, party, taker), [0, int(rows.measure[place]), 0, []])
                entry[0] += sign * int(rows.amount[place])
                entry[2] = max(entry[2], int(rows.at[place]))
                entry[3].append(int(rows.event[place]))
    return [
        Stay(state, party, amount, measure, datetime.fromtimestamp(last / reading.SECOND, at.tzinfo), taker, tuple(dict.fromkeys(shown)))
        for (state, party, taker), (amount, measure, last, shown) in sorted(stays.items())
        if amount > 0
    ]


def _sides(chain: reading.Chain, place: int) -> list[tuple[str, str, str, int]]:
    """(state, party, taker, sign): what one move adds and takes away."""
    rows = chain.moves
    act, here, other = int(rows.act[place]), chain.party(int(rows.party[place])), chain.party(int(rows.other[place]))
    held = ("held", here, "", 1 if act in chains.PLUS else -1)
    if act == chains.OUT:
        return [held, ("under_way", here, other, 1)]
    if act == chains.IN:
        return [held, ("under_way", other, here, -1)]
    if act in (chains.SOLD, chains.BACK):
        return [held, ("sold", here, "", 1 if act == chains.SOLD else -1)]
    return [held, ("gone", here, "", 1)] if act in (chains.END, chains.USE) else [held]
