"""What a finding looks like to the model: its own numbers and reasons, its shops, and the shops linked to them one and two steps away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import groupby
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from chengxin import detectors
from chengxin.detection.learning.measures import Array
from chengxin.detection.learning.models import Measured
from chengxin.detection.models import FoundRow, Run
from chengxin.facts import disk, lake
from chengxin.facts.snapshots import Snapshot
from chengxin.kernel import clock

HERE = Path(__file__).parent
WHOLE = 1_000_000  # ratios are whole millionths until the end, so that means are exact in any order
REASON = "reason:"
Values = dict[str, float]


@cache
def tuning() -> dict[str, Any]:
    """learning/tuning.yaml."""
    return _yaml("tuning.yaml")


@cache
def listed() -> dict[str, Any]:
    """learning/features.yaml: meaning and direction of every feature."""
    return _yaml("features.yaml")


def _yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def version() -> str:
    """A hash of everything that decides the values."""
    sources = [HERE / name for name in ("features.yaml", "features.py", "shops.sql", "links.sql")]
    told = [path.read_bytes() for path in sources] + [
        repr([tuning()[name] for name in ("look_days", "links_max", "link_accounts")]).encode()
    ]
    return hashlib.sha256(b"\0".join(told)).hexdigest()


@cache
def columns() -> tuple[str, ...]:
    """Names of all features, in the order of a model's columns."""
    own = tuple(listed()["shops"])
    hops = [name if not hop else f"{name}@{hop}" for hop in listed()["hops"] for name in own if hop == 0 or name != "neighbours"]
    cards = [f"{REASON}{name}.{code}" for name in detectors.names() for code in detectors.load(name).reasons]
    return (*listed()["findings"], *hops, *cards)


def direction(name: str) -> int:
    """1, -1 or 0: which way more of it may move the probability."""
    return int(_entry(name)["direction"])


def meaning(name: str) -> dict[str, str]:
    """{"zh", "en"} of a feature."""
    entry, hop = _entry(name), listed()["hops"][int(name.partition("@")[2] or 0)]
    if name.startswith(REASON):
        detector, code = name.removeprefix(REASON).split(".", 1)
        card = detectors.load(detector) if detector in detectors.names() else None
        titles = {"zh": card.zh, "en": card.en.split(":")[0]} if card else {"zh": detector, "en": detector}
        return {"zh": f"“{titles['zh']}”的理由 {code}", "en": f"reason “{code}” of {titles['en']}"}
    return {"zh": hop["zh"] + entry["zh"], "en": hop["en"] + entry["en"]}


def _entry(name: str) -> dict[str, Any]:
    plain = name.partition("@")[0]
    found: dict[str, Any] = listed()["reason"] if name.startswith(REASON) else listed()["findings"].get(plain) or listed()["shops"][plain]
    return found


def matrix(values: Sequence[Mapping[str, float]], names: Sequence[str]) -> Array:
    """Rows of measured values as an array (n, k) of float32; what is not known is NaN, a reason that was not given is 0."""
    rows = [[one.get(name, 0.0 if name.startswith(REASON) else float("nan")) for name in names] for one in values]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(names))


# ---- measuring


def ensure(found: Iterable[FoundRow]) -> dict[str, Values]:
    """{finding id: values} of these findings; those not measured yet, or measured by an older list, are measured now."""
    rows = sorted(found, key=lambda one: (str(one.run_id), str(one.id)))
    known = {str(one.finding_id): one.values for one in Measured.objects.filter(finding_id__in=[row.id for row in rows], version=version())}
    for _, mates in groupby((row for row in rows if str(row.id) not in known), key=lambda row: row.run_id):
        part = list(mates)
        known |= _measure(part[0].run, part)
    return known


def _measure(run: Run, found: Sequence[FoundRow]) -> dict[str, Values]:
    shops = shops_of(run)
    made = {str(row.id): own(row) | _of_shops(row.shops, shops) for row in found}
    rows = [Measured(finding_id=key, version=version(), values=values, at=clock.now()) for key, values in made.items()]
    Measured.objects.bulk_create(rows, update_conflicts=True, unique_fields=["finding_id"], update_fields=["version", "values", "at"])
    return made


def own(row: FoundRow) -> Values:
    """What the finding says of itself."""
    weights = sorted((float(one["weight"]) for one in row.reasons), reverse=True)
    values = {
        "score": row.score,
        "strongest": weights[0] if weights else 0.0,
        "second": weights[1] if len(weights) > 1 else 0.0,
        "reasons": float(len(weights)),
        "shops": float(len(row.shops)),
        "accounts": round(log(1 + len(row.accounts)), 6),
        "facts": round(log(1 + sum(len(one) for one in row.evidence.values())), 6),
        "days": round((row.until - row.since).total_seconds() / 86_400, 6),
        "benign": float(len(row.benign)),
    }
    return values | {f"{REASON}{row.detector}.{one['code']}": float(one["weight"]) for one in row.reasons}


def _of_shops(tokens: Sequence[int], shops: Mapping[int, Values]) -> Values:
    """The mean over a finding's shops; what none of them has is left out."""
    named = [shops[token] for token in tokens if token in shops]
    every = sorted({name for one in named for name in one})
    told = {name: [one[name] for one in named if name in one] for name in every}
    return {name: round(sum(round(WHOLE * one) for one in held) / len(held) / WHOLE, 6) for name, held in told.items()}


def shops_of(run: Run) -> dict[int, Values]:
    """{shop token: features} of every shop with orders in the look-back, from the run's own files. Empty when some are gone."""
    snapshot = Snapshot.from_json(run.snapshot) if run.snapshot.get("segments") else None
    if snapshot is None or not all((disk.lake() / one.path).exists() for one in snapshot.segments):
        return {}
    given = {"since": run.until - timedelta(days=tuning()["look_days"]), "until": run.until}
    with lake.connect(snapshot, every=True) as connection:
        connection.execute(f"CREATE TEMP TABLE own AS {_sql('shops')}", given)
        limits = {"least": tuning()["link_accounts"], "most": tuning()["links_max"]}
        connection.execute(f"CREATE TEMP TABLE link AS {_sql('links')}", given | limits)
        connection.execute(_NEIGHBOURS)
        before = "hop0"
        for hop in (1, 2):
            joined = f"SELECT l.shop, {_means()} FROM link l JOIN {before} h ON h.shop = l.other GROUP BY l.shop"  # noqa: S608
            connection.execute(f"CREATE TEMP TABLE hop{hop} AS {joined}")
            before = f"hop{hop}"
        return _gathered(connection)


_NEIGHBOURS = """CREATE TEMP TABLE hop0 AS SELECT o.*, 1000000 * coalesce(l.n, 0) AS neighbours
    FROM own o LEFT JOIN (SELECT shop, count(*) AS n FROM link GROUP BY shop) l USING (shop)"""


def _sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def _means() -> str:
    """Means over neighbours, of whole millionths: sums are exact, so no order of rows changes a bit."""
    return ", ".join(f"round(avg(h.{name}))::BIGINT AS {name}" for name in listed()["shops"])


def _gathered(connection: Any) -> dict[int, Values]:
    """The three tables as one mapping; a shop without links has no values of neighbours."""
    made: dict[int, Values] = {}
    for hop in listed()["hops"]:
        answer = connection.execute(f"SELECT shop, {', '.join(listed()['shops'])} FROM hop{hop}")  # noqa: S608
        for shop, *row in answer.fetchall():
            named = {
                (f"{name}@{hop}" if hop else name): one / WHOLE for name, one in zip(listed()["shops"], row, strict=True) if one is not None
            }
            made.setdefault(shop, {}).update({name: value for name, value in named.items() if name in _wanted()})
    return made


@cache
def _wanted() -> frozenset[str]:
    return frozenset(columns())
