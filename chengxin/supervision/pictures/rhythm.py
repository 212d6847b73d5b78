"""The shop's own rhythm next to what is in evidence: per day over the window, and per hour of the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chengxin.facts import lake
from chengxin.facts import queries as facts
from chengxin.kernel import clock
from chengxin.supervision.pictures.svg import ACCENT, LINE, USUAL, Canvas, Picture, nice_top

BEFORE, AFTER = timedelta(days=14), timedelta(days=7)  # the shops' own rhythm is seen around a burst, not inside it

TIMES = {"order": "ordered_at", "parcel": "collected_at", "visit": "entered_at"}

# The lake's session is in the city's time, so days and hours here are the city's.
_SQL = """
    SELECT {time}::DATE::VARCHAR AS day, hour({time}) AS hour, count(*) AS n
    FROM "{kind}" WHERE shop IN (SELECT unnest(?::BIGINT[])) AND {time} >= ? AND {time} < ? GROUP BY ALL
"""


def freeze(kind: str, shops: Sequence[int], since: datetime, until: datetime, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts per city day and hour in all of these shops, two weeks before to one after, next to those in evidence.

    {"kind", "days": [[ISO day, all, in evidence], …], "hours": [[0-23, all, in evidence], …]}; empty when nothing was reported.
    """
    times = [city(row[TIMES[kind]]) for row in rows if row.get(TIMES[kind])]
    mine_days, mine_hours = Counter(at.date().isoformat() for at in times), Counter(at.hour for at in times)
    days, hours = _counts(kind, shops, since - BEFORE, until + AFTER)
    if not mine_days:
        return {}
    return {
        "kind": kind,
        "days": [[day, max(days[day], mine_days[day]), mine_days[day]] for day in sorted({*days, *mine_days})],
        "hours": [[hour, max(hours[hour], mine_hours[hour]), mine_hours[hour]] for hour in range(24)],
    }


def city(at: datetime) -> datetime:
    """A lake instant (aware, or naive in UTC) in the city's time."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(clock.CITY)


def _counts(kind: str, shops: Sequence[int], since: datetime, until: datetime) -> tuple[Counter[str], Counter[int]]:
    days: Counter[str] = Counter()
    hours: Counter[int] = Counter()
    with lake.connect(facts.snapshot([kind], since, until)) as connection:
        sql = _SQL.format(kind=kind, time=TIMES[kind])  # both from TIMES above
        for day, hour, n in connection.execute(sql, [list(shops), since, until]).fetchall():
            days[day] += n
            hours[hour] += n
    return days, hours


def draw(frozen: Mapping[str, Any]) -> Picture | None:
    """Two bar charts in one picture. None when nothing was frozen."""
    if not frozen:
        return None
    days, hours = frozen["days"], frozen["hours"]
    total, mine = sum(day[1] for day in days), sum(day[2] for day in days)
    what = {"order": _("orders"), "parcel": _("parcels"), "visit": _("visits")}[frozen["kind"]]
    caption = _("%(mine)d of %(total)d %(what)s of these shops in the period are in evidence.") % {
        "mine": mine,
        "total": total,
        "what": what,
    }
    canvas = Canvas(760, 340, caption)
    _bars(canvas, [(day[5:], every, some) for day, every, some in days], 24, 130, _("Per day"))
    _bars(canvas, [(f"{hour:02d}", every, some) for hour, every, some in hours], 206, 100, _("Per hour of the day"))
    head = [_("Day or hour"), _("All"), _("In evidence")]
    rows = [*days, *[[f"{hour:02d}:00", every, some] for hour, every, some in hours]]
    legend = [("accent", _("In evidence")), ("usual", _("All others"))]
    return Picture(_("Against the shops' own rhythm"), caption, canvas.done(), head, rows, legend)


def _bars(canvas: Canvas, bars: Sequence[tuple[str, int, int]], top: float, height: float, title: str) -> None:
    left, right = 40, 752
    base = top + height
    most = nice_top(max((every for _name, every, _some in bars), default=1))
    canvas.text(left, top - 8, title, class_="strong")
    for share in (0.0, 0.5, 1.0):
        y = base - share * height
        canvas.line(left, y, right, y, stroke=LINE)
        canvas.text(left - 6, y + 4, f"{most * share:g}", text_anchor="end")
    step = (right - left) / max(len(bars), 1)
    every_nth = max(1, -(-len(bars) // 12))
    for place, (name, every, some) in enumerate(bars):
        x, wide = left + step * place + step * 0.12, max(step * 0.76, 0.8)
        tall, mine = every / most * height, some / most * height
        canvas.tipped("rect", f"{name}: {some} / {every}", x=x, y=base - tall, width=wide, height=tall, fill=USUAL)
        canvas.add("rect", x=x, y=base - mine, width=wide, height=mine, fill=ACCENT)
        if place % every_nth == 0:
            canvas.text(x + wide / 2, base + 15, name, text_anchor="middle")
