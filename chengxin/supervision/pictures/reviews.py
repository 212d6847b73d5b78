"""The reviews of a shop over time: stars, what is in evidence against all others, and when money went back or a good follow-up came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chengxin.facts import lake
from chengxin.facts import queries as facts
from chengxin.supervision.pictures.rhythm import city
from chengxin.supervision.pictures.svg import ACCENT, INK, LINE, USUAL, WARN, Canvas, Picture, scale

AROUND = timedelta(days=21)  # shown on both sides of what is in evidence: what the shop's reviews were like before
AFTER = timedelta(days=60)  # money and follow-ups come later than the review
SHOPS, KEPT = 4, 400  # shops drawn, those with most in evidence first; reviews kept per shop, evidence before others

# Refunds and follow-ups are looked for only of reviews in evidence: of other people's reviews the picture says no more than the stars.
_SQL = """
    WITH seen AS (
        SELECT fact, review, "order", shop, stars, reviewed_at, fact IN (SELECT unnest($mine::BIGINT[])) AS mine FROM review
        WHERE shop IN (SELECT unnest($shops::BIGINT[])) AND reviewed_at >= $since AND reviewed_at < $until
    ),
    back AS (SELECT s.fact, min(f.requested_at) AS at FROM seen s JOIN refund f USING ("order")
        WHERE s.mine AND f.requested_at > s.reviewed_at GROUP BY s.fact),
    later AS (SELECT s.fact, max(u.reviewed_at) AS at, arg_max(u.stars, u.reviewed_at) AS stars FROM seen s JOIN followup u USING (review)
        WHERE s.mine AND u.stars IS NOT NULL GROUP BY s.fact),
    ranked AS (SELECT *, row_number() OVER (PARTITION BY shop ORDER BY mine DESC, hash(fact)) AS place FROM seen)
    SELECT shop, reviewed_at, r.stars, mine, back.at, later.at, later.stars FROM ranked r
    LEFT JOIN back USING (fact) LEFT JOIN later USING (fact) WHERE place <= $kept ORDER BY shop, reviewed_at, fact
"""


def freeze(shops: Sequence[int], mine: Sequence[int], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Per shop {"shop", "reviews": [[ISO time, stars, in evidence, refund ISO or None, follow-up ISO or None, its stars or None], …]}.

    `mine`: fact ids of the reviews in evidence. Empty when there is none.
    """
    if not mine:
        return []
    span = (since - AROUND, until + AROUND)
    wide = (span[0], span[1] + AFTER)
    given: dict[str, Any] = {"mine": list(mine), "shops": list(shops), "since": span[0], "until": span[1], "kept": KEPT}
    with lake.connect(facts.snapshot(["review", "refund", "followup"], *wide)) as connection:
        rows: list[Any] = connection.execute(_SQL, given).fetchall()
    by_shop: dict[int, list[list[Any]]] = {}
    for shop, at, stars, is_mine, refund, turned, turned_stars in rows:
        by_shop.setdefault(shop, []).append([_iso(at), stars, bool(is_mine), _iso(refund), _iso(turned), turned_stars])
    told: list[dict[str, Any]] = [{"shop": shop, "reviews": reviews} for shop, reviews in by_shop.items() if any(one[2] for one in reviews)]
    return sorted(told, key=lambda one: (-sum(row[2] for row in one["reviews"]), one["shop"]))[:SHOPS]


def _iso(at: datetime | None) -> str | None:
    return city(at).isoformat() if at else None


def draw(frozen: Sequence[Mapping[str, Any]], shops: Mapping[int, str]) -> Picture | None:
    """One row of stars over time per shop. None when nothing was frozen."""
    if not frozen:
        return None
    every = [row for one in frozen for row in one["reviews"]]
    mine = [row for row in every if row[2]]
    caption = _(
        "%(mine)d of the %(total)d reviews shown are in evidence; after %(back)d of them money was asked back, %(turned)d turned."
    ) % {
        "mine": len(mine),
        "total": len(every),
        "back": sum(row[3] is not None for row in mine),
        "turned": sum(row[4] is not None and row[5] > row[1] for row in mine),
    }
    times = [datetime.fromisoformat(at) for row in every for at in (row[0], row[3], row[4]) if at]
    canvas = Canvas(760, 34 + 132 * len(frozen), caption)
    for place, one in enumerate(frozen):
        _panel(canvas, one, 30 + 132 * place, (min(times), max(times)), shops)
    head = [_("Shop"), _("Time"), _("Stars"), _("In evidence"), _("Money asked back"), _("Follow-up"), _("Stars of the follow-up")]
    legend = [
        ("accent", _("In evidence")),
        ("usual", _("All others")),
        ("warn", _("Money asked back")),
        ("deal", _("Follow-up review")),
    ]
    return Picture(_("Reviews over time"), caption, canvas.done(), head, _rows(frozen, shops), legend)


def _rows(frozen: Sequence[Mapping[str, Any]], shops: Mapping[int, str]) -> list[list[Any]]:
    return [
        [_name(one, shops), _shown(at), stars, _("yes") if mine else "", _shown(back), _shown(later), later_stars or ""]
        for one in frozen
        for at, stars, mine, back, later, later_stars in one["reviews"]
    ]


def _name(one: Mapping[str, Any], shops: Mapping[int, str]) -> str:
    return shops.get(one["shop"]) or _("Shop")


def _shown(iso: str | None) -> str:
    """A frozen time to the minute."""
    return iso[:16].replace("T", " ") if iso else ""


def _panel(canvas: Canvas, one: Mapping[str, Any], top: float, span: tuple[datetime, datetime], shops: Mapping[int, str]) -> None:
    left, right, base = 60, 744, top + 88
    x, y = scale(span[0].timestamp(), span[1].timestamp(), left, right), scale(1, 5, base, top)

    def at(iso: str) -> float:
        return float(x(datetime.fromisoformat(iso).timestamp()))

    canvas.text(left, top - 10, _name(one, shops), class_="strong")
    for stars in (1, 3, 5):
        canvas.line(left, y(stars), right, y(stars), stroke=LINE)
        canvas.text(left - 8, y(stars) + 4, f"★{stars}", text_anchor="end")
    for share in (0.0, 0.5, 1.0):
        when = span[0] + (span[1] - span[0]) * share
        canvas.text(x(when.timestamp()), base + 24, f"{when:%m-%d}", text_anchor=("start", "middle", "end")[int(share * 2)])
    for row in sorted(one["reviews"], key=lambda row: row[2]):  # evidence on top
        _review(canvas, row, at, y)


def _review(canvas: Canvas, row: Sequence[Any], at: Any, y: Any) -> None:
    when, stars, mine, back, later, later_stars = row
    if later:
        canvas.line(at(when), y(stars), at(later), y(later_stars), stroke=INK, stroke_dasharray="2 3")
        tip = f"{_shown(later)} ★{later_stars}"
        canvas.tipped("circle", tip, cx=at(later), cy=y(later_stars), r=3.5, fill="#fff", stroke=INK, stroke_width=1.5)
    radius, fill = (4.0, ACCENT) if mine else (2.5, USUAL)
    canvas.tipped("circle", f"{_shown(when)} ★{stars}", cx=at(when), cy=y(stars), r=radius, fill=fill)
    if back:
        canvas.tipped("rect", _shown(back), x=at(back) - 1.5, y=y(stars) + 6, width=3.0, height=8.0, fill=WARN)
