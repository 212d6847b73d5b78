"""Spark in the place of a DuckDB connection: the same statements in DuckDB's dialect, the same rows. For more than one machine.

Detectors and the engine ask a lake by `execute`, `register` and what comes back; `SparkLake` answers to the same names, so that none of
them knows whom it asks. Every CREATE TABLE is written out as Parquet: a pass ends there, or Spark would compute all passes before it
again, and its plans would grow until it dies.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from chengxin.facts.connection import MEMORY_MB
from chengxin.facts.errors import NotOnSpark, SparkNotThere

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from chengxin.facts.dialect import Given

CITY = "Asia/Shanghai"  # days and hours in queries are the city's, wherever the machines are
BASE = "main__"  # what the lake's own views are called while a window's view has their name
_number = count()


class Answer:
    """Rows of a statement, read in the ways of a DuckDB result."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows.cast(pa.schema([_in_city(field) for field in rows.schema]))
        self._next = 0

    @property
    def description(self) -> list[tuple[str]]:
        return [(name,) for name in self._rows.column_names]

    def fetchall(self) -> list[tuple[Any, ...]]:
        columns = [_values(column) for column in self._rows.columns]
        left = list(zip(*columns, strict=True))[self._next :]
        self._next = self._rows.num_rows
        return left

    def fetchone(self) -> tuple[Any, ...] | None:
        row = self._rows.slice(self._next, 1)
        self._next += 1
        return tuple(_values(column)[0] for column in row.columns) if row.num_rows else None

    def fetchnumpy(self) -> dict[str, np.ndarray[Any, Any]]:
        return {name: _array(column) for name, column in zip(self._rows.column_names, self._rows.columns, strict=True)}

    def to_arrow_table(self) -> pa.Table:
        return self._rows


def _in_city(field: pa.Field) -> pa.Field:
    """Times are told in the city's time, as DuckDB tells them."""
    return field.with_type(pa.timestamp("us", tz=CITY)) if pa.types.is_timestamp(field.type) else field


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Python values; Spark's widest whole numbers are decimals without places."""
    made: list[Any] = column.to_pylist()
    if pa.types.is_decimal(column.type) and column.type.scale == 0:
        return [None if one is None else int(one) for one in made]
    return made


def _array(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """As DuckDB: masked where there are NULLs, doubles for numbers wider than 64 bits."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    whole = column.combine_chunks()
    if not whole.null_count or not (pa.types.is_integer(whole.type) or pa.types.is_floating(whole.type) or pa.types.is_boolean(whole.type)):
        return np.array(whole.to_numpy(zero_copy_only=False))  # a copy: Arrow's own memory may not be written to
    empty = False if pa.types.is_boolean(whole.type) else 0
    return np.ma.array(whole.fill_null(empty).to_numpy(zero_copy_only=False), mask=whole.is_null().to_numpy(zero_copy_only=False))


class SparkLake:
    """A Spark session that answers like a DuckDB connection. `folder` takes the passes; every machine must be able to write there."""

    def __init__(self, session: SparkSession, folder: Path) -> None:
        self.session, self.folder = session, folder
        self.base: dict[str, DataFrame] = {}
        self._tables: dict[str, DataFrame] = {}
        self._hidden: set[str] = set()
        self._parts: list[str] = []

    # -- as a DuckDB connection --

    def execute(self, text: str, given: Given = None) -> Answer:
        """Run one statement. Raises NotOnSpark when Spark cannot run it with DuckDB's meaning."""
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException
        from sqlglot import exp
        from sqlglot.errors import SqlglotError

        from chengxin.facts import dialect

        try:
            tree = dialect.parsed(text, given)
            if isinstance(tree, exp.Create):
                return self._create(tree)
            if isinstance(tree, exp.Drop):
                return self._drop(tree.find(exp.Table).name)
            if isinstance(tree, exp.Insert):
                return self._insert(tree.this.name, self._query(tree.expression))
            if isinstance(tree, exp.Copy):
                return self._copy(self._query(tree.this.unnest()), Path(tree.args["files"][0].name))
            return Answer(self._query(tree).toArrow())
        except (SqlglotError, PySparkException, Py4JJavaError) as cause:
            raise NotOnSpark(why=_first_line(cause)) from cause
        finally:
            while self._parts:
                self.session.catalog.dropTempView(self._parts.pop())

    sql = execute

    def executemany(self, text: str, rows: Sequence[Sequence[Any]]) -> Answer:
        """INSERT INTO table VALUES (?, ...) of rows."""
        if not rows:
            return _nothing()
        first, *_ = rows
        places = "(" + ", ".join("?" for _ in first) + ")"
        given = [value for row in rows for value in row]
        assert places in text, "VALUES (?, ...)"
        return self.execute(text.replace(places, ", ".join([places] * len(rows))), given)

    def register(self, name: str, rows: pa.Table | Mapping[str, Any]) -> None:
        """A view over rows in memory."""
        table = rows if isinstance(rows, pa.Table) else pa.table(dict(rows))
        self._show(name, self.session.createDataFrame(_readable(table)))

    def unregister(self, name: str) -> None:
        self._drop(name)

    def close(self) -> None:
        for name in [*self._tables, *self.base, *self._hidden]:
            self.session.catalog.dropTempView(name)
        for name in self.base:
            self.session.catalog.dropTempView(BASE + name)

    # -- what the search asks of any lake --

    def views(self) -> set[str]:
        """The lake's own views."""
        return set(self.base)

    def scratch(self) -> set[tuple[str, str]]:
        """What was made since and is not the lake's."""
        return {("TABLE", name) for name in self._tables} | {("VIEW", name) for name in self._hidden}

    def clear(self, left: set[tuple[str, str]]) -> None:
        for _, name in left:
            self._drop(name)

    # -- within --

    def _create(self, tree: Any) -> Answer:
        from sqlglot import exp

        table = tree.find(exp.Table)
        if tree.kind == "VIEW":
            made = self._query(tree.expression)
            if tree.find(exp.TemporaryProperty):
                made.createOrReplaceTempView(table.name)
                self._hidden.add(table.name)
                return _nothing()
            self.base[table.name] = made
            made.createOrReplaceTempView(BASE + table.name)
            made.createOrReplaceTempView(table.name)
            return _nothing()
        if tree.args.get("exists") and table.name in self._tables:
            return _nothing()
        if tree.expression is None:
            columns = ", ".join(one.sql(dialect="spark", identify=True) for one in tree.this.expressions)
            return self._show(table.name, self.session.createDataFrame([], schema=columns))
        return self._show(table.name, self._written(self._query(tree.expression)))

    def _copy(self, rows: DataFrame, path: Path) -> Answer:
        """COPY (query) TO one Parquet file."""
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            rows.coalesce(1).write.mode("overwrite").parquet(folder)
            (part,) = Path(folder).glob("*.parquet")
            part.replace(path)
        return _nothing()

    def _insert(self, name: str, more: DataFrame) -> Answer:
        """The rows by their places, in the table's types."""
        there = self._tables[name]
        named = more.toDF(*there.columns)
        return self._show(name, there.union(named.select(*(named[field.name].cast(field.dataType) for field in there.schema.fields))))

    def _written(self, rows: DataFrame) -> DataFrame:
        path = str(self.folder / f"pass-{next(_number)}")
        rows.write.parquet(path)
        return self.session.read.schema(rows.schema).parquet(path)

    def _query(self, tree: Any) -> DataFrame:
        from sqlglot import exp

        for table in tree.find_all(exp.Table):
            if table.catalog == "memory":  # the lake's own view, under the name that a window's view took
                table.set("catalog", None)
                table.set("db", None)
                table.this.set("this", BASE + table.name)
            elif isinstance(table.this, exp.ReadParquet):
                paths = [one.name for one in table.find_all(exp.Literal) if one.is_string]
                table.set("this", exp.to_identifier(self._files(paths)))
        self._cut(tree)
        return self._run(tree)

    def _run(self, tree: Any) -> DataFrame:
        from pyspark.errors import AnalysisException

        from chengxin.facts import dialect

        try:
            return self.session.sql(dialect.spark(tree))
        except AnalysisException as cause:
            if "UNRESOLVED_COLUMN" not in str(cause):
                raise
            return self.session.sql(dialect.spark(tree, named=True))

    def _cut(self, tree: Any) -> None:
        """Write out each part of a WITH that is used more than once, as DuckDB does: Spark would compute it anew for every use."""
        from sqlglot import exp

        parts = tree.args["with_"].expressions if tree.args.get("with_") else []
        for part in list(parts):
            later = [*parts[parts.index(part) + 1 :], *(one for name, one in tree.args.items() if name != "with_")]
            uses = [table for one in later for table in _tables(one) if table.name == part.alias and not table.db]
            if len(uses) < 2:
                continue
            before = [one.copy() for one in parts[: parts.index(part)]]
            query = exp.Select(expressions=[exp.Star()]).from_(part.this.copy().subquery("part"))
            if before:
                query.set("with_", exp.With(expressions=before))
            name = f"part_{next(_number)}"
            self._written(self._run(query)).createOrReplaceTempView(name)
            self._parts.append(name)
            for table in uses:
                table.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(part.alias)))
                table.set("this", exp.to_identifier(name))
            parts.remove(part)
        if not parts:
            tree.set("with_", None)

    def _files(self, paths: Sequence[str]) -> str:
        """The name of a view over files, whose columns may differ."""
        name = "files_" + hashlib.sha256("\n".join(paths).encode()).hexdigest()[:16]
        self.session.read.option("mergeSchema", "true").parquet(*paths).createOrReplaceTempView(name)
        return name

    def _show(self, name: str, rows: DataFrame) -> Answer:
        rows.createOrReplaceTempView(name)
        self._tables[name] = rows
        return _nothing()

    def _drop(self, name: str) -> Answer:
        self.session.catalog.dropTempView(name)
        self._tables.pop(name, None)
        self._hidden.discard(name)
        if name in self.base:
            self.base[name].createOrReplaceTempView(name)
        return _nothing()


def _tables(node: Any) -> list[Any]:
    from sqlglot import exp

    return [table for one in (node if isinstance(node, list) else [node]) if isinstance(one, exp.Expr) for table in one.find_all(exp.Table)]


def _first_line(cause: Exception) -> str:
    return next((line for line in str(cause).splitlines() if line.strip()), type(cause).__name__)[:300]


def _nothing() -> Answer:
    return Answer(pa.table({}))


def _readable(table: pa.Table) -> pa.Table:
    """Spark reads no unsigned numbers and no large texts."""
    kinds = {pa.uint64(): pa.int64(), pa.uint32(): pa.int64(), pa.large_string(): pa.string(), pa.string_view(): pa.string()}
    return table.cast(pa.schema([field.with_type(kinds.get(field.type, field.type)) for field in table.schema]))


# -- a session -------------------------------------------------------------------------------------------------------------------


@contextmanager
def opened(temp: Path, memory_mb: int = MEMORY_MB, threads: int | None = None) -> Iterator[SparkLake]:
    """A lake with nothing in it. `CHENGXIN_SPARK_MASTER` names a cluster; without it Spark runs in this process's machine.
    Raises SparkNotThere."""
    with tempfile.TemporaryDirectory(prefix="spark-", dir=temp) as folder:
        lake = SparkLake(_session(memory_mb, threads or os.cpu_count() or 1).newSession(), Path(folder))
        try:
            yield lake
        finally:
            lake.close()


@cache
def _session(memory_mb: int, threads: int) -> SparkSession:
    """The process's Spark; it takes seconds to start, so it stays until the process ends."""
    try:
        import sqlglot  # noqa: F401 - asked for here, so that both parts of the extra are missed in one place
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as cause:
        raise SparkNotThere(why=str(cause)) from cause
    builder = SparkSession.builder.master(os.environ.get("CHENGXIN_SPARK_MASTER", f"local[{threads}]")).appName("chengxin")
    for name, value in _settings(memory_mb, threads).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as cause:
        raise SparkNotThere(why=_first_line(cause)) from cause
    session.sparkContext.setLogLevel("ERROR")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # it prints a page for every error that we tell in a line
    return session


def _settings(memory_mb: int, threads: int) -> dict[str, str]:
    return {
        "spark.driver.memory": f"{max(memory_mb, 1024)}m",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(threads),
        "spark.sql.session.timeZone": CITY,
        "spark.sql.ansi.enabled": "true",  # an overflow or a bad cast is an error, as in DuckDB, never NULL
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.legacy.timeParserPolicy": "CORRECTED",
        "spark.sql.crossJoin.enabled": "true",
    }
