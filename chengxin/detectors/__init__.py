"""The detector contract. A detector is a folder one can copy: detector.yaml, detector.py, cases.yaml, README.md.

`detector.py` has one function

    def find(lake: duckdb.DuckDBPyConnection, engine: Engine, window: Window, params: dict) -> Iterable[Finding]

It reads the lake's views (one per fact kind), may ask the engine for blocks, pairs and components, and yields findings. It never writes,
never draws random numbers without the window's seed, and never says more than a clue: a named human decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Window:
    """The stretch of time a run looks at (aware instants, end exclusive) and the seed of everything random in it."""

    since: datetime
    until: datetime
    seed: int = 1


@dataclass(frozen=True)
class Reason:
    """One reason a person can check: a code, its text in both languages, the numbers in it, and its weight in [0, 1]."""

    code: str
    zh: str
    en: str
    numbers: dict[str, Any]
    weight: float


@dataclass(frozen=True)
class Finding:
    """What a detector hands over: whom it is about, why, and the fact ids that show it.

    shops and accounts are keyed tokens; evidence maps a fact kind to fact ids; score is the calibrated probability that an officer
    would confirm it; benign names the known harmless patterns that it could also be, for the officer to pick from.
    """

    detector: str
    behaviour: str
    shops: tuple[int, ...]
    accounts: tuple[int, ...]
    evidence: dict[str, tuple[int, ...]]
    reasons: tuple[Reason, ...]
    score: float
    since: datetime
    until: datetime
    benign: tuple[str, ...] = ()
    picture: dict[str, Any] = field(default_factory=dict)

    @property
    def about(self) -> list[dict[str, str]]:
        """What it is about when that is no shop: [{kind: outlet or platform, name, of}]; kept with the picture."""
        given: list[dict[str, str]] = self.picture.get("about", [])
        return given


class Engine(Protocol):
    """The graph algorithms that chengxin.detection lends to detectors (detectors lie below detection and do not import it)."""

    def dense_blocks(self, edges: Any, **options: Any) -> list[Any]: ...

    def pairs(self, lake: duckdb.DuckDBPyConnection, **options: Any) -> Any: ...

    def components(self, left: Any, right: Any) -> Any: ...

    def propagate(self, left: Any, right: Any, left_seeds: Any, right_seeds: Any = None, coupling: float = 0.5) -> Any: ...


@dataclass(frozen=True)
class Detector:
    """A detector's folder, read: its card (detector.yaml) and its function."""

    name: str
    version: str
    behaviour: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    params: dict[str, Any]
    reasons: dict[str, dict[str, str]]
    benign: dict[str, dict[str, str]]
    limits: dict[str, Any]
    find: Callable[[Any, Any, Window, dict[str, Any]], Iterable[Finding]]
    proof: str = "presence"  # "absence" where what is missing is the proof, so that fewer rows cannot weaken it

    def reason(self, code: str, weight: float, /, **numbers: Any) -> Reason:
        """A reason from the card's text template, its numbers filled in. KeyError when the card has no such reason."""
        text = self.reasons[code]
        return Reason(code, text["zh"].format(**numbers), text["en"].format(**numbers), numbers, round(min(max(weight, 0.0), 1.0), 4))

    def most_shops(self, shops: int, day: date) -> int:
        """How many of so many shops a run up to this day may hit (volume assertion): a share, with a floor for small cities."""
        return max(int(self.limit("shops_floor", day)), int(shops * self.limit("shops_share", day)))

    def limit(self, name: str, day: date) -> float:
        """A limit of the card as of a day. On the card it is a number, or dated values `[{from: 2026-01-01, value: 0.15}, …]`, of which the
        latest that had begun counts, before the first one the first."""
        given = self.limits[name]
        if not isinstance(given, list):
            return float(given)
        dated = sorted(given, key=lambda one: str(one["from"]))
        begun = [one for one in dated if str(one["from"]) <= day.isoformat()]
        return float((begun or dated[:1])[-1]["value"])


@cache
def load(name: str) -> Detector:
    """The detector of this folder name. ValueError when its card lacks something a clue needs."""
    card = yaml.load((HERE / name / "detector.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    missing = {"version", "behaviour", "zh", "en", "kinds", "params", "reasons", "benign", "limits"} - card.keys()
    if missing:
        raise ValueError(f"detectors/{name}/detector.yaml lacks {', '.join(sorted(missing))}")
    module = import_module(f"chengxin.detectors.{name}.detector")
    return Detector(
        name=name,
        version=str(card["version"]),
        behaviour=card["behaviour"],
        zh=card["zh"],
        en=card["en"],
        kinds=tuple(card["kinds"]),
        params=card["params"],
        reasons=card["reasons"],
        benign=card["benign"],
        limits=card["limits"],
        find=module.find,
        proof=card.get("proof", "presence"),
    )


def names() -> list[str]:
    """Every detector there is: the folders with a card."""
    return sorted(path.parent.name for path in HERE.glob("*/detector.yaml"))
