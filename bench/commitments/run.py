"""How long the nightly test of a promise takes for many makers at once: python bench/commitments/run.py [makers] [orders].

Makes orders, payments, parcels and refunds in memory, binds each maker to "ships within 48 hours", counts by day as the nightly job does.
Prints processor seconds (user + system), so that a busy machine does not change the figure much.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date

import django
import duckdb

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
django.setup()

from chengxin.commitments import letters, measuring  # noqa: E402 - after the setup

FACTS = """
CREATE TABLE "order" AS SELECT range AS fact, range AS "order", 'mall' AS platform, range % $makers AS shop, range % 50000 AS item,
  TIMESTAMPTZ '2026-06-01 00:00:00+08' + to_seconds(range * 15552000 // $orders) AS paid_at, 'app' AS channel FROM range($orders);
CREATE TABLE payment AS SELECT "order", paid_at FROM "order";
CREATE TABLE parcel AS SELECT "order", paid_at + to_hours((hash("order") % 70)::BIGINT) AS collected_at FROM "order";
CREATE TABLE refund AS SELECT "order", paid_at + to_hours(200) AS requested_at FROM "order" WHERE hash("order") % 20 = 0;
CREATE TABLE bound AS SELECT range AS maker, range AS shop, NULL::VARCHAR AS code, 48 AS n,
  TIMESTAMPTZ '2026-01-01' AS since, TIMESTAMPTZ '2027-01-01' AS until FROM range($makers);
"""


def main(makers: int = 10_000, orders: int = 2_000_000) -> None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    for statement in FACTS.split(";\n"):
        if statement.strip():
            given = {name: value for name, value in {"makers": makers, "orders": orders}.items() if f"${name}" in statement}
            connection.execute(statement, given)
    clause = letters.clauses()["ship_in_time"]
    span = measuring.Span(date(2026, 6, 1), date(2026, 12, 1))
    given = {"first": span.first, "last": span.last, "grace": clause.grace}
    began = time.process_time()
    rows = connection.execute(measuring.COUNT.format(sql=clause.sql, most=measuring.MOST_FACTS), given).fetchall()
    spent = time.process_time() - began
    tested, broken = sum(row[3] for row in rows), sum(row[4] for row in rows)
    print(f"{makers} makers, {orders} orders: {tested} tested, {broken} broken, {len(rows)} rows, {spent:.1f} processor seconds")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
