"""Scores of clues against the truth of generated cities: per type of fraud and level of camouflage, beside the trivial baselines.

Shops are ranked by the best clue that names them. For one type and level the positives are the shops of its campaigns; shops of other
levels, and of campaigns that show the same behaviour on the way, count neither way. Intervals: bootstrap over shops and campaigns, 95 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from answers import Answers, Campaign, Clue

BEHAVIOURS = {
    "F1": "B01", "F2": "B07", "F6": "B13", "F5": "B06", "F3": "B02", "F4": "B04", "F11": "B05",
    "F7": "B09", "F21": "B15", "F22": "B14", "F23": "B11", "F12": "B02",
    "F8": "B21", "F9": "B17", "F13": "B08", "F10": "B19",
    "F15": "B12", "F16": "B03", "F17": "B22", "F18": "B20", "F19": "B19",
    "F14": "B28", "F20": "B26",
}  # fmt: skip
# Detectors that share a behaviour with another: the type each looks for; confirmed_ties starts from officers' verdicts and has none here.
TYPE_OF = {"rating_ring": "F3", "invented_reviews": "F12", "re_registration": "F10", "shared_licence": "F19", "confirmed_ties": ""}
RINGS = ("F1", "F3", "F4")  # types whose campaigns have accounts of their own
PRECISION = 0.9
BUDGET = 0.001  # share of shops that officers inspect a week
FULL, PURE = 0.5, 0.8  # a campaign is found by a clue that holds half of it and is four fifths its own
ROUNDS = 300
Ranked = dict[int, float]  # shop token → score


@dataclass(frozen=True)
class Measured:
    """A value with its bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return "–" if np.isnan(self.value) else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ranking(clues: Sequence[Clue], behaviour: str) -> Ranked:
    """Each shop's best score among the clues of a behaviour."""
    best: Ranked = {}
    for clue in clues:
        if clue.behaviour == behaviour:
            for shop in clue.shops:
                best[shop] = max(best.get(shop, 0.0), clue.score)
    return best


def labelled(city: Answers, type_: str, level: int | None, scores: Ranked) -> tuple[np.ndarray, np.ndarray]:
    """(is positive, score) of the shops that count for this type and level; level None takes all levels."""
    behaviour = BEHAVIOURS[type_]
    wanted, ignored = set(), set()
    for campaign in city.campaigns:
        if campaign.type == type_ and level in (None, campaign.level):
            wanted |= campaign.shops
        elif campaign.behaviour == behaviour or behaviour in campaign.also:
            ignored |= campaign.shops
    shops = sorted(city.shops - (ignored - wanted))
    return np.array([shop in wanted for shop in shops], dtype=bool), np.array([scores.get(shop, 0.0) for shop in shops])


def average_precision(positive: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """AP with ties taken at once; shops that nobody named share the score 0 and the last place."""
    weight = np.ones(len(score)) if weight is None else weight
    precision, recall = _curve(positive, score, weight)
    return float("nan") if not len(recall) else float(np.sum(np.diff(np.concatenate([[0.0], recall])) * precision))


def recall_at(positive: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """The largest recall at a threshold above 0 where the precision is still 0.9."""
    weight = np.ones(len(score)) if weight is None else weight
    total = float((weight * positive).sum())
    if not total:
        return float("nan")
    named = score > 0
    precision, recall = _curve(positive[named], score[named], weight[named], total)
    return float(recall[precision >= PRECISION].max(initial=0.0))


def _curve(positive: np.ndarray, score: np.ndarray, weight: np.ndarray, total: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(-score, kind="stable")
    hits, seen = np.cumsum((weight * positive)[order]), np.cumsum(weight[order])
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True)) if len(order) else np.zeros(0, int)
    total = total or (float(hits[-1]) if len(hits) else 0.0)
    if not total:
        return np.zeros(0), np.zeros(0)
    return hits[last] / np.maximum(seen[last], 1e-9), hits[last] / total


def bootstrap(figure: Callable[[np.ndarray | None], float], n: int) -> Measured:
    """A figure of n things under resampling of them (as weights)."""
    rng = np.random.default_rng(17)
    value = figure(None)
    if np.isnan(value) or not n:
        return Measured(float("nan"), float("nan"), float("nan"))
    drawn = [figure(rng.multinomial(n, np.full(n, 1 / n)).astype(float)) for _ in range(ROUNDS)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Measured(value, float(low), float(high))


def found(city: Answers, campaign: Campaign, clues: Sequence[Clue]) -> bool:
    """Whether one clue holds half of a campaign and is nearly its own; campaigns of one studio may share a clue.

    Members are shops and accounts for rings (brushing, praise, extortion), shops alone for the others.
    """
    with_accounts = campaign.type in RINGS
    mates = [one for one in city.campaigns if one.group == campaign.group]
    ours = frozenset().union(*(_members(one.shops, one.accounts, with_accounts) for one in mates))
    mine = _members(campaign.shops, campaign.accounts, with_accounts)
    for clue in clues:
        named = _members(clue.shops, clue.accounts, with_accounts)
        if clue.behaviour == campaign.behaviour and len(named & mine) >= FULL * len(mine) and len(named & ours) >= PURE * len(named):
            return True
    return False


def _members(shops: frozenset[int], accounts: frozenset[int], with_accounts: bool) -> frozenset[int]:
    return shops | accounts if with_accounts else shops


def pooled(cities: Sequence[tuple[Answers, Ranked]], type_: str, level: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores over several cities."""
    parts = [labelled(city, type_, level, scores) for city, scores in cities]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


City = tuple[Answers, Sequence[Clue], dict[str, Ranked]]  # with the trivial rankings


@dataclass(frozen=True)
class Line:
    """A type at a level (None: all of its levels). delays: hours, of the campaigns that a look named; trivial: the best trivial ranking."""

    type: str
    level: int | None
    shops: int
    precision: Measured
    recall: Measured
    budget: float
    hits: Sequence[bool]
    delays: Sequence[float]
    trivial: str
    trivial_ap: float

    @property
    def lift(self) -> float:
        """Average precision beyond the best trivial ranking's."""
        return self.precision.value - self.trivial_ap

    def __str__(self) -> str:
        level = "all" if self.level is None else self.level
        delay = f"{np.median(self.delays):.0f}" if self.delays else "–"
        trivial = f"{self.trivial.removeprefix('rule: ')} ({self.trivial_ap:.2f})"
        campaigns = f"{sum(self.hits)} of {len(self.hits)}"
        figures = f"{self.precision} | {self.recall} | {self.budget:.2f} | {campaigns} | {delay}"
        return f"| {self.type} | {level} | {self.shops} | {figures} | {trivial} | {self.lift:+.2f} |"


def lines(cities: Sequence[City], type_: str) -> list[Line]:
    """A type's levels, and all of them together; nothing when it was not planted."""
    levels = sorted({one.level for city, _, _ in cities for one in city.campaigns if one.type == type_})
    return [_line(cities, type_, level) for level in (*levels, None)] if levels else []


def _line(cities: Sequence[City], type_: str, level: int | None) -> Line:
    mine = [city for city in cities if any(_is(one, type_, level) for one in city[0].campaigns)]
    ranked = [(city, ranking(clues, BEHAVIOURS[type_])) for city, clues, _ in mine]
    positive, score = pooled(ranked, type_, level)
    campaigns = [(city, one, clues) for city, clues, _ in mine for one in city.campaigns if _is(one, type_, level)]
    name, ap = best_trivial(mine, type_, level)
    return Line(
        type_,
        level,
        int(positive.sum()),
        bootstrap(lambda weight: average_precision(positive, score, weight), len(positive)),
        bootstrap(lambda weight: recall_at(positive, score, weight), len(positive)),
        at_budget([(city, *labelled(city, type_, level, ranks)) for city, ranks in ranked]),
        [found(city, one, clues) for city, one, clues in campaigns],
        [one.delay for _, one, _ in campaigns if one.delay is not None],
        name,
        ap,
    )


def best_trivial(cities: Sequence[City], type_: str, level: int | None) -> tuple[str, float]:
    """(name, AP) of the trivial ranking that does best on these very cities: the choice favours it."""
    names = sorted({name for _, _, rankings in cities for name in rankings})
    ap = {name: average_precision(*pooled([(city, known.get(name, {})) for city, _, known in cities], type_, level)) for name in names}
    best = max(ap, key=lambda name: ap[name])
    return best, ap[best]


def at_budget(cities: Sequence[tuple[Answers, np.ndarray, np.ndarray]]) -> float:
    """Share of planted shops among those inspected when officers take each city's best ranked, a thousandth of the shops a week (at least
    one in all). Shops that no clue names are not inspected; of equal scores an average share is taken. 0 when nobody is named."""
    hits = seen = 0.0
    for city, positive, score in cities:
        places = min(max(1, round(BUDGET * len(city.shops) * city.days / 7)), int((score > 0).sum()))
        if not places:
            continue
        last = np.sort(score)[-places]
        above, level = score > last, score == last
        hits += positive[above].sum() + (places - above.sum()) * positive[level].mean()
        seen += places
    return float(hits / seen) if seen else 0.0


def measured(cities: Sequence[City]) -> list[Line]:
    """The lines of every planted type."""
    return [line for type_ in BEHAVIOURS for line in lines(cities, type_)]


def table(measured: Sequence[Line]) -> str:
    """Per type and level, as Markdown."""
    head = ("type", "level", "shops", "AP", "recall at precision 0.9", "precision at the weekly budget", "campaigns found")
    head += ("delay, hours", "best trivial ranking (AP)", "AP beyond it")
    rows = [str(line) for line in measured]
    return "\n".join([f"| {' | '.join(head)} |", "|---|--:|--:|---|---|--:|---|--:|---|--:|", *rows])


def headline(measured: Sequence[Line]) -> str:
    """The type, all levels together, that gains least over its best trivial ranking."""
    whole = [line for line in measured if line.level is None]
    least = min(whole, key=lambda line: line.lift)
    told = f"{least.lift:+.2f}, {least.type} ({least.precision.value:.2f} against {least.trivial_ap:.2f})"
    return f"Headline: the least AP beyond the best trivial ranking is {told}."


def figures(measured: Sequence[Line]) -> dict[str, list[dict]]:
    """{planted type: [{level, shops, recall, low, high, campaigns, trivial: {name, ap}}]}; what the model page shows."""
    told: dict[str, list[dict]] = {}
    for line in measured:
        if line.level is not None:
            told.setdefault(line.type, []).append(_figures(line))
    return told


def _figures(line: Line) -> dict:
    recall = line.recall
    return {
        "level": line.level,
        "shops": line.shops,
        "recall": round(recall.value, 2),
        "low": round(recall.low, 2),
        "high": round(recall.high, 2),
        "campaigns": f"{sum(line.hits)} of {len(line.hits)}",
        "trivial": {"name": line.trivial.removeprefix("rule: "), "ap": round(line.trivial_ap, 2)},
    }


def _is(campaign: Campaign, type_: str, level: int | None) -> bool:
    return campaign.type == type_ and level in (None, campaign.level)


def mistakes(cities: Sequence[City]) -> str:
    """Shops that clues name wrongly in cities with fraud, by what they really are."""
    lines = ["| behaviour | shop wrongly named is | shops |", "|---|---|--:|"]
    for type_, behaviour in BEHAVIOURS.items():
        counts: dict[str, int] = {}
        for city, clues, _ in cities:
            positive = {shop for one in city.campaigns if behaviour in (one.behaviour, *one.also) for shop in one.shops}
            for shop in ranking(clues, behaviour).keys() - positive:
                kind = _kind_of(city, shop)
                counts[kind] = counts.get(kind, 0) + 1
        lines += [f"| {type_} {behaviour} | {kind} | {n} |" for kind, n in sorted(counts.items(), key=lambda item: -item[1])]
    return "\n".join(lines)


def _kind_of(city: Answers, shop: int) -> str:
    campaigns = [f"campaign of {one.type}" for one in city.campaigns if shop in one.shops]
    return next(iter([*campaigns, *(one.type for one in city.lookalikes if shop in one.shops)]), "plain shop")


def alarms(city: Answers, clues: Sequence[Clue]) -> dict[str, float]:
    """False alarms per 10,000 honest shops a month: in all, and by look-alike class that a clue touches. Zero-fraud cities only."""
    if city.campaigns:
        raise ValueError("false alarms are counted in a city without fraud")
    counts = {"all clues": float(len(clues)), "no look-alike": 0.0} | dict.fromkeys(sorted({one.type for one in city.lookalikes}), 0.0)
    for clue in clues:
        touched = {one.type for one in city.lookalikes if _touches(clue, one)}
        for name in touched or {"no look-alike"}:
            counts[name] += 1
    return {name: count / city.shop_months * 10_000 for name, count in counts.items()}


def _touches(clue: Clue, one) -> bool:
    return bool(clue.shops & one.shops) or (len(clue.accounts) > 2 and len(clue.accounts & one.accounts) >= FULL * len(clue.accounts))


def alarm_table(rates: Sequence[dict[str, float]]) -> str:
    """False alarms over several zero-fraud cities, each class over the cities that have it; those with none are counted, not listed."""
    names = sorted({name for one in rates for name in one}, key=lambda name: (name != "all clues", name))
    mean = {name: float(np.mean([one[name] for one in rates if name in one])) for name in names}
    lines = ["| zero-fraud city: clues that touch | per 10,000 honest shops a month |", "|---|--:|"]
    lines += [f"| {name} | {mean[name]:.2f} |" for name in names if mean[name] or name in ("all clues", "no look-alike")]
    classes = [name for name in names if name not in ("all clues", "no look-alike")]
    worst = max(classes, key=lambda name: mean[name], default="")
    told = f"{worst}, {mean[worst]:.2f}" if mean.get(worst) else "none has any clue"
    quiet = sum(not mean[name] for name in classes)
    return "\n".join([*lines, f"\nWorst look-alike class: {told}. {quiet} of {len(classes)} classes have no clue."])
