"""Events of the lake as rows: what the live state starts from, and what a dry run looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import numpy as np

from chengxin.facts import kinds, lake
from chengxin.facts.queries import Snapshot
from chengxin.rules import licensed, rows
from chengxin.rules.features import KINDS, columns
from chengxin.rules.rows import Ints, Rows


def read(snapshot: Snapshot, since: datetime, until: datetime) -> Rows:
    """The events of [since, until) of all kinds that rules look at, in order."""
    with lake.connect(snapshot, every=True) as connection:
        return between(connection, since, until, licensed.names())


def pieces(snapshot: Snapshot, since: datetime, until: datetime, cut: datetime) -> Iterator[tuple[datetime, Rows]]:
    """(start, events) week by week, so that a year of a city never stands in memory at once; a piece ends at `cut`."""
    known = licensed.names()
    with lake.connect(snapshot, every=True) as connection:
        while since < until:
            end = min(since + timedelta(weeks=1), until)
            end = cut if since < cut < end else end
            yield since, between(connection, since, end, known)
            since = end


def between(connection: duckdb.DuckDBPyConnection, since: datetime, until: datetime, known: list[str]) -> Rows:
    """The events of [since, until) of a connection with a view per kind; known: the institutions that are licensed."""
    return rows.together(_of_kind(connection, kind, since, until, known) for kind in KINDS)


def _of_kind(connection: duckdb.DuckDBPyConnection, kind: str, since: datetime, until: datetime, known: list[str]) -> Rows:
    time = kinds.kind(kind).time
    selected = [f"{_column(name, of)} AS {name}_" for name, of in columns(kind).items()]
    period = f'"{time}" >= $since AND "{time}" < $until'
    query = f'SELECT fact AS fact_, epoch_us("{time}") AS time_, {", ".join(selected)} FROM "{kind}" WHERE {period}'  # noqa: S608 - own names
    given: dict[str, object] = {"since": since, "until": until}
    if "licensed" in columns(kind):
        given["licensed"] = known
    found = connection.execute(query, given).fetchnumpy()
    return rows.of_kind(kind, {name.removesuffix("_"): _ints(column) for name, column in found.items()})


def _column(name: str, of: str) -> str:
    if name == "licensed":
        return f'CASE WHEN len($licensed) = 0 OR "{of}" IS NULL THEN -1 ELSE list_contains($licensed, "{of}")::INT END'
    return f'coalesce("{of}", {-1 if name in rows.VALUES else 0})'


def _ints(column: np.ndarray) -> Ints:
    return np.asarray(column).astype(np.int64)
