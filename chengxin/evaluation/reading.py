"""What evaluation reads of the lake: reviews that may count, by column; the chain of review numbers; parcels of the shop's couriers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from chengxin.evaluation.figures import Rows
from chengxin.evaluation.models import Treatment
from chengxin.facts import lake, queries
from chengxin.kernel import encryption
from chengxin.subjects.models import Shop

HERE = Path(__file__).parent
REVIEWS, CHAIN, FACTS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("reviews", "chain", "facts"))
KINDS = ("order", "review", "followup", "parcel")
GAPS = f"{CHAIN} SELECT shop, count(*) FILTER (sign = 'missing'), count(*) FILTER (sign = 'passed') FROM signs GROUP BY shop"  # noqa: S608
LINKS = f"""{CHAIN} SELECT c.review_no, strftime(c.reviewed_at, '%Y-%m-%d') AS day, c.prev_hash, c.hash, coalesce(min(s.sign), '') AS sign
FROM chain c LEFT JOIN signs s USING (shop, review_no) GROUP BY ALL ORDER BY min(c.reviewed_at), c.review_no"""  # noqa: S608
REPORTED = "SELECT shop, count(*) FROM review WHERE coalesce(rater_role, 'buyer') = 'buyer' GROUP BY shop"
COUNTED = """
SELECT c.*, coalesce(e.number, '') AS decision FROM counted c LEFT JOIN excluded e USING (shop, review_no) ORDER BY shop, day, id
"""
FOLLOWUPS = """
SELECT f.review, strftime(f.reviewed_at, '%Y-%m-%d'), f.stars FROM followup f JOIN review r ON r.review = f.review AND r.shop = f.shop
  AND r.rater = f.rater WHERE f.reviewed_at <= r.reviewed_at + to_days($days) ORDER BY f.review, f.seq
"""
PARCELS = """
SELECT fact, waybill_no, courier, collected_at, signed_at FROM parcel WHERE shop = $shop ORDER BY collected_at DESC, fact LIMIT $most
"""

Columns = dict[str, Any]


def key() -> str:
    """What salts commitments; it leaves the house only as the salt of a single review."""
    return encryption.secret("evaluation").hex()


def columns(connection: duckdb.DuckDBPyConnection, day: date, rule: dict[str, Any]) -> Columns:
    """The reviews of reviews.sql by column, with `decision`: the number of the decision that excludes one, or empty."""
    excluded = Treatment.objects.filter(act=Treatment.Act.EXCLUDE, end=None).values_list("shop__token", "review_no", "number")
    connection.execute("CREATE TEMP TABLE excluded (shop BIGINT, review_no VARCHAR, number VARCHAR)")
    if excluded:
        connection.executemany("INSERT INTO excluded VALUES (?, ?, ?)", [list(one) for one in excluded])
    given = {"window_days": rule["window_days"], "today": day.isoformat(), "key": key()}
    connection.execute(f"CREATE TEMP TABLE counted AS {REVIEWS}", given)
    return connection.execute(COUNTED).fetchnumpy()


def rows_of(found: Columns) -> Rows:
    """Pairs as numbers; rows keep the order of shop, day and sign."""
    whole = {name: np.asarray(found[name], np.int64) for name in ("shop", "rater", "stars", "day")}
    pair = np.unique(np.asarray(found["pair"], str), return_inverse=True)[1].astype(np.int64)
    return Rows(whole["shop"], whole["rater"], pair, whole["stars"], whole["day"], np.asarray(found["decision"], str) != "")


def others(connection: duckdb.DuckDBPyConnection, rule: dict[str, Any]) -> dict[str, Any]:
    """By shop: gaps of the chain, reviews reported, couriers; and follow-ups inside their window, by review."""
    partners: dict[int, list[Any]] = defaultdict(list)
    followups: dict[int, list[Any]] = defaultdict(list)
    for shop, who, parcels, signed, hours in connection.execute(FACTS).fetchall():
        partners[shop].append({"who": who, "parcels": parcels, "signed": signed, "hours": hours})
    for review, day, stars in connection.execute(FOLLOWUPS, {"days": rule["followup_days"]}).fetchall():
        followups[review].append([day, stars])
    gaps = {shop: (missing, passed) for shop, missing, passed in connection.execute(GAPS, {"shop": None}).fetchall()}
    return {"partners": partners, "followups": followups, "gaps": gaps, "reported": dict(connection.execute(REPORTED).fetchall())}


def chain_of(shop: Shop) -> list[dict[str, Any]]:
    """The public chain of a shop: [{review_no, day, prev_hash, hash, sign}], oldest first; sign is empty, missing, passed or wrong."""
    return _asked("review", LINKS, {"shop": shop.token})


def parcels_of(shop: Shop, most: int = 50) -> list[dict[str, Any]]:
    """The newest parcels behind the figures of couriers: [{fact, waybill_no, courier, collected_at, signed_at}]."""
    return _asked("parcel", PARCELS, {"shop": shop.token, "most": most})


def _asked(kind: str, sql: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with lake.connect(queries.snapshot([kind])) as connection:
        found = connection.execute(sql, given)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
