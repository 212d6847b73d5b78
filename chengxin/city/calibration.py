# ruff: noqa: S608 - every query is made of this file's own words
"""How near a city's honest layer comes to the published quantiles: one line per figure, target beside what the written reports have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from chengxin.city import quantiles


@dataclass(frozen=True)
class Figure:
    """One calibrated figure. tolerance: largest accepted ratio between got and target (0 = printed only: the window cuts it)."""

    name: str
    target: float
    got: float
    tolerance: float

    @property
    def holds(self) -> bool:
        if not self.tolerance:
            return True
        return self.target / self.tolerance <= self.got <= self.target * self.tolerance + 1e-9


def measure(folder: Path) -> list[Figure]:
    """Read the Parquet reports of a city (honest ones give the fairest picture) and compare."""
    with duckdb.connect() as lake:
        for kind in ("order", "parcel", "review", "price", "listing"):
            lake.execute(f"CREATE VIEW \"{kind}\" AS SELECT * FROM read_parquet('{folder}/reports/*/*/{kind}.parquet', filename = true)")
        return [*_purchases(lake), *_goods(lake), *_prices(lake), *_reviews(lake)]


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | target | got | |", "|---|--:|--:|---|"]
    lines += [
        f"| {one.name} | {one.target:g} | {one.got:.4g} | {'' if one.tolerance else 'not held to'} {'' if one.holds else 'OUT'} |"
        for one in figures
    ]
    return "\n".join(lines)


def _quantiles(lake: duckdb.DuckDBPyConnection, query: str, levels: tuple[float, ...]) -> list[float]:
    row = lake.execute(f"SELECT quantile_cont(v, [{', '.join(map(str, levels))}]) FROM ({query}) AS t(v)").fetchone()
    return [float(value) for value in row[0]] if row and row[0] else [0.0] * len(levels)


def _one(lake: duckdb.DuckDBPyConnection, query: str) -> float:
    row = lake.execute(query).fetchone()
    return float(row[0] or 0) if row else 0.0


def _purchases(lake: duckdb.DuckDBPyConnection) -> list[Figure]:
    figures = []
    buyers = _quantiles(lake, 'SELECT count(*) FROM "order" GROUP BY buyer', quantiles.LEVELS)
    for level, target, got in zip(quantiles.LEVELS, quantiles.PURCHASES, buyers, strict=True):
        figures.append(Figure(f"purchases per customer p{level * 100:g}", target, got, 1.35))
    gap = "epoch(ordered_at) - lag(epoch(ordered_at)) OVER (PARTITION BY buyer ORDER BY ordered_at)"
    gaps = _quantiles(lake, f'SELECT v / 86400 FROM (SELECT {gap} AS v FROM "order") WHERE v IS NOT NULL', quantiles.LEVELS)
    for level, target, got in zip(quantiles.LEVELS, quantiles.GAP_DAYS, gaps, strict=True):
        figures.append(Figure(f"gap days p{level * 100:g}", target, got, 0))
    pairs = f'SELECT v / 86400 FROM (SELECT {gap} AS v, count(*) OVER (PARTITION BY buyer) AS n FROM "order") WHERE v IS NOT NULL AND n = 2'
    shown = quantiles.gap_days(
        np.array(quantiles.LEVELS), _one(lake, "SELECT date_diff('day', min(ordered_at), max(ordered_at)) + 1 FROM \"order\"")
    )
    for level, target, got in zip(quantiles.LEVELS, shown, _quantiles(lake, pairs, quantiles.LEVELS), strict=True):
        figures.append(Figure(f"gap days of those who buy twice, as far as the window shows, p{level * 100:g}", float(target), got, 1.6))
    items = _quantiles(lake, 'SELECT count(*) FROM "order" GROUP BY shop_id, sku', quantiles.LEVELS)
    for level, target, got in zip(quantiles.LEVELS, quantiles.ITEM_DEGREE, items, strict=True):
        figures.append(Figure(f"item degree p{level * 100:g}", target, got, 1.5))
    return figures


def _goods(lake: duckdb.DuckDBPyConnection) -> list[Figure]:
    figures = []
    values = _quantiles(lake, 'SELECT paid_fen / 100 FROM "order"', tuple(quantiles.ORDER_VALUE_YUAN))
    for (level, target), got in zip(quantiles.ORDER_VALUE_YUAN.items(), values, strict=True):
        figures.append(Figure(f"order value yuan p{level * 100:g}", target, got, 1.25 if level < 0.9 else 1.5))
    weights = _quantiles(lake, "SELECT weight_g FROM listing WHERE weight_g IS NOT NULL", tuple(quantiles.WEIGHT_G))
    for (level, target), got in zip(quantiles.WEIGHT_G.items(), weights, strict=True):
        figures.append(Figure(f"product weight g p{level * 100:g}", target, got, 1.25))
    # Whole look-alike shops of stickers and cards come on top of the published 0.03 %.
    heavy = "SELECT avg((weight_g < 50)::INT) FROM listing WHERE category <> '文具/贴纸卡片'"
    figures.append(Figure("product weight below 50 g, but for stickers and cards", quantiles.WEIGHT_BELOW_50_G, _one(lake, heavy), 0))
    return figures


def _prices(lake: duckdb.DuckDBPyConnection) -> list[Figure]:
    # Marked price of an item-week: what its orders carry; price reports say what is shown and whether a promotion runs.
    often = "SELECT (shop_id, sku) FROM price GROUP BY shop_id, sku HAVING count(*) > 60"  # repriced by a program
    promoted = _one(lake, f"SELECT avg((promo IS NOT NULL)::INT) FROM price WHERE (shop_id, sku) NOT IN ({often})")
    depth = (
        'SELECT 1 - (paid_fen + coupon_fen) / (qty * list_price_fen) FROM "order" '
        "WHERE promo IS NOT NULL AND channel <> 'live' AND list_price_fen > 0"
    )
    depths = _quantiles(lake, depth, tuple(quantiles.PROMOTION_DEPTH))
    figures = [Figure("share of product-weeks on promotion", quantiles.PROMOTED_SHARE, promoted, 1.15)]
    for (level, target), got in zip(quantiles.PROMOTION_DEPTH.items(), depths, strict=True):
        figures.append(Figure(f"promotion depth p{level * 100:g}", target, got, 1.25))
    rise = """SELECT avg((shown_fen > 1.2 * before)::INT) FROM (
        SELECT shown_fen, promo, lag(shown_fen) OVER w AS before, lag(promo) OVER w AS promo_before,
               epoch(observed_at) - lag(epoch(observed_at)) OVER w AS gap
        FROM price WINDOW w AS (PARTITION BY shop_id, sku ORDER BY observed_at))
        WHERE gap = 7 * 86400 AND promo IS NULL AND promo_before IS NULL"""
    return [*figures, Figure("base price up more than 20 % between adjacent weeks", quantiles.BASE_UP_20, _one(lake, rise), 1.3)]


def _reviews(lake: duckdb.DuckDBPyConnection) -> list[Figure]:
    own = "FROM review WHERE text <> '系统默认好评'"
    lengths = _quantiles(lake, f"SELECT length(text) {own}", tuple(quantiles.REVIEW_CHARACTERS))
    figures = []
    for (level, target), got in zip(quantiles.REVIEW_CHARACTERS.items(), lengths, strict=True):
        figures.append(Figure(f"review characters p{level * 100:g}", target, got, 1.2))
    copies = _one(lake, f"SELECT sum(n) FILTER (n > 1) / sum(n) FROM (SELECT count(*) AS n {own} GROUP BY text)")
    return [*figures, Figure("reviews with an exact duplicate", quantiles.REVIEW_DUPLICATES, copies, 2.0)]
