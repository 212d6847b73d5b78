"""The features as read from features.yaml: what each counts, over which key and window, and of which events a rule may ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

KINDS = ("order", "payment", "refund", "parcel")  # in the order in which events of one moment count
FROM_ORDER = ("shop", "buyer")  # what a payment or a refund knows of its order
ROLLING = frozenset(["count", "sum", "distinct"])
SECOND = 1_000_000  # µs


@dataclass(frozen=True)
class Window:
    """`slots` slots of `seconds` each; the slot that runs and those before it."""

    name: str
    slots: int
    seconds: int
    zh: str
    en: str

    @property
    def microseconds(self) -> int:
        """The width of a slot."""
        return self.seconds * SECOND


@dataclass(frozen=True)
class Feature:
    """One figure. `of`: the kinds of event it reads (rolling) or belongs to (value, differs); `kinds`: the events a rule may ask it of."""

    name: str
    form: str
    unit: str
    zh: str
    en: str
    of: tuple[str, ...] = ()
    key: str = ""
    column: str = ""
    columns: tuple[str, ...] = ()
    window: Window | None = None
    at_most: int | None = None  # of the column `where_column`
    where_column: str = ""
    over: str = ""
    under: str = ""
    times: int = 1
    kinds: frozenset[str] = frozenset()


@cache
def _file() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((Path(__file__).parent / "features.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def columns(kind: str) -> Mapping[str, str]:
    """Name here → column of the lake, of one kind."""
    found: dict[str, str] = _file()["kinds"][kind]
    return found


def known_columns(kind: str) -> frozenset[str]:
    """What an event of this kind has, with what its order tells."""
    return frozenset(columns(kind)) | (frozenset(FROM_ORDER) if kind in ("payment", "refund") else frozenset())


@cache
def windows() -> Mapping[str, Window]:
    return {name: Window(name, **given) for name, given in _file()["windows"].items()}


@cache
def features() -> Mapping[str, Feature]:
    """Every feature by name, each after those it is made of. ValueError for one that is about a consumer or does not hold together."""
    made: dict[str, Feature] = {}
    for given in _file()["features"]:
        made[given["name"]] = _feature(dict(given), made)
    return made


def _feature(given: dict[str, Any], made: Mapping[str, Feature]) -> Feature:
    of = given.pop("of", ())
    given["of"] = (of,) if isinstance(of, str) else tuple(of)
    given["columns"] = tuple(given.get("columns", ()))
    if "window" in given:
        given["window"] = windows()[given["window"]]
    if where := given.pop("where", None):
        given |= {"where_column": where["column"], "at_most": where["at_most"]}
    feature = Feature(**given)
    if feature.form in ROLLING and feature.key not in _file()["keys"]:
        raise ValueError(f"{feature.name}: a feature may not be about {feature.key!r}")
    return Feature(**{**given, "kinds": _kinds(feature, made)})


def _kinds(feature: Feature, made: Mapping[str, Feature]) -> frozenset[str]:
    """The events that know what the feature needs."""
    if feature.form == "ratio":
        return made[feature.over].kinds & made[feature.under].kinds
    if feature.form in ROLLING:
        return frozenset(kind for kind in KINDS if feature.key in known_columns(kind))
    return frozenset(feature.of)


def of_kind(kind: str) -> list[Feature]:
    """The features that a rule about events of this kind may use."""
    return [feature for feature in features().values() if kind in feature.kinds]


def longest_us() -> int:
    """The longest window: nothing older is ever looked at."""
    return max(window.slots * window.microseconds for window in windows().values())
