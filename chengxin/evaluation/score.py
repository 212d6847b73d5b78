"""A shop's score from a document that holds everything it is made of: chengxin-score/1. Whole numbers only, standard library only.

This is the published definition. The house computes by columns (figures.py) and the browser by BigInt (static/evaluation/score.js); tests
hold all three to the same figures. Stars and scores are in millionths of a star, weights in 65536ths, days count from 1970-01-01.

    {"format", "shop", "day", "rule": {"number", "content"}, "city": {"middle", "prior", "shift", "spread"}, "lake",
     "reviews": [[id, stars, day, pair, weight, decision]], "result"}

id: salted commitment to the platform's number of the review; pair: the same buyer has the same sign within this document and no other;
weight: how far the published filter lets this review count before its age; decision: number of the decision that excludes it, or "".
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from math import isqrt
from typing import Any

STAR, FULL = 1_000_000, 1 << 16
FORMAT = "chengxin-score/1"
FIRST = FULL // 2  # weight of a review by a buyer who has reviewed nothing else, where the rule's `few` is 1
Result = dict[str, Any]


@lru_cache(maxsize=4096)
def decay(age: int, half_life: int) -> int:
    """65536 * 2^(-age / half_life), rounded down exactly: the greatest x with x^half_life * 2^age <= 2^(16 * half_life)."""
    if age <= 0:
        return FULL
    if age >= half_life:  # rounding down twice is rounding down once
        return decay(age % half_life, half_life) >> (age // half_life)
    bound, low, high = 1 << (16 * half_life), 0, FULL
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**half_life << age <= bound else (low, middle)
    return low


def month(day: int) -> tuple[int, int]:
    """Year and month of a day counted from 1970-01-01."""
    found = datetime.date(1970, 1, 1) + datetime.timedelta(day)
    return found.year, found.month


def sums(document: Result) -> tuple[int, int, int, list[tuple[int, int]]]:
    """(sum of weights, of their squares, of weight * stars, (weight, stars) of each) of the reviews that count."""
    rule, today = document["rule"]["content"], document["day"]
    rows = []
    for _, stars, day, _, weight, decision in document["reviews"]:
        if not decision:
            rows.append(((weight * decay(today - day, rule["half_life_days"])) >> 16, stars * STAR))
    return sum(w for w, _ in rows), sum(w * w for w, _ in rows), sum(w * s for w, s in rows), rows


def recompute(document: Result) -> Result:
    """The result that the document's inputs give under the document's rule."""
    rule, city = document["rule"]["content"], document["city"]
    mass, squares, total, rows = sums(document)
    lowest, highest = (one * STAR for one in rule["scale"])
    score = (total + city["prior"] * city["middle"]) // (mass + city["prior"]) + city["shift"]
    score = min(max(score, lowest), highest)
    firm = rule["prior_ratings"] * FULL
    apart = sum(w * ((s - score) // 1000) ** 2 for w, s in rows)
    spread = (apart + firm * city["spread"]) // (mass + firm)
    effective = 1000 * mass * mass // squares if squares else 0
    half = isqrt(rule["z_hundredths"] ** 2 * spread * 100_000 // (effective + 1000 * rule["prior_ratings"]))
    points = points_of(document)
    return {
        "score": score,
        "low": max(score - half, lowest),
        "high": min(score + half, highest),
        "ratings": len(rows),
        "excluded": len(document["reviews"]) - len(rows),
        "effective_milli": effective,
        "points": points,
        "level": sum(1 for one in rule["levels"] if points >= one["from"]),
        **_year(document),
        **_drift(document),
    }


def points_of(document: Result) -> int:
    """Good +1, bad -1, in the order of days; of one pair a trade counts once in `repeat_days` and at most `pair_cap` times a month."""
    rule, points = document["rule"]["content"], 0
    last: dict[str, int] = {}
    used: dict[Any, int] = {}
    for _, stars, day, pair, _, decision in sorted(document["reviews"], key=lambda row: (row[2], row[0])):
        monthly = (pair, month(day))
        if decision or (pair in last and day - last[pair] < rule["repeat_days"]) or used.get(monthly, 0) >= rule["pair_cap"]:
            continue
        last[pair], used[monthly] = day, used.get(monthly, 0) + 1
        points += 1 if stars >= rule["good_from"] else -1 if stars <= rule["bad_to"] else 0
    return points


def _year(document: Result) -> Result:
    rule, today = document["rule"]["content"], document["day"]
    stars = [row[1] for row in document["reviews"] if not row[5] and today - row[2] < rule["year_days"]]
    good, bad = sum(one >= rule["good_from"] for one in stars), sum(one <= rule["bad_to"] for one in stars)
    return {"good": good, "neutral": len(stars) - good - bad, "bad": bad}


def _drift(document: Result) -> Result:
    """How far the stars of the last days differ from those before: total variation in thousandths, -1 when either side is empty."""
    rule, today = document["rule"]["content"], document["day"]
    recent, before = [0] * 11, [0] * 11
    for _, stars, day, _, _, decision in document["reviews"]:
        if not decision:
            (recent if today - day < rule["drift_days"] else before)[stars] += 1
    a, b = sum(recent), sum(before)
    apart = sum(abs(one * b - other * a) for one, other in zip(recent, before)) if a and b else 0  # noqa: B905 - both have 11
    return {"recent": a, "drift_milli": 1000 * apart // (2 * a * b) if a and b else -1}


def lift(document: Result) -> Result:
    """What would lift the shop: good points to the next level, and five-star reviews to the next tenth of a star.

    Each is of another buyer, who reviews for the first time (weight FIRST) today. None: there is no higher level, or no number suffices.
    """
    rule, city, now = document["rule"]["content"], document["city"], recompute(document)
    above = [one["from"] for one in rule["levels"] if one["from"] > now["points"]]
    mass, _, total, _ = sums(document)
    target = (now["score"] // 100_000 + 1) * 100_000
    best, wanted = rule["scale"][1] * STAR, target - city["shift"]
    lacking = wanted * (mass + city["prior"]) - total - city["prior"] * city["middle"]
    gain = FIRST * (best - wanted)
    possible = target <= best and gain > 0
    return {
        "points": min(above) - now["points"] if above else None,
        "target": target if possible else None,
        "reviews": -(-lacking // gain) if possible else None,
    }


def with_good(document: Result, count: int) -> Result:
    """The document with so many best reviews more, as `lift` counts them."""
    best = document["rule"]["content"]["scale"][1]
    more = [[f"new-{n}", best, document["day"], f"new-{n}", FIRST, ""] for n in range(count)]
    return {**document, "reviews": [*document["reviews"], *more]}


def check(document: Result) -> str:
    """ "good", or "score" when the result is not what the inputs give, or "unreadable"."""
    try:
        if document["format"] != FORMAT or any(not _fits(row) for row in document["reviews"]):
            return "unreadable"
        return "good" if recompute(document) == document["result"] else "score"
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, OverflowError):
        return "unreadable"


def _fits(row: list[Any]) -> bool:
    numbers = (row[1], row[2], row[4])
    return len(row) == 6 and all(type(one) is int for one in numbers) and 0 <= row[1] <= 10 and 0 <= row[4] <= FULL
