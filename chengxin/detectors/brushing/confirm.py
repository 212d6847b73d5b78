"""From a candidate's counts to a score: independent families of signs, each against the other buyers of the same shops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import Any

from chengxin.detectors.chances import noisy_or
from chengxin.kernel import clock, money

Row = dict[str, Any]
FAMILY = {
    "fast": "haste",
    "unvisited": "haste",
    "fresh": "account",
    "one_device": "equipment",
    "one_address": "equipment",
    "one_payer": "money",
    "money_back": "money",
    "light": "parcel",
    "thin": "parcel",
}
# A sign that look-alikes share (campus address, shy browsing) counts this much of its family's weight.
WEAK = {"unvisited": 0.3, "one_address": 0.5, "fast": 0.8, "thin": 0.8}
HARD = ("money", "parcel", "haste")
MOST = {"one_device": "device_most", "one_address": "address_most", "one_payer": "payer_most"}
BENIGN = {
    "structure": ("fan_club",),
    "burst": ("flash_sale", "new_seller"),
    "fast": ("flash_sale", "group_purchase"),
    "one_address": ("campus", "group_purchase"),
    "one_device": ("family", "office_network"),
    "one_payer": ("family",),
    "money_back": ("returns",),
}
CHANCE_TIMES = 3.0  # a shape this many times denser than chance begins to count
FULL_TIMES = 20.0  # and this many times counts in full


@dataclass(frozen=True)
class Sign:
    """One confirmed sign: its reason code, weight in [0, 1] and the numbers of its sentence."""

    code: str
    weight: float
    numbers: Row


@dataclass(frozen=True)
class Ring:
    """A candidate after confirmation."""

    score: float
    accounts: int
    first_at: datetime
    last_at: datetime
    signs: tuple[Sign, ...]
    benign: tuple[str, ...] = field(default=())


def suspicious(row: Row, base: Row, params: Row) -> bool:
    """Whether there is money, parcels or haste: shape, shared addresses and new accounts have honest reasons."""
    best = _families([sign for code in FAMILY if (sign := _sign(code, row, base, params))])
    return any(best.get(family, 0.0) >= float(params["hard_weight"]) for family in HARD)


def confirm(row: Row, base: Row, params: Row) -> Ring:
    """The score of a suspicious candidate is the noisy-or over families of their strongest sign; each at most its family's weight."""
    signs = [sign for code in FAMILY if (sign := _sign(code, row, base, params))]
    shape = _shape(row, params)
    best = _families(signs) | ({"structure": shape.weight} if shape else {})
    shown = [*signs, *([shape] if shape else []), _burst(row)]
    benign = dict.fromkeys(name for sign in shown for name in BENIGN.get(sign.code, ()))
    return Ring(round(noisy_or(best.values()), 4), row["accounts"], row["first_at"], row["last_at"], tuple(shown), tuple(benign))


def _families(signs: list[Sign]) -> dict[str, float]:
    best: dict[str, float] = {}
    for sign in signs:
        family = FAMILY[sign.code]
        best[family] = max(best.get(family, 0.0), sign.weight)
    return best


def _sign(code: str, row: Row, base: Row, params: Row) -> Sign | None:
    """A sign counts when it is commoner than in the city and at the same shops, by more than chance explains."""
    n, orders = int(row[code]), int(row["orders"])
    usual = max(base[code], row[f"{code}_base"] or 0.0, params["rate_floor"])
    share = n / orders
    if share <= usual or usual >= 1.0 or orders * _divergence(share, usual) < params["confirm_nats"]:
        return None
    strength = min(1.0, (share - usual) / params["strength_full"]) * WEAK.get(code, 1.0)
    numbers = {"n": n, "share": _percent(share), "base": _percent(row[f"{code}_base"] or base[code])}
    return Sign(code, params["weights"][FAMILY[code]] * strength, numbers | _more(code, row, params))


def _more(code: str, row: Row, params: Row) -> Row:
    """The further numbers in a sign's sentence."""
    if code in MOST:
        return {"most": int(row[MOST[code]] or 0)}
    return {
        "fast": {"seconds": params["fast_seconds"]},
        "fresh": {"days": params["fresh_days"]},
        "money_back": {"hours": params["back_hours"], "yuan": money.yuan(int(row["returned"]))},
        "light": {"limit": round(100 * params["light_share"])},
    }.get(code, {})


def _shape(row: Row, params: Row) -> Sign | None:
    """How many account-shop combinations there are against chance, when both keep their other business of those days."""
    if row["shops"] < 2 or row["accounts"] < params["ring_accounts_min"]:
        return None
    expected = float(row["chance_pairs"])
    times = row["pairs"] / max(expected, 0.5)
    if times <= CHANCE_TIMES:
        return None
    weight = params["weights"]["structure"] * min(1.0, log(times / CHANCE_TIMES) / log(FULL_TIMES / CHANCE_TIMES))
    names = ("accounts", "shops", "pairs")
    numbers = {name: int(row[name]) for name in names} | {"expected": round(expected, 1), "times": round(times, 1), "days": _days(row)}
    return Sign("structure", weight, numbers)


def _burst(row: Row) -> Sign:
    """When it happened; a description, so it weighs little."""
    share = row["orders"] / max(row["shop_orders"] or 0, row["orders"], 1)
    start, end = (clock.city_day(row[name]).isoformat() for name in ("first_at", "last_at"))
    numbers = {"orders": int(row["orders"]), "days": _days(row), "start": start, "end": end, "share": _percent(share)}
    return Sign("burst", 0.05 + 0.1 * share, numbers)


def _days(row: Row) -> int:
    return (clock.city_day(row["last_at"]) - clock.city_day(row["first_at"])).days + 1


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _divergence(x: float, y: float) -> float:
    """KL divergence of two coins in nats, x > y: n times it bounds -ln of the chance to see a share of x in n orders (Hoeffding 1963)."""
    return x * log(x / y) + ((1 - x) * log((1 - x) / (1 - y)) if x < 1 else 0.0)
