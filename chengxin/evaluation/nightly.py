"""Scores of all shops from the lake, and a sealed snapshot of every shop whose inputs changed or whose snapshot has grown old."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.evaluation import figures, score
from chengxin.evaluation.figures import Rows
from chengxin.evaluation.models import RatingRule, Snapshot, Treatment
from chengxin.evaluation.rule import in_force
from chengxin.facts import lake, queries
from chengxin.kernel import clock, encryption
from chengxin.subjects.models import Shop

HERE = Path(__file__).parent
REVIEWS, CHAIN, FACTS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("reviews", "chain", "facts"))
KINDS = ("order", "review", "followup", "parcel")
KIND = "evaluation.score"
ACTOR = "system:evaluation"
CHUNK = 200  # snapshots a transaction
START = date(1970, 1, 1)
GAPS = CHAIN + "SELECT shop, count(*) FILTER (sign = 'missing'), count(*) FILTER (sign = 'passed') FROM signs GROUP BY shop"
REPORTED = "SELECT shop, count(*) FROM review WHERE coalesce(rater_role, 'buyer') = 'buyer' GROUP BY shop"
FOLLOWUPS = """
SELECT f.review, strftime(f.reviewed_at, '%Y-%m-%d'), f.stars FROM followup f JOIN review r ON r.review = f.review AND r.shop = f.shop
  AND r.rater = f.rater WHERE f.reviewed_at <= r.reviewed_at + to_days($days) ORDER BY f.review, f.seq
"""


def key() -> str:
    """What salts commitments; it leaves the house only as the salt of a single review."""
    return encryption.secret("evaluation").hex()


def take(today: date | None = None) -> int:
    """Snapshots of a day; the same inputs again make none. Returns how many were made. Raises NoRule."""
    day = today or clock.today()
    rule = in_force(day)
    snapshot = queries.snapshot(KINDS)
    with lake.connect(snapshot) as connection:
        columns = _columns(connection, day, rule.content)
        others = _others(connection, rule.content)
    rows = _rows(columns)
    found, weight = figures.filter_rows(rows, _number(day), rule.content)
    city = {"middle": found.middle, "prior": found.prior, "shift": found.shift, "spread": found.spread}
    shops, results = figures.figures(rows, weight, city, _number(day), rule.content)
    edges = np.searchsorted(rows.shop, shops), np.searchsorted(rows.shop, shops, side="right")
    named = {shop.token: shop for shop in Shop.objects.filter(token__in=shops.tolist()).select_related("platform")}
    latest = {one.shop_id: one for one in _latest(named)}
    city_of = {"city": city, "lake": snapshot.root}
    wanted = [
        made
        for token, result, a, b in zip(shops.tolist(), results, *(edge.tolist() for edge in edges), strict=True)
        if (shop := named.get(token)) and (made := _draft(shop, rule, day, result, city_of, _part(columns, weight, a, b), others, latest))
    ]
    for first in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            for one in wanted[first : first + CHUNK]:
                _seal(one)
    return len(wanted)


def _number(day: date) -> int:
    return (day - START).days


def _columns(connection: duckdb.DuckDBPyConnection, day: date, rule: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """The reviews of reviews.sql by column, with `decision`: the number of the decision that excludes one, or empty."""
    excluded = Treatment.objects.filter(act=Treatment.Act.EXCLUDE, end=None).values_list("shop__token", "review_no", "number")
    given = {"window_days": rule["window_days"], "today": day.isoformat(), "key": key()}
    connection.execute("CREATE TEMP TABLE excluded (shop BIGINT, review_no VARCHAR, number VARCHAR)")
    if excluded:
        connection.executemany("INSERT INTO excluded VALUES (?, ?, ?)", [list(one) for one in excluded])
    connection.execute(f"CREATE TEMP TABLE counted AS {REVIEWS}", given)
    return connection.execute(
        "SELECT c.*, coalesce(e.number, '') AS decision FROM counted c LEFT JOIN excluded e USING (shop, review_no) ORDER BY shop, day, id"
    ).fetchnumpy()


def _others(connection: duckdb.DuckDBPyConnection, rule: dict[str, Any]) -> dict[str, Any]:
    """By shop: gaps of the chain, reviews reported, partners; and follow-ups by review."""
    partners, followups = defaultdict(list), defaultdict(list)
    for shop, who, parcels, signed, minutes in connection.execute(FACTS).fetchall():
        partners[shop].append({"who": who, "parcels": parcels, "signed": signed, "minutes": minutes})
    for review, day, stars in connection.execute(FOLLOWUPS, {"days": rule["followup_days"]}).fetchall():
        followups[review].append([day, stars])
    gaps = {shop: (missing, passed) for shop, missing, passed in connection.execute(GAPS, {"shop": None}).fetchall()}
    return {"partners": partners, "followups": followups, "gaps": gaps, "reported": dict(connection.execute(REPORTED).fetchall())}


def _rows(columns: dict[str, Any]) -> Rows:
    """Pairs as numbers; rows keep the order of shop, day and sign."""
    whole = {name: np.asarray(columns[name], np.int64) for name in ("shop", "rater", "stars", "day")}
    pair = np.unique(np.asarray(columns["pair"], str), return_inverse=True)[1].astype(np.int64)
    return Rows(whole["shop"], whole["rater"], pair, whole["stars"], whole["day"], np.asarray(columns["decision"], str) != "")


def _part(columns: dict[str, Any], weight: Any, a: int, b: int) -> dict[str, list[Any]]:
    names = ("id", "stars", "day", "pair", "decision", "review_no", "review")
    return {**{name: columns[name][a:b].tolist() for name in names}, "weight": weight[a:b].tolist()}


def _latest(named: dict[int, Shop]) -> list[Snapshot]:
    """The newest snapshot of each shop, without its files."""
    newest: dict[Any, Snapshot] = {}
    for one in Snapshot.objects.filter(shop__in=named.values()).order_by("day").defer("receipt", "reviews"):
        newest[one.shop_id] = one
    return list(newest.values())


def _draft(
    shop: Shop, rule: RatingRule, day: date, result: dict[str, Any], of_city: dict[str, Any], part: Any, others: Any, latest: Any
) -> Snapshot | None:
    """An unsealed snapshot, or None where the last one still stands."""
    inputs = [list(row) for row in zip(part["id"], part["stars"], part["day"], part["pair"], part["decision"], strict=True)]
    shown = [
        [number, stars, day_of(at).isoformat(), others["followups"].get(review, [])]
        for number, stars, at, review in zip(part["review_no"], part["stars"], part["day"], part["review"], strict=True)
    ]
    missing, passed = others["gaps"].get(shop.token, (0, 0))
    facts = {"partners": others["partners"].get(shop.token, [])}
    reported = others["reported"].get(shop.token, 0)
    digest = hashlib.sha256(canonical([rule.number, inputs, shown, missing, passed, reported]).encode()).hexdigest()
    last = latest.get(shop.pk)
    if last and (last.day >= day or (last.digest == digest and (day - last.day).days < rule.content["refresh_days"])):
        return None
    reviews = [[*row[:4], weight, row[4]] for row, weight in zip(inputs, part["weight"], strict=True)]
    document = _document(shop, rule, day, of_city, reviews, result)
    kept = {name: value for name, value in result.items()}
    return Snapshot(
        shop=shop,
        day=day,
        rule=rule,
        **kept,
        reported=reported,
        missing=missing,
        passed=passed,
        facts=facts,
        digest=digest,
        receipt=packed(document),
        reviews=packed(shown),
    )


def _document(shop: Shop, rule: RatingRule, day: date, of_city: dict[str, Any], reviews: Any, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": score.FORMAT,
        "shop": {"platform": shop.platform.code, "shop_id": shop.shop_id, "name": shop.name},
        "day": _number(day),
        "as_of": day.isoformat(),
        "rule": {"number": rule.number, "content": rule.content},
        **of_city,
        "reviews": reviews,
        "result": result,
    }


def _seal(draft: Snapshot) -> None:
    """Sign the document, log it, keep the snapshot; the caller holds the transaction."""
    document = unpacked(draft.receipt)
    public = {"shop": str(draft.shop_id), "day": draft.day.isoformat(), "rule": draft.rule.number}
    receipt = audit.sign_document(KIND, document, actor=ACTOR, object=f"subjects.shop:{draft.shop_id}", public=public)
    draft.receipt, draft.made_at, draft.leaf = packed(receipt), clock.now(), receipt["leaf"]["index"]
    draft.save(force_insert=True)


def day_of(number: int) -> date:
    """A day from its count since 1970-01-01."""
    return date.fromordinal(START.toordinal() + number)


def packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(stored: bytes | memoryview) -> Any:
    return json.loads(zlib.decompress(bytes(stored)))


def chain_of(shop: Shop) -> list[dict[str, Any]]:
    """The public chain of a shop: [{review_no, day, prev_hash, hash, sign}], oldest first; sign is empty, missing, passed or wrong."""
    sql = CHAIN + (
        "SELECT c.review_no, strftime(c.reviewed_at, '%Y-%m-%d') AS day, c.prev_hash, c.hash, coalesce(min(s.sign), '') AS sign"
        " FROM chain c LEFT JOIN signs s USING (shop, review_no) GROUP BY ALL ORDER BY min(c.reviewed_at), c.review_no"
    )
    with lake.connect(queries.snapshot(["review"])) as connection:
        found = connection.execute(sql, {"shop": shop.token})
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
