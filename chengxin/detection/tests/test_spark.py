"""Two machines, one meaning: the same definitions on DuckDB and on Spark, findings and rows equal by the hash of the sorted output.

By day a few detectors and the tables they leave; with --nightly every detector and case. docs/operate/spark.md lists which are equal:
what it lists and is not, fails here, and so does what is equal and not listed.
"""

from __future__ import annotations

import hashlib
import math
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin import detectors
from chengxin.detection import command, engine, grouping, plain
from chengxin.detection.command import Asked
from chengxin.detection.engine.outofcore import ParquetEdges
from chengxin.detection.tests.test_detector_cases import CASES, WINDOW, lake_of
from chengxin.facts import dialect, spark
from chengxin.facts.errors import NotOnSpark, SparkNotThere
from chengxin.kernel import clock

pyspark = pytest.importorskip("pyspark", reason="needs the extra “spark”")
pytestmark = [
    pytest.mark.one_database,
    pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java 17: apt-get install openjdk-17-jre-headless"),
]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "operate" / "spark.md"
DAILY = ("price_fraud", "empty_parcel", "brushing")
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


def both(name: str, case: dict[str, Any], folder: Path, table: str = "") -> tuple[list[str], list[str]]:
    """What DuckDB and Spark make of a case: the findings or, when a table is named, the rows the detector left in it."""
    detector = detectors.load(name)
    params = {**detector.params, **case.get("params", {})}
    duck = lake_of(case["given"])
    with spark.opened(folder, threads=2) as spark_lake:
        for kind in detector.kinds:
            spark_lake.register(f"{kind}_rows", duck.sql(f'SELECT * FROM "{kind}"').to_arrow_table())
            spark_lake.execute(f'CREATE VIEW "{kind}" AS SELECT * FROM "{kind}_rows"')
        out = []
        for lake in (duck, spark_lake):
            found = grouping.group(detector.find(lake, engine, WINDOW, params))
            rows = lake.execute(f'SELECT * FROM "{table}"').fetchall() if table else []
            out.append([row_text(row) for row in rows] if table else [grouping.canonical(grouping.plain(one)) for one in found])
    return out[0], out[1]


def cases_of(name: str, telling: bool) -> list[dict[str, Any]]:
    """A detector's cases; telling: the first in which it finds something."""
    mine = [case.values[1] for case in CASES if case.values[0] == name]
    return [next(case for case in mine if case["then"] != "none")] if telling else mine


def listed() -> dict[str, bool]:
    """{detector: whether the page says that it is equal}"""
    return {name: how == "是 / yes" for name, how in re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", PAGE.read_text(encoding="utf-8"), re.M)}


def equal(name: str, folder: Path, telling: bool) -> bool:
    """Whether findings are equal in the detector's cases; False too when Spark says clearly that it cannot."""
    try:
        return all(told(duck) == told(other) for duck, other in (both(name, case, folder) for case in cases_of(name, telling)))
    except NotOnSpark:
        return False


@pytest.mark.parametrize("name", DAILY)
def test_findings_are_equal_by_hash(name: str, session: Path) -> None:
    (case,) = cases_of(name, telling=True)
    duck, other = both(name, case, session)
    assert duck and told(duck) == told(other)


@pytest.mark.nightly
@pytest.mark.parametrize("name", detectors.names())
def test_the_page_lists_exactly_the_detectors_that_are_equal(name: str, session: Path) -> None:
    assert equal(name, session, telling=False) == listed()[name]
