from __future__ import annotations

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from chengxin.facts import lake, queries
from chengxin.kernel import clock
from chengxin.supervision.pictures import prices, reviews, rhythm, ring, route, visits
from chengxin.supervision.pictures.svg import Picture, nice_top, short
from chengxin.supervision.tests import town


def edges(accounts: int, shops: int, every: int = 1) -> list[dict]:
    return [
        {"buyer": a + 1, "shop": 1000 + s, "platform": "shanhuo", "device": a // 3 if a % 5 == 0 else 10_000 + a, "address": None}
        for a in range(accounts)
        for s in range(shops)
        if (a * 7 + s) % every == 0
    ]


def well_formed(picture: Picture) -> ElementTree.Element:
    """The SVG parses, says what it is, and has nothing the policy would refuse."""
    root = ElementTree.fromstring(str(picture.svg))
    assert root.attrib["role"] == "img" and root.attrib["aria-label"]
    assert not re.search(r"style=|<script|<style|\son\w+=|nan|inf", str(picture.svg))
    return root


def test_a_small_ring_shows_every_account_and_shop():
    frozen = ring.freeze(edges(6, 4), "buyer")
    assert (len(frozen["left"]), len(frozen["right"]), frozen["totals"]) == (6, 4, [6, 4, 24])
    well_formed(ring.draw(frozen, {1000: "云岭"}, {}))


def test_a_ring_of_200_by_200_stays_legible():
    frozen = ring.freeze(edges(200, 200, every=3), "buyer")
    assert len(frozen["left"]) <= 14 and len(frozen["right"]) <= 14
    assert sum(one["n"] for one in frozen["left"]) == 200 and sum(one["n"] for one in frozen["right"]) == 200
    assert sum(link[2] for link in frozen["links"]) == frozen["totals"][2]
    picture = ring.draw(frozen, {}, {"shanhuo": "山货集市"})
    well_formed(picture)
    assert len(picture.rows) == len(frozen["links"])


def test_one_line_is_not_a_picture():
    assert ring.draw(ring.freeze(edges(1, 1), "buyer"), {}, {}) is None


def test_names_in_a_picture_are_escaped():
    picture = ring.draw(ring.freeze(edges(3, 2), "buyer"), {1000: '<script>"&'}, {})
    well_formed(picture)


def test_the_rhythm_draws_days_and_hours():
    days, hours = [["2026-11-02", 10, 4], ["2026-11-03", 3, 0]], [[h, h, h // 2] for h in range(24)]
    frozen = {"kind": "order", "days": days, "hours": hours}
    assert len(rhythm.draw(frozen).rows) == 26
    well_formed(rhythm.draw(frozen))


def test_the_price_curve_draws_with_and_without_a_reference():
    start = town.START
    one = {"sku": "K1", "start": start.isoformat(), "struck": 9900, "shown": 4500, "reference": 3900, "days": 7}
    one |= {
        "prices": [[(start - timedelta(days=3)).isoformat(), 3900, None], [start.isoformat(), 4500, 9900]],
        "deals": [[start.isoformat(), 3900]],
    }
    well_formed(prices.draw(one))
    well_formed(prices.draw({**one, "reference": None, "deals": []}))


def test_lanes_need_two_times():
    lane = {
        "tail": "0001",
        "weight": None,
        "origin": "230404",
        "dest": "230421",
        "collected": town.START.isoformat(),
        "signed": "",
        "scans": [],
    }
    assert route.draw([lane]) is None
    signed = {**lane, "signed": (town.START + timedelta(hours=2)).isoformat()}
    well_formed(route.draw([signed]))


def test_axes_end_at_round_numbers():
    assert [nice_top(value) for value in (0, 1, 3, 7, 12, 99, 100, 480, 501)] == [1, 1, 5, 10, 20, 100, 100, 500, 1000]


def test_a_chinese_character_is_two_cells_wide():
    assert short("黑水山货铺", 6) == "黑水山…" and short("abc", 6) == "abc"


def test_visits_are_drawn_as_shares_of_their_own_kind():
    """A surge at night of visits of a second stands out however few or many the other visits are."""
    hours = [[hour, 300 if hour == 3 else 0, 10 if 8 <= hour < 23 else 0] for hour in range(24)]
    picture = visits.draw({"hours": hours, "stays": [[0, 300, 3], [1, 0, 20], [2, 0, 60], [3, 0, 60], [4, 0, 7]]})
    well_formed(picture)
    assert len(picture.rows) == 24 + 5 and "300" in picture.caption and "100" in picture.caption
    assert visits.draw({}) is None


def test_visits_without_a_stay_still_have_hours(db):
    at = town.START
    frozen = visits.freeze([1], at, at, [{"entered_at": at, "seconds": None}, {"entered_at": at + timedelta(hours=1), "seconds": 4}])
    assert sum(mine for _hour, mine, _other in frozen["hours"]) == 2
    assert [mine for _stay, mine, _other in frozen["stays"]] == [0, 1, 0, 0, 0]
    well_formed(visits.draw(frozen))
    assert visits.freeze([1], at, at, []) == {}


def review(day: int, stars: int, mine: bool = False, back: int | None = None, turned: int | None = None) -> list:
    at = [
        None if one is None else (datetime(2026, 11, 1, tzinfo=clock.CITY) + timedelta(days=one)).isoformat() for one in (day, back, turned)
    ]
    return [at[0], stars, mine, *at[1:], None if turned is None else 5]


def test_the_reviews_of_a_shop_tell_stars_money_and_turn():
    rows = [review(0, 5), review(2, 1, True, 3, 5), review(3, 1, True, 4), review(4, 4)]
    picture = reviews.draw([{"shop": 1000, "reviews": rows}, {"shop": 1001, "reviews": rows[1:]}], {1000: '<b>"'})
    root = well_formed(picture)
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    marks = [one for one in root.iter() if one.tag.endswith("rect")]
    assert (len(circles), len(marks), len(picture.rows)) == (7 + 2, 4, 7)
    assert picture.rows[1][4:] == ["2026-11-04 00:00", "2026-11-06 00:00", 5]


def test_one_review_is_drawn_and_none_is_no_picture():
    well_formed(reviews.draw([{"shop": 1000, "reviews": [review(0, 1, True)]}], {}))
    assert reviews.draw([], {}) is None


@pytest.mark.django_db
def test_reviews_are_frozen_with_what_followed_those_in_evidence():
    on = town.platform()
    one, other = town.shop(1, "云岭", on), town.shop(2, "松溪", on)
    at = [(town.START + timedelta(days=day)).isoformat() for day in range(6)]
    rows = [
        {
            "review_no": f"V{n}",
            "order_no": f"T{n}",
            "shop_id": shop,
            "rater": f"U{n}",
            "stars": stars,
            "reviewed_at": at[n],
        }
        for n, (shop, stars) in enumerate([("S0001", 1), ("S0001", 1), ("S0001", 5), ("S0002", 5)])
    ]
    town.report(on, "review", rows)
    refund = {"payee": "U0", "amount": "9.90", "reason": "quality"}
    town.report(on, "refund", [{"refund_no": f"R{n}", "order_no": f"T{n}", "requested_at": at[n + 1], **refund} for n in (0, 2)])
    town.report(on, "followup", [{"review_no": "V0", "seq": 1, "shop_id": "S0001", "rater": "U0", "stars": 5, "reviewed_at": at[3]}])
    facts_of = [int(row["fact"]) for row in _reviews() if row["stars"] == 1]
    (frozen,) = reviews.freeze([one.token, other.token], facts_of, town.START, town.START + timedelta(days=6))
    assert frozen["shop"] == one.token and [row[1:3] for row in frozen["reviews"]] == [[1, True], [1, True], [5, False]]
    first, second, others = frozen["reviews"]
    assert first[3:] == [at[1], at[3], 5] and second[3:] == [None, None, None]
    assert others[3:] == [None, None, None]  # of a review that is no evidence nothing more is looked up
    assert reviews.freeze([one.token], [], town.START, town.START) == []


def _reviews() -> list[dict]:
    with lake.connect(queries.snapshot(["review"], None, None)) as connection:
        return connection.sql("SELECT fact, stars FROM review").to_arrow_table().to_pylist()
