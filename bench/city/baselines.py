"""Trivial rankings of shops that any detector must beat: degree, 1/degree, age of accounts, and single rules on one column each."""

from __future__ import annotations

from pathlib import Path

import duckdb
from answers import Tokens

# name → SELECT platform, shop_id, score. Each is one group-by that an officer could write in a minute.
RULES = {
    "degree (orders)": 'SELECT platform, shop_id, count(*) FROM "order" GROUP BY ALL',
    "1/degree of the buyers": """SELECT platform, shop_id, avg(1 / n) FROM "order" JOIN
        (SELECT platform, buyer, count(*) AS n FROM "order" GROUP BY ALL) USING (platform, buyer) GROUP BY ALL""",
    "young accounts": """SELECT platform, shop_id, avg((epoch(ordered_at) - first < 3 * 86400)::INT) FROM "order" JOIN
        (SELECT platform, buyer, epoch(min(ordered_at)) AS first FROM "order" GROUP BY ALL) USING (platform, buyer) GROUP BY ALL""",
    "rule: busiest day's share": """SELECT platform, shop_id, max(n) / sum(n) * ln(sum(n)) FROM
        (SELECT platform, shop_id, ordered_at::DATE AS day, count(*) AS n FROM "order" GROUP BY ALL) GROUP BY ALL""",
    "rule: orders soon after the view": """SELECT platform, shop_id, avg((epoch(ordered_at) - epoch(viewed_at) < 30)::INT)
        FROM "order" GROUP BY ALL""",
    "rule: orders per device": 'SELECT platform, shop_id, count(*) / greatest(1, count(DISTINCT device)) FROM "order" GROUP BY ALL',
    "rule: orders per address": 'SELECT platform, shop_id, count(*) / greatest(1, count(DISTINCT address)) FROM "order" GROUP BY ALL',
    "rule: refunds": """SELECT platform, shop_id, count(refund_no) / count(*) FROM "order"
        LEFT JOIN refund USING (platform, order_no) GROUP BY ALL""",
    "rule: light parcels": "SELECT platform, shop_id, avg((weight_g < 60)::INT) FROM parcel GROUP BY ALL",
    "rule: scans of one person": """SELECT platform, shop_id, avg(one) FROM parcel JOIN (SELECT platform, waybill_no,
        (count(*) > 2 AND count(DISTINCT operator) = 1)::INT AS one FROM scan GROUP BY ALL) USING (platform, waybill_no) GROUP BY ALL""",
    "rule: deepest struck price": "SELECT platform, shop_id, avg(coalesce(struck_fen / nullif(shown_fen, 0), 1)) FROM price GROUP BY ALL",
    "rule: visits without an order": "SELECT platform, shop_id, avg((NOT ordered)::INT) * ln(count(*)) FROM visit GROUP BY ALL",
    "rule: visits per device": "SELECT platform, shop_id, count(*) / greatest(1, count(DISTINCT device)) FROM visit GROUP BY ALL",
    "rule: visits per network": "SELECT platform, shop_id, count(*) / greatest(1, count(DISTINCT ip)) FROM visit GROUP BY ALL",
    "rule: visits of three seconds": "SELECT platform, shop_id, avg((seconds <= 3)::INT) FROM visit GROUP BY ALL",
    "rule: visits by night": """SELECT platform, shop_id, avg((hour(entered_at AT TIME ZONE 'Asia/Shanghai') BETWEEN 1 AND 5)::INT)
        FROM visit GROUP BY ALL""",
    "rule: busiest day's visits": """SELECT platform, shop_id, max(n) / sum(n) * ln(sum(n)) FROM (SELECT platform, shop_id,
        (entered_at AT TIME ZONE 'Asia/Shanghai')::DATE AS day, count(*) AS n FROM visit GROUP BY ALL) GROUP BY ALL""",
    "1/reviews of the raters": """SELECT platform, shop_id, avg(1 / n) FROM review JOIN
        (SELECT platform, rater, count(*) AS n FROM review GROUP BY ALL) USING (platform, rater) GROUP BY ALL""",
    "1/reviews of those who give one star": """SELECT platform, shop_id, sum(1 / n) FROM review JOIN
        (SELECT platform, rater, count(*) AS n FROM review GROUP BY ALL) USING (platform, rater) WHERE stars = 1 GROUP BY ALL""",
    "rule: share of one star": "SELECT platform, shop_id, avg((stars = 1)::INT) * ln(1 + count(*)) FROM review GROUP BY ALL",
    "rule: young raters": """SELECT r.platform, r.shop_id, avg((epoch(reviewed_at) - first < 14 * 86400)::INT) FROM review r
        JOIN (SELECT platform, buyer AS rater, epoch(min(ordered_at)) AS first FROM "order" GROUP BY ALL)
        USING (platform, rater) GROUP BY ALL""",
    "rule: reviews per order": """SELECT platform, shop_id, any_value(n) / count(*) FROM "order" JOIN
        (SELECT platform, shop_id, count(*) AS n FROM review GROUP BY ALL) USING (platform, shop_id) GROUP BY ALL""",
    "rule: complaints": """SELECT platform, shop_id, count(complaint_no) / count(*) FROM "order"
        LEFT JOIN complaint USING (platform, shop_id, order_no) GROUP BY ALL""",
    "rule: late share": """SELECT platform, shop_id, avg(coalesce(p.collected_at > paid_at + INTERVAL 48 HOUR, true)::INT)
        FROM "order" LEFT JOIN (SELECT platform, order_no, min(collected_at) AS collected_at FROM parcel GROUP BY ALL) AS p
        USING (platform, order_no) WHERE paid_at IS NOT NULL GROUP BY ALL""",
    "rule: no parcel": """SELECT platform, shop_id, avg((p.order_no IS NULL)::INT) FROM "order"
        ANTI JOIN refund USING (platform, order_no)
        LEFT JOIN (SELECT DISTINCT platform, order_no FROM parcel) AS p USING (platform, order_no)
        WHERE paid_at IS NOT NULL GROUP BY ALL""",
    "rule: refunds not as described": """SELECT platform, shop_id, count(refund_no) FILTER (reason = 'not_as_described') / count(*)
        FROM "order" LEFT JOIN refund USING (platform, order_no) GROUP BY ALL""",
    "rule: refunds naming fakes": """SELECT platform, shop_id, count(refund_no) FILTER (reason = 'fake') / count(*) FROM "order"
        LEFT JOIN refund USING (platform, order_no) GROUP BY ALL""",
    "rule: refunds to another than the buyer": """SELECT platform, shop_id, avg((r.payee <> buyer)::INT) * ln(1 + count(*)) FROM "order"
        JOIN refund r USING (platform, order_no) GROUP BY ALL""",
    "rule: repaid without a parcel": """SELECT platform, shop_id, count(r.order_no) / count(*) FROM "order" LEFT JOIN (SELECT DISTINCT
        platform, order_no FROM refund ANTI JOIN parcel USING (platform, order_no)) AS r USING (platform, order_no) GROUP BY ALL""",
    "rule: no institution named": """SELECT platform, shop_id, avg((institution IS NULL)::INT) * ln(1 + count(*)) FROM "order"
        JOIN payment USING (platform, order_no) GROUP BY ALL""",
    "rule: complaints of calls": """SELECT platform, shop_id, count(*) FROM complaint WHERE reason = 'privacy' GROUP BY ALL""",
    "rule: share of complaints of calls": """SELECT platform, shop_id, coalesce(any_value(k), 0) / count(*) FROM "order" LEFT JOIN (SELECT
        platform, shop_id, count(*) AS k FROM complaint WHERE reason = 'privacy' GROUP BY ALL) USING (platform, shop_id) GROUP BY ALL""",
    "rule: unpaid orders": 'SELECT platform, shop_id, avg((paid_at IS NULL)::INT) * ln(1 + count(*)) FROM "order" GROUP BY ALL',
    "rule: orders paid for nothing": """SELECT platform, shop_id, avg((paid_at IS NULL OR r.order_no IS NOT NULL)::INT) * ln(1 + count(*))
        FROM "order" LEFT JOIN (SELECT DISTINCT platform, order_no FROM refund) AS r USING (platform, order_no) GROUP BY ALL""",
    "rule: few days between first and last order": """SELECT platform, shop_id, -epoch(max(ordered_at) - min(ordered_at)) FROM "order"
        GROUP BY ALL""",
    "rule: goods of another shop": """SELECT platform, shop_id, avg((n > 1)::INT) FROM (SELECT platform, shop_id, count(DISTINCT shop_id)
        OVER (PARTITION BY title, brand) AS n FROM (SELECT DISTINCT platform, shop_id, title, brand FROM listing)) GROUP BY ALL""",
    "rule: shops per payee": """SELECT platform, shop_id, avg(shops) FROM "order" JOIN payment USING (platform, order_no) JOIN (SELECT
        platform, payee, count(DISTINCT shop_id) AS shops FROM payment JOIN "order" USING (platform, order_no) GROUP BY ALL)
        USING (platform, payee) GROUP BY ALL""",
    "rule: the word 最 or 第一 on pages": """SELECT platform, shop_id,
        sum(regexp_matches(title || coalesce(attributes, ''), '最|第一')::INT)
        FROM listing GROUP BY ALL""",
    "rule: the word 治 on pages": """SELECT platform, shop_id, sum(regexp_matches(title || coalesce(attributes, ''), '治|疗|降血')::INT)
        FROM listing GROUP BY ALL""",
    "rule: small refunds": """SELECT platform, shop_id, count(refund_no) FILTER (amount_fen <= 2000) / count(*) FROM "order"
        LEFT JOIN refund USING (platform, order_no) GROUP BY ALL""",
    "rule: complaints that speak of cash": """SELECT platform, shop_id, sum(regexp_matches(text, '返现|红包|卡片')::INT)
        FROM complaint GROUP BY ALL""",
    "rule: only five stars": "SELECT platform, shop_id, avg((stars = 5)::INT) * ln(1 + count(*)) FROM review GROUP BY ALL",
}

# name → SELECT outlet, score: the same for the outlets of courier firms, in cities that ask for their breaches.
OUTLETS = {
    "rule: outlet's parcels": "SELECT outlet, count(*) FROM scan WHERE status = 'SIGNED' GROUP BY ALL",
    "rule: outlet's senders unchecked": """SELECT outlet, avg((real_name_checked = false)::INT) FROM parcel JOIN scan
        USING (platform, waybill_no)
        WHERE status = 'PICKED' GROUP BY ALL""",
    "rule: outlet's parcels unopened": """SELECT outlet, avg((opened_for_check = false)::INT) FROM parcel JOIN scan
        USING (platform, waybill_no)
        WHERE status = 'PICKED' GROUP BY ALL""",
    "rule: outlet signs without going out": """SELECT outlet, avg((o.waybill_no IS NULL)::INT) FROM scan LEFT JOIN
        (SELECT DISTINCT platform, waybill_no FROM scan WHERE status = 'OUT') AS o USING (platform, waybill_no)
        WHERE status = 'SIGNED' GROUP BY ALL""",
}

# The same for the shops of cities that ask for subsidies.
SUBSIDIES = {
    "rule: serial numbers that drew twice": """SELECT platform, shop_id, avg((n > 1)::INT) * ln(1 + count(*)) FROM (SELECT *, count(*)
        OVER (PARTITION BY serial) AS n FROM "order" WHERE serial IS NOT NULL) GROUP BY ALL""",
    "rule: share of subsidised orders": """SELECT platform, shop_id, avg((subsidy_fen > 0)::INT) * ln(1 + count(*)) FROM "order"
        GROUP BY ALL""",
    "rule: subsidised without a parcel": """SELECT platform, shop_id, avg((p.order_no IS NULL)::INT) * ln(1 + count(*)) FROM "order"
        LEFT JOIN (SELECT DISTINCT platform, order_no FROM parcel) AS p USING (platform, order_no) WHERE subsidy_fen > 0 GROUP BY ALL""",
}


# The same for the accounts of cities that ask for public posts.
POSTS = {
    "rule: posts": "SELECT platform, shop_id, count(*) FROM post GROUP BY ALL",
    "rule: posts of who is not registered": "SELECT platform, shop_id, count(*) FILTER (NOT registered) FROM post GROUP BY ALL",
    "rule: reports of posts": "SELECT platform, shop_id, sum(reports) FROM post GROUP BY ALL",
    "rule: accounts with the same contact": """SELECT platform, shop_id, max(n) FROM post JOIN (SELECT contact, count(DISTINCT shop_id) AS n
        FROM post GROUP BY contact) USING (contact) GROUP BY ALL""",
    "rule: accounts with the same payment code": """SELECT platform, shop_id, max(n) FROM post JOIN (SELECT platform, pay_code,
        count(DISTINCT shop_id) AS n FROM post GROUP BY ALL) USING (platform, pay_code) GROUP BY ALL""",
    "rule: the words 烟, 药, 票, 证 in posts": """SELECT platform, shop_id, sum(regexp_matches(text, '烟|药|票|证')::INT) FROM post
        GROUP BY ALL""",
}


def rankings(folder: Path, tokens: Tokens) -> dict[str, dict[int, float]]:
    """Every baseline's score per shop token."""
    found = {}
    with duckdb.connect(config={"threads": 1}) as lake:  # means of several threads differ in the last bit from run to run
        for kind in ("order", "payment", "refund", "parcel", "scan", "price", "review", "visit", "complaint", "listing"):
            _view(lake, folder, kind)
        subsidised = "serial" in {row[0] for row in lake.execute('DESCRIBE "order"').fetchall()}
        for name, query in (RULES | (SUBSIDIES if subsidised else {})).items():
            found[name] = _scores(lake, query, tokens)
        if any(folder.glob("reports/*/*/post.parquet")):
            _view(lake, folder, "post")
            found |= {name: _scores(lake, query, tokens) for name, query in POSTS.items()}
        there = {row[0] for row in lake.execute("DESCRIBE parcel").fetchall()}
        for name, query in OUTLETS.items() if "real_name_checked" in there else ():
            rows = lake.execute(f"SELECT outlet, score FROM ({query}) AS t(outlet, score) WHERE outlet IS NOT NULL").fetchall()
            found[name] = _by_token(tokens("outlet", [row[0] for row in rows]), rows)
    return found


def _view(lake: duckdb.DuckDBPyConnection, folder: Path, kind: str) -> None:
    files = f"read_parquet('{folder}/reports/*/*/{kind}.parquet', filename = true)"
    lake.execute(f"CREATE VIEW \"{kind}\" AS SELECT *, split_part(filename, '/', -2) AS platform FROM {files}")


def _scores(lake: duckdb.DuckDBPyConnection, query: str, tokens: Tokens) -> dict[int, float]:
    rows = lake.execute(f"SELECT platform || '/' || shop_id, score FROM ({query}) AS t(platform, shop_id, score)").fetchall()
    return _by_token(tokens("shop", [row[0] for row in rows]), rows)


def _by_token(keys: list[int], rows: list[tuple]) -> dict[int, float]:
    return dict(sorted(zip(keys, (float(score or 0) for _, score in rows), strict=True)))
