"""Letters of commitment and their clauses as dated data: letters/*.yaml, letters/standard.yaml, clauses/*.yaml with clauses/*.sql."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.entries import Dated
from chengxin.law.errors import LawUnknown

HERE = Path(__file__).parent
STANDARD = "standard"
Pair = Mapping[str, str]


@dataclass(frozen=True)
class Amount:
    """The number that a maker chooses in a clause: hours or days, within bounds."""

    zh: str
    en: str
    default: int
    least: int
    most: int


@dataclass(frozen=True)
class Alleged:
    """When a person has to look: at least `least` broken of the last `window_days`, and more of them broken than `share` beyond doubt (the
    95 % interval lies above it)."""

    window_days: int
    least: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A promise that facts can test. `by`: whose facts (shop, platform, courier); `grace`: hours left beside the promise; `back_days`: how
    long before it falls due the facts of a promise may lie."""

    code: str
    zh: str
    en: str
    by: str
    kinds: tuple[str, ...]
    evidence: str
    counts: Pair
    tested: Pair
    kept: Pair
    broken: Pair
    provisions: tuple[str, ...]
    grace: int
    back_days: int
    alleged: Alleged
    n: Amount | None = None

    def said(self, amount: int | None) -> dict[str, str]:
        """The promise in words, with the number that was chosen."""
        return {"zh": self.zh.format(n=amount), "en": self.en.format(n=amount)}

    def rule(self, name: str) -> dict[str, str]:
        """What counts as `tested`, `kept` or `broken`, in words."""
        pair: Pair = getattr(self, name)
        return {language: text.format(grace=self.grace) for language, text in pair.items()}

    @property
    def sql(self) -> str:
        return (HERE / "clauses" / f"{self.code}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Letter(Dated):
    """One version of a letter. `who` makes it: shops, platforms, couriers, or any; `expected`: coverage counts who should have."""

    code: str
    zh: str
    en: str
    type: str
    department: str
    who: str
    expected: bool
    version: str
    months: int
    clauses: tuple[str, ...]
    words: Mapping[str, Pair] = field(default_factory=dict)


@cache
def clauses() -> Mapping[str, Clause]:
    """Every clause by its code."""
    return {path.stem: _clause(path) for path in sorted((HERE / "clauses").glob("*.yaml"))}


def _clause(path: Path) -> Clause:
    given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    amount = given.pop("n", None)
    alleged = Alleged(**given.pop("alleged"))
    kinds, provisions = (tuple(given.pop(name)) for name in ("kinds", "provisions"))
    made = Amount(**amount) if amount else None
    return Clause(code=path.stem, kinds=kinds, provisions=provisions, alleged=alleged, n=made, **given)


@cache
def _letters() -> Mapping[str, list[Letter]]:
    return {path.stem: _versions(path) for path in sorted((HERE / "letters").glob("*.yaml")) if path.stem != STANDARD}


def _versions(path: Path) -> list[Letter]:
    given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    versions = given.pop("versions")
    return [Letter(code=path.stem, **given, **{**one, "clauses": tuple(one["clauses"])}) for one in versions]


@cache
def _standard() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((HERE / "letters" / f"{STANDARD}.yaml").read_text(encoding="utf-8"))
    return loaded


def letters(day: date) -> list[Letter]:
    """The letters in use on a day, one version of each."""
    return [one for versions in _letters().values() for one in versions if one.holds(day)]


def letter(code: str, day: date) -> Letter:
    """A letter as it stands on a day. Raises LawUnknown for one that is not in use then."""
    found = next((one for one in _letters().get(code, []) if one.holds(day)), None)
    if found is None:
        raise LawUnknown(id=code, kind="letters of commitment")
    return found


def names() -> dict[str, Pair]:
    """Code → name, of every letter there ever was."""
    return {code: {"zh": versions[-1].zh, "en": versions[-1].en} for code, versions in _letters().items()}


def content(one: Letter, day: date) -> dict[str, Any]:
    """What a template of this letter says, frozen: its parts in the words of the day, and the clauses on offer."""
    standard = next(
        version
        for version in _standard()["versions"]
        if Dated(valid_from=version["valid_from"], valid_to=version.get("valid_to")).holds(day)
    )
    words = {**standard["words"], **one.words}
    parts = [{"part": part, "title": dict(title), "words": dict(words[part])} for part, title in _standard()["parts"].items()]
    return {"title": {"zh": one.zh, "en": one.en}, "months": one.months, "parts": parts, "clauses": list(one.clauses)}


def notify_bars(type: str) -> tuple[str, ...]:
    """The official lists that close a type of commitment to who is on them; empty for the types that are open to all (order 44 art. 15)."""
    return tuple(law.at(clock.today()).codes("commitment_type")[type].get("barred_by", ()))
