"""Detectors over a lake: what may be seen, what is kept, and when a run has gone mad.

Knows no database: the product's runs and plain folders share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from chengxin import detectors
from chengxin.detection import grouping
from chengxin.detection.errors import AmountsOutOfRange, RunWentMad, UnknownDetector
from chengxin.detection.parts import Parts
from chengxin.detectors import Detector, Finding, Window
from chengxin.facts import kinds
from chengxin.facts.kinds import Kind
from chengxin.facts.oddities import MOST_FEN
from chengxin.facts.spark import SparkLake
from chengxin.kernel import clock

if TYPE_CHECKING:
    import duckdb

Connection: TypeAlias = "duckdb.DuckDBPyConnection | SparkLake"
Progress = Callable[[int, int, str], None]
Parameters = dict[str, dict[str, Any]]

SEED = 20170703  # the plan's date; any fixed number does
# Sightings a detector may yield per shop it may hit before it is stopped without waiting for its end: each holds evidence, and several
# windows and weightings see the same ring. The fictional cities of five seeds never needed more than 4.
SIGHTINGS = 50


def choose(names: Sequence[str]) -> list[Detector]:
    """The detectors of these names, all when none is named. Raises UnknownDetector."""
    known = detectors.names()
    for name in names:
        if name not in known:
            raise UnknownDetector(name=name, known=", ".join(known))
    return [detectors.load(name) for name in (list(dict.fromkeys(names)) or known)]


def parameters(chosen: Iterable[Detector], overrides: Parameters | None = None) -> Parameters:
    """{name: parameters as used}."""
    return {one.name: {**one.params, **(overrides or {}).get(one.name, {})} for one in chosen}


def window(first: datetime, last: datetime, since: date | None, until: date | None) -> Window:
    """The window of whole city days [since, until); an open end is the day of the first or last fact."""
    end = until or clock.city_day(last) + timedelta(days=1)
    return Window(_midnight(since or clock.city_day(first)), _midnight(end), SEED)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.CITY)


def search(
    connection: Connection,
    chosen: Sequence[Detector],
    used: Parameters,
    window: Window,
    progress: Progress | None = None,
    parts: Parts | None = None,
) -> list[Finding]:
    """What the detectors find in the lake's views that reaches into the window, grouped, the strongest of each detector first.

    Only what had happened by the window's end is seen. `parts` keeps each finished detector's findings, so that a run that was killed
    goes on where it stopped. Raises RunWentMad, AmountsOutOfRange.
    """
    tell = progress or _silent
    hide_the_future(connection, window.until)
    check_amounts(connection, sorted({kind for one in chosen for kind in one.kinds}))
    shops = shops_seen(connection)
    found: list[Finding] = []
    for place, detector in enumerate(chosen):
        tell(place, len(chosen), detector.zh)
        mine = parts.kept(detector) if parts else None
        if mine is None:
            mine = look(connection, detector, used[detector.name], window, shops)
            if parts:
                parts.keep(detector, mine)
        found.extend(mine)
    tell(len(chosen), len(chosen), "")
    return found


def look(connection: Connection, detector: Detector, used: dict[str, Any], window: Window, shops: int) -> list[Finding]:
    """One detector's grouped findings that reach into the window. Raises RunWentMad."""
    from chengxin.detection import engine  # compiled code; not for those who only want a card

    most, before = detector.most_shops(shops, clock.city_day(window.until)), _scratch(connection)
    try:
        seen = _watched(detector, detector.find(connection, engine, window, used), shops, most)
        mine = [finding for finding in grouping.group(seen) if finding.until >= window.since]
    finally:
        _clear(connection, _scratch(connection) - before)
    check_volume(detector, mine, shops, most)
    return [grouping.plain(finding) for finding in mine]


def _scratch(connection: Connection) -> set[tuple[str, str]]:
    """(TABLE or VIEW, name) of what is temporary on the connection."""
    if isinstance(connection, SparkLake):
        return connection.scratch()
    told = """SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary
        UNION ALL SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal"""
    return {(str(kind), str(name)) for kind, name in connection.execute(told).fetchall()}


def _clear(connection: Connection, left: set[tuple[str, str]]) -> None:
    """Drop what a detector left behind: the next one may use the same names, and memory is for it."""
    if isinstance(connection, SparkLake):
        return connection.clear(left)
    for kind, name in sorted(left):
        if kind == "VIEW":
            connection.unregister(name)
        connection.execute(f'DROP {kind} IF EXISTS "{name}"')


def hide_the_future(connection: Connection, until: datetime) -> None:
    """Views over the lake's own that show what had happened by an instant: later facts are left out, later times in a fact are empty.

    Otherwise a finding would depend on what was reported afterwards, and a run repeated next month would not say the same.
    """
    there = _there(connection)
    for kind in kinds.kinds().values():
        if kind.kind in there:
            connection.execute(_until(kind, until))


def _there(connection: Connection) -> set[str]:
    """The names of the lake's views and tables."""
    if isinstance(connection, SparkLake):
        return connection.views()
    views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    return {str(name) for (name,) in views + connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def _until(kind: Kind, until: datetime) -> str:
    moment = f"TIMESTAMPTZ '{until.isoformat()}'"
    later = [column.name for column in kind.columns if column.type == "time" and not column.future and column.name != kind.time]
    blank = ", ".join(f'CASE WHEN "{name}" < {moment} THEN "{name}" END AS "{name}"' for name in later)
    shown = f"* REPLACE ({blank})" if blank else "*"
    source = f'"memory"."main"."{kind.kind}"'
    return f'CREATE OR REPLACE TEMP VIEW "{kind.kind}" AS SELECT {shown} FROM {source} WHERE "{kind.time}" < {moment}'  # noqa: S608


def check_amounts(connection: Connection, names: Sequence[str]) -> None:
    """Raises AmountsOutOfRange when money is beyond what the intake takes: only plain folders hold that, and sums of it mean nothing."""
    for kind in map(kinds.kind, names):
        money = [column.name for column in kind.columns if column.type == "money"]
        if not money:
            continue
        asked = ", ".join(f'max("{name}")' for name in money)
        (row,) = connection.execute(f'SELECT {asked} FROM "{kind.kind}"').fetchall()  # noqa: S608 - names of our own kinds
        for name, most in zip(money, row, strict=True):
            if most is not None and most > MOST_FEN:
                raise AmountsOutOfRange(kind=kind.kind, column=name, found=most, most=MOST_FEN)


def shops_seen(connection: Connection) -> int:
    """How many shops the facts speak of: the base of the volume assertions."""
    named = [kind.kind for kind in kinds.kinds().values() if "shop" in kind.lake_schema.names]
    union = " UNION ".join(f'SELECT shop FROM "{name}" WHERE shop IS NOT NULL' for name in named)  # noqa: S608 - names of our own kinds
    ((shops,),) = connection.execute(f"SELECT count(*) FROM ({union})").fetchall()  # noqa: S608
    return int(shops)


def check_volume(detector: Detector, found: Sequence[Finding], shops: int, most: int) -> None:
    """Raises RunWentMad when findings hit more shops, or are more, than the detector's card allows."""
    hit = max(len({shop for finding in found for shop in finding.shops}), len(found))
    if hit > most:
        raise RunWentMad(detector=detector.name, shops=shops, hit=hit, limit=most)


def _watched(detector: Detector, findings: Iterable[Finding], shops: int, most: int) -> Iterator[Finding]:
    """The same findings; stops a detector that goes on and on, before memory or the grouping of what it says would."""
    for number, finding in enumerate(findings, 1):
        if number > SIGHTINGS * most:
            raise RunWentMad(detector=detector.name, shops=shops, hit=f"> {number - 1}", limit=most)
        yield finding


def _silent(done: int, total: int, note: str) -> None:
    pass
