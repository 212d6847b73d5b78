"""Unlawful trade on social platforms (B26): forbidden goods in public posts, trade without registration, new accounts for old ones.

Accounts are joined into one seller by the contact or the payment code that they give. What may not be offered is law's list social_goods,
read through disguises as pages are (false_advertising). Only public posts are reported; whether a sale took place, a test purchase shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby
from chengxin.detectors.chances import noisy_or
from chengxin.kernel import characters, clock
from chengxin.law.shelf import shelf

HERE = Path(__file__).parent
TEXTS, GOODS, SELLERS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("texts", "goods", "sellers"))
EVIDENCE = 500
ALWAYS = (date(1900, 1, 1), date(9999, 12, 31))
# Accounts that give the same contact or code, each joined to the least of them.
SHARED = """
    WITH given AS (SELECT DISTINCT shop, {column} AS code FROM post WHERE shop IS NOT NULL AND {column} IS NOT NULL),
    few AS (SELECT code, min(shop) AS first FROM given GROUP BY code HAVING count(*) BETWEEN 2 AND $most_accounts)
    SELECT first, shop FROM given JOIN few USING (code) WHERE shop <> first ORDER BY ALL
"""

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per seller: all accounts that share a contact or a payment code."""
    _read(lake)
    _join(lake, engine, params)
    result = lake.execute(SELLERS, {name: params[name] for name in ("telling_share", "casual_posts", "most_a_week")})
    names = [column[0] for column in result.description]
    named = []
    for row in [dict(zip(names, line, strict=True)) for line in result.fetchall()]:
        signs = _signs(row, params)
        score = round(noisy_or(params["weights"][name] * share for name, share in signs.items()), 4)
        if score >= params["score_min"]:
            named.append((row, signs, score))
    nearby.keep(lake, "near_post", "post", "shop", (shop for row, _, _ in named for shop in row["shops"]))
    for row, signs, score in named:
        yield _finding(lake, row, signs, score, params)


def _read(lake: Any) -> None:
    """Temporary tables: post_text (texts that hold any of the words), post_goods (fact, goods, words, disguised)."""
    goods = shelf().codes["social_goods"]["items"]
    given = {"words": "|".join(word for one in goods.values() for word in one["words"]), "separators": characters.SEPARATORS}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE post_text AS {TEXTS.format(plain=characters.plain_sql('text'))}", given)
    lake.execute("CREATE OR REPLACE TEMP TABLE post_goods (fact BIGINT, goods VARCHAR, words VARCHAR, disguised BOOLEAN)")
    for name, one in goods.items():
        hit = {"goods": name, "words": "|".join(one["words"]), "not_with": one["not_with"]}
        first, last = one.get("valid_from") or ALWAYS[0], one.get("valid_to") or ALWAYS[1]
        lake.execute(
            f"""INSERT INTO post_goods SELECT fact, goods, words, disguised FROM post JOIN ({GOODS}) USING (text)
            WHERE posted_at::DATE BETWEEN $first AND $last""",  # noqa: S608 - our own file
            {**hit, "first": first, "last": last},
        )


def _join(lake: Any, engine: Any, params: dict[str, Any]) -> None:
    """Temporary table seller (shop, seller) of the accounts that share something; the seller's number is its least account."""
    both = np.concatenate([_shared(lake, column, params["most_accounts"]) for column in ("contact", "pay_code")])
    ids, groups = engine.components(both[:, 0], both[:, 1]) if len(both) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    lake.register("joined_accounts", pa.table({"shop": ids, "part": groups}))
    lake.execute("CREATE OR REPLACE TEMP TABLE seller AS SELECT shop, min(shop) OVER (PARTITION BY part) AS seller FROM joined_accounts")


def _shared(lake: Any, column: str, most_accounts: int) -> Any:
    """(n, 2) pairs of accounts that give the same contact or code."""
    pairs = lake.execute(SHARED.format(column=column), {"most_accounts": most_accounts}).fetchnumpy()
    return np.stack([pairs["first"], pairs["shop"]], axis=1).astype(np.int64)


def _signs(row: Row, params: dict[str, Any]) -> dict[str, float]:
    """0 to 1 each: how far one sign alone goes."""
    scale, forbidden = params["scale"], int(row["forbidden"])
    trading = max(0, int(row["steady"]) - params["casual_posts"])
    unlawful = forbidden or trading
    return {
        "forbidden": 1 - math.exp(-forbidden / scale["forbidden"]),
        "disguised": row["disguised"] / forbidden if forbidden else 0.0,
        "business": 1 - math.exp(-trading / scale["business"]),
        "changed": min(1.0, row["again"] / 2) if unlawful else 0.0,
        "reported": min(1.0, row["reports"] / row["posts"] / params["reports_min"]) if unlawful else 0.0,
    }


def _finding(lake: Any, row: Row, signs: dict[str, float], score: float, params: dict[str, Any]) -> Finding:
    facts = lake.execute(
        """SELECT p.fact FROM near_post p LEFT JOIN (SELECT DISTINCT fact, true AS forbidden FROM post_goods) USING (fact)
           WHERE p.shop IN (SELECT unnest($shops)) AND (p.price IS NOT NULL OR p.contact IS NOT NULL OR p.pay_code IS NOT NULL)
           ORDER BY forbidden NULLS LAST, p.posted_at DESC, p.fact LIMIT $most""",
        {"shops": row["shops"], "most": EVIDENCE},
    ).fetchall()
    return Finding(
        detector="social_trade",
        behaviour="B26",
        shops=tuple(row["shops"]),
        accounts=(),
        evidence={"post": tuple(sorted(fact for (fact,) in facts))},
        reasons=tuple(_reasons(row, signs, params)),
        score=score,
        since=row["since"],
        until=row["until"],
        benign=("own_things", "organiser", "own_farm", "talk", "agency", "licensed"),
    )


def _reasons(row: Row, signs: dict[str, float], params: dict[str, Any]) -> Iterator[Reason]:
    card, goods = detectors.load("social_trade"), shelf().codes["social_goods"]["items"]
    weight = {name: round(params["weights"][name] * share, 4) for name, share in signs.items()}
    if row["forbidden"]:
        named = {"goods_zh": "、".join(goods[one]["zh"] for one in row["goods"])}
        named["goods_en"] = ", ".join(goods[one]["en"].lower() for one in row["goods"])
        day = clock.city_day(row["forbidden_since"]).isoformat()
        yield card.reason("forbidden", weight["forbidden"], posts=row["forbidden"], words=row["words"], day=day, **named)
    if row["disguised"]:
        yield card.reason("disguised", weight["disguised"], posts=row["disguised"])
    if weight["business"]:
        yield card.reason("business", weight["business"], accounts=row["bare_accounts"], weeks=row["weeks"], posts=row["bare"])
    if weight["changed"]:
        yield card.reason("changed", weight["changed"], accounts=len(row["shops"]), again=row["again"])
    if weight["reported"] >= params["weights"]["reported"] / 2:
        yield card.reason("reported", weight["reported"], posts=row["posts"], reports=row["reports"])
