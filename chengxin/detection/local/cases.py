"""Rows of seeded cases: shops that exist nowhere, some of which break a rule that a detector must see, the others honest look-alikes.

Only rules that rest on a shop's own rows are seeded, so that what else a platform's files hold cannot hide a case or make one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from chengxin.kernel import clock, money

Rows = dict[str, list[dict[str, Any]]]
GOODS = ("黑木耳", "榛蘑", "松子", "蓝莓干", "大米", "红小豆", "椴树蜜", "人参片", "榛子", "黄豆酱")
CLAIMS = ("降血糖 降血压", "专治失眠", "治疗糖尿病", "预防脑血栓", "治疗高血压")
PLAIN = ("肉厚无根", "当季新货", "颗粒饱满", "农家自产", "袋装")
BEFORE = 12  # days of ordinary trade before the comparison
LEAST_DAYS = 20  # a period shorter than this has no room for a case
# A detector stops when it hits more than a share of all shops (15 %); with this many honest shops to a case the seeded ones stay far below.
HONEST_PER_CASE = 8


@dataclass(frozen=True)
class Plan:
    """What is drawn and kept secret: {shop: detector that must name it}, and the honest shops."""

    seed: int
    platform: str
    since: date
    until: date
    cases: dict[str, str]
    honest: list[str] = field(default_factory=list)


def draw(seed: int, platform: str, since: date, until: date, cases: int, known: list[str]) -> Plan:
    """A plan with shop numbers in the form of the platform's own (known: some of them), none of which is among the known."""
    rng = np.random.default_rng(seed)
    form = known[int(rng.integers(len(known)))] if known else "S100000"
    numbers: dict[str, None] = {}
    while len(numbers) < cases * (1 + HONEST_PER_CASE):
        number = "".join(str(rng.integers(10)) if sign.isdigit() else sign for sign in _long_enough(form))
        if number not in known:
            numbers[number] = None
    shops = list(numbers)
    names = sorted(SEEDED)
    return Plan(seed, platform, since, until, {shop: names[n % len(names)] for n, shop in enumerate(shops[:cases])}, sorted(shops[cases:]))


def _long_enough(form: str) -> str:
    digits = sum(sign.isdigit() for sign in form)
    return form + "0" * max(0, 6 - digits)


def rows(plan: Plan) -> Rows:
    """{kind: rows as a platform reports them}; the same plan, the same rows."""
    rng = np.random.default_rng([plan.seed, 1])
    made: Rows = {"listing": [], "order": [], "price": []}
    shops = sorted([*plan.cases.items(), *((shop, "") for shop in plan.honest)])
    for place in rng.permutation(len(shops)):
        shop, broken = shops[place]
        _trade(rng, plan, shop, broken, made)
    for kind, moment in (("listing", "changed_at"), ("order", "ordered_at"), ("price", "observed_at")):
        made[kind].sort(key=lambda row: (row[moment], row["shop_id"]))
    return made


def _trade(rng: np.random.Generator, plan: Plan, shop: str, broken: str, made: Rows) -> None:
    """Three products of a shop: a page, ordinary prices and deals, then a reduction."""
    room = (plan.until - plan.since).days - BEFORE - 4
    first = plan.since + timedelta(days=int(rng.integers(1, max(room, 2))))
    usual = SEEDED.get(broken)
    for item in range(3):
        sku = f"K{rng.integers(10_000, 99_999)}{item}"
        base = int(rng.integers(15, 200)) * 100
        title = f"{GOODS[int(rng.integers(len(GOODS)))]} {PLAIN[int(rng.integers(len(PLAIN)))]} {int(rng.integers(1, 9)) * 100}克"
        page = {"shop_id": shop, "sku": sku, "title": title, "category": "食品/干货", "status": "on", "changed_at": _at(rng, first, 0)}
        cut = {
            "shop_id": shop,
            "sku": sku,
            "observed_at": _at(rng, first, BEFORE + 1),
            "shown": money.yuan(round(base * 0.9)),
            "struck": money.yuan(base),
            "basis": "none",
        }
        if usual:
            usual(rng, page, cut, base)
        made["listing"].append(page)
        made["price"] += [
            {"shop_id": shop, "sku": sku, "observed_at": _at(rng, first, day), "shown": money.yuan(base)} for day in range(1, BEFORE)
        ]
        made["price"].append(cut)
        made["order"] += [_order(rng, shop, page, base, _moment(rng, first, int(rng.integers(7, BEFORE)))) for _ in range(4)]


def _order(rng: np.random.Generator, shop: str, page: dict[str, Any], base: int, at: datetime) -> dict[str, Any]:
    paid = at + timedelta(seconds=int(rng.integers(20, 600)))
    return {
        "order_no": f"T{at:%Y%m%d}{rng.integers(10**9, 10**10)}",
        "shop_id": shop,
        "buyer": f"U{rng.integers(10**6, 10**7)}",
        "sku": page["sku"],
        "title": page["title"],
        "category": page["category"],
        "qty": 1,
        "list_price": money.yuan(base),
        "paid": money.yuan(base),
        "ordered_at": at.isoformat(),
        "paid_at": paid.isoformat(),
        "device": f"D{rng.integers(10**9, 10**10)}",
        "channel": ("app", "web")[int(rng.integers(2))],
    }


def _struck_too_high(rng: np.random.Generator, page: dict[str, Any], cut: dict[str, Any], base: int) -> None:
    """Struck out 30 to 60 % above every deal of the seven days before (order 56, art. 16)."""
    cut["struck"] = money.yuan(round(base * float(rng.uniform(1.3, 1.6))))


def _claims_a_cure(rng: np.random.Generator, page: dict[str, Any], cut: dict[str, Any], base: int) -> None:
    """Food that is said to treat or prevent disease (advertising law, art. 17)."""
    page["title"] = f"{page['title']} {CLAIMS[int(rng.integers(len(CLAIMS)))]}"


Break = Callable[[np.random.Generator, dict[str, Any], dict[str, Any], int], None]
SEEDED: dict[str, Break] = {"false_advertising": _claims_a_cure, "price_fraud": _struck_too_high}


def _moment(rng: np.random.Generator, first: date, day: int) -> datetime:
    seconds = int(rng.integers(7 * 3600, 23 * 3600))
    return datetime.combine(first + timedelta(days=day), time.min, clock.CITY) + timedelta(seconds=seconds)


def _at(rng: np.random.Generator, first: date, day: int) -> str:
    return _moment(rng, first, day).isoformat()


def archive(made: Rows) -> bytes:
    """A zip of NDJSON files, one per kind; equal rows give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for kind, lines in made.items():
            body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines)
            file.writestr(zipfile.ZipInfo(f"{kind}.ndjson"), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
