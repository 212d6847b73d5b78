"""What platforms' own detection brought: packages, and the seeded cases that show whether it really ran."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.accounts.signatures import verify_again
from chengxin.detection.access import WORKS_ON_CLUES
from chengxin.detection.local import cases, chances, seeding
from chengxin.detection.local.forms import SeedForm
from chengxin.detection.local.models import LocalPackage, SeededSet
from chengxin.kernel.tables import Column, Table
from chengxin.subjects.models import Platform

PACKAGES = Table(
    name="local-packages",
    columns=[
        Column("received_at", _("Received"), kind="time", sort="received_at"),
        Column("platform", _("Platform"), sort="platform"),
        Column("since", _("From"), kind="date"),
        Column("until", _("Until"), kind="date"),
        Column("rows", _("Rows looked at"), kind="number", sort="rows"),
        Column("findings", _("Findings"), kind="number", value=lambda one: one.findings.count()),
        Column("aside", _("Set aside"), kind="number", value=lambda one: len(one.quarantined)),
        Column("open", "", value=lambda one: _("Open"), link="get_absolute_url", export=False),
    ],
    sort="-received_at",
    caption=_("Findings made at platforms"),
    empty=_("No platform has sent a package yet"),
    empty_next=_("A platform runs chengxin-local on its own files; only signed findings arrive here."),
)


@access.open_to(*WORKS_ON_CLUES)
def packages(request: HttpRequest) -> HttpResponse:
    """Packages, newest first."""
    view = PACKAGES.view(request.GET, access.all(access.actor_of(request), LocalPackage).prefetch_related("findings"))
    if view.export:
        return view.export_response()
    return render(request, "detection/packages.html", {"table": view})


@access.open_to(*WORKS_ON_CLUES)
def package(request: HttpRequest, id: UUID) -> HttpResponse:
    """One package: what was read, with what, what was found, what was set aside, and whether the signature holds today."""
    kept = access.get(access.actor_of(request), LocalPackage, pk=id)
    told = json.loads(kept.body)
    context = {
        "kept": kept,
        "inputs": told["inputs"],
        "detectors": sorted(told["detectors"].items()),
        "findings": list(kept.findings.all()[:500]),
        "signed": verify_again(kept.signature, kept.body.encode()),
    }
    return render(request, "detection/package.html", context)


SETS = Table(
    name="seeded-sets",
    columns=[
        Column("made_at", _("Drawn"), kind="time", sort="made_at"),
        Column("platform", _("Platform"), sort="platform"),
        Column("since", _("From"), kind="date"),
        Column("until", _("Until"), kind="date"),
        Column("count", _("Cases"), kind="number", sort="count"),
        Column("revealed_at", _("Revealed"), kind="time"),
        Column("open", "", value=lambda one: _("Open"), link="get_absolute_url", export=False),
    ],
    sort="-made_at",
    caption=_("Seeded cases"),
    empty=_("No case has been drawn yet"),
    empty_next=_("Draw a set above; it is promised in the log by its hash and stays secret until it is revealed."),
)
VERDICTS = {
    "waiting": ("accent", _("No package that covers the period has come yet.")),
    "nothing_sent": ("red", _("The cases were revealed and the platform had sent no package that covers the period.")),
    "whole": ("green", _("Every case came back. The run went over the seeded rows, and nothing of them was left out.")),
    "missing": ("red", _("Cases are missing. The detectors find each of them, so rows or findings were left out or altered on the way.")),
    "none": ("red", _("No case came back: the seeded rows did not go through the detectors, or their findings were kept back.")),
    "false": ("amber", _("Every case came back, and honest seeded shops were named too: rows or detectors were altered.")),
}


@access.open_to("officer", "head")
def seeded_sets(request: HttpRequest) -> HttpResponse:
    """Sets of seeded cases, and the form that draws one."""
    actor = access.actor_of(request)
    form = SeedForm(access.all(actor, Platform), request.POST or None, initial={"count": chances.cases_needed()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        platform = access.get(actor, Platform, code=given["platform"])
        made = seeding.draw(actor, platform, given["since"], given["until"], given["count"])
        messages.success(request, gettext("The cases are drawn and their hash is in the log."))
        return redirect(made)
    view = SETS.view(request.GET, access.all(actor, SeededSet))
    if view.export:
        return view.export_response()
    context = {"table": view, "form": form, **seeding.goal()}
    return render(request, "detection/seeded_sets.html", context, status=422 if form.errors else 200)


@access.open_to("officer", "head")
def seeded(request: HttpRequest, id: UUID) -> HttpResponse:
    """One set: sent, expected, found, missing, and the verdict in words."""
    made = access.get(access.actor_of(request), SeededSet, pk=id)
    result = seeding.result(made)
    colour, verdict = VERDICTS[result.verdict]
    plan = seeding.plan_of(made)
    context = {"made": made, "result": result, "colour": colour, "verdict": verdict, "honest": len(plan.honest)}
    share = seeding.said(result.share, down=bool(result.missing))
    context |= {**seeding.goal(), "share": share, "caught": seeding.said(chances.caught(made.count), down=True)}
    context["detectors"] = sorted(cases.SEEDED)
    return render(request, "detection/seeded.html", context)


@access.open_to("officer", "head")
@require_POST
def seeded_rows(request: HttpRequest, id: UUID) -> HttpResponse:
    """The rows to hand over, as a zip; logged."""
    actor = access.actor_of(request)
    made = access.get(actor, SeededSet, pk=id)
    body = seeding.hand_out(actor, made)
    disposition = {"Content-Disposition": f'attachment; filename="{made.platform}-{made.since}-{made.until}.zip"'}
    return HttpResponse(body, content_type="application/zip", headers=disposition)


@access.open_to("officer", "head")
@require_POST
def seeded_reveal(request: HttpRequest, id: UUID) -> HttpResponse:
    """Reveal the cases: the plan goes into the log, and no later package counts."""
    actor = access.actor_of(request)
    made = access.get(actor, SeededSet, pk=id)
    seeding.reveal(actor, made)
    messages.success(request, gettext("The cases are revealed; anybody can compare them with the hash in the log."))
    return redirect(made)
