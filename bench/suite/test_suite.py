"""The suite's lakes: copies under other pseudonyms, whole in themselves: python -m pytest bench/suite."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import duckdb

SPEC = importlib.util.spec_from_file_location("suite", Path(__file__).with_name("run.py"))
suite = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(suite)


def test_a_copy_holds_other_facts_and_persons_and_keeps_its_ties(tmp_path):
    for name, rows in (("order", "fact, buyer, \"order\", 'a' AS platform"), ("payment", 'fact, payer, "order"')):
        (tmp_path / "one" / name).mkdir(parents=True)
        table = 'SELECT 7 * i AS fact, i % 10 AS buyer, i % 10 AS payer, 1000 + i AS "order" FROM range(100) t(i)'
        duckdb.execute(f"COPY (SELECT {rows} FROM ({table})) TO '{tmp_path}/one/{name}/1.parquet'")
    lake = suite._copied(tmp_path / "one", tmp_path / "three", 3)
    order, payment = f"'{lake}/order/*.parquet'", f"'{lake}/payment/*.parquet'"
    assert duckdb.execute(f"SELECT count(DISTINCT fact), count(DISTINCT buyer), min(buyer) >= 0 FROM {order}").fetchone() == (300, 30, True)
    tied = f'SELECT count(*) FILTER (WHERE buyer = payer), count(*) FROM {order} JOIN {payment} USING ("order")'
    assert duckdb.execute(tied).fetchone() == (300, 300)


def test_the_exponent_is_the_slope_between_the_smallest_and_the_largest():
    runs = [{"processor": 2.0}, {"processor": 9.0}, {"processor": 200.0}]
    assert suite.exponent(runs, [10, 100, 1000]) == "1.00"
    assert suite.exponent(runs[:1], [10]) == "–"


def test_the_table_tells_the_dearest_first():
    def one(name, seconds):
        return {name: {"wall": seconds, "processor": seconds, "findings": 1, "stopped": False}}

    told = {n: {"detectors": one("a", n) | one("b", 2 * n), "events": 10 * n, "peak_mb": 5} for n in (10, 100)}
    lines = suite.table(told).splitlines()
    assert [line.split()[1] for line in lines[2:5]] == ["all", "b", "a"] and "1,000 events" in lines[-1]
