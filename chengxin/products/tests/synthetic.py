"""Supply chains of our own with planted faults and honest look-alikes, as captured tables; the truth is known because it was planted.

Honest: goods sent in parts and received in other parts, in other units; a little lost on the way; bread that weighs more than its flour;
rework; buyers' returns and resale; goods sent back and destroyed; containers; clocks some minutes apart; goods still under way.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from chengxin.kernel.ids import gtin_check
from chengxin.products.gs1 import CANONICAL
from chengxin.products.reading import EVENTS, ITEMS, NAMES, PACKS, PARTIES, Tables, micros

HOUR, DAY = 3_600_000_000, 86_400_000_000
START = micros(datetime(2026, 3, 2, 1, tzinfo=UTC))
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
OWNING, LATE = "possessing_party", 4 * HOUR
Expected = tuple[str, str, str, str]


@dataclass
class World:
    """Rows as captured. expected: (kind, item, party, other) of every planted fault."""

    random: random.Random
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    parties: list[dict[str, Any]] = field(default_factory=list)
    packs: list[dict[str, Any]] = field(default_factory=list)
    expected: set[Expected] = field(default_factory=set)
    planted: dict[str, int] = field(default_factory=dict)
    chains: int = 0
    last: int = 0

    def event(self, step: str, at: int, things: list[dict[str, Any]], here: str = "", **named: Any) -> int:
        """One event; named: kind, action, disposition, giver, taker."""
        self.last += 1
        id = self.last
        row = {"id": id, "kind": named.get("kind", "object"), "action": named.get("action", "OBSERVE"), "at": at, "step": step}
        self.events[id] = {**row, "disposition": named.get("disposition", "")}
        self.items += [{"event": id, **one} for one in things]
        for side, party in (("source", named.get("giver")), ("destination", named.get("taker"))):
            if party:
                self.parties.append({"event": id, "side": side, "type": OWNING, "value": party})
        if here:
            self.parties.append({"event": id, "side": "location", "type": "", "value": here})
        return id

    def drop(self, *ids: int) -> None:
        for id in ids:
            del self.events[id]

    def tables(self) -> Tables:
        order = list(self.events.values())
        self.random.shuffle(order)  # reports come late and out of order
        items = [one for one in self.items if one["event"] in self.events]
        parties = [one for one in self.parties if one["event"] in self.events]
        return Tables(
            pa.Table.from_pylist(order, EVENTS),
            pa.Table.from_pylist(items, ITEMS),
            pa.Table.from_pylist(parties, PARTIES),
            NAMES.empty_table(),
            pa.Table.from_pylist(self.packs, PACKS),
        )

    def gtin(self) -> str:
        digits = f"9520{len(self.packs):09d}"[:12]
        digits = f"952{len(self.packs):09d}"
        return "0" + digits + gtin_check(digits)

    def product(self, grams: int, yields: int = 1000) -> str:
        gtin = self.gtin()
        self.packs.append({"gtin": gtin, "measure": 1, "amount": grams * 1000, "yield": yields})
        return gtin


def lot(gtin: str, lot: str, quantity: float, unit: str, role: str = "quantity") -> dict[str, Any]:
    return {"role": role, "key": f"{CANONICAL}/01/{gtin}/10/{lot}", "gtin": gtin, "serial": "", "quantity": quantity, "unit": unit}


def single(gtin: str, serial: str, role: str = "epc") -> dict[str, Any]:
    return {"role": role, "key": f"{CANONICAL}/01/{gtin}/21/{serial}", "gtin": gtin, "serial": serial, "quantity": None, "unit": ""}


def box(number: int, role: str = "epc") -> dict[str, Any]:
    return {"role": role, "key": f"{CANONICAL}/00/3952{number:014d}", "gtin": "", "serial": "", "quantity": None, "unit": ""}


def party(chain: int, name: str) -> str:
    return f"urn:example:party:{chain}:{name}"


def goods(world: World, number: int) -> dict[str, Any]:
    """A farm's harvest, sent in parts, packed, sold. Returns the event ids and keys that a fault may touch."""
    dice, day = world.random, START + number % 40 * DAY
    farm, plant, shop = (party(number, name) for name in ("farm", "plant", "shop"))
    bread = number % 4 == 1
    raw, pack = world.product(1000), world.product(250, 1400 if bread else 1000)
    tonnes = dice.choice([1.2, 2.0, 3.5])
    kilos = round(tonnes * 1000)
    world.event("commissioning", day, [lot(raw, "R1", tonnes, "TNE")], farm, action="ADD")
    first = round(kilos * dice.choice([0.3, 0.5, 0.6]))
    for place, part in enumerate((first, kilos - first)):
        world.event("shipping", day + DAY + place * HOUR, [lot(raw, "R1", part, "KGM")], giver=farm, taker=plant)
    arrived = [round(kilos * 0.4), round(kilos * 0.25), 0]
    arrived[2] = kilos - sum(arrived) - round(kilos * 0.01)  # one in a hundred dries or spills
    for place, part in enumerate(arrived):
        at = day + 2 * DAY + place * HOUR
        world.event("receiving", at, [lot(raw, "R1", part * 1000, "GRM")], giver=farm, taker=plant)
    used = round(sum(arrived) * 0.9)
    packs = int(used * 4 * (1.3 if bread else 0.97))
    inside = [lot(raw, "R1", used, "KGM", "input_quantity"), lot(pack, "P1", packs, "C62", "output_quantity")]
    made = world.event("commissioning", day + 3 * DAY, inside, plant, kind="transformation", action="")
    sent = world.event("shipping", day + 4 * DAY, [lot(pack, "P1", packs - 10, "EA")], giver=plant, taker=shop)
    half = (packs - 10) // 2
    skewed = day + 4 * DAY - 3 * 60_000_000  # the shop's clock is three minutes behind
    got = [world.event("receiving", skewed, [lot(pack, "P1", half, "")], giver=plant, taker=shop)]
    got.append(world.event("receiving", day + 5 * DAY, [lot(pack, "P1", packs - 10 - half, "")], giver=plant, taker=shop))
    world.event("retail_selling", day + 6 * DAY, [lot(pack, "P1", packs - 60, "")], shop)
    world.event("receiving", day + 8 * DAY, [lot(pack, "P1", 5, "")], shop, disposition="returned")
    world.event("retail_selling", day + 9 * DAY, [lot(pack, "P1", 5, "")], shop)
    world.event("shipping", day + 20 * DAY, [lot(pack, "P1", 40, "")], giver=shop, taker=plant)
    world.event("receiving", day + 21 * DAY, [lot(pack, "P1", 40, "")], giver=shop, taker=plant)
    world.event("destroying", day + 22 * DAY, [lot(pack, "P1", 40, "")], plant, action="DELETE")
    if number % 3 == 0:  # rework: what was left goes into the next lot
        again = [lot(pack, "P1", 8, "", "input_quantity"), lot(pack, "P2", 7, "", "output_quantity")]
        world.event("commissioning", day + 23 * DAY, again, plant, kind="transformation", action="")
    if number % 5 == 0:  # still under way
        world.event("shipping", micros(AS_OF) - 2 * DAY, [lot(pack, "P1", 1, "")], giver=plant, taker=party(number, "far"))
    known = {"number": number, "plant": plant, "shop": shop, "pack": lot(pack, "P1", 0, "")["key"], "gtin": pack}
    return {**known, "made": made, "sent": sent, "got": got, "packs": packs, "day": day}


def things(world: World, number: int) -> dict[str, Any]:
    """Single things in boxes: sent by the box, sold one by one, one brought back and sold again, one destroyed."""
    day, gtin = START + number % 40 * DAY, world.product(0)
    maker, shop, other = (party(number, name) for name in ("maker", "shop", "other"))
    known = [single(gtin, f"S{one}") for one in range(6)]
    world.event("commissioning", day, known, maker, action="ADD")
    inside = [single(gtin, f"S{one}", "child") for one in range(6)]
    world.event("packing", day + HOUR, [box(number, "parent"), *inside], maker, kind="aggregation", action="ADD")
    world.event("shipping", day + 2 * HOUR, [box(number)], giver=maker, taker=shop)
    world.event("receiving", day + DAY, [box(number)], giver=maker, taker=shop)
    world.event("unpacking", day + DAY + HOUR, [box(number, "parent"), *inside], shop, kind="aggregation", action="DELETE")
    world.event("retail_selling", day + 2 * DAY, known[:3], shop)
    world.event("receiving", day + 4 * DAY, known[:1], shop, disposition="returned")
    world.event("retail_selling", day + 5 * DAY, known[:1], shop)
    world.event("destroying", day + 6 * DAY, known[5:], shop, action="DELETE")
    return {"number": number, "day": day, "gtin": gtin, "maker": maker, "shop": shop, "other": other, "keys": [one["key"] for one in known]}


# ---- faults: each changes one chain and says what has to be found


def missing_receipt(world: World, of: dict[str, Any]) -> Expected:
    world.drop(*of["got"])
    return ("no_receipt", of["pack"], of["plant"], of["shop"])


def missing_dispatch(world: World, of: dict[str, Any]) -> Expected:
    world.drop(of["sent"])
    return ("no_dispatch", of["pack"], of["plant"], of["shop"])


def sold_from_nowhere(world: World, of: dict[str, Any]) -> Expected:
    stranger = party(of["number"], "stranger")
    world.event("retail_selling", of["day"] + 7 * DAY, [lot(of["gtin"], "P1", 5, "")], stranger)
    return ("hole", of["pack"], stranger, "")


def sold_too_many(world: World, of: dict[str, Any]) -> Expected:
    world.event("retail_selling", of["day"] + 10 * DAY, [lot(of["gtin"], "P1", 11 + world.random.randrange(500), "")], of["shop"])
    return ("over", of["pack"], of["shop"], "")


def received_before_sent(world: World, of: dict[str, Any]) -> Expected:
    world.events[of["got"][0]]["at"] = world.events[of["sent"]]["at"] - LATE
    return ("reversal", of["pack"], of["plant"], of["shop"])


def sent_before_made(world: World, of: dict[str, Any]) -> Expected:
    world.events[of["sent"]]["at"] = world.events[of["made"]]["at"] - LATE
    return ("reversal", of["pack"], of["plant"], "")


def more_than_the_inputs(world: World, of: dict[str, Any]) -> Expected:
    output = next(one for one in world.items if one["event"] == of["made"] and one["role"] == "output_quantity")
    output["quantity"] = round(of["packs"] * 1.3)
    return ("yield", of["pack"], of["plant"], "")


def made_twice(world: World, of: dict[str, Any]) -> Expected:
    world.event("commissioning", of["day"] + 3 * DAY, [single(of["gtin"], "S3")], of["other"], action="ADD")
    return ("twice", of["keys"][3], of["maker"], "")


def sold_twice(world: World, of: dict[str, Any]) -> Expected:
    world.event("retail_selling", of["day"] + 9 * DAY, [single(of["gtin"], "S1")], of["other"])
    return ("twice", of["keys"][1], of["shop"], "")


def seen_after_destroyed(world: World, of: dict[str, Any]) -> Expected:
    world.event("shipping", of["day"] + 12 * DAY, [single(of["gtin"], "S5")], giver=of["shop"], taker=of["other"])
    return ("after_end", of["keys"][5], of["shop"], "")


Fault = Callable[[World, dict[str, Any]], Expected]
OF_GOODS: tuple[Fault, ...] = (
    missing_receipt,
    missing_dispatch,
    sold_from_nowhere,
    sold_too_many,
    received_before_sent,
    sent_before_made,
    more_than_the_inputs,
)
OF_THINGS: tuple[Fault, ...] = (made_twice, sold_twice, seen_after_destroyed)


def world(chains: int, seed: int, faulty: float = 0.3) -> World:
    """So many chains, one in three of single things; a share of them with one fault each, of every kind in turn."""
    made = World(random.Random(seed))
    turn = [0, 0]
    for number in range(chains):
        boxed = number % 3 == 2
        one = things(made, number) if boxed else goods(made, number)
        faults = OF_THINGS if boxed else OF_GOODS
        if made.random.random() < faulty:
            fault = faults[turn[boxed] % len(faults)]
            turn[boxed] += 1
            made.expected.add(fault(made, one))
            made.planted[fault.__name__] = made.planted.get(fault.__name__, 0) + 1
    made.chains = chains
    return made
