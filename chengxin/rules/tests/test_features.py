"""The live state and a statement in SQL give the same figures, event by event."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from chengxin import city
from chengxin.city.sizes import Recipe
from chengxin.facts import plain
from chengxin.facts.connection import limited
from chengxin.rules import past, rows, state
from chengxin.rules.features import KINDS, ROLLING, SECOND, features, longest_us

pytestmark = pytest.mark.one_database
DAYS = 100  # longer than the longest window, so that something leaves it


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """A small city's first weeks as reported, read as the dry run reads them."""
    folder = tmp_path_factory.mktemp("city")
    city.write(folder / "city", recipe=Recipe.of("S", seed=5, prevalence=0.10, start=date(2026, 5, 1)))
    for path in city.batches(folder / "city"):
        if path.stem not in KINDS:
            path.unlink()
    plain.make(folder / "city" / "reports", folder / "lake")
    connection = limited(folder, 1024, 2)
    for kind in KINDS:
        connection.execute(f"CREATE VIEW \"{kind}\" AS SELECT * FROM read_parquet('{folder}/lake/{kind}/*.parquet')")
    first = connection.execute('SELECT min(ordered_at) FROM "order"').fetchone()[0]
    made = past.between(connection, first, first + timedelta(days=DAYS), ["shilifu"])
    connection.close()
    return made


def by_statement(events: rows.Rows, feature) -> np.ndarray:
    """The figure of every event by a join with the events before it: the meaning of a rolling feature, in the order of `events`."""
    table = pa.table({**events, "place": np.arange(len(events["fact"]))})
    connection = duckdb.connect()
    connection.register("told", table)
    connection.execute(
        """CREATE TABLE e AS SELECT told.* REPLACE (
               CASE WHEN told.shop = 0 AND o.shop IS NOT NULL THEN o.shop ELSE told.shop END AS shop,
               CASE WHEN told.buyer = 0 AND o.buyer IS NOT NULL THEN o.buyer ELSE told.buyer END AS buyer)
           FROM told LEFT JOIN (SELECT "order", min(time) AS time, any_value(shop) AS shop, any_value(buyer) AS buyer
                                FROM told WHERE kind = 0 GROUP BY "order") o
           ON told.kind IN (1, 2) AND o."order" = told."order" AND o.time <= told.time"""
    )
    figure = {"count": "count(b.fact)", "sum": f"coalesce(sum(b.{feature.column}), 0)", "distinct": f'count(DISTINCT b."{feature.column}")'}
    given = {"count": "true", "sum": f"b.{feature.column} >= 0", "distinct": f'b."{feature.column}" <> 0'}
    light = f"b.{feature.where_column} BETWEEN 0 AND {feature.at_most}" if feature.where_column else "true"
    slot = feature.window.seconds * SECOND
    found = connection.execute(
        f"""SELECT a.place, CASE WHEN a."{feature.key}" = 0 THEN 'nan'::DOUBLE ELSE {figure[feature.form]}::DOUBLE END AS figure
            FROM e a LEFT JOIN e b ON b."{feature.key}" = a."{feature.key}" AND b.kind = {KINDS.index(feature.of[0])}
            AND (b.time, b.kind, b.fact) < (a.time, a.kind, a.fact) AND b.time // {slot} > a.time // {slot} - {feature.window.slots}
            AND {given[feature.form]} AND {light} GROUP BY a.place, a."{feature.key}" ORDER BY a.place"""
    ).fetchnumpy()
    return found["figure"]


def test_the_live_state_and_the_statement_agree_on_every_event(events):
    live = state.State().look({name: column.copy() for name, column in events.items()})
    said = {name: by_statement(events, one) for name, one in features().items() if one.form in ROLLING}
    for name, figures in said.items():
        assert np.nanmax(figures) > 0, name
        np.testing.assert_array_equal(live[name], figures, err_msg=name)


def test_pieces_of_any_size_give_the_same_as_one(events):
    whole = state.State().look({name: column.copy() for name, column in events.items()})
    pieces = state.State()
    cuts = [0, 1, 2, 60, 61, 500, len(events["fact"])]
    parts = [pieces.look({name: column[start:end].copy() for name, column in events.items()}) for start, end in pairwise(cuts)]
    for name, figures in whole.items():
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), figures, err_msg=name)


def test_an_event_told_twice_counts_once(events):
    once, twice = state.State(), state.State()
    first = {name: column[:2000].copy() for name, column in events.items()}
    later = {name: column[2000:2400].copy() for name, column in events.items()}
    once.look(rows.take(first, np.arange(2000)))
    twice.look(rows.take(first, np.arange(2000)))
    twice.look(rows.take(first, np.arange(2000)))
    one, two = once.look(rows.take(later, np.arange(400))), twice.look(rows.take(later, np.arange(400)))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_what_nobody_reads_is_fed_all_the_same(events):
    quiet, loud = state.State(), state.State()
    cut, end = len(events["fact"]) // 2, len(events["fact"])
    first, later = ({name: column[one].copy() for name, column in events.items()} for one in (slice(0, cut), slice(cut, end)))
    loud.look({name: column.copy() for name, column in first.items()})
    quiet.look(first, ["shop_refund_share"])
    one, two = loud.look({name: column.copy() for name, column in later.items()}), quiet.look(later)
    for name in one:
        np.testing.assert_array_equal(one[name], two[name], err_msg=name)


def test_no_feature_is_about_a_consumer():
    assert {one.key for one in features().values()} <= {"", "shop", "device", "ip", "address", "payee", "sender"}
    assert longest_us() > 0
