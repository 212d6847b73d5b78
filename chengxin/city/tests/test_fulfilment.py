"""What was promised and what came: planted only when asked for, camouflaged by level, and real to the buyer."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from chengxin import city
from chengxin.city.sizes import FULFILMENT_TYPES
from chengxin.city.tests.conftest import open_lake

LOOKALIKES = {
    "preorder",
    "virtual_goods",
    "sold_out",
    "gross_weight",
    "other_courier",
    "careless",
    "courier_strike",
    "brand_clearance",
    "wrong_gtin",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    recipe = city.Recipe(events=300_000, seed=4, prevalence=0.15, types=FULFILMENT_TYPES)
    return city.write(tmp_path_factory.mktemp("fulfilment"), recipe=recipe)


@pytest.fixture(scope="module")
def lake(made: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(made) as connection:
        connection.execute("CREATE TEMP TABLE planted AS SELECT *, split_part(key, '/', 1) AS order_no FROM truth WHERE kind = 'order'")
        yield connection


def test_every_type_is_planted_with_its_look_alikes_on_other_shops(lake) -> None:
    assert {row[0] for row in lake.execute("SELECT DISTINCT type FROM truth").fetchall()} == set(FULFILMENT_TYPES)
    assert {row[0] for row in lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()} >= LOOKALIKES
    both = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop'
        INTERSECT SELECT platform, key FROM lookalikes WHERE role = 'shop')"""
    assert lake.execute(both).fetchone() == (0,)


def test_no_buyer_is_a_member_of_a_campaign(lake) -> None:
    assert lake.execute("SELECT count(*) FROM truth WHERE role = 'account'").fetchone() == (0,)


def test_kept_money_has_neither_parcel_nor_review_but_a_payment(lake) -> None:
    theirs = "SELECT platform, order_no FROM planted WHERE type = 'F21'"
    n = lake.execute(f"SELECT count(*) FROM ({theirs})").fetchone()[0]
    assert n > 100
    for kind in ("parcel", "review"):
        assert lake.execute(f"SELECT count(*) FROM {kind} SEMI JOIN ({theirs}) USING (platform, order_no)").fetchone() == (0,)
    assert lake.execute(f"SELECT count(*) FROM payment SEMI JOIN ({theirs}) USING (platform, order_no)").fetchone()[0] > 0.95 * n


def _by_level(lake: duckdb.DuckDBPyConnection, type_: str, value: str) -> tuple[float, float]:
    """A figure of the lowest and of the highest level that the city has."""
    rows = lake.execute(f"""SELECT level, {value} FROM planted JOIN "order" AS o USING (platform, order_no)
        LEFT JOIN (SELECT platform, order_no, any_value(reason) AS reason, max(refunded_at) AS refunded_at FROM refund GROUP BY ALL) AS r
            USING (platform, order_no)
        LEFT JOIN (SELECT platform, order_no, min(collected_at) AS collected_at FROM parcel GROUP BY ALL) AS p USING (platform, order_no)
        WHERE type = '{type_}' GROUP BY level ORDER BY level""").fetchall()
    assert len(rows) >= 3
    return rows[0][1], rows[-1][1]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("F7", "avg(coalesce(r.reason = 'fake', false)::INT)"),
        ("F22", "avg(epoch(p.collected_at) - epoch(o.paid_at))"),
        ("F23", "avg(coalesce(r.reason = 'not_as_described', false)::INT)"),
        ("F21", "-avg((r.refunded_at IS NOT NULL)::INT)"),
    ],
)
def test_camouflage_grows_with_the_level(lake, type_: str, value: str) -> None:
    low, high = _by_level(lake, type_, value)
    assert low > high


def test_counterfeits_are_cheaper_than_the_same_product_elsewhere(lake) -> None:
    cheap = """WITH page AS (SELECT DISTINCT platform, shop_id, sku, brand || title AS product FROM listing),
        sold AS (SELECT product, platform, shop_id, median((paid_fen + coalesce(coupon_fen, 0)) / qty) AS unit
            FROM "order" JOIN page USING (platform, shop_id, sku) GROUP BY ALL),
        line AS (SELECT product, median(unit) AS usual FROM sold GROUP BY product HAVING count(*) >= 5)
        SELECT t.platform IS NOT NULL AS fake, median(unit / usual), count(*) FROM sold JOIN line USING (product)
        LEFT JOIN (SELECT platform, key AS shop_id FROM truth WHERE type = 'F7' AND role = 'shop') AS t USING (platform, shop_id)
        GROUP BY fake ORDER BY fake"""
    (honest, fake) = lake.execute(cheap).fetchall()
    assert 0.9 < honest[1] < 1.1 and fake[1] < 0.7 and honest[2] > 50


def test_a_city_that_does_not_ask_for_them_has_none_of_it(planted: city.City, honest: city.City) -> None:
    for one in (planted, honest):
        with open_lake(one) as plain:
            assert plain.execute("SELECT count(*) FROM listing WHERE attributes IS NOT NULL").fetchone() == (0,)
            assert not LOOKALIKES & {row[0] for row in plain.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
            unsent = 'SELECT count(*) FROM "order" ANTI JOIN parcel USING (platform, order_no) WHERE paid_at IS NOT NULL'
            assert plain.execute(unsent).fetchone()[0] < 0.02 * one.rows["order"]  # what the last day's couriers have not fetched yet


def test_an_honest_city_forgets_delays_and_calls_off_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=200_000, seed=6, prevalence=0.0, types=FULFILMENT_TYPES)
    made = city.write(tmp_path_factory.mktemp("honest fulfilment"), recipe=recipe)
    with open_lake(made) as lake:
        unsent = 'SELECT count(*) FROM "order" ANTI JOIN parcel USING (platform, order_no) WHERE paid_at IS NOT NULL'
        assert made.campaigns == 0 and lake.execute(unsent).fetchone()[0] > 0.03 * made.rows["order"]


def test_the_same_recipe_gives_the_same_city(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=40_000, seed=9, prevalence=0.1, types=FULFILMENT_TYPES)
    one, two = (city.write(tmp_path_factory.mktemp("again"), recipe=recipe) for _ in range(2))
    assert [path.read_bytes() for path in one.batches] == [path.read_bytes() for path in two.batches]
