"""A brusher who reads the public reasons of the clues against it, and changes what they name.

    python bench/city/attack.py --rounds 8 --seeds 1..3 --size S

Round by round one way of brushing is used by every ring of a city; the detectors of B01, B02 and B07 look; the reasons of all clues that
name one of its shops are read, and the dials of attack.yaml that the heaviest name are turned one step. Printed per round: the share of
false orders at shops that no clue names, what an order cost, what an *undetected* order cost, and what was changed next. Prices are
assumptions (attack.yaml). The same arguments give the same table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import run  # noqa: E402

BEHAVIOURS = ("B01", "B02", "B07")
TYPES, PREVALENCE, LAST = ("F1",), 0.15, 4
Plan = dict[str, int]  # dial → step


@dataclass(frozen=True)
class Round:
    """What became of one way of brushing in one city: false orders, those at shops no clue names, yuan spent, weights of reasons read."""

    orders: int
    unseen: int
    yuan: float
    reasons: Counter[str]


def main() -> int:
    given = _arguments()
    rules = yaml.safe_load((HERE / "attack.yaml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as data:
        run._prepare(Path(data))
        print("| round | false orders | undetected | yuan an order | yuan an undetected order | the heaviest reasons | changed next |")
        print("|--:|--:|--:|--:|--:|---|---|")
        plan: Plan = dict.fromkeys(rules["dials"], 0)
        for number in range(given.rounds + 1):
            played = [play(plan, rules, seed, given.size) for seed in run.seeds_of(given.seeds)]
            reasons = sum((one.reasons for one in played), Counter())
            turned = turn(plan, rules, reasons)
            print(_line(number, played, reasons, [name for name in plan if turned[name] > plan[name]]), flush=True)
            if turned == plan:
                break
            plan = turned
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seeds", default="1..3")
    parser.add_argument("--size", default="S", choices=["S", "M"])
    return parser.parse_args()


def turn(plan: Plan, rules: dict[str, Any], reasons: Counter[str]) -> Plan:
    """The plan after its owner has read the reasons: the dials that the heaviest of them name go one step on, where there is one."""
    weights = {name: sum(reasons[code] for code in dial["reasons"]) for name, dial in rules["dials"].items()}
    able = sorted((name for name in plan if weights[name] > 0 and plan[name] < LAST), key=lambda name: (-weights[name], name))
    return {name: step + (name in able[: rules["turns_a_round"]]) for name, step in plan.items()}


def profile(plan: Plan, rules: dict[str, Any]) -> Any:
    """The way of brushing that the dials give."""
    from chengxin.city.brushing import LEVELS

    fields = {field: getattr(LEVELS[plan[name]], field) for name, dial in rules["dials"].items() for field in dial["fields"]}
    return replace(LEVELS[0], **fields)


def play(plan: Plan, rules: dict[str, Any], seed: int, size: str, **small: Any) -> Round:
    """One city in which every ring brushes by the plan."""
    import cells

    from chengxin import city
    from chengxin.city.sizes import Recipe
    from chengxin.detection import search
    from chengxin.facts import plain as reports

    # A level says no more here than how reviews, quantities and channels are made: the ways themselves are all the same.
    recipe = Recipe.of(size, seed=seed, prevalence=PREVALENCE, levels=(plan["praise"],), types=TYPES, **small)
    way = profile(plan, rules)
    with tempfile.TemporaryDirectory() as folder:
        made = city.write(Path(folder, "city"), recipe=recipe, brushing=(way,) * (LAST + 1))
        reports.make(made.folder / "reports", Path(folder, "lake"))
        with cells.opened(Path(folder, "lake")) as (lake, window):
            found, stopped = cells.looked(lake, [one for one in search.choose(()) if one.behaviour in BEHAVIOURS], window)
        if stopped:
            raise SystemExit(f"{stopped} stopped: too many shops named, so nothing is told about the attacker")
        return _outcome(made.folder, way, rules["prices"], found)


def _outcome(folder: Path, way: Any, prices: dict[str, float], found: list[Any]) -> Round:
    import answers
    import cells

    campaigns = answers.load(folder, cells.tokens).campaigns
    ours = frozenset().union(*(one.shops for one in campaigns))
    read = [one for one in found if ours & set(one.shops)]
    named = {shop for one in read for shop in one.shops}
    reasons: Counter[str] = Counter()
    for one in read:
        reasons.update({reason.code: reason.weight for reason in one.reasons})
    orders = unseen = 0
    yuan = len(ours) * way.days * prices["day"]
    for spent in _spent(folder):
        (token,) = cells.tokens("shop", [spent["shop"]])
        if token in ours:
            orders += spent["orders"]
            unseen += spent["orders"] * (token not in named)
            yuan += spent["orders"] * _each(way, prices, spent["paid"] / spent["orders"])
        else:
            yuan += spent["paid"] * prices["cover"]
    return Round(orders, unseen, yuan + _equipment(folder, way, prices, campaigns), reasons)


def _spent(folder: Path) -> list[dict[str, Any]]:
    """Per shop the planted orders, false ones and cover purchases, and the yuan paid for them."""
    query = f"""SELECT shop, count(*) AS orders, sum(paid_fen) / 100 AS paid FROM ({_planted(folder)}) GROUP BY shop ORDER BY shop"""
    with duckdb.connect(config={"threads": 1}) as lake:
        rows = lake.execute(query).fetchall()
    return [{"shop": shop, "orders": orders, "paid": float(paid)} for shop, orders, paid in rows]


def _planted(folder: Path) -> str:
    return f"""SELECT platform || '/' || shop_id AS shop, paid_fen, device, address, cause FROM
        (SELECT *, split_part(filename, '/', -2) AS platform, order_no || '/' || line_no AS key
        FROM read_parquet('{folder}/reports/*/*/order.parquet', filename = true))
        JOIN (SELECT * FROM '{folder}/truth/truth.parquet' WHERE role = 'fact' AND kind = 'order') USING (platform, key)"""


def _each(way: Any, prices: dict[str, float], paid: float) -> float:
    """What one false order costs besides accounts and devices: the hand, the parcel, the money that stays away."""
    hand = prices["order"] + (prices["browsed"] if way.browse is None else 0)
    sent = sum(way.heft) / 2
    parcel = prices["waybill"] / way.bundle if sent < 0 else prices["postage"] + prices["goods_share"] * sent * paid
    return hand + parcel + (1 - way.back) * prices["platform_share"] * paid


def _equipment(folder: Path, way: Any, prices: dict[str, float], campaigns: Any) -> float:
    """Accounts, devices and addresses of every campaign."""
    with duckdb.connect() as lake:
        query = f"SELECT cause, count(DISTINCT device), count(DISTINCT address) FROM ({_planted(folder)}) GROUP BY cause"
        used = lake.execute(query).fetchall()
    accounts = sum(len(one.accounts) for one in campaigns)
    account = way.fresh * prices["new_account"] + (1 - way.fresh) * prices["aged_account"]
    return accounts * account + sum(devices * prices["device"] + homes * prices["address"] for _, devices, homes in used)


def _line(number: int, played: list[Round], reasons: Counter[str], turned: list[str]) -> str:
    orders, unseen = (sum(getattr(one, name) for one in played) for name in ("orders", "unseen"))
    yuan = sum(one.yuan for one in played)
    each = f"{yuan / unseen:,.0f}" if unseen else "–"
    heaviest = ", ".join(code for code, _ in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:4]) or "no clue"
    return f"| {number} | {orders:,} | {unseen / orders:.0%} | {yuan / orders:,.0f} | {each} | {heaviest} | {', '.join(turned) or '–'} |"


if __name__ == "__main__":
    sys.exit(main())
