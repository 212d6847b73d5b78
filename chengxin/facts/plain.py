"""Ordinary reports into a plain lake folder, without a database: the same checks, pseudonyms and columns as the intake's.

    REPORTS/<platform>/<kind>.<ending>   or   REPORTS/<platform>/<kind>/<any name>.<ending>

at any depth become LAKE/<kind>/<number>.parquet. Pseudonyms come from the keys of the data directory: the same keys, the same tokens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from chengxin.facts import checking, columnar, disk, kinds, mapping, sources
from chengxin.facts.checking import Checked
from chengxin.facts.errors import LakeThere, NoReports
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent
from chengxin.kernel import clock, encryption

ROWS = 250_000


@dataclass(frozen=True)
class Report:
    """One file of a report and what its place says of it."""

    path: Path
    platform: str
    kind: str


@dataclass
class Input:
    """One file as it was read: its digest, its rows, how many were kept, and the time they span (microseconds UTC)."""

    kind: str
    sha256: str
    rows: int = 0
    kept: int = 0
    first: int | None = None
    last: int | None = None


@dataclass
class Made:
    """What became of the rows: kept per kind, set aside per "kind reason", and how many a fact known before; the files one by one, and the
    shop ids that good rows name."""

    kept: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    known: int = 0
    inputs: list[Input] = field(default_factory=list)
    shops: set[str] = field(default_factory=set)

    def summary(self) -> str:
        """A line per kind and reason for people."""
        lines = [f"{kind}: {rows:,} rows / 行" for kind, rows in self.kept.items()]
        lines += [f"{reason}: {rows:,} set aside / 隔离" for reason, rows in sorted(self.aside.items())]
        return "\n".join([*lines, *([f"{self.known:,} known before / 重复"] if self.known else [])])


def reports(folder: Path, platform: str = "") -> list[Report]:
    """The files under a folder that name a platform and a kind, in the order of their paths; with `platform` all are of that one. Raises
    NoReports."""
    found = [one for path in sorted(folder.rglob("*")) if path.suffix.lower() in sources.ENDINGS and (one := _named(path))]
    if not found:
        raise NoReports(folder=folder, known=", ".join(kinds.kinds()))
    return [replace(one, platform=platform) for one in found] if platform else found


def make(
    source: Path, lake: Path, *, progress: bool = False, platform: str = "", mappings: Mapping[str, mapping.Mapping] | None = None
) -> Made:
    """Write a plain lake folder of the reports under `source`; a fact that is reported twice counts once, the first time.

    platform: whose all files are, when the folders do not say; mappings: {kind: which column is which}.
    Raises NoReports, LakeThere (the folder holds something), and whatever a file of that form may be refused for.
    """
    if lake.exists() and any(lake.iterdir()):
        raise LakeThere(folder=lake)
    made, seen, numbers = Made(), _Seen(), Counter[str]()
    for report in tqdm(reports(source, platform), disable=not progress, unit="file"):
        kind = kinds.kind(report.kind)
        made.inputs.append(Input(kind.kind, disk.sha256(report.path)))
        for sent in _sent(kind, report.path, (mappings or {}).get(kind.kind)):
            checked = checking.check(kind, report.platform, sent, clock.now())
            new = seen.new(kind.kind, checked.fact)
            _count(made, kind, checked, new)
            _span(made.inputs[-1], sent, checked)
            if len(new):
                numbers[kind.kind] += 1
                _save(checked, new, lake / kind.kind / f"{numbers[kind.kind]:06d}.parquet")
    return made


def shop_tokens(platform: str, numbers: Iterable[str]) -> dict[str, int]:
    """{the platform's own shop number: its token in the lake}."""
    known = sorted(numbers)
    return dict(zip(known, encryption.keyed_tokens("shop", [f"{platform}/{number}" for number in known]).tolist(), strict=True))


def _named(path: Path) -> Report | None:
    known = kinds.kinds()
    if path.stem in known:
        return Report(path, path.parent.name, path.stem)
    if path.parent.name in known:
        return Report(path, path.parent.parent.name, path.parent.name)
    return None


def _sent(kind: Kind, path: Path, columns: mapping.Mapping | None) -> Iterator[Sent]:
    """The rows of a file; a large Parquet file in pieces, each read in the jail."""
    format = sources.ENDINGS[path.suffix.lower()]
    most = sources.COMMAND.columnar
    if columns is None and format == "parquet" and len(cut := columnar.pieces(path, most, ROWS)) > 1:
        for piece in cut:
            yield columnar.read(kind, path, "parquet", None, most, piece)[0]
        return
    yield sources.read(kind, sources.open_source(path, format), columns, sources.COMMAND)[0]


def _count(made: Made, kind: Kind, checked: Checked, new: NDArray[np.int64]) -> None:
    made.kept[kind.kind] += len(new)
    made.known += len(checked.fact) - len(new)
    made.shops.update(checked.shops)
    made.aside.update({f"{kind.kind} {code}": rows for code, rows in Counter(one.code for one in checked.problems).items()})


def _span(one: Input, sent: Sent, checked: Checked) -> None:
    one.rows, one.kept = one.rows + sent.rows, one.kept + len(checked.fact)
    if len(checked.times):
        first, last = int(checked.times.min()), int(checked.times.max())
        one.first = first if one.first is None else min(one.first, first)
        one.last = last if one.last is None else max(one.last, last)


def _save(checked: Checked, rows: NDArray[np.int64], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    order = rows[np.argsort(checked.times[rows], kind="stable")]
    pq.write_table(
        checked.table.drop_columns(["content"]).take(pa.array(order)), path, compression="zstd", compression_level=1, store_schema=False
    )


class _Seen:
    """Ids of facts met so far, per kind: 8 bytes a fact."""

    def __init__(self) -> None:
        self.facts: dict[str, NDArray[np.int64]] = {}

    def new(self, kind: str, facts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of the facts not met before, the first of each."""
        known = self.facts.get(kind, np.zeros(0, np.int64))
        _, first = np.unique(facts, return_index=True)
        first = np.sort(first)
        fresh = first[~np.isin(facts[first], known)]
        self.facts[kind] = np.concatenate([known, facts[fresh]])
        return fresh
