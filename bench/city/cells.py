"""A cell of the table: one city (seed, types, levels, size, prevalence), written, read, searched, and what came of it as plain JSON.

The direct way reads the reports by the product's own checks into a plain folder (`chengxin lake`) and searches that; the way through
the intake is in `intake.py`. Both give the same findings. Pseudonyms come from one fixed key, so that the same cell gives the same
numbers bit for bit on every machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import answers
import baselines
import duckdb
import pyarrow as pa
from score import BEHAVIOURS

from chengxin import city
from chengxin.city.sizes import (
    FULFILMENT_TYPES,
    INVENTED_TYPES,
    MONEY_TYPES,
    POST_TYPES,
    REVIEW_TYPES,
    SUBSIDY_TYPES,
    USUAL_TYPES,
    WORD_TYPES,
    Recipe,
)
from chengxin.detection import grouping, plain, search
from chengxin.detection.errors import RunWentMad
from chengxin.detectors import Detector, Finding, Window
from chengxin.facts import kinds
from chengxin.facts import plain as reports
from chengxin.kernel.encryption import keyed_tokens

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Types that are planted together: what the generator ties to one story of the city, and few enough that a small city holds them all.
TOGETHER = (USUAL_TYPES, ("F5",), REVIEW_TYPES, FULFILMENT_TYPES, INVENTED_TYPES, MONEY_TYPES, WORD_TYPES, SUBSIDY_TYPES, POST_TYPES)
# What the findings of a cell depend on; a result of other code is not taken up again.
SOURCES = (
    *(
        "chengxin/city/*.py",
        "chengxin/facts/*.py",
        "chengxin/facts/*.yaml",
        "chengxin/detection/engine/*.py",
        "chengxin/detection/search.py",
    ),
    *("chengxin/detection/grouping.py", "chengxin/detectors/*.*", "chengxin/detectors/*/*.*"),
    *("bench/city/answers.py", "bench/city/baselines.py", "bench/city/cells.py"),
)
KEY = base64.b64encode(hashlib.sha256(b"bench/city").digest()).decode()


@dataclass(frozen=True)
class Cell:
    """One city of the bench.

    types, levels: what is planted, when prevalence (share of shops) is above 0; look: days between the looks by which delays are counted,
    0 = none; names: detectors, when empty those of the planted behaviours, and in a city without fraud all there are.
    """

    seed: int
    types: tuple[str, ...]
    levels: tuple[int, ...]
    size: str
    prevalence: float
    look: int = 0
    names: tuple[str, ...] = ()
    direct: bool = True
    small: tuple[tuple[str, int], ...] = ()  # further values of the recipe, for tests

    def recipe(self) -> Recipe:
        given = {"seed": self.seed, "prevalence": self.prevalence, "levels": self.levels, "types": self.types}
        return Recipe.of(self.size, **given, **dict(self.small))

    def key(self) -> str:
        return json.dumps({**asdict(self), "code": code()}, sort_keys=True)

    def title(self) -> str:
        levels = "".join(map(str, self.levels)) if self.prevalence else "without fraud"
        return f"seed {self.seed}, {' '.join(self.types)}, {levels}"

    def chosen(self) -> list[Detector]:
        if self.names or not self.prevalence:
            return search.choose(self.names)
        wanted = {BEHAVIOURS[type_] for type_ in self.types}
        return [one for one in search.choose(()) if one.behaviour in wanted]


def from_plain(given: Mapping[str, Any]) -> Cell:
    return Cell(**{name: _tuples(value) for name, value in given.items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@cache
def code() -> str:
    """A digest of the code and cards that a cell's numbers depend on."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern) if path.suffix in (".py", ".sql", ".yaml")):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def fix_key(data: Path) -> None:
    """The bench's key in a fresh data directory; pseudonyms of fictional persons need no secret."""
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "tokens.key").write_text(KEY, encoding="ascii")


def tokens(domain: str, values: list[str]) -> list[int]:
    return [int(token) for token in keyed_tokens(domain, values)]


def work(cell: Cell, folder: Path) -> dict[str, Any]:
    """What the detectors say of the cell's city, read directly, beside the truth and the trivial rankings."""
    made = city.write(folder / "city", recipe=cell.recipe())
    refused = reports.make(made.folder / "reports", folder / "lake").aside
    truth = answers.load(made.folder, tokens)
    with opened(folder / "lake") as (lake, window):
        found, stopped = looked(lake, cell.chosen(), window)
        if cell.look and cell.prevalence:
            truth = with_delays(lake, cell, truth, first_facts(lake, made.folder), window)
    return told(made, truth, found, {"stopped": stopped, "refused": dict(refused)})


@contextmanager
def opened(folder: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Window]]:
    """A connection to a plain folder, and the window of all of its days."""
    with plain.opened(folder) as (lake, seen):
        yield lake, search.window(seen.first, seen.last, None, None)


def looked(
    lake: duckdb.DuckDBPyConnection, chosen: Iterable[Detector], window: Window, overrides: search.Parameters | None = None
) -> tuple[list[Finding], list[str]]:
    """(findings, detectors that were stopped because they named too many shops). A stopped detector says nothing, as in the product."""
    search.hide_the_future(lake, window.until)
    shops, found, stopped = search.shops_seen(lake), [], []
    for one in chosen:
        used = search.parameters([one], overrides)[one.name]
        try:
            found += search.look(lake, one, used, window, shops)
        except RunWentMad:
            stopped.append(one.name)
    return found, stopped


def told(made: city.City, truth: answers.Answers, found: list[Finding], more: dict[str, Any]) -> dict[str, Any]:
    return {
        "rows": sum(made.rows.values()),
        "root": root(grouping.digest(one) for one in found),
        "clues": [plain_clue(one) for one in sorted(found, key=grouping.digest)],
        "answers": answers.plain(truth),
        "baselines": baselines.rankings(made.folder, tokens),
        **more,
    }


def root(digests: Iterable[str]) -> str:
    """One hash over all findings, whatever their order."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def plain_clue(one: Finding) -> dict[str, Any]:
    outlets = tokens("outlet", [about["name"] for about in one.about])
    shops = [*one.shops, *outlets]
    return {"detector": one.detector, "behaviour": one.behaviour, "shops": shops, "accounts": list(one.accounts), "score": one.score}


# -- delay ----------------------------------------------------------------------------------------------------------------------


def first_facts(lake: duckdb.DuckDBPyConnection, folder: Path) -> dict[int, datetime]:
    """{campaign: moment of its first planted fact}."""
    planted = f"FROM '{folder}/truth/truth.parquet' WHERE role = 'fact'"
    first: dict[int, datetime] = {}
    for (name,) in lake.execute(f"SELECT DISTINCT kind {planted} ORDER BY 1").fetchall():
        rows = lake.execute(f"SELECT cause, platform || '/' || key {planted} AND kind = $kind", {"kind": name}).fetchall()
        facts = keyed_tokens(name, [key for _, key in rows])
        lake.register("planted", pa.table({"cause": pa.array([cause for cause, _ in rows], pa.int64()), "fact": pa.array(facts)}))
        query = f'SELECT cause, min("{kinds.kind(name).time}") FROM "{name}" JOIN planted USING (fact) GROUP BY cause'
        for cause, moment in lake.execute(query).fetchall():
            first[cause] = min(first.get(cause, moment), moment)
        lake.unregister("planted")
    return first


def with_delays(
    lake: duckdb.DuckDBPyConnection, cell: Cell, truth: answers.Answers, first: dict[int, datetime], window: Window
) -> answers.Answers:
    """The answers with each campaign's delay: the detectors look every `look` days at what had been reported by then, and nothing later."""
    open_, delays = {one.number: one for one in truth.campaigns if one.number in first}, {}
    for moment in _moments(window, cell.look):
        waiting = [one for one in open_.values() if first[one.number] < moment]
        if not waiting:
            continue
        chosen = [one for one in cell.chosen() if one.behaviour in {campaign.behaviour for campaign in waiting}]
        found, _ = looked(lake, chosen, replace(window, until=moment))
        clues = [answers.clue(plain_clue(one)) for one in found]
        for campaign in waiting:
            if any(clue.behaviour == campaign.behaviour and clue.shops & campaign.shops for clue in clues):
                delays[campaign.number] = (moment - first[campaign.number]).total_seconds() / 3600
                del open_[campaign.number]
    return replace(truth, campaigns=tuple(replace(one, delay=delays.get(one.number)) for one in truth.campaigns))


def _moments(window: Window, days: int) -> Iterator[datetime]:
    moment = window.since + timedelta(days=days)
    while moment < window.until:
        yield moment
        moment += timedelta(days=days)
    yield window.until
