"""The price curve of one item with the seven days before the comparison: shown price, struck-out price, deals, and the lowest deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chengxin.facts import lake
from chengxin.facts import queries as facts
from chengxin.kernel import money
from chengxin.supervision.pictures.rhythm import city
from chengxin.supervision.pictures.svg import ACCENT, INK, LINE, WARN, Canvas, Picture, scale

AROUND = timedelta(days=14)  # shown on both sides of the comparison: twice the seven days, so that a raise before them is seen
DEALS_KEPT = 400

_PRICES = "SELECT observed_at, shown, struck FROM price WHERE item = ? AND observed_at >= ? AND observed_at < ? ORDER BY 1"
_DEALS = """
    SELECT coalesce(paid_at, ordered_at) AS dealt, (paid + CASE WHEN ? THEN coalesce(coupon, 0) ELSE 0 END) // qty
    FROM "order" WHERE item = ? AND ordered_at >= ? AND ordered_at < ? AND qty > 0 ORDER BY 1
"""


def freeze(comparisons: Sequence[Mapping[str, Any]], gross: bool, days: int) -> list[dict[str, Any]]:
    """Each comparison of the finding with the item's price rows and deals around it; amounts in fen, times ISO.

    `gross`: deals before coupons, as the run read them; `days`: the law's look-back.
    """
    if not comparisons:
        return []
    starts = [datetime.fromisoformat(one["start"]) for one in comparisons]
    with lake.connect(facts.snapshot(["price", "order"], min(starts) - AROUND, max(starts) + AROUND)) as connection:
        return [
            {**one, "days": days, **_curve(connection, int(one["item"]), start, gross)}
            for one, start in zip(comparisons, starts, strict=True)
        ]


def _curve(connection: Any, item: int, start: datetime, gross: bool) -> dict[str, Any]:
    span = [item, start - AROUND, start + AROUND]
    prices = connection.execute(_PRICES, span).fetchall()
    deals = connection.execute(_DEALS, [gross, *span]).fetchall()[:DEALS_KEPT]
    return {
        "prices": [[city(at).isoformat(), shown, struck] for at, shown, struck in prices],
        "deals": [[city(at).isoformat(), int(price)] for at, price in deals],
    }


def draw(one: Mapping[str, Any]) -> Picture:
    """One comparison's curve."""
    start = city(datetime.fromisoformat(one["start"]))
    words = {"sku": one["sku"], "struck": money.yuan(one["struck"]), "start": f"{start:%Y-%m-%d}"}
    if one.get("reference"):
        caption = _("Item %(sku)s: from %(start)s the struck-out price was %(struck)s yuan; the rule allows at most %(most)s yuan.") % {
            **words,
            "most": money.yuan(one["reference"]),
        }
    else:
        caption = _("Item %(sku)s: from %(start)s the struck-out price was %(struck)s yuan, and there was no deal to base it on.") % words
    head = [_("Time"), _("What"), _("Yuan")]
    legend = [
        ("accent", _("Shown price")),
        ("warn", _("Struck-out price")),
        ("deal", _("Deal")),
        ("window", _("The days the rule looks at")),
    ]
    return Picture(_("Price curve of item %s") % one["sku"], caption, _svg(one, start, caption), head, _rows(one), legend)


def _rows(one: Mapping[str, Any]) -> list[list[Any]]:
    rows = [[at, _("Shown price"), money.yuan(shown)] for at, shown, _struck in one["prices"]]
    rows += [[at, _("Struck-out price"), money.yuan(struck)] for at, _shown, struck in one["prices"] if struck]
    rows += [[at, _("Deal"), money.yuan(price)] for at, price in one["deals"]]
    return [[_shown(at), *rest] for at, *rest in sorted(rows, key=lambda row: str(row[0]))]


def _shown(iso: str) -> str:
    """A frozen time to the minute."""
    return iso[:16].replace("T", " ")


def _svg(one: Mapping[str, Any], start: datetime, label: str) -> Any:
    canvas = Canvas(760, 300, label)
    left, right, top, base = 60, 744, 16, 262
    amounts = [v for row in one["prices"] for v in row[1:] if v] + [deal[1] for deal in one["deals"]] + [one["struck"]]
    low, high = min(amounts) * 0.9, max(amounts) * 1.06
    x, y = _scales((left, right, top, base), (low, high), start)

    def at(iso: str) -> float:
        return float(x(datetime.fromisoformat(iso).timestamp()))

    begin = x((start - timedelta(days=one["days"])).timestamp())
    canvas.add("rect", x=begin, y=top, width=x(start.timestamp()) - begin, height=base - top, fill="#fdf3dc")
    _axes(canvas, (left, right, top, base), (low, high), start)
    struck = [[when, value] for when, _shown, value in one["prices"] if value]
    _steps(canvas, [(at(when), y(value)) for when, value in struck], right, WARN, "5 3")
    _steps(canvas, [(at(when), y(shown)) for when, shown, _struck in one["prices"]], right, ACCENT, "")
    for when, price in one["deals"]:
        canvas.tipped(
            "circle", f"{_shown(when)} {money.yuan(price)}", cx=at(when), cy=y(price), r=3, fill="#fff", stroke=INK, stroke_width=1.5
        )
    if one.get("reference"):
        level = y(one["reference"])
        canvas.line(begin, level, right, level, stroke=INK, stroke_dasharray="2 3")
        canvas.text(right, level + 14, _("Lowest allowed base %s") % money.yuan(one["reference"]), text_anchor="end", class_="strong")
    return canvas.done()


def _scales(box: tuple[float, float, float, float], amounts: tuple[float, float], start: datetime) -> tuple[Any, Any]:
    left, right, top, base = box
    return scale((start - AROUND).timestamp(), (start + AROUND).timestamp(), left, right), scale(*amounts, base, top)


def _axes(canvas: Canvas, box: tuple[float, float, float, float], amounts: tuple[float, float], start: datetime) -> None:
    left, right, top, base = box
    x, y = _scales(box, amounts, start)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = amounts[0] + share * (amounts[1] - amounts[0])
        canvas.line(left, y(value), right, y(value), stroke=LINE)
        canvas.text(left - 8, y(value) + 4, money.yuan(int(value)), text_anchor="end")
    for days in (-14, -7, 0, 7):
        when = start + timedelta(days=days)
        canvas.text(x(when.timestamp()), base + 18, f"{when:%m-%d}", text_anchor="start" if days == -14 else "middle")
    canvas.line(x(start.timestamp()), top, x(start.timestamp()), base, stroke=WARN, stroke_dasharray="3 3")
    canvas.text(x(start.timestamp()) + 5, top + 10, _("Comparison begins"))


def _steps(canvas: Canvas, points: Sequence[tuple[float, float]], right: float, stroke: str, dash: str) -> None:
    if not points:
        return
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for px, py in points[1:]:
        path += f" H{px:.1f} V{py:.1f}"
    path += f" H{min(points[-1][0] + 24, right):.1f}"
    canvas.add("path", d=path, fill="none", stroke=stroke, stroke_width=2, **({"stroke_dasharray": dash} if dash else {}))
