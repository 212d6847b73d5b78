from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from chengxin import city
from chengxin.city.tests.conftest import write_small

SCHEMA = Path(city.__file__).parents[1] / "facts" / "schema"


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_the_same_recipe_gives_byte_identical_files(tmp_path: Path) -> None:
    write_small(tmp_path / "a", prevalence=0.1)
    write_small(tmp_path / "b", prevalence=0.1)
    assert _digests(tmp_path / "a") == _digests(tmp_path / "b")


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    write_small(tmp_path / "a", seed=1)
    write_small(tmp_path / "b", seed=2)
    assert _digests(tmp_path / "a") != _digests(tmp_path / "b")


def test_the_number_of_chunks_keeps_every_order(tmp_path: Path) -> None:
    one, many = write_small(tmp_path / "a", chunks=1), write_small(tmp_path / "b", chunks=7)
    assert one.rows["order"] == many.rows["order"]


# in cities that ask for F17, and for F14, alone
ON_DEMAND = {"parcel": {"real_name_checked", "opened_for_check"}, "order": {"subsidy_fen", "serial"}, "refund": {"subsidy_back_fen"}}


def test_reports_have_exactly_the_columns_of_the_vocabulary(planted: city.City) -> None:
    for path in city.batches(planted.folder):
        card = yaml.load((SCHEMA / f"{path.stem}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        wanted = {f"{one['name']}_fen" if one["type"] == "money" else one["name"] for one in card["columns"]}
        assert set(pq.read_schema(path).names) == wanted - ON_DEMAND.get(path.stem, set()), path.stem


def test_codes_are_those_of_the_vocabulary(planted: city.City, lake) -> None:
    for path in SCHEMA.glob("*.yaml"):
        card = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for one in card["columns"]:
            if one["type"] == "code" and "codes" in one and planted.rows.get(card["kind"]):
                used = lake.execute(f'SELECT DISTINCT {one["name"]} FROM "{card["kind"]}" WHERE {one["name"]} IS NOT NULL').fetchall()
                assert {value for (value,) in used} <= set(one["codes"]), (card["kind"], one["name"])


def test_keys_are_unique_and_required_columns_are_filled(planted: city.City, lake) -> None:
    for path in SCHEMA.glob("*.yaml"):
        card = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if not planted.rows.get(card["kind"]):
            continue
        key = ", ".join(card["key"])
        twice = lake.execute(
            f'SELECT count(*) FROM (SELECT platform, {key} FROM "{card["kind"]}" GROUP BY ALL HAVING count(*) > 1)'
        ).fetchone()
        assert twice == (0,), card["kind"]
        for one in card["columns"]:
            if one.get("required"):
                name = f"{one['name']}_fen" if one["type"] == "money" else one["name"]
                empty = lake.execute(f'SELECT count(*) FROM "{card["kind"]}" WHERE "{name}" IS NULL').fetchone()
                assert empty == (0,), (card["kind"], name)


def test_papers_follow_their_order(lake) -> None:
    for kind in ("payment", "refund", "parcel", "review", "complaint"):
        lost = lake.execute(
            f'SELECT count(*) FROM "{kind}" AS k ANTI JOIN "order" AS o ON k.platform = o.platform AND k.order_no = o.order_no'
        ).fetchone()
        assert lost == (0,), kind
    early = """SELECT count(*) FROM parcel AS p JOIN "order" AS o USING (platform, order_no)
        WHERE p.collected_at < o.paid_at OR p.signed_at < p.collected_at"""
    assert lake.execute(early).fetchone() == (0,)
    assert lake.execute(
        'SELECT count(*) FROM "order" WHERE paid_fen > list_price_fen * qty OR paid_fen < 0 OR viewed_at > ordered_at'
    ).fetchone() == (0,)
    assert lake.execute("SELECT count(*) FROM scan ANTI JOIN parcel USING (platform, waybill_no)").fetchone() == (0,)


def test_a_named_size_has_about_its_events(planted: city.City, honest: city.City) -> None:
    for made in (planted, honest):
        assert 0.9 < sum(made.rows.values()) / made.recipe.events < 1.15


def test_ndjson_says_yuan_and_city_time(tmp_path: Path) -> None:
    made = city.write(tmp_path, recipe=city.Recipe(events=5_000, chunks=1), format="ndjson")
    first = next(path for path in made.batches if path.stem == "order")
    row = json.loads(first.read_text(encoding="utf-8").splitlines()[0])
    assert row["paid"].count(".") == 1 and len(row["paid"].split(".")[1]) == 2
    assert row["ordered_at"].startswith("2026-05-28T") and row["ordered_at"].endswith("+08:00")


def test_it_refuses_an_unknown_size_level_and_prevalence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="size"):
        city.write(tmp_path, "XXL")
    with pytest.raises(ValueError, match="levels"):
        city.Recipe(levels=(7,))
    with pytest.raises(ValueError, match="prevalence"):
        city.Recipe(prevalence=0.9)
