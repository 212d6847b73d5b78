"""Where parcels were scanned and when: one lane a parcel, hours since pick-up on the axis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chengxin.facts import kinds
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.law.errors import LawUnknown
from chengxin.supervision.pictures.rhythm import city
from chengxin.supervision.pictures.svg import ACCENT, INK, LINE, WARN, Canvas, Picture, nice_top, scale, short

LANES = 6
APART = 84  # pixels between two labels
CELL = 6.4  # pixels of a half-width letter


def freeze(parcels: Sequence[Mapping[str, Any]], scans: Sequence[Mapping[str, Any]], first: Sequence[int]) -> list[dict[str, Any]]:
    """Up to LANES parcels, those the finding names first, with their scans [[ISO time, status, division], …]."""
    rank = {int(fact): place for place, fact in enumerate(first)}
    chosen = sorted(parcels, key=lambda row: (rank.get(int(row["fact"]), len(rank)), int(row["fact"])))[:LANES]
    by_parcel: dict[int, list[list[Any]]] = defaultdict(list)
    for scan in sorted(scans, key=lambda row: (row["at"], row.get("seq") or 0)):
        by_parcel[int(scan["parcel"])].append([city(scan["at"]).isoformat(), scan["status"], scan.get("division") or ""])
    return [_lane(row, by_parcel[int(row["parcel"])]) for row in chosen]


def _lane(row: Mapping[str, Any], scans: list[list[Any]]) -> dict[str, Any]:
    return {
        "tail": str(row["waybill_no"])[-4:],
        "weight": row.get("weight_g"),
        "origin": row.get("origin_division") or "",
        "dest": row.get("dest_division") or "",
        "collected": city(row["collected_at"]).isoformat() if row.get("collected_at") else "",
        "signed": city(row["signed_at"]).isoformat() if row.get("signed_at") else "",
        "scans": scans,
    }


def draw(lanes: Sequence[Mapping[str, Any]]) -> Picture | None:
    """The lanes. None when no parcel has two times."""
    drawn = [(lane, _points(lane)) for lane in lanes]
    drawn = [(lane, points) for lane, points in drawn if points]
    if not drawn:
        return None
    longest = max(point[0] for _lane, points in drawn for point in points)
    caption = _(
        "%(n)d parcels of this clue, from pick-up to signature. Red: signed for outside the buyer's division, or with no scan between."
    ) % {"n": len(drawn)}
    canvas = Canvas(760, 40 + 50 * len(drawn), caption)
    end = nice_top(max(longest, 1))
    x = scale(0, end, 176, 736)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.line(x(end * share), 10, x(end * share), 14 + 50 * len(drawn))
        canvas.text(x(end * share), 30 + 50 * len(drawn), _("%g h") % (end * share), text_anchor="middle")
    for place, (lane, points) in enumerate(drawn):
        _draw_lane(canvas, lane, points, 36 + 50 * place, x)
    rows = [
        [lane["tail"], f"{when[:16].replace('T', ' ')}", status_name(status), division_name(where)]
        for lane, _p in drawn
        for when, status, where in _events(lane)
    ]
    head = [_("Waybill"), _("Time"), _("Status"), _("Division")]
    return Picture(_("Where the parcels were"), caption, canvas.done(), head, rows)


def _events(lane: Mapping[str, Any]) -> list[list[Any]]:
    """Pick-up, scans and signature in time order; pick-up and signature come from the parcel when no scan says them."""
    said = {status for _when, status, _where in lane["scans"]}
    picked = [[lane["collected"], "PICKED", lane["origin"]]] if lane["collected"] and "PICKED" not in said else []
    signed = [[lane["signed"], "SIGNED", ""]] if lane["signed"] and "SIGNED" not in said else []
    return sorted([*picked, *lane["scans"], *signed], key=lambda event: str(event[0]))  # at one instant scans keep their own order


def _points(lane: Mapping[str, Any]) -> list[tuple[float, str, str]]:
    events = _events(lane)
    if len(events) < 2:
        return []
    start = datetime.fromisoformat(events[0][0])
    return [((datetime.fromisoformat(when) - start).total_seconds() / 3600, status, where) for when, status, where in events]


def _draw_lane(canvas: Canvas, lane: Mapping[str, Any], points: Sequence[tuple[float, str, str]], y: float, x: Any) -> None:
    hollow = len(points) == 2
    canvas.text(8, y - 1, _("Waybill …%s") % lane["tail"], class_="strong")
    weight = _("%d g") % lane["weight"] if lane["weight"] is not None else _("no weight")
    canvas.text(8, y + 15, f"{weight} · {short(division_name(lane['dest']), 14)}")
    canvas.line(
        x(points[0][0]),
        y,
        x(points[-1][0]),
        y,
        stroke=WARN if hollow else ACCENT,
        stroke_width=2.5,
        **({"stroke_dasharray": "5 4"} if hollow else {}),
    )
    for hours, status, where in points:
        wrong = status == "SIGNED" and where and lane["dest"] and where[:4] != lane["dest"][:4]
        tip = f"{status_name(status)} {division_name(where)} +{hours:.1f} h"
        canvas.tipped("circle", tip, cx=x(hours), cy=y, r=5, fill=WARN if wrong else "#fff", stroke=WARN if wrong else INK, stroke_width=2)
    _label_lane(canvas, points, y, x)
    canvas.line(8, y + 27, 752, y + 27, stroke=LINE)


def _label_lane(canvas: Canvas, points: Sequence[tuple[float, str, str]], y: float, x: Any) -> None:
    """What happened above the line, where below it; events too near for labels of their own share one: first → last."""
    near: list[list[tuple[float, str, str]]] = []
    for point in points:
        if near and x(point[0]) - x(near[-1][0][0]) < APART:
            near[-1].append(point)
        else:
            near.append([point])
    ends = [x(group[0][0]) for group in near[1:]] + [752.0]
    for group, end in zip(near, ends, strict=True):
        start = x(group[0][0])
        at_edge = start > 690
        cells = 13 if at_edge else int((end - start) / CELL) - 1
        anchor = {"text_anchor": "end"} if at_edge else {}
        left = min(start + 6, 752) if at_edge else start - 5
        canvas.text(left, y - 11, short(_first_to_last([status_name(one[1]) for one in group]), cells), **anchor)
        canvas.text(left, y + 20, short(_first_to_last([division_name(one[2]) for one in group]), cells), **anchor)


def _first_to_last(names: Sequence[str]) -> str:
    told = [name for place, name in enumerate(names) if name and (place == 0 or name != names[place - 1])]
    if len(told) < 3:
        return " → ".join(told)
    return f"{told[0]} → … → {told[-1]}"


def division_name(code: str) -> str:
    """A division's name; outside this city's book its province and code."""
    if not code:
        return ""
    try:
        return law.at(clock.today()).division(code).zh
    except LawUnknown:
        province = provinces().get(code[:2])
        return f"{language.pick(province)} {code}" if province else code


@cache
def provinces() -> dict[str, dict[str, str]]:
    """Two digits → the province's name."""
    loaded: dict[str, dict[str, str]] = yaml.load(
        (Path(__file__).parent / "provinces.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return loaded


def status_name(code: str) -> str:
    """A scan status in the reader's language, as the vocabulary of scans names it."""
    known = kinds.kind("scan").by_name["status"].allowed()
    return language.pick(known[code]) if code in known else code
