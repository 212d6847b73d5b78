"""The out-of-core form in SQL: every pass is one DuckDB statement, for identifiers of any kind and any number of nodes.

Each statement reads what is left and writes what stays (a table that DuckDB may spill to its temp folder). Once what is left is small it
moves into arrays (memory.py) in the middle of the same sequence of passes, which changes nothing in the answer: sums are whole numbers.
The statements are plain joins and group-bys, which other engines (Spark) also run.
"""

# ruff: noqa: S608 - table names are made here
from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from . import weights
from .graph import dense_codes
from .memory import MemoryGraph

if TYPE_CHECKING:
    import duckdb

    from chengxin.facts.spark import SparkLake

    from .greedy import Core
    from .weights import Weighting

Ints = NDArray[np.int64]
_number = count()


class SqlGraph:
    """A peelable graph as tables: edges (r, c), degrees of rows (r, d) and of columns (c, d), factors (c, f) and (r, f)."""

    def __init__(self, lake: duckdb.DuckDBPyConnection | SparkLake, edges: str, row_factor: str, col_factor: str, handover: int) -> None:
        self.lake, self.edges, self.handover = lake, edges, handover
        self.row_factor, self.col_factor = row_factor, col_factor
        self.small: MemoryGraph | None = None
        self.mine: list[str] = []
        self._degrees()

    @classmethod
    def weighted(
        cls, lake: duckdb.DuckDBPyConnection | SparkLake, edges: str, weighting: Weighting, popularity: str, handover: int
    ) -> Self:
        """A graph under a weighting; popularity is a table (c, n)."""
        most = one(lake, f"SELECT max(n) FROM {popularity}")
        lake.register("factors", {"n": np.arange(most + 1), "f": weights.col_factors(weighting, most)})
        col_factor = table(lake, f"SELECT c, f FROM {popularity} JOIN factors USING (n)")
        lake.unregister("factors")
        return cls(lake, edges, "" if weights.columns_only(weighting) else _row_factors(lake, edges, weighting), col_factor, handover)

    @property
    def weight(self) -> int:
        return self.small.weight if self.small else self._weight

    @property
    def nodes(self) -> int:
        return self.small.nodes if self.small else self._nodes

    def _degrees(self) -> None:
        if self.row_factor:
            joined = f"{self.edges} JOIN {self.row_factor} a USING (r) JOIN {self.col_factor} b USING (c)"
            weigh = f"SELECT r, c, (a.f * b.f) >> {weights.SHIFT} AS w FROM {joined}"
            self.row_degree = table(self.lake, f"SELECT r, sum(w)::BIGINT AS d FROM ({weigh}) GROUP BY r")
            self.col_degree = table(self.lake, f"SELECT c, sum(w)::BIGINT AS d FROM ({weigh}) GROUP BY c")
        else:
            self.row_degree = table(
                self.lake, f"SELECT r, sum(f)::BIGINT AS d FROM {self.edges} JOIN {self.col_factor} USING (c) GROUP BY r"
            )
            counts = f"SELECT c, count(*) AS n FROM {self.edges} GROUP BY c"
            self.col_degree = table(self.lake, f"SELECT c, (n * f)::BIGINT AS d FROM ({counts}) JOIN {self.col_factor} USING (c)")
        self.mine += [self.row_degree, self.col_degree]
        self._weight = one(self.lake, f"SELECT coalesce(sum(d), 0) FROM {self.row_degree}")
        self._nodes = sum(one(self.lake, f"SELECT count(*) FROM {table} WHERE d > 0") for table in (self.row_degree, self.col_degree))

    def copy(self) -> Self:
        """An independent graph; tables are never changed, so both may read them."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.small = self.small.copy() if self.small else None
        twin.mine = []
        return twin

    def drop_below(self, degree: int) -> bool:
        """One pass: drop every node whose degree is below `degree`, together. False when there was none."""
        if self.small:
            return self.small.drop_below(degree)
        least = min(one(self.lake, f"SELECT coalesce(min(d), 0) FROM {table}") for table in (self.row_degree, self.col_degree))
        if least >= degree:
            return False
        old, self.mine = self.mine, []
        rows, cols = f"(FROM {self.row_degree} WHERE d >= {degree})", f"(FROM {self.col_degree} WHERE d >= {degree})"
        stay = f"SEMI JOIN {rows} AS a USING (r) SEMI JOIN {cols} AS b USING (c)"
        self.edges = table(self.lake, f"SELECT r, c FROM {self.edges} {stay}")
        self.mine.append(self.edges)
        if one(self.lake, f"SELECT count(*) FROM {self.edges}") <= self.handover:
            self._move()
        else:
            self._degrees()
        drop(self.lake, old)
        return True

    def _move(self) -> None:
        """Take what is left into arrays. Rows and columns are numbered in the order of their identifiers, as `Edges.from_ids` does."""
        found = self.lake.execute(f"SELECT r, c FROM {self.edges}").fetchnumpy()
        row_ids, rows = dense_codes(found["r"])
        col_ids, cols = dense_codes(found["c"])
        row_factor = self._factors(self.row_factor, "r", row_ids) if self.row_factor else np.zeros(0, np.int64)
        col_factor = self._factors(self.col_factor, "c", col_ids)
        self.small = MemoryGraph(rows, cols, row_factor, col_factor, len(row_ids), row_code=row_ids, col_code=col_ids)

    def _factors(self, table: str, side: str, ids: Ints) -> Ints:
        self.lake.register("wanted", {"m": ids})
        found = self.lake.execute(f"SELECT f FROM {table} JOIN wanted ON {side} = m ORDER BY m").fetchnumpy()
        self.lake.unregister("wanted")
        return np.asarray(found["f"], dtype=np.int64)

    def core(self) -> Core:
        """What is left, in arrays."""
        if not self.small:
            self._move()
        assert self.small is not None
        return self.small.core()

    def close(self) -> None:
        """Drop the tables that only this graph uses."""
        drop(self.lake, self.mine)
        self.mine = []


def _row_factors(lake: duckdb.DuckDBPyConnection | SparkLake, edges: str, weighting: Weighting) -> str:
    counts = table(lake, f"SELECT r, count(*)::BIGINT AS n FROM {edges} GROUP BY r")
    most = one(lake, f"SELECT coalesce(max(n), 0) FROM {counts}")
    lake.register("factors", {"n": np.arange(most + 1), "f": weights.row_factors(weighting, most)})
    factors = table(lake, f"SELECT r, f FROM {counts} JOIN factors USING (n)")
    lake.unregister("factors")
    drop(lake, [counts])
    return factors


def table(lake: duckdb.DuckDBPyConnection | SparkLake, query: str) -> str:
    name = f"pass_{next(_number)}"
    lake.execute(f"CREATE TABLE {name} AS {query}")
    return name


def drop(lake: duckdb.DuckDBPyConnection | SparkLake, tables: list[str]) -> None:
    for table in tables:
        lake.execute(f"DROP TABLE IF EXISTS {table}")


def one(lake: duckdb.DuckDBPyConnection | SparkLake, query: str) -> int:
    rows = lake.execute(query).fetchall()
    return int(rows[0][0]) if rows and rows[0][0] is not None else 0
