"""From a surge's counts to a score: independent families of signs, each against the shop's other visitors and the city's median shop."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Any

from chengxin.detectors.chances import noisy_or

Row = dict[str, Any]
FAMILY = {
    "volume": "volume",
    "conversion": "conversion",
    "shared_device": "equipment",
    "crowded_network": "equipment",
    "repeated": "equipment",
    "glance": "dwell",
    "single": "dwell",
    "night": "hours",
    "linked": "lockstep",
}
# Signs that honest crowds share (a dormitory's network, people who come back before they buy, one look at a picture) count less.
WEAK = {"crowded_network": 0.6, "repeated": 0.4, "single": 0.4}
# A crowd that buys less is common (advertisements, a link that goes round); without one of these it is only a crowd.
HARD = ("equipment", "dwell", "hours", "lockstep")
BENIGN = {
    "volume": ("launch", "live_stream", "advertisement"),
    "conversion": ("advertisement", "shared_link"),
    "shared_device": ("shared_terminal",),
    "crowded_network": ("common_network",),
    "repeated": ("launch", "monitoring"),
    "glance": ("monitoring", "shared_link"),
    "single": ("shared_link",),
    "night": ("night_goods", "monitoring"),
    "linked": ("bargain_hunters", "monitoring"),
}
OUTSIDE_PRIOR = 20.0  # visits' worth of the city's median in a shop's own usual share: a handful of visits outside says little


@dataclass(frozen=True)
class Sign:
    """One confirmed sign: its reason code, weight in [0, 1] and the numbers of its sentence."""

    code: str
    weight: float
    numbers: Row


@dataclass(frozen=True)
class Verdict:
    """Score in [0, 1] (0 when fewer than two families or no hard one confirm), the signs, and what else it could be."""

    score: float
    signs: tuple[Sign, ...]
    benign: tuple[str, ...]


def confirm(row: Row, city: Row, params: Row) -> Verdict:
    """The noisy-or over families of their strongest sign. Volume is how a surge was met, so it does not count among the two families."""
    rates = [_rate(code, row, city, params) for code in ("shared_device", "crowded_network", "repeated", "glance", "single", "night")]
    signs = [sign for sign in (_volume(row, params), _conversion(row, city, params), _linked(row, params), *rates) if sign]
    best: dict[str, float] = {}
    for sign in signs:
        family = FAMILY[sign.code]
        best[family] = max(best.get(family, 0.0), sign.weight)
    confirmed = [name for name, weight in best.items() if name != "volume" and weight >= params["family_weight"]]
    hard = any(best.get(name, 0.0) >= params["hard_weight"] for name in HARD)
    score = round(noisy_or(best.values()), 4) if hard and len(confirmed) >= 2 else 0.0
    benign = dict.fromkeys(name for sign in sorted(signs, key=lambda one: -one.weight) for name in BENIGN[sign.code])
    return Verdict(score, tuple(signs), tuple(benign))


def _rate(code: str, row: Row, city: Row, params: Row) -> Sign | None:
    """A sign counts when its share is above the usual one by more than chance explains; it counts in full `strength_full` above it."""
    n, all_, usual = int(row[code]), int(row["n"]), float(city[code])
    if f"{code}_out" in row:
        usual = max(usual, (row[f"{code}_out"] + OUTSIDE_PRIOR * usual) / (row["idle_out"] + OUTSIDE_PRIOR))
    share, least = n / all_, max(usual, params["rate_floor"])
    if share <= least or least >= 1.0 or all_ * divergence(share, least) < params["confirm_nats"]:
        return None
    strength = min(1.0, (share - least) / params["strength_full"]) * WEAK.get(code, 1.0)
    numbers = {"n": n, "share": percent(share), "base": percent(usual)} | _more(code, row, params)
    return Sign(code, params["weights"][FAMILY[code]] * strength, numbers)


def _more(code: str, row: Row, params: Row) -> Row:
    """The further numbers in a sign's sentence."""
    return {
        "shared_device": {"devices": row["devices"], "most": row["device_most"]},
        "crowded_network": {"networks": row["networks"], "most": row["network_most"]},
        "repeated": {"least": params["repeat_visits"]},
        "glance": {"seconds": params["glance_seconds"]},
        "night": {"start": params["night_from"], "end": params["night_until"], "moved": percent(row["moved"])},
    }.get(code, {})


def _volume(row: Row, params: Row) -> Sign:
    """How far the count stands above the shop's own rhythm; twice the least z counts in full."""
    weight = params["weights"]["volume"] * min(1.0, row["z"] / (2 * params["z_min"]))
    numbers = {"n": row["n"], "days": row["days"], "usual": round(row["usual"]), "z": round(row["z"], 1), "shops": len(row["shops"])}
    return Sign("volume", weight, numbers)


def _conversion(row: Row, city: Row, params: Row) -> Sign | None:
    """How far orders per visit fell below the shop's usual and the city's median."""
    usual = (row["orders_out"] + OUTSIDE_PRIOR * city["conversion"]) / (row["visits_out"] + OUTSIDE_PRIOR)
    share = row["orders"] / row["visits"]
    if share >= usual or row["visits"] * divergence(1 - share, 1 - usual) < params["confirm_nats"]:
        return None
    strength = max(0.0, 1.0 - share / usual - params["fall_min"]) / (1.0 - params["fall_min"])
    if not strength:
        return None
    numbers = {
        "n": row["visits"],
        "orders": row["orders"],
        "share": percent(share),
        "base": percent(usual),
        "city": percent(city["conversion"]),
    }
    return Sign("conversion", params["weights"]["conversion"] * strength, numbers)


def _linked(row: Row, params: Row) -> Sign | None:
    """The same devices at several shops that have nothing to do with each other, in the same days."""
    if len(row["shops"]) < 2:
        return None
    share = row["linked"] / row["n"]
    numbers = {
        "things": row["linked_things"],
        "shops": len(row["shops"]),
        "n": row["linked"],
        "share": percent(share),
        "shared": row["shared"],
        "expected": round(row["expected"], 1),
    }
    return Sign("linked", params["weights"]["lockstep"] * min(1.0, share / params["strength_full"]), numbers)


def percent(share: float) -> float:
    return round(100 * share, 1)


def divergence(x: float, y: float) -> float:
    """KL divergence of two coins in nats, x > y: n times it bounds -ln of the chance to see a share of x in n visits (Hoeffding 1963)."""
    return x * log(x / y) + ((1 - x) * log((1 - x) / (1 - y)) if x < 1 else 0.0)
