"""False advertising (B12): words on pages that the advertising law forbids, read through disguises, less what is lawful.

The words, the goods they are forbidden for, the exceptions and their dates are law's lists ad_claims and ad_exceptions. All claims' words
are first looked for at once in the distinct texts (one compiled expression); only what holds any is read claim by claim.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window
from chengxin.kernel import characters, clock
from chengxin.law.shelf import shelf

HERE = Path(__file__).parent
TEXTS, CLAIMS, PAGES = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("texts", "claims", "pages"))
EVIDENCE = 500
ALWAYS = (date(1900, 1, 1), date(9999, 12, 31))

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop, with every page that says what it may not."""
    _read(lake, params)
    result = lake.execute(PAGES, {"until": window.until})
    names = [column[0] for column in result.description]
    by_shop: dict[int, list[Row]] = defaultdict(list)
    for row in result.fetchall():
        page = dict(zip(names, row, strict=True))
        by_shop[page["shop"]].append(page)
    for shop in sorted(by_shop):
        score = _score(by_shop[shop], params)
        if score >= params["score_min"]:
            yield _finding(shop, by_shop[shop], score, window)


def _read(lake: Any, params: dict[str, Any]) -> None:
    """Temporary tables: ad_claim (the claims in force at any time), ad_hit (texts that make one)."""
    claims = shelf().codes["ad_claims"]["items"]
    anything = _either(word for claim in claims.values() for word in claim["words"])
    plain = {"plain_text": characters.plain_sql("title || '，' || attributes"), "plain_brand": characters.plain_sql("brand")}
    given = {"words": anything, "separators": characters.SEPARATORS}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE ad_text AS {TEXTS.format(**plain)}", given)
    lake.execute("CREATE OR REPLACE TEMP TABLE ad_claim (claim VARCHAR, weight INTEGER, valid_from DATE, valid_to DATE)")
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE ad_hit (title VARCHAR, attributes VARCHAR, category VARCHAR, brand VARCHAR, claim VARCHAR, "
        "words VARCHAR, disguised BOOLEAN)"
    )
    for name, claim in claims.items():
        first, last = claim.get("valid_from") or ALWAYS[0], claim.get("valid_to") or ALWAYS[1]
        lake.execute("INSERT INTO ad_claim VALUES (?, ?, ?, ?)", [name, params["weights"].get(name, 0), first, last])
        lake.execute(f"INSERT INTO ad_hit {CLAIMS}", _given(name, claim))


def _given(name: str, claim: dict[str, Any]) -> dict[str, str]:
    """The expressions of one claim; an exception without `of` excuses every claim."""
    ours = [one for one in shelf().codes["ad_exceptions"]["items"].values() if name in one.get("of", [name])]
    return {
        "claim": name,
        "words": _either(claim["words"]),
        "categories": _begins(claim.get("categories", [])),
        "not_categories": _begins(claim.get("not_categories", [])),
        "not_with": claim.get("not_with", ""),
        "false_denials": _either(word for one in ours if one.get("denial") is False for word in one["words"]),
        "excused": _either(word for one in ours if one.get("denial") is not False for word in one["words"]),
    }


def _either(words: Any) -> str:
    return "|".join(dict.fromkeys(words))


def _begins(categories: list[str]) -> str:
    return f"^({_either(categories)})" if categories else ""


def _score(pages: list[Row], params: dict[str, Any]) -> float:
    """Each item by the worst it claims; a third of it for what was corrected at once."""
    worst: dict[int, int] = {}
    for page in pages:
        slip = (page["until"] - page["since"]).total_seconds() <= params["slip_days"] * 86_400
        weight = page["weight"] + (params["disguised"] if page["disguised"] else 0)
        weight = round(weight * params["slip_share"]) if slip and not page["still"] else weight
        worst[page["item"]] = max(worst.get(page["item"], 0), weight)
    return round(1 - math.exp(-sum(worst.values()) / 1000 / params["scale"]), 4)


def _finding(shop: int, pages: list[Row], score: float, window: Window) -> Finding:
    facts = sorted({fact for page in pages for fact in page["facts"]})
    return Finding(
        detector="false_advertising",
        behaviour="B12",
        shops=(shop,),
        accounts=(),
        evidence={"listing": tuple(facts[:EVIDENCE])},
        reasons=tuple(_reasons(pages, window)),
        score=score,
        since=min(page["since"] for page in pages),
        until=max(page["until"] for page in pages),
        benign=("licensed", "proved", "own_comparison", "name", "denial", "slip"),
    )


def _reasons(pages: list[Row], window: Window) -> Iterator[Reason]:
    card = detectors.load("false_advertising")
    for claim in sorted({page["claim"] for page in pages}):
        mine = [page for page in pages if page["claim"] == claim]
        first = min(mine, key=lambda page: (page["since"], page["words"]))
        weight = first["weight"] / 1000
        yield card.reason(claim.lower(), weight, items=len({page["item"] for page in mine}), words=first["words"], day=_day(first["since"]))
    disguised = {page["item"] for page in pages if page["disguised"]}
    if disguised:
        yield card.reason("disguised", 0.8, items=len(disguised))
    still = {page["item"] for page in pages if page["still"]}
    if still:
        yield card.reason("still_there", 0.3, items=len(still), day=_day(window.until))


def _day(at: Any) -> str:
    return clock.city_day(at).isoformat()
