"""Detectors over a plain folder of Parquet: no web application, no database, nothing but files in and files out.

    LAKE/<kind>.parquet   or   LAKE/<kind>/**/*.parquet

in the lake's columns (`chengxin lake` makes such a folder of ordinary reports; docs/operate/detect.md says what each column is). In a
notebook: `found = find("lake", ["brushing"])`, then `table(found)`.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin import detectors
from chengxin.detection import grouping, search
from chengxin.detection.errors import NoFolder, NothingToLookAt, UnfitFile, UnknownForm
from chengxin.detection.parts import Parts, publish
from chengxin.detectors import Detector, Finding, Window
from chengxin.facts import kinds, spark
from chengxin.facts.connection import MEMORY_MB, limited
from chengxin.facts.kinds import TIME, Kind
from chengxin.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

Engine = Literal["duckdb", "spark"]

# What a clue says, one row a finding. numbers and picture differ from detector to detector, so they are JSON.
SCHEMA = pa.schema(
    [
        ("detector", pa.string()),
        ("version", pa.string()),
        ("behaviour", pa.string()),
        ("key", pa.string()),
        ("score", pa.float64()),
        ("since", TIME),
        ("until", TIME),
        ("shops", pa.list_(pa.int64())),
        ("accounts", pa.list_(pa.int64())),
        ("evidence", pa.map_(pa.string(), pa.list_(pa.int64()))),
        (
            "reasons",
            pa.list_(
                pa.struct(
                    [("code", pa.string()), ("zh", pa.string()), ("en", pa.string()), ("weight", pa.float64()), ("numbers", pa.string())]
                )
            ),
        ),
        ("benign", pa.list_(pa.string())),
        ("picture", pa.string()),
        ("digest", pa.string()),
    ]
)
FORMS = (".parquet", ".jsonl")


@dataclass(frozen=True)
class Lake:
    """A plain folder, looked over: its files by kind, and the first and last moment of any fact (None when there is none)."""

    folder: Path
    files: dict[str, tuple[Path, ...]]
    first: datetime | None = None
    last: datetime | None = None

    def digest(self) -> str:
        """SHA-256 over kind and content of every file; neither the folder's place nor a file's name counts."""
        lines = []
        for kind, paths in self.files.items():
            for path in paths:
                with path.open("rb") as file:
                    lines.append(f"{kind}\0{hashlib.file_digest(file, 'sha256').hexdigest()}")
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def find(
    lake: Path | str,
    names: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    overrides: search.Parameters | None = None,
    *,
    memory_mb: int = MEMORY_MB,
    threads: int | None = None,
    work: Path | None = None,
    progress: search.Progress | None = None,
    engine: Engine = "duckdb",
) -> list[Finding]:
    """What the detectors (all when none is named) find in a plain folder, for the clue-worthy window of whole city days [since, until).

    overrides: {detector: {parameter: value}}. work: a folder in which finished detectors leave what they found, so that the same call goes
    on after a kill. engine: what runs the queries; the findings are the same.
    Raises UnknownDetector, NoFolder, UnfitFile, NothingToLookAt, RunWentMad; on Spark also SparkNotThere, NotOnSpark.
    """
    chosen = search.choose(names)
    used = search.parameters(chosen, overrides)
    with opened(lake, memory_mb, threads, engine) as (connection, seen):
        window = window_of(seen, since, until)
        _check_anything(seen, chosen, window)
        parts = Parts(work, f"{engine} {seen.digest()}", window, used) if work else None
        return search.search(connection, chosen, used, window, progress, parts)


@contextmanager
def opened(
    lake: Path | str, memory_mb: int = MEMORY_MB, threads: int | None = None, engine: Engine = "duckdb"
) -> Iterator[tuple[search.Connection, Lake]]:
    """A connection with one view per kind of fact (empty where the folder has none), and the folder. Raises NoFolder, UnfitFile."""
    folder = Path(lake)
    files = _files(folder)
    start: Any = spark.opened if engine == "spark" else limited
    with tempfile.TemporaryDirectory(prefix="chengxin-") as temp, start(Path(temp), memory_mb, threads) as connection:
        spans = [_view(connection, kind, files.get(kind.kind, ())) for kind in kinds.kinds().values()]
        moments = [moment for span in spans for moment in span if moment is not None]
        yield connection, Lake(folder, files, min(moments, default=None), max(moments, default=None))


def table(found: Iterable[Finding]) -> pa.Table:
    """Findings as an Arrow table of SCHEMA, one row each; `.to_pandas()` makes a data frame of it."""
    return pa.Table.from_pylist([_row(finding) for finding in found], schema=SCHEMA)


def write(found: Sequence[Finding], path: Path) -> None:
    """Write findings as Parquet or JSON lines, as the file's ending says; equal findings give equal bytes. Raises UnknownForm."""
    check_form(path)
    if path.suffix == ".jsonl":
        body = "".join(f"{_line(finding)}\n" for finding in found).encode()
    else:
        sink = io.BytesIO()
        pq.write_table(table(found), sink, compression="zstd")
        body = sink.getvalue()
    publish(path, body)


def check_form(path: Path) -> None:
    """Raises UnknownForm for an ending we do not write, NoFolder when there is no folder to write into."""
    if path.suffix not in FORMS:
        raise UnknownForm(path=path, known=", ".join(FORMS))
    if not path.resolve().parent.is_dir():
        raise NoFolder(folder=path.resolve().parent)


# -- the folder -----------------------------------------------------------------------------------------------------------------


def _files(folder: Path) -> dict[str, tuple[Path, ...]]:
    """{kind: files in the order of their names}. Raises NoFolder."""
    if not folder.is_dir():
        raise NoFolder(folder=folder)
    found = {}
    for name in kinds.kinds():
        single = folder / f"{name}.parquet"
        several = sorted((folder / name).rglob("*.parquet")) if (folder / name).is_dir() else []
        paths = ([single] if single.is_file() else []) + several
        if paths:
            found[name] = tuple(paths)
    if not found:
        raise NoFolder(folder=folder)
    return found


def _view(connection: search.Connection, kind: Kind, paths: Sequence[Path]) -> tuple[datetime | None, datetime | None]:
    """Make the kind's view over files checked against its schema; the first and last moment of its facts."""
    schema = [field for field in kind.lake_schema if field.name not in ("content", "batch")]
    if not paths:
        connection.register(f"empty_{kind.kind}", pa.schema(schema).empty_table())
        connection.execute(f'CREATE VIEW "{kind.kind}" AS SELECT * FROM "empty_{kind.kind}"')  # noqa: S608
        return None, None
    there = [_checked(kind, path) for path in paths]
    known = set().union(*there)
    columns = ", ".join(_column(field, field.name in known) for field in schema)
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    source = f"read_parquet([{listed}], union_by_name = true)"
    connection.execute(f'CREATE VIEW "{kind.kind}" AS SELECT {columns} FROM {source}')  # noqa: S608 - names of our own kinds
    return _check_rows(connection, kind, paths[0])


def _column(field: pa.Field, there: bool) -> str:
    kept = {pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN", TIME: "TIMESTAMPTZ"}.get(field.type, "VARCHAR")
    return f'"{field.name}"::{kept} AS "{field.name}"' if there else f'NULL::{kept} AS "{field.name}"'


def _checked(kind: Kind, path: Path) -> set[str]:
    """The names of a file's columns, after their types were compared with the kind's. Raises UnfitFile."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as cause:
        raise UnfitFile(path=path, why_zh=f"不是可读的 Parquet 文件：{cause}", why_en=f"It is no readable Parquet file: {cause}") from cause
    missing = sorted(_required(kind) - set(schema.names))
    if missing:
        listed = ", ".join(missing)
        raise UnfitFile(path=path, why_zh=f"缺少列：{listed}", why_en=f"Columns are missing: {listed}")
    for field in kind.lake_schema:
        if field.name in schema.names and not _fits(schema.field(field.name).type, field.type):
            got = schema.field(field.name).type
            unit_zh, unit_en = _unit(kind, field.name)
            raise UnfitFile(
                path=path,
                why_zh=f"列“{field.name}”的类型是 {got}，应为 {field.type}{unit_zh}",
                why_en=f"Column “{field.name}” is {got}; it should be {field.type}{unit_en}",
            )
    return set(schema.names)


def _required(kind: Kind) -> set[str]:
    """Columns without which nothing can be said: the fact's id, its platform, and what every report must have."""
    kept = {name for column in kind.columns if column.required for name, _ in kind.kept(column)[-1:]}
    return {"fact", "platform"} | kept


def _fits(got: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values may be taken as they are. Doubles for ids or fen, and texts for times, are someone's mistake to look at."""
    if pa.types.is_null(got):
        return True
    if pa.types.is_dictionary(got):
        return _fits(got.value_type, wanted)
    if wanted == pa.int64():
        return bool(pa.types.is_integer(got))
    if wanted == TIME:
        return bool(pa.types.is_timestamp(got))
    if wanted == pa.bool_():
        return bool(pa.types.is_boolean(got))
    return bool(pa.types.is_string(got) or pa.types.is_large_string(got) or pa.types.is_string_view(got))


def _unit(kind: Kind, name: str) -> tuple[str, str]:
    column = kind.by_name.get(name)
    if column is not None and column.type == "money":
        return "（金额以分为单位的整数）", " (money is a whole number of fen)"
    return "", ""


def _check_rows(connection: search.Connection, kind: Kind, path: Path) -> tuple[datetime | None, datetime | None]:
    """No fact twice, none without an id or a time: counts would be wrong, and evidence would point nowhere. Raises UnfitFile.

    The first and last moment of its facts.
    """
    asked = f'count(*), count("fact"), count("{kind.time}"), approx_count_distinct("fact"), min("{kind.time}"), max("{kind.time}")'
    rows, facts, times, about, first, last = _only(connection, f'SELECT {asked} FROM "{kind.kind}"')  # noqa: S608
    if facts < rows or times < rows:
        name = "fact" if facts < rows else kind.time
        empty = rows - min(facts, times)
        raise UnfitFile(path=path, why_zh=f"有 {empty} 行缺少“{name}”", why_en=f"{empty} rows lack “{name}”")
    if about < 0.7 * rows or rows <= EXACT:  # the estimate is off by a few per cent; only then, or when it is cheap, count in full
        (distinct,) = _only(connection, f'SELECT count(DISTINCT "fact") FROM "{kind.kind}"')  # noqa: S608
        if distinct < rows:
            raise UnfitFile(
                path=path,
                why_zh=f"“{kind.kind}”有 {rows - distinct} 条事实重复（fact 相同）",
                why_en=f"{rows - distinct} facts of “{kind.kind}” are there twice (same fact id)",
            )
    return first, last


def _only(connection: search.Connection, query: str) -> tuple[Any, ...]:
    """The one row of an answer, read to its end: a connection with an answer half read does nothing else."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)


EXACT = 20_000_000  # rows of a kind up to which distinct ids are counted exactly (about 2 s)


# -- the window and the rows -----------------------------------------------------------------------------------------------------


def window_of(lake: Lake, since: date | None, until: date | None) -> Window:
    """The whole city days [since, until) that are looked at; an open end is the first or last fact's day. Raises NothingToLookAt."""
    if lake.first is None or lake.last is None:
        raise NothingToLookAt(since=since or "-", until=until or "-")
    window = search.window(lake.first, lake.last, since, until)
    if window.since >= window.until or window.until <= lake.first or window.since > lake.last:
        raise NothingToLookAt(since=window.since.date(), until=window.until.date())
    return window


def _check_anything(lake: Lake, chosen: Sequence[Detector], window: Window) -> None:
    wanted = {kind for detector in chosen for kind in detector.kinds}
    if not wanted & set(lake.files):
        raise NothingToLookAt(since=window.since.date(), until=window.until.date())


def missing(lake: Path | str, names: Sequence[str] = ()) -> dict[str, list[str]]:
    """{detector: kinds it would like and the folder has none of}: it sees fewer signs without them. Raises UnknownDetector, NoFolder."""
    there = set(_files(Path(lake)))
    lacks = {one.name: [kind for kind in one.kinds if kind not in there] for one in search.choose(names)}
    return {name: absent for name, absent in lacks.items() if absent}


def _row(finding: Finding) -> dict[str, Any]:
    return {
        **{name: getattr(finding, name) for name in ("detector", "behaviour", "score", "since", "until")},
        "version": detectors.load(finding.detector).version,
        "key": grouping.key(finding),
        "shops": list(finding.shops),
        "accounts": list(finding.accounts),
        "evidence": [(kind, list(facts)) for kind, facts in sorted(finding.evidence.items())],
        "reasons": [{**asdict(reason), "numbers": _json(reason.numbers)} for reason in finding.reasons],
        "benign": list(finding.benign),
        "picture": _json(finding.picture),
        "digest": grouping.digest(finding),
    }


def _line(finding: Finding) -> str:
    """The row as JSON with plain objects in place of JSON in texts; times are ISO 8601 in the city's time."""
    row = _row(finding)
    times = {name: row[name].astimezone(clock.CITY).isoformat() for name in ("since", "until")}
    reasons = [asdict(reason) for reason in finding.reasons]
    return _json({**row, **times, "evidence": dict(row["evidence"]), "reasons": reasons, "picture": finding.picture})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
