"""The model page: every detector and the learned model with the figures that speak for and against them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.detection.access import WORKS_ON_CLUES
from chengxin.detection.learning import actions, booster, drift, lists, queries, training
from chengxin.detection.learning.features import meaning
from chengxin.detection.learning.models import LearnedModel
from chengxin.detection.learning.tasks import TRAINING
from chengxin.jobs.actions import enqueue
from chengxin.kernel.errors import NotFound
from chengxin.kernel.tables import Table, TableView


@access.open_to(*WORKS_ON_CLUES)
def models(request: HttpRequest) -> HttpResponse:
    """All detectors, the learned model, and what needs somebody's eye."""
    cards = queries.cards()
    tables = _views(
        request, {"detectors-": (lists.DETECTORS, cards), "models-": (lists.MODELS, access.all(access.actor_of(request), LearnedModel))}
    )
    if answer := _export(tables):
        return answer
    in_use = actions.in_use()
    context = {
        "tables": tables,
        "alarms": [one for one in cards if one.level == "alarm"],
        "watched": [one for one in cards if one.level == "watch"],
        "progress": queries.progress(),
        "available": booster.available(),
        "extra": booster.EXTRA,
        "in_use": in_use,
        "drifted": in_use is not None and drift.of_model(in_use)[0].level == "alarm",
    }
    return render(request, "detection/models.html", context)


@access.open_to(*WORKS_ON_CLUES)
def detector(request: HttpRequest, detector: str) -> HttpResponse:
    """One detector: what it looks for, and how right it has been."""
    card = queries.card(detector)
    if card is None:
        raise NotFound
    tables = _views(
        request,
        {
            "months-": (lists.MONTHS, card.months),
            "patterns-": (lists.PATTERNS, queries.patterns(card)),
            "reasons-": (lists.REASONS, queries.reasons(card)),
            "calibration-": (lists.CALIBRATION, queries.calibration(card.verdicts)),
            "city-": (lists.CITY, (card.figures or {}).get("levels", [])),
        },
    )
    if answer := _export(tables):
        return answer
    context = {
        "card": card,
        "tables": tables,
        "precision": lists.percent(card.precision),
        "interval": lists.interval(card),
        "recall": lists.percent(card.easy_recall),
    }
    told = {"level": lists.LEVELS[card.level], "colour": lists.COLOURS[card.level]}
    return render(request, "detection/detector.html", context | told)


@access.open_to(*WORKS_ON_CLUES)
def learned(request: HttpRequest, model: int) -> HttpResponse:
    """One model: what it learned from, how it ranked what it had not seen, drift, and who put it in use."""
    actor = access.actor_of(request)
    record = access.get(actor, LearnedModel, number=model)
    report = record.report
    rankings = [{"auc": report["auc"], "zh": "本模型", "en": "this model"}]
    rankings += [{"auc": value, **meaning(name)} for name, value in report["trivial"].items()]
    tables = _views(
        request,
        {
            "rankings-": (lists.RANKINGS, rankings),
            "calibration-": (lists.CALIBRATION, report["calibration"]),
            "drift-": (lists.SHIFTS, drift.of_model(record)),
        },
    )
    if answer := _export(tables):
        return answer
    may = {
        "propose": record.state == "trained" and training.is_better(report) and actor.has("officer", "head"),
        "put_in_use": record.state == "proposed" and actor.has("head") and record.proposed_by != str(actor),
        "retire": record.state in ("proposed", "in_use") and actor.has("head"),
    }
    context = {"model": record, "tables": tables, "may": may, "better": training.is_better(report), "colour": lists.STATES[record.state]}
    return render(request, "detection/learned.html", context)


@access.open_to("officer", "head")
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Ask for a model to be trained now."""
    actor = access.actor_of(request)
    job = enqueue("chengxin.detection.learning.tasks:train", title=TRAINING, owner=actor.id, actor=actor.id)
    messages.success(request, _("Training has been asked for; the job says what came of it."))
    return redirect("jobs:job", job.id)


@access.open_to("officer", "head")
@require_POST
def propose(request: HttpRequest, model: int) -> HttpResponse:
    """The first of two persons."""
    actor = access.actor_of(request)
    record = actions.propose(actor, access.get(actor, LearnedModel, number=model).number)
    messages.success(request, _("The model is proposed; another person, a head, puts it in use."))
    return redirect(record.page_url)


@access.open_to("head")
@require_POST
def put_in_use(request: HttpRequest, model: int) -> HttpResponse:
    """The second person."""
    actor = access.actor_of(request)
    record = actions.put_in_use(actor, access.get(actor, LearnedModel, number=model).number)
    messages.success(request, _("The model is in use: new findings get a second opinion."))
    return redirect(record.page_url)


@access.open_to("head")
@require_POST
def retire(request: HttpRequest, model: int) -> HttpResponse:
    """Use it no more."""
    actor = access.actor_of(request)
    record = actions.retire(actor, access.get(actor, LearnedModel, number=model).number)
    messages.success(request, _("The model is retired; the order of work is the detectors' again."))
    return redirect(record.page_url)


def _views(request: HttpRequest, given: dict[str, tuple[Table, Any]]) -> dict[str, TableView]:
    """{name: table over rows}; the prefix keeps the tables of one page apart."""
    return {prefix.rstrip("-"): table.view(request.GET, rows, prefix) for prefix, (table, rows) in given.items()}


def _export(tables: dict[str, TableView]) -> HttpResponse | None:
    """The file of the table that is asked for, if one is."""
    return next((one.export_response() for one in tables.values() if one.export), None)
