"""What pages, small sums, outlets and licences say: planted only when asked for, beside honest ones that use the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from chengxin import city
from chengxin.city.sizes import WORD_TYPES
from chengxin.city.tests.conftest import open_lake


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> city.City:
    recipe = city.Recipe(events=150_000, seed=4, prevalence=0.15, types=WORD_TYPES)
    return city.write(tmp_path_factory.mktemp("words"), recipe=recipe)


@pytest.fixture(scope="module")
def lake(made: city.City) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(made) as connection:
        yield connection


def test_every_type_is_planted_with_its_look_alikes_on_other_shops(made: city.City, lake: duckdb.DuckDBPyConnection) -> None:
    told = json.loads((made.folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert {one["type"] for one in told} == set(WORD_TYPES)
    assert all(one["outlets"] and not one["shops"] for one in told if one["type"] == "F17")
    honest = {row[0] for row in lake.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
    assert honest >= {"device", "health_food", "last_day", "price_protection", "gift_for_any_review", "just_run_out", "renamed_firm"}
    both = """SELECT count(*) FROM (SELECT platform, key FROM truth WHERE role = 'shop'
        INTERSECT SELECT platform, key FROM lookalikes WHERE role = 'shop')"""
    assert lake.execute(both).fetchone() == (0,)
    assert lake.execute("SELECT count(*) FROM truth WHERE role = 'account'").fetchone() == (0,)


def test_planted_pages_are_put_up_and_taken_back(lake: duckdb.DuckDBPyConnection) -> None:
    planted = (
        "SELECT DISTINCT platform, split_part(key, '/', 1) AS shop_id, split_part(key, '/', 2) AS sku FROM truth WHERE kind = 'listing'"
    )
    pages = f"""SELECT platform, shop_id, sku, count(DISTINCT title || coalesce(attributes, '')) AS said FROM listing
        SEMI JOIN ({planted}) USING (platform, shop_id, sku) GROUP BY ALL"""
    n, changed = lake.execute(f"SELECT count(*), count(*) FILTER (said > 1) FROM ({pages})").fetchone()  # type: ignore[misc]
    assert n > 10 and changed == n


def test_promised_sums_follow_five_stars(lake: duckdb.DuckDBPyConnection) -> None:
    rows = lake.execute("""SELECT avg((r.stars = 5)::INT), avg((f.requested_at > r.reviewed_at)::INT), count(*) FROM truth t
        JOIN refund f ON f.platform = t.platform AND f.refund_no = t.key
        JOIN review r ON r.platform = f.platform AND r.order_no = f.order_no
        WHERE t.kind = 'refund' AND t.type = 'F16' AND f.amount_fen <= 600""").fetchone()
    assert rows is not None and rows[0] > 0.95 and rows[1] > 0.95 and rows[2] > 50


def test_guilty_outlets_leave_out_what_others_scan(made: city.City, lake: duckdb.DuckDBPyConnection) -> None:
    told = json.loads((made.folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    guilty = [name for one in told if one["type"] == "F17" and one["level"] < 2 for name in one["outlets"]]
    shares = lake.execute(
        """SELECT list_contains(?, p.outlet) AS guilty, avg((NOT real_name_checked)::INT) FROM parcel
        JOIN (SELECT platform, waybill_no, outlet FROM scan WHERE status = 'PICKED') AS p USING (platform, waybill_no)
        WHERE real_name_checked IS NOT NULL GROUP BY guilty ORDER BY guilty""",
        [guilty],
    ).fetchall()
    assert shares[0][1] < 0.1 < shares[1][1]


def test_a_city_that_does_not_ask_for_them_has_none_of_it(planted: city.City, lake: duckdb.DuckDBPyConnection) -> None:
    with open_lake(planted) as plain:
        assert planted.rows["licence"] == 0
        assert "real_name_checked" not in {row[0] for row in plain.execute("DESCRIBE parcel").fetchall()}
    assert "real_name_checked" in {row[0] for row in lake.execute("DESCRIBE parcel").fetchall()}


def test_the_same_recipe_gives_the_same_city(tmp_path_factory: pytest.TempPathFactory) -> None:
    recipe = city.Recipe(events=20_000, seed=9, prevalence=0.1, types=WORD_TYPES)
    one, two = (city.write(tmp_path_factory.mktemp("again"), recipe=recipe) for _ in range(2))
    assert [path.read_bytes() for path in one.batches] == [path.read_bytes() for path in two.batches]
