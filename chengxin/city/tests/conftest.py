from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from chengxin import city
from chengxin.city.write import KINDS


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    """A small city in which one shop in ten cheats, at all levels."""
    return city.write(tmp_path_factory.mktemp("planted"), "S", seed=3, recipe=city.Recipe(events=300_000, seed=3, prevalence=0.1))


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    """The same city without fraud."""
    return city.write(tmp_path_factory.mktemp("honest"), recipe=city.Recipe(events=300_000, seed=3, prevalence=0.0))


def open_lake(made: city.City) -> duckdb.DuckDBPyConnection:
    lake = duckdb.connect()
    for kind in KINDS:
        if not made.rows[kind]:
            continue  # reported in cities of some types only
        files = f"read_parquet('{made.folder}/reports/*/*/{kind}.parquet', filename = true)"
        lake.execute(f"CREATE VIEW \"{kind}\" AS SELECT * EXCLUDE (filename), split_part(filename, '/', -2) AS platform FROM {files}")
    for name in ("truth", "lookalikes"):
        lake.execute(f"CREATE VIEW {name} AS SELECT * FROM '{made.folder}/truth/{name}.parquet'")
    return lake


@pytest.fixture(scope="session")
def lake(planted: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(planted) as connection:
        yield connection


@pytest.fixture(scope="session")
def honest_lake(honest: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(honest) as connection:
        yield connection


def write_small(folder: Path, seed: int = 1, **given: object) -> city.City:
    return city.write(folder, recipe=city.Recipe(events=20_000, seed=seed, **given))  # type: ignore[arg-type]
