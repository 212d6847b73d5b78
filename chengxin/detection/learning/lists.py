"""The tables of the model page; each exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.detection.learning import queries
from chengxin.detection.learning.drift import Month, Shift
from chengxin.detection.learning.features import meaning
from chengxin.detection.learning.models import LearnedModel
from chengxin.detection.learning.queries import Card
from chengxin.kernel import language
from chengxin.kernel.tables import Column, Table

LEVELS = {"usual": _("As usual"), "watch": _("Watch"), "alarm": _("Changed"), "few": _("Too few to say")}
COLOURS = {"usual": "green", "watch": "amber", "alarm": "red", "few": ""}
STATES = {"trained": "", "proposed": "amber", "in_use": "green", "retired": ""}


def percent(share: float | None) -> str:
    """A share as people read it; a dash when it is not known."""
    return "–" if share is None else f"{100 * share:.0f} %"


def precision(one: Card | Month) -> str:
    """Precision with its interval, or a dash."""
    return f"{percent(one.precision)} {interval(one)}".rstrip()


def interval(one: Card | Month) -> str:
    """The 95 % interval in hundredths; nothing without a verdict."""
    low, high = one.interval
    return f"[{100 * low:.0f}, {100 * high:.0f}]" if one.judged else ""


def _best_trivial(one: Card) -> dict[str, str] | str:
    levels = [level for level in (one.figures or {}).get("levels", []) if level["level"] in (0, 1, 2)]
    best: Mapping[str, Any] | None = max(levels, key=lambda level: level["trivial"]["ap"], default=None)
    return _ranking(best) if best else "–"


def _ranking(level: Mapping[str, Any]) -> dict[str, str]:
    """A level's best trivial ranking with its average precision."""
    name, ap = level["trivial"]["name"], level["trivial"]["ap"]
    return {"zh": f"{queries.rankings().get(name, name)}（{ap:.2f}）", "en": f"{name} ({ap:.2f})"}


def _feature(one: Shift) -> dict[str, str]:
    return {"zh": "模型给出的概率", "en": "the model's probability"} if one.name == "probability" else meaning(one.name)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _with_interval(one: Mapping[str, Any]) -> str:
    return f"{one['recall']:.2f}" + (f" [{one['low']:.2f}, {one['high']:.2f}]" if "low" in one else "")


DETECTORS = Table(
    name="detector-figures",
    caption=_("Detectors"),
    page_size=100,
    columns=[
        Column("name", _("Detector"), value=lambda one: language.pick(one.detector), link="page_url", css="wide"),
        Column("version", _("Version"), value=lambda one: one.detector.version),
        Column("judged", _("Judged"), kind="number", value=lambda one: one.judged),
        Column("confirmed", _("Confirmed"), kind="number", value=lambda one: one.confirmed),
        Column("dismissed", _("Harmless"), kind="number", value=lambda one: one.dismissed),
        Column("unknown", _("Cannot tell"), kind="number", value=lambda one: one.unknown, show=False),
        Column("precision", _("Precision [95 %]"), value=precision, css="nowrap"),
        Column("recall", _("Recall in the test city"), value=lambda one: percent(one.easy_recall)),
        Column("trivial", _("Best trivial ranking (AP)"), value=_best_trivial, show=False),
        Column("drift", _("Drift"), kind="tag", value=lambda one: LEVELS[one.level], colour=lambda one: COLOURS[one.level]),
    ],
    empty=_("No detector is installed"),
    empty_next=_("Detectors are folders of the product; look at the installation."),
)

MONTHS = Table(
    name="precision-by-month",
    caption=_("Precision over time"),
    columns=[
        Column("month", _("Month"), value=lambda one: f"{one.month:%Y-%m}"),
        Column("judged", _("Judged"), kind="number"),
        Column("confirmed", _("Confirmed"), kind="number"),
        Column("unknown", _("Cannot tell"), kind="number"),
        Column("precision", _("Precision [95 %]"), value=precision, css="nowrap"),
    ],
    empty=_("No verdict yet"),
    empty_next=_("When officers dismiss clues of this detector or record what a check showed, precision appears here by month."),
)

PATTERNS = Table(
    name="harmless-patterns",
    caption=_("What harmless clues turned out to be"),
    columns=[Column("pattern", _("Pattern"), value=lambda one: one, css="wide"), Column("n", _("Clues"), kind="number")],
    empty=_("No clue of this detector was dismissed"),
    empty_next=_("The pattern an officer picks when dismissing a clue is counted here."),
)

REASONS = Table(
    name="reasons",
    caption=_("Reasons, as officers found them"),
    page_size=50,
    columns=[
        Column("code", _("Reason"), kind="mono"),
        Column("text", _("Text"), value=lambda one: one, css="wide"),
        Column("given", _("In judged clues"), kind="number"),
        Column("wrong", _("Called wrong"), kind="number"),
        Column("confirmed", _("Of these confirmed"), value=lambda one: f"{one['hits']} / {one['judged']}" if one["judged"] else "–"),
    ],
    empty=_("The detector's card names no reason"),
    empty_next=_("A detector without reasons makes no clue."),
)

CITY = Table(
    name="test-city",
    caption=_("Measured in the fictional city"),
    columns=[
        Column("level", _("Camouflage"), kind="number"),
        Column("shops", _("Planted shops"), kind="number"),
        Column("recall", _("Recall at precision 0.9"), value=_with_interval),
        Column("campaigns", _("Campaigns found"), value=lambda one: one.get("campaigns", "–").replace(" of ", " / ")),
        Column(
            "trivial",
            _("Best trivial ranking (AP)"),
            value=_ranking,
            css="wide",
        ),
    ],
    empty=_("Not measured in the fictional city"),
    empty_next=_("Run bench/city/run.py for this detector and keep its figures."),
)

CALIBRATION = Table(
    name="calibration",
    caption=_("Is the score a probability?"),
    columns=[
        Column("score", _("Confidence"), value=lambda one: f"{one['from']:.1f} – {one['to']:.1f}", css="nowrap"),
        Column("n", _("Clues"), kind="number"),
        Column("said", _("Said on average"), value=lambda one: percent(one["said"])),
        Column(
            "true", _("Confirmed [95 %]"), value=lambda one: f"{percent(one['true'])} [{100 * one['low']:.0f}, {100 * one['high']:.0f}]"
        ),
    ],
    empty=_("No verdict to compare the score with"),
    empty_next=_("A score of 0.8 should be confirmed about eight times in ten; verdicts will show whether it is."),
)

MODELS = Table(
    name="models",
    caption=_("Trained models"),
    columns=[
        Column("number", _("Model"), value=str, link="page_url"),
        Column("state", _("State"), kind="tag", value=LearnedModel.get_state_display, colour=lambda one: STATES[one.state]),
        Column("verdicts", _("Verdicts"), kind="number"),
        Column("auc", _("ROC AUC, held back"), value=lambda one: _number(one.report["auc"])),
        Column(
            "trivial",
            _("Best trivial ranking"),
            value=lambda one: _number(max((v for v in one.report["trivial"].values() if v), default=None)),
        ),
        Column("trained_at", _("Trained"), kind="time"),
    ],
    empty=_("No model has been trained"),
    empty_next=_("It is trained every Monday once there are enough verdicts, or when you ask for it above."),
)

SHIFTS = Table(
    name="drift",
    caption=_("Drift since training"),
    page_size=15,
    columns=[
        Column("feature", _("Feature"), value=_feature, css="wide"),
        Column("psi", _("PSI"), value=lambda one: _number(one.psi)),
        Column("now", _("Findings of the last weeks"), kind="number"),
        Column("level", _("Drift"), kind="tag", value=lambda one: LEVELS[one.level], colour=lambda one: COLOURS[one.level]),
    ],
    empty=_("No feature"),
)

RANKINGS = Table(
    name="rankings",
    caption=_("Beside rankings that need no model"),
    columns=[
        Column("name", _("Ranking"), value=lambda one: one, css="wide"),
        Column("auc", _("ROC AUC, held back"), value=lambda one: _number(one["auc"])),
    ],
    empty=_("No ranking"),
)
