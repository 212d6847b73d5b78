"""Planted fraud must be found by what it does, never by how the generator writes it: shapes, order, gaps or missing values."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from chengxin import city
from chengxin.city.identifiers import shuffled
from chengxin.city.people import UNKNOWN_DEVICE, UNKNOWN_IP

PLANTED = """CREATE OR REPLACE TEMP TABLE planted_orders AS
    SELECT platform, split_part(key, '/', 1) AS order_no FROM truth WHERE role = 'fact' AND kind = 'order'"""


@pytest.fixture(scope="module")
def marked(lake: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Orders with `fake`: whether they were planted."""
    lake.execute(PLANTED)
    lake.execute("""CREATE OR REPLACE TEMP TABLE marked AS SELECT o.*, p.order_no IS NOT NULL AS fake
        FROM "order" AS o LEFT JOIN planted_orders AS p USING (platform, order_no)""")
    return lake


def _by_truth(lake: duckdb.DuckDBPyConnection, value: str) -> tuple[float, float]:
    rows = dict(lake.execute(f"SELECT fake, {value} FROM marked GROUP BY fake").fetchall())
    return rows[False], rows[True]


def test_there_is_something_planted(marked) -> None:
    assert marked.execute("SELECT sum(fake::INT) > 500 FROM marked").fetchone() == (True,)


@pytest.mark.parametrize("column", ["order_no", "buyer", "shop_id", "sku", "device", "ip", "address"])
def test_ids_of_honest_and_planted_rows_have_one_shape(marked, column: str) -> None:
    """The lengths and character classes that planted rows use all occur among honest rows, and mostly."""
    shape = f"regexp_replace(regexp_replace({column}, '[0-9a-f]', '9', 'g'), '9+', '9', 'g')"
    honest = marked.execute(f"SELECT list(DISTINCT length({column})) FROM marked WHERE NOT fake").fetchone()[0]
    planted = marked.execute(f"SELECT list(DISTINCT length({column})) FROM marked WHERE fake").fetchone()[0]
    assert set(planted) <= set(honest)
    if column != "address":
        honest = {row[0] for row in marked.execute(f"SELECT DISTINCT {shape} FROM marked WHERE NOT fake").fetchall()}
        planted = {row[0] for row in marked.execute(f"SELECT DISTINCT {shape} FROM marked WHERE fake").fetchall()}
        assert planted <= honest


@pytest.mark.parametrize("column", ["buyer", "device", "shop_id", "address"])
def test_an_id_does_not_say_when_its_owner_joined(marked, column: str) -> None:
    """Planted ids lie among the honest ones, not beyond them: their mean rank is a half, within five standard errors."""
    ranked = f"SELECT bool_or(fake) FROM marked WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
    fake = np.array([row[0] for row in marked.execute(ranked).fetchall()], dtype=bool)
    ranks = np.arange(len(fake))[fake] / len(fake)
    assert abs(ranks.mean() - 0.5) < 5 * np.sqrt(1 / 12 / fake.sum())


def test_the_same_share_of_devices_and_networks_is_missing(marked) -> None:
    n = marked.execute("SELECT sum(fake::INT) FROM marked").fetchone()[0]
    for column, share in (("device", UNKNOWN_DEVICE), ("ip", UNKNOWN_IP), ("viewed_at", 0.05), ("paid_at", 0.025)):
        honest, planted = _by_truth(marked, f"avg(({column} IS NULL)::INT)")
        assert abs(honest - planted) < 5 * np.sqrt(share * (1 - share) / n), column


def test_order_numbers_run_in_order_of_time_whoever_orders(marked) -> None:
    broken = """SELECT count(*) FROM (SELECT order_no, ordered_at, lag(order_no) OVER w AS number_before FROM marked
        WINDOW w AS (PARTITION BY platform ORDER BY ordered_at, order_no)) WHERE order_no < number_before"""
    assert marked.execute(broken).fetchone() == (0,)


@pytest.mark.parametrize(
    ("kind", "number", "time"),
    [("refund", "refund_no", "requested_at"), ("review", "review_no", "reviewed_at"), ("visit", "visit_no", "entered_at")],
)
def test_rows_of_a_batch_are_in_order_of_time(planted: city.City, kind: str, number: str, time: str) -> None:
    path = next(path for path in city.batches(planted.folder) if path.stem == kind)
    times = [row[0] for row in duckdb.sql(f"SELECT {time} FROM '{path}'").fetchall()]
    assert times == sorted(times)


@pytest.mark.parametrize("column", ["channel", "promo", "category", "gtin IS NULL", "qty", "dest_division", "second(ordered_at)"])
def test_planted_orders_use_no_value_of_their_own(marked, column: str) -> None:
    own = marked.execute(
        f"SELECT count(*) FROM (SELECT {column} AS v FROM marked GROUP BY v HAVING bool_and(fake) AND count(*) > 20)"
    ).fetchone()
    assert own == (0,)


def test_prices_of_price_frauds_look_like_prices(lake) -> None:
    """Struck and shown prices end as honest ones do, and each basis that is claimed is claimed by honest shops too."""
    lake.execute("""CREATE OR REPLACE TEMP TABLE prices AS SELECT p.*, t.key IS NOT NULL AS fake FROM price AS p LEFT JOIN
        (SELECT platform, key FROM truth WHERE role = 'fact' AND kind = 'price') AS t
        ON t.platform = p.platform AND t.key = p.shop_id || '/' || p.sku || '/'
            || epoch_us(p.observed_at)""")
    assert lake.execute("SELECT sum(fake::INT) > 30 FROM prices").fetchone() == (True,)
    for value in (
        "shown_fen % 10",
        "coalesce(struck_fen, 0) % 10",
        "basis || (struck_fen IS NULL)",
        "promo IS NULL",
        "observed_at AT TIME ZONE 'UTC' > TIMESTAMP '2026-05-27'",
    ):
        own = lake.execute(
            f"SELECT count(*) FROM (SELECT {value} AS v FROM prices GROUP BY v HAVING bool_and(fake) AND count(*) > 5)"
        ).fetchone()
        assert own == (0,), value


def test_hidden_orders_buy_as_many_pieces_by_as_many_channels_as_honest_ones(marked) -> None:
    hidden = "SELECT platform, split_part(key, '/', 1) AS order_no FROM truth WHERE kind = 'order' AND level >= 3"
    for value, spread in (("(qty > 1)::INT", 0.4), ("(channel = 'app')::INT", 0.5)):
        few, n = marked.execute(f"SELECT avg({value}), count(*) FROM marked SEMI JOIN ({hidden}) USING (platform, order_no)").fetchone()
        usual = marked.execute(f"SELECT avg({value}) FROM marked WHERE NOT fake").fetchone()[0]
        assert abs(few - usual) < 5 * spread / np.sqrt(n) + 0.02, value


def test_scattering_numbers_loses_none() -> None:
    for bits in (22, 30, 36, 60):
        assert len(np.unique(shuffled(np.arange(200_000), bits, 5))) == 200_000


def test_a_generator_that_numbers_planted_accounts_last_is_caught(marked) -> None:
    """The twin: were ids running numbers, planted accounts would rank last and the check above would fail."""
    fake = np.concatenate([np.zeros(900, bool), np.ones(100, bool)])
    ranks = np.arange(len(fake))[fake] / len(fake)
    assert abs(ranks.mean() - 0.5) > 5 * np.sqrt(1 / 12 / fake.sum())
