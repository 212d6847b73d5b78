"""Scores of all shops from the lake, and a sealed snapshot of every shop whose inputs changed or whose snapshot has grown old."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.evaluation import figures, reading, score
from chengxin.evaluation.models import RatingRule, Snapshot
from chengxin.evaluation.rule import in_force
from chengxin.facts import lake, queries
from chengxin.kernel import clock
from chengxin.subjects.models import Shop

KIND = "evaluation.score"
ACTOR = "system:evaluation"
CHUNK = 200  # snapshots a transaction
START = date(1970, 1, 1)

Result = dict[str, Any]


@dataclass(frozen=True)
class Night:
    """What is the same for every shop of a night: the day, the rule, the city's figures, the lake's root, and what reading.others says."""

    day: date
    rule: RatingRule
    city: dict[str, int]
    root: str
    others: dict[str, Any]
    latest: dict[Any, Snapshot] = field(default_factory=dict)


def take(today: date | None = None) -> int:
    """Snapshots of a day; the same inputs again make none. Returns how many were made. Raises NoRule."""
    day = today or clock.today()
    rule, snapshot = in_force(day), queries.snapshot(reading.KINDS)
    with lake.connect(snapshot) as connection:
        columns, others = reading.columns(connection, day, rule.content), reading.others(connection, rule.content)
    rows = reading.rows_of(columns)
    found, weight = figures.filter_rows(rows, number(day), rule.content)
    city = {"middle": found.middle, "prior": found.prior, "shift": found.shift, "spread": found.spread}
    tokens, results = figures.figures(rows, weight, city, number(day), rule.content)
    shops = {shop.token: shop for shop in Shop.objects.filter(token__in=tokens.tolist()).select_related("platform")}
    night = Night(day, rule, city, snapshot.root, others, _latest(shops))
    parts = zip(tokens.tolist(), results, _parts(columns, weight, rows.shop, tokens), strict=True)
    drafts = [made for token, result, part in parts if token in shops and (made := draft(night, shops[token], result, part))]
    for first in range(0, len(drafts), CHUNK):
        with transaction.atomic():
            for one in drafts[first : first + CHUNK]:
                seal(one)
    return len(drafts)


def number(day: date) -> int:
    """A day as its count since 1970-01-01."""
    return (day - START).days


def day_of(count: int) -> date:
    """A day from its count since 1970-01-01."""
    return date.fromordinal(START.toordinal() + count)


def _latest(shops: dict[int, Shop]) -> dict[Any, Snapshot]:
    """The newest snapshot of each shop, without its files."""
    found = Snapshot.objects.filter(shop__in=shops.values()).order_by("day").defer("receipt", "reviews")
    return {one.shop_id: one for one in found}


def _parts(columns: reading.Columns, weight: Any, shop: Any, tokens: Any) -> Iterator[dict[str, list[Any]]]:
    """Each shop's rows as lists."""
    names = ("id", "stars", "day", "pair", "decision", "review_no", "review")
    edges = (np.searchsorted(shop, tokens, side=side).tolist() for side in ("left", "right"))
    for a, b in zip(*edges, strict=True):
        yield {**{name: columns[name][a:b].tolist() for name in names}, "weight": weight[a:b].tolist()}


def draft(night: Night, shop: Shop, result: Result, part: dict[str, list[Any]]) -> Snapshot | None:
    """An unsealed snapshot, or None where the last one still stands."""
    missing, passed = night.others["gaps"].get(shop.token, (0, 0))
    reported, partners = night.others["reported"].get(shop.token, 0), night.others["partners"].get(shop.token, [])
    shown = _shown(part, night.others["followups"])
    inputs = [list(row) for row in zip(part["id"], part["stars"], part["day"], part["pair"], part["decision"], strict=True)]
    digest = hashlib.sha256(canonical([night.rule.number, inputs, shown, missing, passed, reported, partners]).encode()).hexdigest()
    last = night.latest.get(shop.pk)
    if last and (last.day >= night.day or (last.digest == digest and (night.day - last.day).days < night.rule.content["refresh_days"])):
        return None
    reviews = [[*row[:4], weight, row[4]] for row, weight in zip(inputs, part["weight"], strict=True)]
    files = {"receipt": packed(_document(night, shop, reviews, result)), "reviews": packed(shown)}
    chain = {"reported": reported, "missing": missing, "passed": passed, "facts": {"partners": partners}}
    return Snapshot(shop=shop, day=night.day, rule=night.rule, digest=digest, **result, **chain, **files)


def _shown(part: dict[str, list[Any]], followups: dict[int, Any]) -> list[list[Any]]:
    """[[number, stars, day, follow-ups]] of the reviews, the oldest first."""
    rows = zip(part["review_no"], part["stars"], part["day"], part["review"], strict=True)
    return [[name, stars, day_of(day).isoformat(), followups.get(review, [])] for name, stars, day, review in rows]


def _document(night: Night, shop: Shop, reviews: list[Any], result: Result) -> Result:
    return {
        "format": score.FORMAT,
        "shop": {"platform": shop.platform.code, "shop_id": shop.shop_id, "name": shop.name},
        "day": number(night.day),
        "as_of": night.day.isoformat(),
        "rule": {"number": night.rule.number, "content": night.rule.content},
        "city": night.city,
        "lake": night.root,
        "reviews": reviews,
        "result": result,
    }


def seal(one: Snapshot) -> None:
    """Sign the document, log it, keep the snapshot; the caller holds the transaction."""
    public = {"shop": str(one.shop_id), "day": one.day.isoformat(), "rule": one.rule.number}
    receipt = audit.sign_document(KIND, unpacked(one.receipt), actor=ACTOR, object=f"subjects.shop:{one.shop_id}", public=public)
    one.receipt, one.made_at, one.leaf = packed(receipt), clock.now(), receipt["leaf"]["index"]
    one.save(force_insert=True)


def packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(stored: bytes | memoryview) -> Any:
    return json.loads(zlib.decompress(bytes(stored)))
