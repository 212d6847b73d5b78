"""DuckDB over exactly the files of a snapshot, with its limits stated: memory, threads, temp folder, no network, no extension."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from chengxin.facts import disk, kinds
from chengxin.facts.connection import MEMORY_MB, limited
from chengxin.facts.kinds import TIME, Kind
from chengxin.facts.snapshots import Snapshot, SnapshotSegment, batch_bound


def connect(
    snapshot: Snapshot, memory_mb: int = MEMORY_MB, threads: int | None = None, temp: Path | None = None, *, every: bool = False
) -> duckdb.DuckDBPyConnection:
    """A connection with one view per kind that the snapshot was asked for, empty when it has no file of it. The caller closes it.

    every: of all other kinds too, empty: for queries that take what there is, like detectors'.

    A view shows the latest version of each fact that the snapshot knows; `content` stays inside. Spills go to `temp`, by default the lake's
    own temp folder: a system /tmp in memory would defeat the limit.
    """
    folder = temp or disk.lake() / "temp"
    folder.mkdir(parents=True, exist_ok=True)
    connection = limited(folder, memory_mb, threads)
    for name in kinds.kinds() if every else snapshot.kinds:
        _view(connection, kinds.kind(name), snapshot)
    return connection


def _view(connection: duckdb.DuckDBPyConnection, kind: Kind, snapshot: Snapshot) -> None:
    segments = snapshot.of(kind.kind)
    columns = [name for name in kind.lake_schema.names if name != "content"]
    listed = ", ".join(f'"{name}"' for name in columns)
    if not segments:
        connection.register(f"empty_{kind.kind}", kind.lake_schema.empty_table())
        connection.execute(f'CREATE VIEW "{kind.kind}" AS SELECT {listed} FROM "empty_{kind.kind}"')  # noqa: S608
        return
    source = _files(segments)
    there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}  # noqa: S608
    if snapshot.known_at:
        source = f"(SELECT * FROM {source} WHERE batch <= '{batch_bound(snapshot.known_at)}')"  # noqa: S608
    corrections = [segment for segment in segments if segment.correction]
    latest = ""
    if corrections:
        _latest(connection, kind, corrections, snapshot)
        latest = f' LEFT JOIN "latest_{kind.kind}" l USING (fact) WHERE l.batch IS NULL OR l.batch = v.batch'
    listed = ", ".join(_column(kind, name, there) for name in columns)
    connection.execute(f'CREATE VIEW "{kind.kind}" AS SELECT {listed} FROM {source} v{latest}')  # noqa: S608


def _column(kind: Kind, name: str, there: set[str]) -> str:
    """A column of the view, empty where every segment was written before the vocabulary had it."""
    types = {pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", TIME: "TIMESTAMPTZ"}
    return f'v."{name}"' if name in there else f'NULL::{types.get(kind.lake_schema.field(name).type, "VARCHAR")} AS "{name}"'


def _latest(connection: duckdb.DuckDBPyConnection, kind: Kind, corrections: list[SnapshotSegment], snapshot: Snapshot) -> None:
    """fact → the batch of its latest version, for the corrected facts; batch ids are UUID version 7 and sort by time."""
    bound = f"WHERE batch <= '{batch_bound(snapshot.known_at)}'" if snapshot.known_at else ""
    connection.execute(
        f'CREATE TEMP TABLE "latest_{kind.kind}" AS SELECT fact, max(batch) AS batch FROM {_files(corrections)} {bound} GROUP BY fact'  # noqa: S608
    )


def _files(segments: tuple[SnapshotSegment, ...] | list[SnapshotSegment]) -> str:
    paths = ", ".join("'" + str(disk.lake() / segment.path).replace("'", "''") + "'" for segment in segments)
    return f"read_parquet([{paths}], union_by_name = true)"
