"""Visits in evidence against the shops' other visits: at which hours they came and how long they stayed, in per cent of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chengxin.facts import lake
from chengxin.facts import queries as facts
from chengxin.supervision.pictures.rhythm import city
from chengxin.supervision.pictures.svg import ACCENT, LINE, USUAL, Canvas, Picture, nice_top

AROUND = timedelta(days=60)  # other visits are taken from two months before to two months after: a burst is not its own yardstick
STAYS = (3, 10, 30, 120)  # upper bounds of a stay in seconds; the last group is longer

# The lake's session is in the city's time, so hours here are the city's.
_SQL = """
    SELECT hour(entered_at) AS hour, seconds, count(*) AS n
    FROM visit WHERE shop IN (SELECT unnest(?::BIGINT[])) AND entered_at >= ? AND entered_at < ? GROUP BY ALL
"""


def freeze(shops: Sequence[int], since: datetime, until: datetime, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """{"hours": [[0-23, in evidence, others], …], "stays": [[0-4, in evidence, others], …]}; empty without visits in evidence.

    stays are numbered by STAYS; visits whose stay was not reported are in no group.
    """
    hours, stays = Counter[int](), Counter[int]()
    for row in rows:
        hours[city(row["entered_at"]).hour] += 1
        if row.get("seconds") is not None:
            stays[_stay(int(row["seconds"]))] += 1
    if not hours:
        return {}
    all_hours, all_stays = _all(shops, since - AROUND, until + AROUND)
    return {
        "hours": [[hour, hours[hour], max(all_hours[hour] - hours[hour], 0)] for hour in range(24)],
        "stays": [[stay, stays[stay], max(all_stays[stay] - stays[stay], 0)] for stay in range(len(STAYS) + 1)],
    }


def _all(shops: Sequence[int], since: datetime, until: datetime) -> tuple[Counter[int], Counter[int]]:
    hours, stays = Counter[int](), Counter[int]()
    with lake.connect(facts.snapshot(["visit"], since, until)) as connection:
        for hour, seconds, n in connection.execute(_SQL, [list(shops), since, until]).fetchall():
            hours[hour] += n
            if seconds is not None:
                stays[_stay(seconds)] += n
    return hours, stays


def _stay(seconds: int) -> int:
    return sum(seconds > bound for bound in STAYS)


def draw(frozen: Mapping[str, Any]) -> Picture | None:
    """Two bar charts of shares in one picture. None when nothing was frozen."""
    if not frozen:
        return None
    hours, stays = frozen["hours"], frozen["stays"]
    mine, others = (sum(row[place] for row in hours) for place in (1, 2))
    night, usual = (_share(sum(row[place] for row in hours[:6]), total) for place, total in ((1, mine), (2, others)))
    caption = _(
        "%(mine)d visits in evidence against %(others)d other visits: between midnight and six came %(night)s %% of the first "
        "and %(usual)s %% of the second."
    ) % {"mine": mine, "others": others, "night": f"{night:.0f}", "usual": f"{usual:.0f}"}
    canvas = Canvas(760, 350, caption)
    by_hour = [(f"{hour:02d}", in_evidence, other) for hour, in_evidence, other in hours]
    by_stay = [(_stay_name(stay), in_evidence, other) for stay, in_evidence, other in stays]
    _bars(canvas, by_hour, 24, 130, _("Hour of the day, per cent of visits"))
    _bars(canvas, by_stay, 210, 100, _("Length of stay, per cent of visits"))
    head = [_("Hour or stay"), _("In evidence"), _("All others")]
    rows = [*[[f"{hour:02d}:00", *counts] for hour, *counts in hours], *[list(row) for row in by_stay]]
    legend = [("accent", _("In evidence")), ("usual", _("All others"))]
    return Picture(_("Hours and stays of the visits"), caption, canvas.done(), head, rows, legend)


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _stay_name(stay: int) -> str:
    if stay == len(STAYS):
        return _("over %(seconds)d s") % {"seconds": STAYS[-1]}
    return _("%(least)d-%(most)d s") % {"least": STAYS[stay - 1] + 1 if stay else 0, "most": STAYS[stay]}


def _bars(canvas: Canvas, bars: Sequence[tuple[str, int, int]], top: float, height: float, title: str) -> None:
    """Pairs of bars, each side in per cent of its own sum."""
    left, right, base = 40, 752, top + height
    sums = (sum(mine for _name, mine, _other in bars), sum(other for _name, _mine, other in bars))
    shares = [(name, _share(mine, sums[0]), _share(other, sums[1])) for name, mine, other in bars]
    most = nice_top(max((max(pair) for _name, *pair in shares), default=1))
    canvas.text(left, top - 8, title, class_="strong")
    for part in (0.0, 0.5, 1.0):
        y = base - part * height
        canvas.line(left, y, right, y, stroke=LINE)
        canvas.text(left - 6, y + 4, f"{most * part:g}", text_anchor="end")
    step = (right - left) / max(len(bars), 1)
    every_nth = max(1, -(-len(bars) // 12))
    for place, (name, mine, other) in enumerate(shares):
        x, wide = left + step * place + step * 0.12, step * 0.37
        for shift, share, fill in ((0.0, mine, ACCENT), (wide, other, USUAL)):
            tall = share / most * height
            canvas.tipped("rect", f"{name}: {share:.1f} %", x=x + shift, y=base - tall, width=wide, height=tall, fill=fill)
        if place % every_nth == 0:
            canvas.text(x + wide, base + 15, name, text_anchor="middle")
