"""F12: praise by accounts used once, and shops that ask politely."""

from __future__ import annotations

import json

import pytest

from chengxin import city

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invented")
    recipe = city.Recipe(events=24_000, seed=3, prevalence=0.2, types=("F12",), levels=(0,), days=60)
    return city.write(folder, recipe=recipe).folder


def test_every_account_of_a_campaign_at_level_0_praises_one_shop_once(made):
    import duckdb

    told = json.loads((made / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert {one["type"] for one in told} == {"F12"} and {one["behaviour"] for one in told} == {"B02"}
    rows = duckdb.sql(f"SELECT rater, shop_id, stars FROM read_parquet('{made}/reports/*/*/review.parquet')").fetchall()
    crew = {account.split("/")[1] for one in told for account in one["accounts"]}
    mine = [row for row in rows if row[0] in crew]
    assert len(mine) > 50
    assert len({row[0] for row in mine}) == len(mine)
    assert {row[2] for row in mine} == {5}


def test_polite_shops_are_among_the_look_alikes(made):
    import pyarrow.parquet as pq

    kinds = set(pq.read_table(made / "truth" / "lookalikes.parquet")["type"].to_pylist())
    assert {"polite_request", "fan_praise", "default_good"} <= kinds
