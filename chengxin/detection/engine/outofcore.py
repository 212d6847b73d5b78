"""Edges in a Parquet file, under a memory limit: the same interface and the same answers as edges in memory.

Two ways to pass over the file, chosen by its columns: int32 codes go by streaming batches past arrays of nodes (streamgraph.py), any other
identifiers go by SQL (sqlgraph.py). A time window's distinct pairs are written to the temp folder first.
"""

# ruff: noqa: S608 - column and table names are quoted by _name or made here; no user text reaches a statement
from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .graph import DAY, WHOLE, TimeWindow
from .source import WindowSpec
from .sqlgraph import SqlGraph, one
from .streamgraph import StreamGraph
from .surprise import Hits

if TYPE_CHECKING:
    from chengxin.facts.spark import SparkLake

    from .prune import Peelable
    from .weights import Weighting

Ints = NDArray[np.int64]
# Bytes an edge left takes once in arrays: the arrays, the copy that batch peeling works on, and what squeezing needs for a moment.
EDGE_BYTES = 24
# Bytes a node takes in the streaming form (degree, state, popularity, and their copies).
NODE_BYTES = 26
_number = count()


@dataclass
class ParquetEdges:
    """Edges in a Parquet file: integer columns `row` and `col`, optionally a time column `at` (seconds or timestamp).

    distinct=True promises that no pair repeats, which saves a pass. memory_mb bounds DuckDB and what is taken into arrays; temp is where
    windows and spilled tables go. form: "auto", or one of the two ways by name (the answers are the same; for tests and measurements).
    on: what runs the SQL in DuckDB's place, with form="sql" (the answers are the same).
    """

    path: Path
    temp: Path
    row: str = "r"
    col: str = "c"
    at: str | None = None
    distinct: bool = False
    memory_mb: int = 300
    threads: int = 2
    form: Literal["auto", "stream", "sql"] = "auto"
    parallel: int = 1
    on: SparkLake | None = None
    _lake: duckdb.DuckDBPyConnection | SparkLake = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.temp.mkdir(parents=True, exist_ok=True)
        self._lake = self.on or duckdb.connect(
            config={
                "memory_limit": f"{self.memory_mb}MB",
                "threads": self.threads,
                "temp_directory": str(self.temp),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            }
        )
        when = f", {self._seconds()} AS seen" if self.at else ""
        self._lake.execute(f"CREATE VIEW raw AS SELECT {_name(self.row)} AS r, {_name(self.col)} AS c{when} FROM {_file(self.path)}")

    def _seconds(self) -> str:
        column = _name(str(self.at))
        kind = self._lake.execute(f"SELECT typeof({column}) FROM {_file(self.path)} LIMIT 1").fetchall()
        return f"epoch({column})::BIGINT" if kind and str(kind[0][0]).upper().startswith("TIMESTAMP") else f"{column}::BIGINT"

    def windows(self, spec: WindowSpec) -> list[TimeWindow]:
        if isinstance(spec, TimeWindow):
            return [spec]
        first, last = self._lake.execute("SELECT min(seen), max(seen) FROM raw").fetchall()[0]
        if first is None:
            return []
        days, stride = spec
        # As graph.sliding: every stride from the first edge until a window reaches past the last edge.
        steps = max(0, -(-(last - first - days * DAY + 1) // (stride * DAY))) + 1
        starts = [first + i * stride * DAY for i in range(steps)]
        return [TimeWindow(f"{days}/{stride}", start, start + days * DAY) for start in starts]

    def open(self, window: TimeWindow) -> ParquetCut:
        if window == WHOLE and self.distinct:
            return ParquetCut(self, self.path, self.row, self.col)
        limits = [f"seen >= {window.since}"] if window.since is not None else []
        limits += [f"seen < {window.until}"] if window.until is not None else []
        return self.write(f"SELECT DISTINCT r, c FROM raw{' WHERE ' + ' AND '.join(limits) if limits else ''}")

    def write(self, query: str) -> ParquetCut:
        """The result (r, c) of a query as a file in the temp folder."""
        path = self.temp / f"pairs-{id(self)}-{next(_number)}.parquet"
        self._lake.execute(f"COPY ({query}) TO {_text(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 245760)").fetchall()
        return ParquetCut(self, path, "r", "c", ours=True)

    @property
    def lake(self) -> duckdb.DuckDBPyConnection | SparkLake:
        return self._lake

    def popularity(self) -> str:
        """Table (c, n): in how many distinct pairs a column is, over the whole file."""
        pairs = "raw" if self.distinct else "(SELECT DISTINCT r, c FROM raw)"
        self._lake.execute(f"CREATE TABLE IF NOT EXISTS popularity AS SELECT c, count(*)::BIGINT AS n FROM {pairs} GROUP BY c")
        return "popularity"

    def row_id(self, codes: Ints) -> Ints:
        return codes

    def col_id(self, codes: Ints) -> Ints:
        return codes


class ParquetCut:
    """Distinct pairs in a Parquet file; a file of ours is removed with its last user."""

    def __init__(self, source: ParquetEdges, path: Path, row: str, col: str, ours: bool = False) -> None:
        self.source, self.path, self.row, self.col, self.ours = source, path, row, col, ours
        self.pairs = f"(SELECT {_name(row)} AS r, {_name(col)} AS c FROM {_file(path)})"
        footer = pq.ParquetFile(path)
        self.edges: int = footer.metadata.num_rows
        self.sizes = [_codes_below(footer, column) for column in (row, col)]

    def __del__(self) -> None:
        if self.ours:
            self.path.unlink(missing_ok=True)

    @property
    def row_count(self) -> int:
        return one(self.source.lake, f"SELECT count(*) FROM (SELECT DISTINCT r FROM {self.pairs})")

    @property
    def col_count(self) -> int:
        return one(self.source.lake, f"SELECT count(*) FROM (SELECT DISTINCT c FROM {self.pairs})")

    def graph(self, weighting: Weighting) -> Peelable:
        budget = self.source.memory_mb * 1_000_000
        nodes = sum(size or 0 for size in self.sizes)
        fits = all(self.sizes) and nodes * NODE_BYTES < budget * 0.8
        if self.source.form == "stream" or (self.source.form == "auto" and fits):
            handover = (budget - nodes * NODE_BYTES) // EDGE_BYTES
            return StreamGraph.weighted(
                self.path, (self.row, self.col), (self.sizes[0] or 1, self.sizes[1] or 1), weighting, self._popular(), handover
            )
        return SqlGraph.weighted(self.source.lake, self.pairs, weighting, self.source.popularity(), budget // (2 * EDGE_BYTES))

    def _popular(self) -> NDArray[np.int32] | None:
        """Degrees over the whole file by code; None when this is the whole file, which then counts itself."""
        if not self.ours:
            return None
        found = self.source.lake.execute(f"SELECT c, n FROM {self.source.popularity()}").fetchnumpy()
        out = np.zeros(int(found["c"].max(initial=0)) + 1, np.int32)
        out[found["c"]] = found["n"]
        return out

    def row_hits(self, cols: Ints) -> Hits:
        return self._hits("r", "c", cols)

    def col_hits(self, rows: Ints) -> Hits:
        return self._hits("c", "r", rows)

    def _hits(self, side: str, other: str, members: Ints) -> Hits:
        lake = self.source.lake
        lake.register("members", {"m": members})
        touching = f"SELECT {side} AS x, count(*) AS h FROM {self.pairs} SEMI JOIN members ON {other} = m GROUP BY {side}"
        query = f"WITH near AS ({touching}) SELECT x, h, count(*) AS d FROM near JOIN {self.pairs} ON {side} = x GROUP BY x, h ORDER BY x"
        found = lake.execute(query).fetchnumpy()
        lake.unregister("members")
        return Hits(*(np.asarray(found[name], dtype=np.int64) for name in ("x", "h", "d")))

    def without(self, rows: Ints, cols: Ints) -> ParquetCut:
        lake = self.source.lake
        lake.register("gone_rows", {"m": rows})
        lake.register("gone_cols", {"m": cols})
        inside = "r IN (SELECT m FROM gone_rows) AND c IN (SELECT m FROM gone_cols)"
        return self.source.write(f"SELECT r, c FROM {self.pairs} WHERE NOT ({inside})")


def _codes_below(file: pq.ParquetFile, column: str) -> int | None:
    """One more than the greatest code of an int32 column, by the file's own statistics; None when it holds no codes."""
    at = file.schema_arrow.get_field_index(column)
    if str(file.schema_arrow.field(at).type) != "int32":
        return None
    groups = [file.metadata.row_group(i).column(at).statistics for i in range(file.metadata.num_row_groups)]
    if any(group is None or not group.has_min_max or group.min < 0 for group in groups):
        return None
    return max((group.max + 1 for group in groups), default=1)


def _file(path: Path) -> str:
    return f"read_parquet({_text(str(path))})"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
