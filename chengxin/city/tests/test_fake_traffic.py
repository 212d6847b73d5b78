"""Fake traffic: what a farm does at each level, that honest crowds are real people, and that it leaves other recipes' tables alone."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import pytest

from chengxin import city
from chengxin.city.crowds import CROWDS
from chengxin.city.people import UNKNOWN_DEVICE, UNKNOWN_IP
from chengxin.city.tests.conftest import open_lake, write_small

LOCAL = "(entered_at AT TIME ZONE 'Asia/Shanghai')"
BOUGHT = """CREATE TEMP TABLE seen AS SELECT v.*, t.level, t.key IS NOT NULL AS fake FROM visit v LEFT JOIN
    (SELECT platform, key, level FROM truth WHERE type = 'F5' AND kind = 'visit') t ON t.platform = v.platform AND t.key = v.visit_no"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    recipe = city.Recipe(events=300_000, seed=4, prevalence=0.1, types=("F1", "F2", "F6", "F5"))
    connection = open_lake(city.write(tmp_path_factory.mktemp("traffic"), recipe=recipe))
    connection.execute(BOUGHT)
    return connection


def _level(level: int, folder: Path) -> tuple[float, ...]:
    made = open_lake(city.write(folder, recipe=city.Recipe(events=60_000, seed=2, prevalence=0.1, levels=(level,), types=("F5",))))
    made.execute(BOUGHT)
    figures = f"""SELECT count(DISTINCT device) / count(DISTINCT visitor), count(DISTINCT ip) / count(DISTINCT visitor), median(seconds),
        avg((hour{LOCAL} BETWEEN 1 AND 5)::INT), count(*) / count(DISTINCT (platform, shop_id, {LOCAL}::DATE)) FROM seen WHERE fake"""
    return made.execute(figures).fetchone()


def test_camouflage_grows_with_the_level(tmp_path: Path) -> None:
    low, high = _level(0, tmp_path / "low"), _level(4, tmp_path / "high")
    assert low[0] < 0.3 < 0.8 < high[0]  # devices per account
    assert low[1] < 0.1 < 0.8 < high[1]  # networks per account
    assert low[2] <= 3 < 40 < high[2]  # seconds
    assert high[3] < 0.1 < 0.95 < low[3]  # by night
    assert high[4] < 30 < 200 < low[4]  # visits per shop and day


def test_nobody_on_a_farm_buys_and_every_visit_is_told(lake) -> None:
    fake, bought, unfound = lake.execute("""SELECT count(*) FILTER (fake), count(*) FILTER (fake AND ordered),
        (SELECT count(*) FROM truth WHERE type = 'F5' AND kind = 'visit') - count(*) FILTER (fake) FROM seen""").fetchone()
    assert fake > 1000 and (bought, unfound) == (0, 0)


def test_crowds_are_labelled_and_hold_no_planted_visit(lake) -> None:
    labelled = {row[0] for row in lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
    assert {*CROWDS, "price_comparers"} <= labelled
    shared = """SELECT count(*) FROM seen JOIN lookalikes l ON l.platform = seen.platform AND l.key = seen.shop_id
        WHERE fake AND l.role = 'shop'"""
    assert lake.execute(shared).fetchone() == (0,)


def test_planted_visits_use_no_value_of_their_own(lake) -> None:
    for value in ("source", "length(visit_no)", "length(device)", "sku IS NULL", "visitor[1]", "second(entered_at)"):
        own = lake.execute(f"SELECT count(*) FROM (SELECT {value} AS v FROM seen GROUP BY v HAVING bool_and(fake) AND count(*) > 20)")
        assert own.fetchone() == (0,), value


def test_the_same_share_of_devices_and_networks_is_missing(lake) -> None:
    n = lake.execute("SELECT count(*) FROM seen WHERE fake").fetchone()[0]
    for column, share in (("device", UNKNOWN_DEVICE), ("ip", UNKNOWN_IP)):
        missing = lake.execute(f"SELECT avg(({column} IS NULL)::INT) FROM seen WHERE fake").fetchone()[0]
        assert abs(missing - share) < 5 * np.sqrt(share * (1 - share) / n), column


def _digest(made: city.City) -> str:
    files = sorted(path for path in made.folder.rglob("*.parquet"))
    return sha256(b"".join(path.relative_to(made.folder).as_posix().encode() + path.read_bytes() for path in files)).hexdigest()


def test_recipes_without_it_are_what_they_are_whatever_its_code_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its draws come from its own streams, so a recipe that does not ask for it cannot tell that it exists; one that asks can."""
    before = _digest(write_small(tmp_path / "a", prevalence=0.1))
    asked = _digest(write_small(tmp_path / "b", prevalence=0.1, types=("F1", "F2", "F6", "F5")))
    monkeypatch.setattr("chengxin.city.fake_traffic.LEVELS", _reversed_levels())
    assert _digest(write_small(tmp_path / "c", prevalence=0.1)) == before
    assert _digest(write_small(tmp_path / "d", prevalence=0.1, types=("F1", "F2", "F6", "F5"))) != asked


def _reversed_levels() -> tuple[object, ...]:
    from chengxin.city.fake_traffic import LEVELS

    return LEVELS[::-1]
