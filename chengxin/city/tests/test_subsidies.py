"""Subsidies: drawn only when asked for, each with a serial number, honestly and otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from chengxin import city
from chengxin.city.sizes import SUBSIDY_TYPES
from chengxin.city.subsidies import LOOKALIKES
from chengxin.city.tests.conftest import open_lake

pytestmark = pytest.mark.one_database
GUILTY = "SELECT platform, split_part(key, '/', 1) AS order_no, level FROM truth WHERE kind = 'order'"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    recipe = city.Recipe(events=120_000, seed=4, prevalence=0.1, types=SUBSIDY_TYPES, chunks=2)
    return city.write(tmp_path_factory.mktemp("subsidies"), recipe=recipe)


@pytest.fixture(scope="module")
def lake(made: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(made) as connection:
        yield connection


def test_it_is_planted_with_its_look_alikes_on_other_shops(made: city.City, lake: duckdb.DuckDBPyConnection) -> None:
    told = json.loads((made.folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert {one["type"] for one in told} == {"F14"} and {one["behaviour"] for one in told} == {"B28"}
    honest = {row[0] for row in lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
    assert honest >= {make.__name__ for make in LOOKALIKES}
    both = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop'
        INTERSECT SELECT platform, key FROM lookalikes WHERE role = 'shop')"""
    assert lake.execute(both).fetchone() == (0,)


def test_every_subsidy_is_drawn_with_a_serial_number_and_lowers_what_is_paid(lake: duckdb.DuckDBPyConnection) -> None:
    wrong = """SELECT count(*) FILTER ((subsidy_fen > 0) <> (serial IS NOT NULL)),
        count(*) FILTER (paid_fen + coupon_fen + subsidy_fen > list_price_fen * qty), count(*) FILTER (subsidy_fen > 0) FROM "order\""""
    without, dearer, drawn = lake.execute(wrong).fetchone()  # type: ignore[misc]
    assert without == 0 and dearer == 0 and drawn > 500


def test_guilty_pieces_draw_twice_and_honest_ones_hardly_ever(lake: duckdb.DuckDBPyConnection) -> None:
    shares = lake.execute(f"""SELECT level IS NOT NULL AS guilty, avg((n > 1)::INT) FROM
        (SELECT *, count(*) OVER (PARTITION BY serial) AS n FROM "order" WHERE serial IS NOT NULL)
        LEFT JOIN ({GUILTY}) USING (platform, order_no) WHERE level IS NULL OR level < 2 GROUP BY guilty ORDER BY guilty""").fetchall()
    assert shares[0][1] < 0.1 < 0.3 < shares[1][1]


def test_a_repaid_piece_returns_its_subsidy_unless_it_was_drawn_for_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    shares = lake.execute(f"""SELECT level IS NOT NULL AS guilty, avg((subsidy_back_fen = subsidy_fen)::INT), count(*) FROM "order"
        JOIN refund USING (platform, order_no) LEFT JOIN ({GUILTY}) USING (platform, order_no)
        WHERE subsidy_fen > 0 AND amount_fen = paid_fen GROUP BY guilty ORDER BY guilty""").fetchall()
    assert shares[0][1] > 0.9 and shares[1][1] == 0 and shares[1][2] > 10


def test_a_city_that_does_not_ask_has_no_subsidies(planted: city.City) -> None:
    with open_lake(planted) as plain:
        assert {"subsidy_fen", "serial"}.isdisjoint({row[0] for row in plain.execute('DESCRIBE "order"').fetchall()})
        assert "subsidy_back_fen" not in {row[0] for row in plain.execute("DESCRIBE refund").fetchall()}


def test_the_same_recipe_gives_the_same_city(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=20_000, seed=9, prevalence=0.1, types=SUBSIDY_TYPES)
    one, two = (city.write(tmp_path_factory.mktemp("again"), recipe=recipe) for _ in range(2))
    assert [path.read_bytes() for path in one.batches] == [path.read_bytes() for path in two.batches]
