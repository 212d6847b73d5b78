"""What the model page shows: every detector's figures from verdicts, the published figures, the models, a second opinion in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from chengxin import detectors
from chengxin.detection.learning import drift, features, measures, verdicts
from chengxin.detection.learning.features import tuning
from chengxin.detection.learning.models import CONFIRMED, DISMISSED, UNKNOWN, LearnedModel, Opinion, Verdict
from chengxin.detectors import Detector

HERE = Path(__file__).parent


@cache
def figures() -> dict[str, Any]:
    """{detector: figures measured in the fictional city}, as `bench/city/run.py --figures` writes them."""
    loaded: dict[str, Any] = yaml.load((HERE / "figures.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
    return loaded


@cache
def rankings() -> dict[str, str]:
    """{trivial ranking of bench/city: its Chinese name}."""
    loaded: dict[str, str] = yaml.load((HERE / "rankings.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@dataclass(frozen=True)
class Card:
    """One detector: what it is, what officers said of its clues, what was measured, whether it drifts."""

    detector: Detector
    verdicts: list[Verdict]
    shift: drift.Shift | None
    figures: dict[str, Any] | None

    @property
    def name(self) -> str:
        return self.detector.name

    @property
    def page_url(self) -> str:
        return reverse("detection:detector", args=[self.name])

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.verdicts)

    @property
    def confirmed(self) -> int:
        return self.count(CONFIRMED)

    @property
    def dismissed(self) -> int:
        return self.count(DISMISSED)

    @property
    def unknown(self) -> int:
        return self.count(UNKNOWN)

    @property
    def judged(self) -> int:
        return self.confirmed + self.dismissed

    @property
    def precision(self) -> float | None:
        return self.confirmed / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        return measures.wilson(self.confirmed, self.judged)

    @property
    def months(self) -> list[drift.Month]:
        return drift.months(self.verdicts)

    @property
    def worsened(self) -> bool:
        return drift.has_worsened(self.months)

    @property
    def level(self) -> str:
        """usual, watch, alarm or few: the worse of scores and precision."""
        return "alarm" if self.worsened else self.shift.level if self.shift else "few"

    @property
    def easy_recall(self) -> float | None:
        """The lowest measured recall at camouflage levels 0 to 2."""
        levels = [one["recall"] for one in (self.figures or {}).get("levels", []) if one["level"] in (0, 1, 2)]
        return min(levels, default=None)


def cards() -> list[Card]:
    """Every detector there is, and every one that verdicts name and that is still here."""
    held: dict[str, list[Verdict]] = {}
    for one in verdicts.latest():
        held.setdefault(one.detector, []).append(one)
    shifts = drift.scores()
    return [Card(detectors.load(name), held.get(name, []), shifts.get(name), figures().get(name)) for name in detectors.names()]


def card(name: str) -> Card | None:
    """One detector's card, None when there is no such detector."""
    return next((one for one in cards() if one.name == name), None)


def patterns(one: Card) -> list[dict[str, Any]]:
    """What dismissed clues turned out to be, the most frequent first: {code, zh, en, n}."""
    counted = Counter(verdict.pattern or "other" for verdict in one.verdicts if verdict.outcome == DISMISSED)
    other = {"zh": "其他", "en": "Something else"}
    return [{"code": code, **one.detector.benign.get(code, other), "n": n} for code, n in counted.most_common()]


def reasons(one: Card) -> list[dict[str, Any]]:
    """Each reason of the card: in how many judged clues it stood, how often it was called wrong, how many of the clues were confirmed."""
    every = Verdict.objects.filter(detector=one.name)
    wrong = Counter((code, verdict.clue_id) for verdict in every for code in verdict.wrong_reasons)
    by_code = Counter(code for code, _ in wrong)
    told = []
    for code, given_text in one.detector.reasons.items():
        text = {language: re.sub(r"\{\w+\}", "…", given_text[language]) for language in ("zh", "en")}  # the card's text without its numbers
        given = [verdict for verdict in one.verdicts if code in verdict.reasons]
        judged = [verdict for verdict in given if verdict.outcome != UNKNOWN]
        hits = sum(verdict.outcome == CONFIRMED for verdict in judged)
        told.append(
            {
                "code": code,
                "zh": text["zh"],
                "en": text["en"],
                "given": len(given),
                "wrong": by_code[code],
                "hits": hits,
                "judged": len(judged),
            }
        )
    return sorted(told, key=lambda row: (-row["wrong"], -row["given"], row["code"]))


def calibration(given: Sequence[Verdict]) -> list[dict[str, float]]:
    """Bins of the detector's score against what officers said; verdicts that cannot tell are left out."""
    judged = [one for one in given if one.outcome != UNKNOWN]
    if not judged:
        return []
    labels = np.array([one.outcome == CONFIRMED for one in judged], dtype=float)
    return measures.calibration(labels, np.array([one.score for one in judged]), tuning()["bins"])


def progress() -> dict[str, int]:
    """How far the verdicts are from what training needs, and how many are left out by which rule."""
    every = verdicts.latest()
    counted = [one for one in every if verdicts.weight(one) > 0]
    confirmed = sum(one.outcome == CONFIRMED for one in counted)
    return {
        "all": len(every),
        "counted": len(counted),
        "confirmed": confirmed,
        "harmless": len(counted) - confirmed,
        "unknown": sum(one.outcome == UNKNOWN for one in every),
        "raised": sum(one.raised and one.outcome != UNKNOWN for one in every) - sum(one.raised for one in counted),
        "least": tuning()["least_verdicts"],
        "each": tuning()["least_of_each"],
    }


@dataclass(frozen=True)
class Said:
    """A contribution in words: what it is, its value, and whether it speaks for or against."""

    zh: str
    en: str
    amount: float

    @property
    def percent(self) -> int:
        return min(100, round(100 * abs(self.amount) / 2))  # two steps of log-odds fill the bar: sevenfold odds


@dataclass(frozen=True)
class SecondOpinion:
    """What the model in use says of a clue."""

    opinion: Opinion
    reasons: list[Said]

    @property
    def percent(self) -> int:
        return round(100 * self.opinion.probability)


def second_opinion(finding_ids: Iterable[Any]) -> SecondOpinion | None:
    """The newest opinion of the model in use on any of a clue's findings, None without one."""
    mine = Opinion.objects.filter(finding_id__in=list(finding_ids), model__state=LearnedModel.State.IN_USE)
    found = mine.select_related("model").order_by("-at", "-id").first()
    return SecondOpinion(found, [_said(*one) for one in found.contributions]) if found else None


def _said(name: str, value: float | None, amount: float) -> Said:
    text = features.meaning(name)
    zh, en = ("上升", "raises") if amount > 0 else ("下降", "lowers")
    number = {"zh": "不详", "en": "unknown"} if value is None else {"zh": f"{value:g}", "en": f"{value:g}"}
    if name.startswith(features.REASON) and not value:
        number = {"zh": "未出现", "en": "not given"}
    return Said(f"{text['zh']}：{number['zh']}，使可能性{zh}", f"{text['en']}: {number['en']}; {en} the probability", amount)


def probability_of(finding: str) -> Subquery:
    """A column for lists of clues: the model in use's newest probability for the finding named by an outer field."""
    said = Opinion.objects.filter(finding_id=OuterRef(finding), model__state=LearnedModel.State.IN_USE)
    return Subquery(said.order_by("-at").values("probability")[:1])
