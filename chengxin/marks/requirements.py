"""What a shop of a category must hold and show, and what is missing: a list for the merchant and the officer, a person decides.

The rules are dated data (law/lists/category_requirements.yaml); of display only what the register can tell is checked, the rest is said to
need a person's look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.marks.models import PermitLink
from chengxin.marks.models.permits import ALIVE
from chengxin.subjects.models import Licence, Shop
from chengxin.subjects.queries import family

MET, MISSING, LOOK = "met", "missing", "look"
MOST_TITLES, MOST_SAID = 500, 20
TITLES = """
SELECT title, max(changed_at) AS newest FROM listing
WHERE shop = $shop AND regexp_matches(title, $words) GROUP BY title ORDER BY newest DESC, title LIMIT $most
"""


@dataclass(frozen=True)
class Line:
    """One requirement on a shop. kind: licence | display | prohibited; state: met | missing | look; said: what was found."""

    kind: str
    state: str
    rule: Mapping[str, Any]
    said: str = ""


@dataclass(frozen=True)
class Check:
    """All lines of one category for a shop."""

    name: Mapping[str, str]
    lines: list[Line]

    @property
    def missing(self) -> int:
        return sum(line.state == MISSING for line in self.lines)


def of_shop(shop: Shop, titles: bool = True) -> list[Check]:
    """The check of each category of the shop that has rules today. titles: whether product titles in the lake are looked at too."""
    mine = set(shop.categories)
    rules = [one for one in law.at(clock.today()).codes("category_requirements").values() if mine & set(one["categories"])]
    words = [word for one in rules for each in one["prohibited"] for word in each["words"]]
    found = _titles(shop, words) if titles and words else None
    return [_check(shop, rule, mine, found) for rule in rules]


def _check(shop: Shop, rule: Mapping[str, Any], mine: set[str], titles: Sequence[str] | None) -> Check:
    held = _held(shop, clock.today())
    kinds = {one.kind for one in held}
    lines = [Line("licence", MET if kinds & set(one["any_of"]) else MISSING, one) for one in rule["licences"] if _asked(one, mine)]
    lines += [_display(one, held) for one in rule["display"] if _asked(one, mine)]
    if titles is not None:
        lines += [_prohibited(titles, one) for one in rule["prohibited"]]
    return Check(rule, lines)


def _asked(rule: Mapping[str, Any], mine: set[str]) -> bool:
    return not rule.get("categories") or bool(mine & set(rule["categories"]))


def _held(shop: Shop, day: date) -> list[Licence]:
    """The licences in force of whoever stands behind the shop."""
    if shop.subject_id is None:
        return []
    found = Licence.objects.filter(subject__in=family(shop.subject_id), status="valid")
    return [one for one in found if one.expires_on is None or one.expires_on >= day]


def _display(rule: Mapping[str, Any], held: Sequence[Licence]) -> Line:
    if rule["by"] == LOOK:
        return Line("display", LOOK, rule)
    right = [one for one in held if one.kind in rule["kinds"]]
    if rule["by"] == "licence":
        return Line("display", LOOK if right else MISSING, rule, "、".join(one.number for one in right))
    alive = PermitLink.objects.filter(licence__in=[one.pk for one in right], state=ALIVE, removed_at__isnull=True)
    return Line("display", MET if alive.exists() else MISSING, rule, "、".join(alive.values_list("url", flat=True)[:3]))


def _prohibited(titles: Sequence[str], rule: Mapping[str, Any]) -> Line:
    """Words in the titles that the platform reported: a reason to look, nothing more."""
    found = [one for one in titles if any(word in one for word in rule["words"])]
    return Line("prohibited", MISSING if found else MET, rule, "；".join(found[:MOST_SAID]))


def _titles(shop: Shop, words: Sequence[str]) -> list[str]:
    """The newest titles of the shop's products that hold any of the words."""
    given = {"shop": shop.token, "words": "|".join(map(re.escape, words)), "most": MOST_TITLES}
    with lake.connect(snapshot(["listing"])) as connection:
        return [str(title) for title, _ in connection.execute(TITLES, given).fetchall()]
