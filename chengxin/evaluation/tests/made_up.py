"""Random shops and their documents, computed by columns: what three implementations are compared on."""

from __future__ import annotations

from typing import Any

import numpy as np
import yaml

from chengxin.evaluation import figures, score
from chengxin.evaluation.rule import DEFAULT

RULE: dict[str, Any] = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
TODAY = 20_781


def documents(shops: int, seed: int, mean: float = 12.0) -> list[dict[str, Any]]:
    """A city of so many shops: each with 1 to some dozen reviews over three years, repeated buyers, some excluded."""
    rng = np.random.default_rng(seed)
    counts = 1 + rng.poisson(rng.exponential(mean, shops))
    shop = np.repeat(np.arange(shops), counts)
    n = len(shop)
    stars = np.clip(np.rint(rng.uniform(2.0, 4.9, shops)[shop] + rng.normal(0, 1.1, n)), 1, 5).astype(np.int64)
    day, rater = TODAY - rng.integers(0, 1100, n), rng.integers(0, max(5, n // 4), n)
    rater = np.where(rng.random(n) < 0.3, rng.integers(0, 5, n), rater)
    order = np.lexsort((np.arange(n), day, shop))
    rows = figures.Rows(shop[order], rater[order], rater[order], stars[order], day[order], rng.random(n) < 0.03)
    found, weight = figures.filter_rows(rows, TODAY, RULE)
    city = {"middle": found.middle, "prior": found.prior, "shift": found.shift, "spread": found.spread}
    names, results = figures.figures(rows, weight, city, TODAY, RULE)
    ends = np.searchsorted(rows.shop, names, side="right")
    starts = np.searchsorted(rows.shop, names)
    return [_document(rows, weight, city, result, a, b) for result, a, b in zip(results, starts.tolist(), ends.tolist(), strict=True)]


def _document(rows: figures.Rows, weight: Any, city: dict[str, int], result: dict[str, Any], a: int, b: int) -> dict[str, Any]:
    reviews = [
        [f"{place:08x}", stars, day, f"p{pair}", much, "PC1" if out else ""]
        for place, (stars, day, pair, much, out) in enumerate(
            zip(*(part[a:b].tolist() for part in (rows.stars, rows.day, rows.pair, weight, rows.excluded)), strict=True)
        )
    ]
    rule = {"number": "PJ1", "content": RULE}
    return {"format": score.FORMAT, "day": TODAY, "rule": rule, "city": city, "reviews": reviews, "result": result}
