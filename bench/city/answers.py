"""The truth of a generated city in the product's own tokens, so that clues can be compared with it; and both as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

Tokens = Callable[[str, list[str]], list[int]]  # (domain, ["platform/id", …]) → the product's tokens


@dataclass(frozen=True)
class Campaign:
    """A planted act. shops and accounts are tokens; `group` joins campaigns of one hidden studio."""

    number: int
    type: str
    behaviour: str
    also: tuple[str, ...]
    level: int
    group: str
    shops: frozenset[int]
    accounts: frozenset[int]
    delay: float | None = None  # hours from its first planted fact to the first look that names one of its shops; None: never, or not asked


@dataclass(frozen=True)
class LookAlike:
    """Honest business that looks like fraud."""

    type: str
    shops: frozenset[int]
    accounts: frozenset[int]


@dataclass(frozen=True)
class Answers:
    """What is true of one city. shops: all of its shops, and its couriers' outlets where they are asked about; days: its length."""

    name: str
    shops: frozenset[int]
    days: int
    campaigns: tuple[Campaign, ...]
    lookalikes: tuple[LookAlike, ...]

    @property
    def shop_months(self) -> float:
        return len(self.shops) * self.days / 30


@dataclass(frozen=True)
class Clue:
    """What a detector says: tokens of shops and accounts, and a score."""

    detector: str
    behaviour: str
    shops: frozenset[int]
    accounts: frozenset[int]
    score: float


def plain(truth: Answers) -> dict[str, Any]:
    """The answers as JSON holds them, the same every time."""
    return json.loads(json.dumps(asdict(truth), default=sorted))


def from_plain(given: dict[str, Any]) -> Answers:
    campaigns = tuple(
        Campaign(**{**one, "also": tuple(one["also"]), "shops": frozenset(one["shops"]), "accounts": frozenset(one["accounts"])})
        for one in given["campaigns"]
    )
    lookalikes = tuple(LookAlike(one["type"], frozenset(one["shops"]), frozenset(one["accounts"])) for one in given["lookalikes"])
    return Answers(given["name"], frozenset(given["shops"]), given["days"], campaigns, lookalikes)


def clue(given: dict[str, Any]) -> Clue:
    shops, accounts = (frozenset(int(token) for token in given[name]) for name in ("shops", "accounts"))
    return Clue(given["detector"], given["behaviour"], shops, accounts, float(given["score"]))


def load(folder: Path, tokens: Tokens) -> Answers:
    """The answers of a written city."""
    recipe = json.loads((folder / "city.json").read_text(encoding="utf-8"))["recipe"]
    register = pq.read_table(folder / "register" / "shops.parquet").to_pydict()
    shops = [f"{platform}/{shop}" for platform, shop in zip(register["platform"], register["shop_id"], strict=True)]
    campaigns = [_campaign(one, tokens) for one in json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))]
    members = frozenset(tokens("shop", shops)) | frozenset(tokens("outlet", _outlets(folder, recipe["types"])))
    name = f"seed {recipe['seed']}, prevalence {recipe['prevalence']:g}"
    return Answers(name, members, recipe["days"], tuple(campaigns), tuple(_lookalikes(folder, tokens)))


def _campaign(one: dict, tokens: Tokens) -> Campaign:
    group = f"studio {one['studio']}" if one["studio"] is not None else f"campaign {one['campaign']}"
    shops, accounts = frozenset(tokens("shop", one["shops"])), frozenset(tokens("person", one["accounts"]))
    shops |= frozenset(tokens("outlet", one.get("outlets", [])))
    return Campaign(one["campaign"], one["type"], one["behaviour"], tuple(one["also"]), one["level"], group, shops, accounts)


def _outlets(folder: Path, types: list[str]) -> list[str]:
    if "F17" not in types:
        return []
    with duckdb.connect() as lake:
        found = lake.execute(f"SELECT DISTINCT outlet FROM read_parquet('{folder}/reports/*/*/scan.parquet') ORDER BY 1").fetchall()
    return [outlet for (outlet,) in found]


def _lookalikes(folder: Path, tokens: Tokens) -> Iterable[LookAlike]:
    rows = pq.read_table(folder / "truth" / "lookalikes.parquet").to_pylist()
    for cause in sorted({row["cause"] for row in rows}):
        mine = [row for row in rows if row["cause"] == cause]
        shops = [f"{row['platform']}/{row['key']}" for row in mine if row["role"] == "shop"]
        accounts = [f"{row['platform']}/{row['key']}" for row in mine if row["role"] == "account"]
        yield LookAlike(mine[0]["type"], frozenset(tokens("shop", shops)), frozenset(tokens("person", accounts)))
