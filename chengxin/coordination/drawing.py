"""The board's pictures: the city as tiles and lines of months, each with a text alternative; numbers stand beside them as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.safestring import SafeString

from chengxin.coordination.sheets import percent
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.supervision.pictures.svg import ACCENT, INK, LINE, Canvas

TILE, GAP = 96.0, 6.0
SHADES = ("#eef3f7", "#cfdfec", "#a3c1da", "#6d9cc2", "#1c5588")
DARK = 3  # from this shade on the text is white


@cache
def places() -> dict[str, tuple[int, int]]:
    found = yaml.load(Path(__file__).with_name("tiles.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {code: (column, row) for code, (column, row) in found.items()}


def city_map(counts: Mapping[str, int], label: str) -> SafeString:
    """Divisions as tiles, darker with the count; shades are fifths of the largest."""
    names = {one.code: one.zh for one in law.at(clock.today()).divisions(level="county")}
    known = {**{code: 0 for code in places()}, **counts}
    rest = sorted(code for code in known if code not in places())
    last = max(row for _, row in places().values()) + 1
    at = {**places(), **{code: (column, last) for column, code in enumerate(rest)}}
    columns, rows = max(column for column, _ in at.values()) + 1, max(row for _, row in at.values()) + 1
    canvas = Canvas(columns * (TILE + GAP), rows * (TILE + GAP), label)
    largest = max(known.values(), default=0) or 1
    for code, (column, row) in at.items():
        _tile(canvas, column * (TILE + GAP), row * (TILE + GAP), names.get(code, code), known[code], largest)
    return canvas.done()


def _tile(canvas: Canvas, x: float, y: float, name: str, count: int, largest: int) -> None:
    shade = min(len(SHADES) - 1, count * len(SHADES) // (largest + 1)) if count else 0
    canvas.tipped("rect", f"{name} {count}", x=x, y=y, width=TILE, height=TILE, rx=6, fill=SHADES[shade], stroke=LINE)
    ink = "#ffffff" if shade >= DARK else INK
    canvas.text(x + TILE / 2, y + TILE / 2 - 6, name, text_anchor="middle", class_="on-dark" if ink != INK else "")
    canvas.text(x + TILE / 2, y + TILE / 2 + 16, str(count), text_anchor="middle", class_="on-dark strong" if ink != INK else "strong")


WIDTH, HEIGHT, EDGE = 120.0, 32.0, 4.0


def trend(points: Sequence[tuple[str, int, int]], target: int, name: Any) -> SafeString:
    """A line of shares by month, 0 to 100 %, with the target as a thin line; months with nothing to count are gaps. Empty without any."""
    if not any(d for _, _, d in points):
        return SafeString("")
    told = "，".join(f"{month} {percent(n, d)}" for month, n, d in points)
    canvas = Canvas(WIDTH, HEIGHT, f"{language.pick(name)}：{told}")
    level = _y(target, 1000)
    canvas.line(EDGE, level, WIDTH - EDGE, level, stroke_dasharray="3 3", stroke="#9fb0bf")
    step = (WIDTH - 2 * EDGE) / max(1, len(points) - 1)
    spots = [(EDGE + place * step, _y(n, d)) for place, (_, n, d) in enumerate(points) if d]
    if len(spots) > 1:
        canvas.add("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in spots), fill="none", stroke=ACCENT, stroke_width=2)
    for x, y in spots[-1:]:
        canvas.add("circle", cx=x, cy=y, r=2.5, fill=ACCENT)
    return canvas.done()


def _y(n: int, d: int) -> float:
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * n / d
