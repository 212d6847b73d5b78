from __future__ import annotations

import json

import duckdb
import pytest

from chengxin import city
from chengxin.city.lookalikes import CLASSES
from chengxin.city.sizes import LEVELS


def test_reports_do_not_hold_the_truth(planted: city.City) -> None:
    assert not list((planted.folder / "reports").rglob("*truth*"))
    assert {path.parent.name for path in planted.folder.rglob("truth*.parquet")} == {"truth"}


def test_an_honest_city_has_no_campaign_but_every_look_alike(honest: city.City, honest_lake) -> None:
    assert honest.campaigns == 0 and json.loads((honest.folder / "truth" / "truth.json").read_text()) == []
    assert {row[0] for row in honest_lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()} == set(CLASSES)


def test_planted_and_look_alike_shops_are_different_shops(lake) -> None:
    both = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop'
        INTERSECT SELECT platform, key FROM lookalikes WHERE role = 'shop')"""
    assert lake.execute(both).fetchone() == (0,)


def test_about_the_wanted_share_of_shops_cheats(planted: city.City, lake) -> None:
    shops = lake.execute("SELECT count(DISTINCT key) FROM truth WHERE role = 'shop'").fetchone()[0]
    assert abs(shops - planted.recipe.prevalence * planted.recipe.shops) <= 2


def test_every_type_is_planted_at_several_levels(lake) -> None:
    found = lake.execute("SELECT type, count(DISTINCT level) FROM truth GROUP BY type").fetchall()
    assert {row[0] for row in found} == {"F1", "F2", "F6"} and all(row[1] >= 2 for row in found)


def test_members_and_facts_are_in_the_reports(lake) -> None:
    missing = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop') AS t
        ANTI JOIN "order" AS o ON t.platform = o.platform AND t.key = o.shop_id"""
    assert lake.execute(missing).fetchone() == (0,)
    parcels = """SELECT count(*) FROM (SELECT * FROM truth WHERE kind = 'parcel') AS t
        ANTI JOIN parcel AS p ON t.platform = p.platform AND t.key = p.waybill_no || '/' || p.order_no"""
    assert lake.execute(parcels).fetchone() == (0,)


def _level(level: int, tmp_path_factory: pytest.TempPathFactory, *types: str) -> duckdb.DuckDBPyConnection:
    from chengxin.city.tests.conftest import open_lake

    made = city.write(
        tmp_path_factory.mktemp("level"), recipe=city.Recipe(events=60_000, seed=2, prevalence=0.1, levels=(level,), types=types)
    )
    lake = open_lake(made)
    lake.execute("CREATE TEMP TABLE fake AS SELECT cause, platform, split_part(key, '/', 1) AS order_no FROM truth WHERE kind = 'order'")
    return lake


def test_camouflage_grows_with_the_level(tmp_path_factory: pytest.TempPathFactory) -> None:
    """From level 0 to 4 brushing spreads over more devices and days, browses as people do, and sends heavier parcels."""
    figures = """SELECT avg(devices), max(days), avg(seen), avg(grams) FROM (
        SELECT count(DISTINCT device) / count(DISTINCT buyer) AS devices, date_diff('day', min(ordered_at), max(ordered_at)) AS days,
            median(epoch(ordered_at) - epoch(viewed_at)) AS seen, median(weight_g) AS grams
        FROM "order" JOIN fake USING (platform, order_no) LEFT JOIN parcel USING (platform, order_no) GROUP BY fake.cause)"""
    low, high = (_level(level, tmp_path_factory, "F1").execute(figures).fetchone() for level in (LEVELS[0], LEVELS[-1]))
    assert low[0] < 0.1 < 0.7 < high[0]
    assert low[1] <= 1 < 10 < high[1]
    assert low[2] < 30 < high[2]
    assert low[3] <= 20 < high[3]


def test_a_low_forger_shares_waybills_and_a_high_one_does_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    shared = "SELECT count(*) / count(DISTINCT waybill_no) FROM parcel JOIN fake USING (platform, order_no)"
    low, high = (_level(level, tmp_path_factory, "F2").execute(shared).fetchone()[0] for level in (LEVELS[0], LEVELS[-1]))
    assert high < 1.2 < 3 < low


LOWEST = """SELECT count(*) FILTER (struck_fen > lowest), count(*) FROM (
    SELECT p.platform, p.shop_id, p.sku, p.promo, any_value(p.struck_fen) AS struck_fen, min(p.observed_at) AS since
    FROM {price} WHERE struck_fen IS NOT NULL AND basis <> 'msrp' AND promo IS NOT NULL GROUP BY ALL) AS s
    JOIN LATERAL (SELECT min(paid_fen // qty) AS lowest FROM "order" AS o
        WHERE o.platform = s.platform AND o.shop_id = s.shop_id AND o.sku = s.sku
        AND o.ordered_at >= s.since - INTERVAL 7 DAY AND o.ordered_at < s.since) AS d ON lowest IS NOT NULL"""


def test_honest_shops_keep_the_seven_day_rule(honest_lake) -> None:
    broken, looked = honest_lake.execute(LOWEST.format(price="price AS p")).fetchone()
    assert looked > 300 and broken == 0


def test_price_frauds_break_it(lake) -> None:
    lake.execute("CREATE OR REPLACE TEMP TABLE cheats AS SELECT platform, key AS shop_id FROM truth WHERE type = 'F6' AND role = 'shop'")
    theirs = "price AS p SEMI JOIN cheats AS c ON p.platform = c.platform AND p.shop_id = c.shop_id"
    broken, looked = lake.execute(LOWEST.format(price=theirs)).fetchone()
    assert looked >= 5 and broken / looked > 0.3
