"""Captured events as columns for the checks: read once from the database, turned into moves by SQL over arrow tables in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
from django.db.models import Exists, OuterRef, QuerySet

from chengxin.facts.connection import limited
from chengxin.facts.disk import lake
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.products.chains import BACK, END, IN, MAKE, NOBODY, OUT, SOLD, USE, Limits, Moves
from chengxin.products.models import Product
from chengxin.traceability.models import TraceEvent, TraceItem, TraceName, TraceParty

SQL = (Path(__file__).with_name("sql") / "moves.sql").read_text(encoding="utf-8")
ACTS = {"make": MAKE, "in": IN, "back": BACK, "out": OUT, "use": USE, "end": END, "sold": SOLD}
SECOND, MINUTE, DAY = 1_000_000, 60_000_000, 86_400_000_000
V = TypeVar("V")
CHUNK = 50_000
TOGETHER = 5_000  # ids in one statement; SQLite takes 32,766 values
MEMORY_MB = 1024
EVENTS = pa.schema(
    [
        ("id", pa.int64()),
        ("kind", pa.string()),
        ("action", pa.string()),
        ("at", pa.int64()),
        ("step", pa.string()),
        ("disposition", pa.string()),
    ]
)
ITEMS = pa.schema(
    [
        ("event", pa.int64()),
        *((name, pa.string()) for name in ("role", "key", "gtin", "serial")),
        ("quantity", pa.float64()),
        ("unit", pa.string()),
    ]
)
PARTIES = pa.schema([("event", pa.int64()), *((name, pa.string()) for name in ("side", "type", "value"))])
NAMES = pa.schema([("key", pa.string()), ("owner", pa.int64())])
UNITS = pa.schema([("unit", pa.string()), ("measure", pa.int64()), ("factor", pa.int64())])
PACKS = pa.schema([("gtin", pa.string()), ("measure", pa.int64()), ("amount", pa.int64()), ("yield", pa.int64())])


@dataclass(frozen=True)
class Tables:
    """What was captured, as arrow tables of the schemas above."""

    events: pa.Table
    items: pa.Table
    parties: pa.Table
    names: pa.Table
    packs: pa.Table


@dataclass(frozen=True)
class Chain:
    """Moves with the words their numbers stand for."""

    moves: Moves
    items: tuple[str, ...]
    parties: tuple[str, ...]

    def item(self, number: int) -> str:
        return self.items[number]

    def party(self, number: int) -> str:
        return self.parties[number] if number >= 0 else ""


def limits(as_of: datetime, day: date) -> Limits:
    """The waits and tolerances in force on a day."""
    known = law.at(day).value("trace_checks")
    return Limits(micros(as_of), known["arrival_days"] * DAY, known["skew_minutes"] * MINUTE, known["loss_thousandths"])


def units(day: date) -> pa.Table:
    """The units of the law's list: measure 1 mass in milligrams, 2 volume in microlitres, 3 thousandths of a piece; no unit is pieces."""
    known = law.at(day).codes("trace_unit")
    rows = [{"unit": code, "measure": one["measure"], "factor": one["factor"]} for code, one in known.items()]
    return pa.Table.from_pylist([*rows, {"unit": "", "measure": known["C62"]["measure"], "factor": known["C62"]["factor"]}], UNITS)


def micros(at: datetime) -> int:
    return round(at.timestamp() * SECOND)


def parts(values: Iterable[V], many: int) -> Iterator[list[V]]:
    """The values in lists of at most so many."""
    wanted = list(values)
    for start in range(0, len(wanted), many):
        yield wanted[start : start + many]


def standing() -> QuerySet[TraceEvent]:
    """Events that no error declaration took back; the declarations themselves say nothing of goods."""
    gone = TraceEvent.objects.filter(event_id=OuterRef("event_id")).exclude(declaration="")
    return TraceEvent.objects.filter(~Exists(gone)).exclude(kind="extended")


def tables(ids: Sequence[int] | None = None) -> Tables:
    """What was captured and stands: everything, or the events of these ids."""
    if ids is None:
        return _tables(standing())
    found = [_tables(standing().filter(pk__in=some)) for some in parts(ids, TOGETHER)] or [_tables(standing().none())]
    joined = {name: pa.concat_tables([getattr(one, name) for one in found]) for name in ("events", "items", "parties")}
    return replace(found[0], **joined)


def _tables(events: QuerySet[TraceEvent]) -> Tables:
    fields = ("pk", "kind", "action", "event_time", "biz_step", "disposition")
    item = ("event_id", "role", "key", "gtin", "serial", "quantity", "unit")
    party = ("event_id", "side", "type", "value")
    return Tables(
        _table(events, fields, EVENTS, at=3),
        _table(TraceItem.objects.filter(event__in=events), item, ITEMS),
        _table(TraceParty.objects.filter(event__in=events), party, PARTIES),
        _table(TraceName.objects.all(), ("key", "owner_id"), NAMES),
        packs(),
    )


def packs() -> pa.Table:
    """What one piece of each registered product holds, in base units."""
    known = {row["unit"]: row for row in units(clock.today()).to_pylist()}
    rows = []
    for gtin, net, unit, most in Product.objects.values_list("gtin", "net_quantity", "net_unit", "yield_thousandths"):
        one = known.get(unit)
        amount = int(net * one["factor"]) if net and one else 0
        rows.append({"gtin": gtin, "measure": one["measure"] if one else 0, "amount": amount, "yield": most})
    return pa.Table.from_pylist(rows, PACKS)


def _table(rows: QuerySet[Any], fields: Sequence[str], schema: pa.Schema, at: int | None = None) -> pa.Table:
    """The fields as an arrow table, chunk by chunk, so that a million rows are never all Python objects at once."""
    batches, chunk = [], []
    for row in rows.order_by().values_list(*fields).iterator(CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            batches.append(_batch(chunk, schema, at))
            chunk = []
    return pa.Table.from_batches([*batches, _batch(chunk, schema, at)], schema)


def _batch(rows: Sequence[tuple[Any, ...]], schema: pa.Schema, at: int | None) -> pa.RecordBatch:
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True)) if rows else [() for _name in schema.names]
    if at is not None:
        columns[at] = [micros(one) for one in columns[at]]
    return pa.RecordBatch.from_arrays([pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)], schema=schema)


def chain(given: Tables, day: date) -> Chain:
    """The moves of captured events. Rows without a step that moves anything are left out."""
    folder = lake() / "temp"
    folder.mkdir(parents=True, exist_ok=True)
    with limited(folder, MEMORY_MB, 1) as db:
        for name, table in {**vars(given), "units": units(day)}.items():
            db.register(name, table)
        for statement in SQL.split(";"):
            if "CREATE" in statement:
                _run(db, statement, {"yield": law.at(day).value("trace_checks")["yield_thousandths"]})
        items = tuple(row[0] for row in db.execute("SELECT DISTINCT key FROM moved ORDER BY key").fetchall())
        parties = tuple(row[0] for row in db.execute(PARTIES_SQL).fetchall())
        db.register("item_numbers", pa.table({"key": pa.array(items, pa.string()), "number": np.arange(len(items))}))
        db.register("party_numbers", pa.table({"value": pa.array(parties, pa.string()), "number": np.arange(len(parties))}))
        columns = db.execute(MOVES_SQL, [NOBODY, NOBODY]).fetchnumpy()
    return Chain(_moves(columns), items, parties)


PARTIES_SQL = (
    "SELECT DISTINCT value FROM (SELECT party AS value FROM moved UNION SELECT other FROM moved) WHERE value IS NOT NULL ORDER BY 1"
)
MOVES_SQL = """
SELECT m.event, i.number AS item, coalesce(p.number, ?) AS party, coalesce(o.number, ?) AS other, m.act, m.amount, m.measure, m.made_of,
    m.at, m.serial
FROM moved m JOIN item_numbers i ON i.key = m.key
LEFT JOIN party_numbers p ON p.value = m.party LEFT JOIN party_numbers o ON o.value = m.other
ORDER BY m.event, item
"""


def _run(db: duckdb.DuckDBPyConnection, statement: str, given: dict[str, Any]) -> None:
    db.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})


def _moves(columns: dict[str, Any]) -> Moves:
    whole = {name: np.asarray(column) for name, column in columns.items()}
    acts = {name: number for name, number in ACTS.items()}
    names, inverse = np.unique(whole.pop("act").astype(str), return_inverse=True)
    act = np.array([acts[str(name)] for name in names], dtype=np.int64)[inverse.reshape(-1)] if len(names) else np.zeros(0, np.int64)
    serial = whole.pop("serial").astype(np.bool_)
    return Moves(**{name: column.astype(np.int64) for name, column in whole.items()}, act=act, serial=serial)
