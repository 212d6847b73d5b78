"""Two machines, one meaning: the same definitions on DuckDB and on Spark, findings and rows equal by the hash of the sorted output.

By day a few detectors and the tables they leave; with --nightly every detector. docs/operate/spark.md lists which are equal:
what it lists and is not, fails here, and so does what is equal and not listed.
"""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin import detectors
from chengxin.detection import command, engine, grouping, plain
from chengxin.detection.command import Asked
from chengxin.detection.engine import outofcore
from chengxin.detection.tests.engine.conftest import planted
from chengxin.detection.tests.test_detector_cases import CASES, WINDOW, lake_of
from chengxin.facts import spark
from chengxin.facts.errors import NotOnSpark
from chengxin.kernel import clock

pyspark = pytest.importorskip("pyspark", reason="needs the extra “spark”")
pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java 17: apt-get install openjdk-17-jre-headless"),
]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "operate" / "spark.md"
# By day: the detectors, and the table of each whose rows are compared too.
DAILY = {"empty_parcel": "parcel_sign", "shared_licence": ""}
# Compiling each query costs more than running it over a few hundred rows.
QUICK = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "10m",
    "spark.default.parallelism": "2",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One Spark for the module, with settings for small tables; a folder for its lakes."""
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in QUICK.items()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        started = spark._session(plain.MEMORY_MB, 2)
        yield folder
        started.stop()
        spark._session.cache_clear()


def told(rows: Iterable[str]) -> str:
    """The hash of the sorted output."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def row_text(row: Iterable[Any]) -> str:
    """A row as text. Sums of doubles depend on their order, which neither machine promises: twelve digits of them count."""

    def cell(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [cell(one) for one in value]
        if isinstance(value, dict):
            return {name: cell(one) for name, one in value.items()}
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat()
        if isinstance(value, float) and not math.isnan(value):
            return float(f"{value:.12g}")
        return value

    return repr([cell(one) for one in row])


def spark_lake(duck: Any, kinds: Iterable[str], folder: Path) -> Any:
    """The same facts on Spark."""
    lake = spark.SparkLake(spark._session(plain.MEMORY_MB, 2).newSession(), Path(tempfile.mkdtemp(dir=folder)))
    for kind in kinds:
        lake.register(f"{kind}_rows", duck.sql(f'SELECT * FROM "{kind}"').to_arrow_table())
        lake.execute(f'CREATE VIEW "{kind}" AS SELECT * FROM "{kind}_rows"')
    return lake


def both(name: str, case: dict[str, Any], folder: Path, table: str = "") -> tuple[list[str], list[str]]:
    """What DuckDB and Spark make of a case: the findings and, when a table is named, the rows that the detector left in it."""
    detector = detectors.load(name)
    params = {**detector.params, **case.get("params", {})}
    duck = lake_of(case["given"])
    out = []
    for lake in (duck, spark_lake(duck, detector.kinds, folder)):
        found = grouping.group(detector.find(lake, engine, WINDOW, params))
        rows = lake.execute(f'SELECT * FROM "{table}"').fetchall() if table else []
        out.append([grouping.canonical(grouping.plain(one)) for one in found] + [row_text(row) for row in rows])
        lake.close()
    return out[0], out[1]


def telling(name: str) -> dict[str, Any]:
    """The first of a detector's cases in which it finds something."""
    return next(case.values[1] for case in CASES if case.values[0] == name and case.values[1]["then"] != "none")


def listed() -> dict[str, bool]:
    """{detector: whether the page says that it is equal}"""
    return {name: how == "是 / yes" for name, how in re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", PAGE.read_text(encoding="utf-8"), re.M)}


def equal(name: str, folder: Path) -> bool:
    """Whether the findings are equal; False too when Spark says clearly that it cannot."""
    try:
        duck, other = both(name, telling(name), folder)
    except NotOnSpark:
        return False
    return bool(duck) and told(duck) == told(other)


@pytest.mark.parametrize(("name", "table"), DAILY.items())
def test_findings_and_rows_are_equal_by_hash(name: str, table: str, session: Path) -> None:
    duck, other = both(name, telling(name), session, table)
    assert len(duck) > 1 or not table
    assert told(duck) == told(other)


@pytest.mark.nightly
@pytest.mark.parametrize("name", detectors.names())
def test_the_page_lists_exactly_the_detectors_that_are_equal(name: str, session: Path) -> None:
    assert equal(name, session) == listed()[name]


def test_the_page_names_every_detector() -> None:
    assert set(listed()) == set(detectors.names()) and all(listed()[name] for name in DAILY)


def test_a_changed_row_is_seen(session: Path) -> None:
    rows = pa.table({"id": [1, 2, 3], "share": [0.1, 0.2, None]})
    lake = spark_lake(duckdb.connect(), (), session)
    lake.register("seen", rows)
    mine = [row_text(row) for row in zip(*rows.to_pydict().values(), strict=True)]
    assert told(row_text(row) for row in lake.execute("SELECT * FROM seen ORDER BY id DESC").fetchall()) == told(mine)
    changed = lake.execute("SELECT id, CASE WHEN id = 2 THEN 0.2000001::DOUBLE ELSE share END AS share FROM seen").fetchall()
    assert told(map(row_text, changed)) != told(mine)
    lake.close()


# Words that mean something else in Spark, or that it does not have; `t` holds rows with NULLs, ties and times over midnight.
SAME = (
    "7 / 2",
    "-7 // 2",
    "1 / (b - b)",
    "2.5::DOUBLE::BIGINT",
    "(3 * 1e0 / 2)::BIGINT",
    "ln(b - b)",
    "date_diff('day', early, late)",
    "date_diff('hour', early, late)",
    "date_diff('minute', early, late)",
    "date_diff('second', early, late)",
    "epoch(early)",
    "epoch(late)::BIGINT",
    "epoch_us(early)",
    "early::DATE",
    "early + to_days(2)",
    "early + to_hours(b)",
    "early + INTERVAL ($days) DAY",
    "time_bucket(INTERVAL 7 DAY, late, $begin)",
    "list_contains([1, NULL], b)",
    "regexp_extract('48小时', '([0-9]+)小时')",
    "regexp_extract('48小时', '([0-9]+)小时', 1)",
    "regexp_replace('a.b.c', '[.]', '', 'g')",
    "regexp_full_match('第一\\n', '第[一二]')",
    "regexp_full_match('第一', '第一|第二')",
    "len([1, 2, 3])",
    "length('诚信')",
    "list_sum([one.x FOR one IN [{'x': 1}, {'x': 2}]])",
    "$share * b",
    "0.1 * b >= 0.3",
)
GROUPED = (
    "arg_min(a, b)",
    "arg_max(a, (c, b))",
    "arg_min(a, (c, b))",
    "max(struct_pack(c, b)).b",
    "any_value(a ORDER BY b)",
    "list(a ORDER BY b)",
    "list(b ORDER BY b) FILTER (WHERE b > 100)",
    "list(DISTINCT g ORDER BY g)",
    "median(b)",
    "median(b) FILTER (WHERE b > 100)",
    "quantile_cont(b, 0.75)",
    "quantile_disc(b, 0.5)",
    "mad(b)",
    "avg((a IS NULL)::INT)",
    "sum(b::HUGEINT)",
    "count(DISTINCT (a, c))",
    "count(*) FILTER (c = 1)",
    "max(struct_pack(b, g), 2)[1].b",
)
QUERIES = (
    "SELECT g, b, row_number() OVER (PARTITION BY g ORDER BY c, b) AS n FROM t QUALIFY n <= 2",
    "SELECT x.b, y.c FROM t x ASOF LEFT JOIN (SELECT * FROM t WHERE c IS NOT NULL) y ON y.g = x.g AND y.late <= x.early",
    "SELECT g, b * 2 AS twice FROM t WHERE twice > 4",
    "SELECT g, (a, b) IN (SELECT (a, b) FROM t WHERE c = 1) AS met FROM t WHERE a IS NOT NULL",
    "SELECT b, sum(c) OVER (ORDER BY early RANGE BETWEEN to_days(1) PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING) AS s FROM t",
    "SELECT g, b, c FROM (SELECT * REPLACE (b + 1 AS b) FROM t) ANTI JOIN (SELECT 1 AS g) USING (g)",
    "SELECT g, unnest(range(0, b)) AS i FROM t WHERE b < 4",
)


def table_t() -> pa.Table:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=clock.CITY)

    early = [at(f"2026-03-0{n + 1}T23:59:59.750000") for n in range(6)]
    late = [at(f"2026-03-0{n + 2}T00:00:00.250000") for n in (0, 0, 1, 3, 4, 6)]
    stamp = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "g": [1, 1, 1, 2, 2, 2],
            "a": ["x", None, "y", None, "z", "w"],
            "b": [1, 2, 3, 4, 5, 7],
            "c": [None, 1, 2, 1, None, 3],
            "early": pa.array(early, stamp),
            "late": pa.array(late, stamp),
        }
    )


def test_words_keep_their_meaning(session: Path) -> None:
    """Each expression of the lists is the same on both."""
    given = {"days": 3, "share": 0.7, "begin": WINDOW.since}
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'Asia/Shanghai'")
    lake = spark_lake(duck, (), session)
    for one in (duck, lake):
        one.register("t", table_t())
    plainly = "SELECT b AS id, " + ", ".join(f"{text} AS e{place}" for place, text in enumerate(SAME)) + " FROM t ORDER BY id"
    grouped = "SELECT g AS id, " + ", ".join(f"{text} AS e{place}" for place, text in enumerate(GROUPED)) + " FROM t GROUP BY g ORDER BY id"
    for query, words in ((plainly, SAME), (grouped, GROUPED)):
        used = {name: value for name, value in given.items() if f"${name}" in query}
        mine, other = (one.execute(query, used).fetchall() for one in (duck, lake))
        assert len(mine) == len(other) > 0
        differ = {
            words[place - 1]: (left[place], right[place])
            for left, right in zip(mine, other, strict=True)
            for place in range(1, len(words) + 1)
            if row_text([left[place]]) != row_text([right[place]])
        }
        assert not differ
    for query in QUERIES:
        mine, other = (one.execute(query).fetchall() for one in (duck, lake))
        assert mine and told(map(row_text, mine)) == told(map(row_text, other)), query
    lake.close()


def test_without_our_rules_words_change_their_meaning(session: Path) -> None:
    """The twin: SQLGlot's own translation gives other rows."""
    import sqlglot

    duck = duckdb.connect()
    lake = spark_lake(duck, (), session)
    for one in (duck, lake):
        one.register("t", table_t())
    query = "SELECT date_diff('day', early, late) AS n, arg_min(a, b) OVER (PARTITION BY g) AS first FROM t"
    (bare,) = sqlglot.transpile(query, read="duckdb", write="spark")
    theirs = lake.session.sql(bare).collect()
    ours = lake.execute(query).fetchall()
    assert told(map(row_text, duck.execute(query).fetchall())) == told(map(row_text, ours)) != told(map(row_text, theirs))
    lake.close()


def test_what_spark_cannot_do_is_said_in_both_languages(session: Path) -> None:
    lake = spark_lake(duckdb.connect(), (), session)
    lake.register("t", table_t())
    with pytest.raises(NotOnSpark) as told_why:
        lake.execute("SELECT list(a ORDER BY b DESC) FROM t")
    for language in ("zh", "en"):
        assert "{" not in told_why.value.said(told_why.value.why, language)
    lake.close()


@pytest.mark.parametrize(("weightings", "edges"), [(("log",), 1_200), (("log", "symmetric", "rare"), 5_000)])
@pytest.mark.nightly
def test_the_exact_block_and_its_passes_are_identical(
    weightings: tuple[Any, ...], edges: int, session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hardly an edge fits in memory, so every pass is a statement; the block holds the number of passes."""
    monkeypatch.setattr(outofcore, "EDGE_BYTES", 10**6)
    data = planted(7, n_rows=edges // 5, n_cols=edges // 16, edges=edges)
    path = tmp_path / "edges.parquet"
    pq.write_table(pa.table({"r": data.rows.astype(np.int64), "c": data.cols.astype(np.int64)}), path)
    options = {"weightings": weightings, "least_surprise": float("-inf"), "grow": len(weightings) > 1}
    duck = engine.dense_blocks(engine.ParquetEdges(path, tmp_path / "duck", memory_mb=200, form="sql"), **options)
    lake = spark_lake(duckdb.connect(), (), session)
    other = engine.dense_blocks(engine.ParquetEdges(path, tmp_path / "spark", memory_mb=200, form="sql", on=lake), **options)
    assert duck == other and duck[0].stats["passes"] > 2
    lake.close()


def test_the_command_writes_the_same_file(session: Path, tmp_path: Path) -> None:
    duck = lake_of(telling("price_fraud")["given"])
    lake = tmp_path / "lake"
    lake.mkdir()
    for kind in ("order", "price"):
        pq.write_table(duck.sql(f'SELECT * EXCLUDE (content, batch) FROM "{kind}"').to_arrow_table(), lake / f"{kind}.parquet")
    made = []
    for name in ("duckdb", "spark"):
        out = tmp_path / f"{name}.parquet"
        assert command.detect(Asked(lake, ["price_fraud"], out=[out], engine=name, settings=["price_fraud.score_min=0.1"])) == 0
        made.append(hashlib.sha256(out.read_bytes()).hexdigest())
    assert pq.read_metadata(out).num_rows > 0 and made[0] == made[1]
