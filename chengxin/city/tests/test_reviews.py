"""What is done with reviews: the chain of their ids, rings that praise and extort, and reviews that disappear."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import duckdb
import pytest

from chengxin import city
from chengxin.city.tests.conftest import open_lake

UNCLOSED = """SELECT c.platform, c.shop_id, c.review_no FROM review AS c ANTI JOIN review AS p
    ON p.platform = c.platform AND p.shop_id = c.shop_id AND p.hash = c.prev_hash WHERE c.prev_hash IS NOT NULL"""
HEIRS = """SELECT platform, shop_id FROM review WHERE prev_hash IS NOT NULL GROUP BY platform, shop_id, prev_hash HAVING count(*) > 1"""


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A city of 300 shops in which one in five does something with reviews, at all levels."""
    recipe = city.Recipe(events=300_000, seed=4, prevalence=0.2, types=("F3", "F4", "F11"))
    with open_lake(city.write(tmp_path_factory.mktemp("reviews"), recipe=recipe)) as lake:
        lake.execute("CREATE TABLE shops AS SELECT DISTINCT type, level, cause, platform, key AS shop_id FROM truth WHERE role = 'shop'")
        lake.execute("CREATE TABLE rated AS SELECT type, level, cause, platform, key AS review_no FROM truth WHERE kind = 'review'")
        yield lake


def test_the_chain_of_every_shop_closes_where_nothing_is_done_to_it(lake) -> None:
    assert lake.execute(f"SELECT count(*) FROM ({UNCLOSED})").fetchone() == (0,)
    assert lake.execute(f"SELECT count(*) FROM ({HEIRS})").fetchone() == (0,)
    firsts = "SELECT count(*) - count(DISTINCT platform || shop_id) FROM review WHERE prev_hash IS NULL"
    assert lake.execute(firsts).fetchone() == (0,)


def test_a_hash_is_that_of_the_hash_before_and_the_review_number(lake) -> None:
    rows = lake.execute("SELECT prev_hash, platform, review_no, hash FROM review USING SAMPLE 200 ROWS").fetchall()
    for before, platform, number, own in rows:
        assert hashlib.sha256(f"{before or ''}{platform}/{number}".encode()).hexdigest() == own


def test_a_chain_goes_on_from_stretch_to_stretch(tmp_path) -> None:
    recipe = city.Recipe(events=20_000, seed=1, prevalence=0.0, chunks=6)
    with open_lake(city.write(tmp_path, recipe=recipe)) as lake:
        assert lake.execute(f"SELECT count(*) FROM ({UNCLOSED})").fetchone() == (0,)


def test_chains_break_only_where_reviews_disappear(about) -> None:
    """And they do break there: nine in ten shops that hide, and a look-alike that lost rows."""
    broken = f"SELECT DISTINCT platform, shop_id FROM ({UNCLOSED} UNION ALL SELECT *, '' FROM ({HEIRS}))"
    allowed = "SELECT platform, shop_id FROM shops WHERE type = 'F11' UNION SELECT platform, key FROM lookalikes WHERE type = 'lost_rows'"
    assert about.execute(f"SELECT count(*) FROM ({broken}) ANTI JOIN ({allowed}) USING (platform, shop_id)").fetchone() == (0,)
    hiding = "SELECT platform, shop_id FROM shops WHERE type = 'F11'"
    seen, every = about.execute(
        f"SELECT (SELECT count(*) FROM ({hiding}) SEMI JOIN ({broken}) USING (platform, shop_id)), count(*) FROM ({hiding})"
    ).fetchone()
    assert every >= 5 and seen >= 0.9 * every


def test_extortion_takes_the_money_after_the_review_and_turns_after_the_money(about) -> None:
    rows = about.execute("""
        SELECT t.level, avg((r.stars = 1)::INT), avg((f.requested_at > r.reviewed_at)::INT), avg((u.reviewed_at > f.requested_at)::INT),
            count(*), count(DISTINCT r.shop_id), count(DISTINCT r.rater) FROM rated t JOIN review r USING (platform, review_no)
        LEFT JOIN refund f USING (platform, order_no)
        LEFT JOIN followup u ON u.platform = r.platform AND u.review_no = r.review_no AND u.stars = 5
        WHERE t.type = 'F4' GROUP BY t.level ORDER BY t.level""").fetchall()
    assert len(rows) >= 3
    for _level, one_star, after, _turned, reviews, shops, accounts in rows:
        assert one_star > 0.2 and after == 1 and shops >= 2 and reviews > accounts
    assert rows[0][1] == 1


def test_rings_copy_less_the_more_they_hide(about) -> None:
    heads = about.execute("""
        SELECT t.type, t.level, count(*) / count(DISTINCT left(r.text, 18)) FROM rated t JOIN review r USING (platform, review_no)
        WHERE t.type IN ('F3', 'F4') GROUP BY ALL""").fetchall()
    low = [share for _type, level, share in heads if level <= 1]
    high = [share for _type, level, share in heads if level == 4]
    assert min(low) > 3 > 1.5 > max(high)


def test_praise_is_five_stars_by_accounts_that_praise_several_shops(about) -> None:
    stars, shops = about.execute("""
        SELECT min(stars), max(shops) FROM (SELECT min(r.stars) AS stars, count(DISTINCT r.shop_id) AS shops FROM rated t
        JOIN review r USING (platform, review_no) WHERE t.type = 'F3' GROUP BY r.platform, r.rater)""").fetchone()
    assert stars == 5 and shops >= 3


def test_planted_and_look_alike_shops_are_different_shops(about) -> None:
    both = "SELECT count(*) FROM shops JOIN lookalikes l ON l.role = 'shop' AND l.platform = shops.platform AND l.key = shops.shop_id"
    assert about.execute(both).fetchone() == (0,)
    classes = {row[0] for row in about.execute("SELECT DISTINCT type FROM lookalikes").fetchall()}
    assert {"goodwill", "lost_rows", "fan_praise", "defect_wave", "default_good"} <= classes


def test_a_chain_from_which_a_review_is_taken_is_seen_to_break(lake) -> None:
    """The twin: were a reported review removed from an honest city, the first check above would fail."""
    lake.execute("CREATE TEMP TABLE kept AS SELECT * FROM review WHERE hash <> (SELECT min(prev_hash) FROM review)")
    assert lake.execute(f"SELECT count(*) FROM ({UNCLOSED.replace('review AS', 'kept AS')})").fetchone() == (1,)
