"""Runs as records: what was looked at, with which detectors and parameters, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from chengxin import detectors
from chengxin.accounts import access
from chengxin.detection import queries
from chengxin.detection.access import WORKS_ON_CLUES
from chengxin.detection.alike import Alike, alike
from chengxin.detection.forms import RunForm
from chengxin.detection.live import alerts as live
from chengxin.detection.models import LiveAlert, Run
from chengxin.detection.tasks import TITLE
from chengxin.facts import kinds, lake
from chengxin.facts import queries as facts
from chengxin.jobs.actions import enqueue
from chengxin.kernel import language
from chengxin.kernel.tables import Column, Filter, Table

STATES = [
    (Run.State.RUNNING, _("Running")),
    (Run.State.DONE, _("Done")),
    (Run.State.STOPPED, _("Stopped")),
    (Run.State.FAILED, _("Failed")),
]
STATE_NAMES = {str(state): name for state, name in STATES}
COLOURS = {"running": "accent", "done": "green", "stopped": "amber", "failed": "red"}


def _names(run: Run) -> str:
    names = [language.pick(detectors.load(name)).split("：")[0].split(":")[0] for name in run.detectors if name in detectors.names()]
    return language.pick({"zh": "、".join(names), "en": ", ".join(names)})


RUNS = Table(
    name="runs",
    columns=[
        Column("started_at", _("Started"), kind="time", sort="started_at", value=lambda run: run.started_at),
        Column("detectors", _("Detectors"), value=_names),
        Column("since", _("From"), kind="date", value=lambda run: run.since),
        Column("until", _("Until"), kind="date", value=lambda run: run.until),
        Column("findings", _("Findings"), kind="number", sort="findings"),
        Column("state", _("State"), kind="tag", value=lambda run: STATE_NAMES[run.state], colour=lambda run: COLOURS[run.state]),
        Column("open", "", value=lambda run: _("Open"), link="get_absolute_url", export=False),
    ],
    filters=[Filter("state", _("State"), choices=STATES)],
    sort="-started_at",
    caption=_("Detection runs"),
    empty=_("No run yet"),
    empty_next=_("Choose the detectors above and start one, or wait: each report that is accepted sets off a look."),
)


FATES = [("clue", _("Became a clue")), ("nothing", _("Nothing found")), ("waiting", _("Being looked at"))]
FATE_NAMES = dict(FATES)
FATE_COLOURS = {"clue": "amber", "nothing": "", "waiting": "accent"}


def _shop(alert: LiveAlert) -> str:
    return str(alert.shop_name or alert.shop_id or alert.shop)  # type: ignore[attr-defined]


ALERTS = Table(
    name="live-alerts",
    columns=[
        Column("at", _("Time"), kind="time", sort="at"),
        Column("shop", _("Shop"), value=_shop),
        Column("reason", _("Reason"), value=lambda alert: language.pick(alert.said)),
        Column("n", _("Count"), kind="number", sort="n"),
        Column("shops", _("Shops tied"), kind="number", value=lambda alert: len(alert.shops)),
        Column(
            "fate",
            _("What became of it"),
            kind="tag",
            value=lambda alert: FATE_NAMES[alert.fate],
            colour=lambda alert: FATE_COLOURS[alert.fate],
        ),
        Column("clue", _("Clue"), link="clue_page"),
    ],
    filters=[Filter("fate", _("What became of it"), choices=FATES, apply=live.with_fate)],
    sort="-at",
    caption=_("Live alerts"),
    empty=_("No live alert"),
    empty_next=_("That is the usual and best state. Each report is looked at the moment it is accepted."),
)
LATEST = replace(ALERTS, name="latest-alerts", page_size=5, filters=(), tools=False)


@access.open_to(*WORKS_ON_CLUES)
def alerts(request: HttpRequest) -> HttpResponse:
    """Live alerts, newest first, with the clue that each became."""
    view = ALERTS.view(request.GET, live.shown_to(access.actor_of(request)))
    if view.export:
        return view.export_response()
    return render(request, "detection/alerts.html", {"table": view})


def _reason(one: Alike) -> str:
    known = kinds.kind("complaint").by_name["reason"].codes
    return language.pick(known[one.reason]) if one.reason in known else one.reason


ALIKE = Table(
    name="alike",
    columns=[
        Column("n", _("Complaints in the group"), kind="number", sort="n"),
        Column("wording", _("What they say")),
        Column("reason", _("Reason"), value=_reason),
        Column("shops", _("Shops complained of"), kind="number", sort="shops"),
        Column("platforms", _("Platforms concerned"), kind="number"),
        Column("first", _("First filed"), kind="time", sort="first"),
        Column("last", _("Last filed"), kind="time", sort="last"),
        Column("complaints", _("Numbers of the complaints"), value=lambda one: ", ".join(one.complaints)),
    ],
    sort="-n",
    caption=_("Complaints that say nearly the same"),
    empty=_("No three complaints say nearly the same"),
    empty_next=_("Each is read by itself."),
)


@access.open_to(*WORKS_ON_CLUES)
def alike_complaints(request: HttpRequest) -> HttpResponse:
    """Complaints with nearly the same words, side by side: read once, decided one by one. Nothing comes of it but this page."""
    with lake.connect(facts.snapshot(["complaint"])) as connection:
        view = ALIKE.view(request.GET, alike(connection))
    if view.export:
        return view.export_response()
    return render(request, "detection/alike.html", {"table": view})


@access.open_to(*WORKS_ON_CLUES)
def runs(request: HttpRequest) -> HttpResponse:
    """The list of runs, and the form that starts one."""
    form = RunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _start(request, form.cleaned_data)
    view = RUNS.view(request.GET, queries.runs())
    if view.export:
        return view.export_response()
    latest = LATEST.view({}, live.shown_to(access.actor_of(request)))
    return render(request, "detection/runs.html", {"table": view, "form": form, "cards": queries.cards(), "latest": latest})


def _start(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    actor = access.actor_of(request)
    days = {name: given[name].isoformat() for name in ("since", "until") if given[name]}
    job = enqueue("chengxin.detection.tasks:run", title=TITLE, owner=actor.id, names=given["detectors"], actor=actor.id, **days)
    messages.success(request, _("The run has been started; you may leave this page, it goes on."))
    return redirect("jobs:job", job.id)


@access.open_to(*WORKS_ON_CLUES)
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One run with its inputs and its findings."""
    record = access.get(access.actor_of(request), Run, pk=run_id)
    found = [{"row": row, "reason": row.reasons[0] if row.reasons else None} for row in queries.found(str(run_id))[:200]]
    context = {"run": record, "found": found, "per_detector": queries.per_detector(record), "colour": COLOURS[record.state]}
    return render(request, "detection/run.html", {**context, "state": STATE_NAMES[record.state]})
