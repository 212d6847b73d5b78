"""The desk of publicity: editions that are out or were stopped, items that a human looks at, what was shown on a day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.jobs.actions import enqueue
from chengxin.kernel import ids
from chengxin.kernel.errors import ChengxinError
from chengxin.publicity import checks, editions, past, queries, reviews
from chengxin.publicity.datasets import catalogue
from chengxin.publicity.forms import DayForm, DecideForm, HoldForm
from chengxin.publicity.models import OUT, PUBLISHED, WITHDRAWN, Edition, Review
from chengxin.records.actions import note_read

MOST = 20  # editions on the desk


@access.open_to(*reviews.DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What stopped and why, what waits for a human, and the hold of one item."""
    actor = access.actor_of(request)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = reviews.hold(actor, **form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            _clear(str(actor))
            messages.success(request, _("Held. It is gone from the public pages, and the open data are being made without it."))
            return redirect(made.page_url)
    context = {
        "form": form,
        "out": editions.current(),
        "editions": [{"one": one, "faults": [_fault(each) for each in one.faults]} for one in Edition.objects.all()[:MOST]],
        "stopped": Edition.objects.exclude(outcome=OUT).exists(),
        "reviews": [_line(one) for one in access.all(actor, Review).exclude(state__in=[PUBLISHED, WITHDRAWN])],
        "settled": [_line(one) for one in access.all(actor, Review).filter(state__in=[PUBLISHED, WITHDRAWN])[:MOST]],
    }
    return render(request, "publicity/desk.html", context, status=422 if form.errors else 200)


@access.open_to(*reviews.DESK)
def publish(request: HttpRequest) -> HttpResponse:
    """Ask for an edition now: after what stopped the last one has been put right."""
    if request.method == "POST":
        title = {"zh": "发布开放数据", "en": "Publish the open data"}
        owner = str(access.actor_of(request))
        enqueue("chengxin.publicity.tasks:each_night", title=title, owner=owner, key=f"publicity.now.{ids.new_id()}")
        messages.success(request, _("An edition is being made. It stands here when it is out or stopped."))
    return redirect("publicity:desk")


@access.open_to(*reviews.DESK)
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One item: why it is held, its steps, take it up, decide."""
    actor = access.actor_of(request)
    found = access.get(actor, Review, pk=pk)
    form = DecideForm(request.POST if request.method == "POST" and "decision" in request.POST else None)
    try:
        if request.method == "POST" and "take" in request.POST:
            reviews.take(actor, found.pk)
            return redirect(found.page_url)
        if form.is_valid():
            reviews.decide(actor, found.pk, form.cleaned_data["decision"] == "release", form.cleaned_data["reason"])
            messages.success(request, _("Decided."))
            return redirect("publicity:desk")
    except ChengxinError as error:
        form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    context = {"line": _line(found), "review": found, "form": form, "steps": [_step(one) for one in found.steps.all()]}
    return render(request, "publicity/review.html", context, status=422 if form.errors else 200)


@access.open_to(*reviews.DESK)
def shown(request: HttpRequest, id: str) -> HttpResponse:
    """What the city showed of a subject on a day, also what has come down since. The read is logged."""
    actor, subject = access.actor_of(request), queries.subject_of(id)
    form = DayForm(request.GET or None)
    found = past.of(subject, form.cleaned_data["day"]) if form.is_valid() else None
    if found:
        note_read(actor, subject, f"查询 {found.day.isoformat()} 的公示内容", ("publicity",))
    context = {"card": queries.card(subject), "form": form, "past": found, "whole": True}
    return render(request, "publicity/past.html", context, status=422 if form.errors else 200)


def _clear(owner: str) -> None:
    title = {"zh": "撤下暂停公示的事项", "en": "Take a held item down"}
    enqueue("chengxin.publicity.tasks:clear", title=title, owner=owner, key=f"publicity.clear.{ids.new_id()}")


def _fault(given: dict[str, object]) -> dict[str, object]:
    one = catalogue()[str(given["dataset"])]
    return {**given, "set": {"zh": one.zh, "en": one.en}, "said": checks.NAMES[str(given["check"])]}


def _line(one: Review) -> dict[str, object]:
    set_, state = catalogue()[one.dataset], workflow.load(reviews.TABLE).states[one.state]
    return {"one": one, "set": {"zh": set_.zh, "en": set_.en}, "state": {"zh": state.zh, "en": state.en}}


def _step(one: object) -> dict[str, object]:
    step = next(each for each in workflow.load(reviews.TABLE).steps if each.action == one.action)  # type: ignore[attr-defined]
    return {"one": one, "said": {"zh": step.zh, "en": step.en}}
