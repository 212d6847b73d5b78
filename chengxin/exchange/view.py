"""The database way of GB/T 39443: what is shared, as a read-only view `exchange_shared` and as typed Parquet files, renewed each night.

A department with a grant is given the view or the files by its administrator; both hold what stands and is still public, nothing else.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from chengxin.exchange import fieldmaps, folders
from chengxin.exchange.models import ExchangeRow
from chengxin.exchange.models.outbound import ACCEPTED, PUT
from chengxin.kernel import clock

STANDS = "act = 'put' AND state = 'ACCEPTED'"
COLUMNS = "number, kind, map_version, fact, version, department, content, event_on, shown_until, accepted_at"
TODAY = {"sqlite": "date('now', '+8 hours')", "postgresql": "(now() AT TIME ZONE 'Asia/Shanghai')::date"}
FOLDER = "view"


def create_sql(vendor: str) -> str:
    """The view: rows that stand and whose publicity has not ended in the city's calendar."""
    public = f"(shown_until IS NULL OR shown_until >= {TODAY[vendor]})"
    return f"CREATE VIEW exchange_shared AS SELECT {COLUMNS} FROM exchange_exchangerow WHERE {STANDS} AND {public}"  # noqa: S608 - constants


def write() -> int:
    """The Parquet file of each kind, whole or not at all; returns the rows written. Dates and amounts have their types."""
    return sum(_write(kind) for kind in fieldmaps.KINDS)


def _write(kind: str) -> int:
    form = fieldmaps.versions(kind)[-1]
    rows = ExchangeRow.objects.filter(kind=kind, act=PUT, state=ACCEPTED).exclude(shown_until__lt=clock.today()).order_by("number")
    found = list(rows.values_list("number", "department", "content").iterator(chunk_size=5000))
    columns = {code: pa.array([content.get(code, "") for _, _, content in found], pa.string()) for code in form.columns}
    numbers, departments = ([one[place] for one in found] for place in (0, 1))
    table = pa.table({"number": pa.array(numbers, pa.string()), "department": pa.array(departments, pa.string()), **columns})
    typed = ", ".join(_typed(one) for one in form.fields)
    path = folders.folder(FOLDER) / f"{kind}.parquet"
    draft = path.with_name(path.name + folders.DRAFT)
    with duckdb.connect() as lake:
        lake.register("given", table)
        lake.execute(f"COPY (SELECT number, department, {typed} FROM given) TO '{_quoted(draft)}' (FORMAT parquet)")  # noqa: S608
    draft.replace(path)
    return len(found)


def _typed(one: fieldmaps.Field) -> str:
    kinds = {"date": "DATE", "wan": "DECIMAL(18, 6)"}
    return f"TRY_CAST(nullif({one.code}, '') AS {kinds[one.kind]}) AS {one.code}" if one.kind in kinds else one.code


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
