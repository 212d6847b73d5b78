"""The officer's door: which entries of the register are one subject."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects import actions, lists, queries
from chengxin.subjects.actions.joining import DESK, TABLE
from chengxin.subjects.forms import ReasonForm
from chengxin.subjects.models import Joining, Subject
from chengxin.subjects.models.same import SPLITTING, WAITING
from chengxin.subjects.queries import same

MOST = 100


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what stands."""
    rows = access.all(access.actor_of(request), Joining).select_related("kept", "other")
    waiting = rows.filter(state__in=(WAITING, SPLITTING))
    context = {"waiting": _shown(waiting), "judged": _shown(rows.exclude(pk__in=waiting.values("pk"))[:MOST])}
    return render(request, "subjects/same_desk.html", context)


def _shown(rows: Any) -> list[dict[str, Any]]:
    states = workflow.load(TABLE).states
    return [{"one": one, "state": states[one.state]} for one in rows]


@access.open_to("officer", "head")
def compare(request: HttpRequest, pk: str) -> HttpResponse:
    """An entry beside those that bear the same name or that a search finds; then one of them line by line, and the proposal."""
    actor = access.actor_of(request)
    kept = access.get(actor, Subject, pk=pk)
    other = access.get(actor, Subject, pk=request.GET["with"]) if request.GET.get("with") else None
    form, q = ReasonForm(request.POST or None), request.GET.get("q", "").strip()[:200]
    if other and form.is_valid():
        try:
            made = actions.propose_same(actor, kept.pk, other.pk, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. A colleague confirms it."))
            return redirect(made.page_url)
    context = {
        "subject": kept,
        "other": other,
        "sides": _sides(kept, other) if other else [],
        "likeness": queries.likeness(kept, other) if other else [],
        "form": form,
        "q": q,
        "candidates": _found(actor, kept, q) if q else same.candidates(kept),
        "alike": queries.alike(kept) if not other and not q else [],
        "judgements": _shown(same.of_subject(kept)),
    }
    return render(request, "subjects/same_with.html", context, status=422 if form.errors else 200)


def _found(actor: access.Actor, kept: Subject, text: str) -> list[Subject]:
    """What a search finds, without the entry and what is one with it already."""
    rows = access.all(actor, Subject).filter(pk__in=[one.pk for one in queries.search_subjects(text, same.CANDIDATES)])
    return list(rows.exclude(pk__in=same.family(kept.pk)).order_by("name", "pk"))


@access.open_to(*DESK)
def judgement(request: HttpRequest, id: str) -> HttpResponse:
    """One judgement: the entries side by side, who says what, and the next step."""
    actor = access.actor_of(request)
    found = access.get(actor, Joining, pk=id)
    form = ReasonForm(request.POST if request.POST.get("step") in ("refuse", "ask_split", "keep") else None)
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        try:
            _step(actor, found, request.POST.get("step", ""), form.cleaned_data["reason"] if form.is_bound else "")
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    asked_by = found.split_asked_by if found.state == SPLITTING else found.proposed_by
    context = {
        "judgement": found,
        "state": workflow.load(TABLE).states[found.state],
        "sides": _sides(found.kept, found.other),
        "likeness": queries.likeness(found.kept, found.other),
        "own": asked_by == str(actor),
        "may_ask": actor.has("officer", "head"),
        "form": form,
    }
    return render(request, "subjects/same.html", context, status=422 if form.errors else 200)


def _step(actor: access.Actor, found: Joining, step: str, reason: str) -> None:
    if step in ("confirm", "refuse"):
        actions.decide_same(actor, found.pk, step == "confirm", reason)
    elif step in ("split", "keep"):
        actions.decide_split(actor, found.pk, step == "split", reason)
    elif step == "ask_split":
        actions.ask_split(actor, found.pk, reason)


def _sides(kept: Subject, other: Subject) -> list[dict[str, Any]]:
    """What stands on both entries, line by line, and whether it agrees."""
    rows = [
        (_("Name"), kept.name, other.name),
        (_("Kind"), lists.kind_name(kept.kind), lists.kind_name(other.kind)),
        (_("Unified social credit code"), kept.uscc or "", other.uscc or ""),
        (_("Legal representative"), kept.legal_rep, other.legal_rep),
        (_("Registered place"), kept.address, other.address),
        (_("Division"), lists.division_name(kept.division), lists.division_name(other.division)),
        (_("Shops"), _shops(kept), _shops(other)),
        (_("Source"), lists.source_name(kept.source), lists.source_name(other.source)),
    ]
    return [{"label": label, "left": left, "right": right, "agrees": bool(left) and left == right} for label, left, right in rows]


def _shops(subject: Subject) -> str:
    return "、".join(f"{one.platform.name} {one.name or one.shop_id}" for one in subject.shops.select_related("platform")[:5])
