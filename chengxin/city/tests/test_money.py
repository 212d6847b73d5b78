"""Where money and data go: planted only when asked for, camouflaged by level, beside honest business that looks alike."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from chengxin import city
from chengxin.city.rebirth import REBIRTHS
from chengxin.city.sizes import MONEY_TYPES
from chengxin.city.tests.conftest import open_lake

LOOKALIKES = {
    "family_pay",
    "company_gift",
    "leader_refund",
    "closed_card",
    "called_off",
    "mall_account",
    "big_shop",
    "bad_service",
    "flash_returns",
    "group_withdrawn",
    "wrong_price",
    "franchise",
    "takeover",
    "park_neighbour",
    "maker_goods",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    recipe = city.Recipe(events=150_000, seed=4, prevalence=0.2, types=MONEY_TYPES, chunks=2)
    return city.write(tmp_path_factory.mktemp("money"), recipe=recipe)


@pytest.fixture(scope="module")
def lake(made: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(made) as connection:
        connection.execute("CREATE TEMP TABLE planted AS SELECT *, split_part(key, '/', 1) AS order_no FROM truth WHERE kind = 'order'")
        connection.execute(f"""CREATE VIEW measure AS SELECT *, split_part(filename, '/', -2) AS platform
            FROM read_parquet('{made.folder}/reports/*/*/measure.parquet', filename = true)""")
        yield connection


def test_every_type_is_planted_with_its_look_alikes_on_other_shops(lake) -> None:
    assert {row[0] for row in lake.execute("SELECT DISTINCT type FROM truth").fetchall()} == set(MONEY_TYPES)
    assert {row[0] for row in lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()} >= LOOKALIKES
    both = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop'
        INTERSECT SELECT platform, key FROM lookalikes WHERE role = 'shop')"""
    assert lake.execute(both).fetchone() == (0,)


def test_the_victims_of_a_leak_are_no_members(lake) -> None:
    assert lake.execute("SELECT count(*) FROM truth WHERE role = 'account' AND type IN ('F9', 'F10')").fetchone() == (0,)


def test_cashed_out_money_goes_to_somebody_who_neither_ordered_nor_paid(lake) -> None:
    third, n = lake.execute("""SELECT count(*) FILTER (r.payee <> o.buyer AND r.payee <> p.payer), count(*)
        FROM planted SEMI JOIN (SELECT cause FROM truth WHERE role = 'account') USING (cause)
        JOIN "order" o USING (platform, order_no) JOIN payment p USING (platform, order_no) JOIN refund r USING (platform, order_no)
        WHERE type = 'F8'""").fetchone()
    assert n > 50 and third > 0.3 * n


def test_a_mall_collects_through_licensed_institutions_and_a_collector_does_not(lake) -> None:
    several = """SELECT bool_or(t.cause IS NOT NULL), avg((p.institution IS NULL OR p.institution IN ('shilidaishou', 'yanshidaifu'))::INT)
        FROM payment p JOIN "order" o USING (platform, order_no) LEFT JOIN (SELECT DISTINCT cause, platform, order_no FROM planted
        WHERE type = 'F8') AS t USING (platform, order_no) GROUP BY platform, payee HAVING count(DISTINCT shop_id) > 1"""
    rows = lake.execute(several).fetchall()
    planted, honest = [row[1] for row in rows if row[0]], [row[1] for row in rows if not row[0]]
    assert max(planted) > 0.5 and honest and max(honest) < 0.1


def test_a_leaking_shop_is_complained_of_more_than_its_platform(lake) -> None:
    share = """SELECT t.shop_id IS NOT NULL AS leaking, count(c.complaint_no) / count(*) FROM "order" o
        LEFT JOIN (SELECT platform, key AS shop_id FROM truth WHERE type = 'F9' AND role = 'shop') AS t USING (platform, shop_id)
        LEFT JOIN (SELECT * FROM complaint WHERE reason = 'privacy') AS c USING (platform, order_no) GROUP BY leaking ORDER BY leaking"""
    (honest, leaking) = lake.execute(share).fetchall()
    assert leaking[1] > 3 * honest[1] > 0


def test_a_raid_comes_to_nothing(lake) -> None:
    kept, n = lake.execute("""SELECT count(*) FILTER (o.paid_at IS NOT NULL AND r.order_no IS NULL), count(*) FROM planted
        JOIN "order" o USING (platform, order_no) LEFT JOIN refund r USING (platform, order_no) WHERE type = 'F13'""").fetchone()
    assert n > 100 and kept < 0.4 * n


def test_a_shop_comes_back_after_it_ended_and_platforms_tell_of_their_measures(lake) -> None:
    lake.execute("""CREATE OR REPLACE TEMP TABLE life AS SELECT t.cause, min(ordered_at) AS first, max(ordered_at) AS last
        FROM truth t JOIN "order" o ON o.platform = t.platform AND o.shop_id = t.key WHERE t.type = 'F10' AND t.role = 'shop'
        GROUP BY t.cause, t.key""")
    pairs = lake.execute("SELECT min(last) < max(first) FROM life GROUP BY cause").fetchall()
    assert len(pairs) >= 2 and all(row[0] for row in pairs)
    assert lake.execute("SELECT count(*) FROM measure WHERE action = 'W6'").fetchone()[0] > 0


def test_camouflage_grows_with_the_level(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Raids spread over devices; of a shop's goods fewer come along."""
    low, high = (_of_level(tmp_path_factory, level, "F13", "count(*) / count(DISTINCT o.device)") for level in (0, 4))
    assert low > 5 * high
    assert [one.goods for one in REBIRTHS] == sorted((one.goods for one in REBIRTHS), reverse=True)


def _of_level(tmp_path_factory: pytest.TempPathFactory, level: int, type_: str, value: str) -> float:
    recipe = city.Recipe(events=60_000, seed=2, prevalence=0.1, levels=(level,), types=(type_,), chunks=1)
    with open_lake(city.write(tmp_path_factory.mktemp("level"), recipe=recipe)) as lake:
        planted = "SELECT platform, split_part(key, '/', 1) AS order_no FROM truth WHERE kind = 'order'"
        return float(lake.execute(f'SELECT {value} FROM "order" o SEMI JOIN ({planted}) USING (platform, order_no)').fetchone()[0])


def test_a_city_that_does_not_ask_for_them_has_none_of_it(planted: city.City) -> None:
    with open_lake(planted) as plain:
        assert plain.execute("SELECT count(*) FROM complaint WHERE reason = 'privacy'").fetchone() == (0,)
        assert plain.execute("SELECT count(*) FROM payment WHERE institution IS NULL").fetchone() == (0,)
        shared = """SELECT count(*) FROM (SELECT 1 FROM payment JOIN "order" USING (platform, order_no) GROUP BY platform, payee
            HAVING count(DISTINCT shop_id) > 1)"""
        assert plain.execute(shared).fetchone() == (0,)
        assert not LOOKALIKES & {row[0] for row in plain.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
    assert not [path for path in planted.batches if path.stem == "measure"]


def test_the_same_recipe_gives_the_same_city(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=40_000, seed=9, prevalence=0.1, types=MONEY_TYPES)
    one, two = (city.write(tmp_path_factory.mktemp("again"), recipe=recipe) for _ in range(2))
    assert [path.read_bytes() for path in one.batches] == [path.read_bytes() for path in two.batches]
