"""The owner's door: my file, who read it and why, objecting, my own report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law
from chengxin.records import actions, queries
from chengxin.records.access import OWNERS, own
from chengxin.records.forms import ObjectForm
from chengxin.records.models import OPEN_OBJECTIONS, Objection, Record
from chengxin.records.views.report import answer_report
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family
from chengxin.subjects.queries.persons import readers_of


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """Everything on my file, with its source and dates, what I can do about it, and who has read it."""
    actor = access.actor_of(request)
    return render(request, "records/mine.html", {"files": [_file(one) for one in _own(actor)], "today": clock.today()})


def _own(actor: Actor) -> list[Subject]:
    return list(access.all(actor, Subject).filter(pk__in=actor.subjects))


def _file(subject: Subject) -> dict[str, Any]:
    found = queries.of_subject(subject)
    decided = Objection.objects.filter(record__subject__in=family(subject.pk)).exclude(state__in=OPEN_OBJECTIONS).select_related("record")
    waiting = Objection.objects.filter(record__subject__in=family(subject.pk), state__in=OPEN_OBJECTIONS).select_related("record")
    return {
        "subject": subject,
        "lines": found,
        "past": queries.past_of_subject(subject),
        "waiting": [{"one": one, "colour": law.clock_colour(one.due_on, clock.today())} for one in waiting],
        "decided": decided.order_by("-decided_at"),
        "readers": readers_of(subject),
    }


@access.open_to(*OWNERS)
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is wrong with a record; it is flagged at once."""
    actor = access.actor_of(request)
    found = access.get(actor, Record, number=number, subject__in=own(actor))
    form = ObjectForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.raise_objection(actor, found.pk, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your objection is recorded. An answer is due by %s.") % made.due_on.isoformat())
            return redirect("records:mine")
    return render(request, "records/object.html", {"line": queries.line(found), "form": form}, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
@require_POST
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Take an open objection back."""
    actor = access.actor_of(request)
    record = access.get(actor, Record, number=number, subject__in=own(actor))
    found = record.objections.filter(state__in=OPEN_OBJECTIONS).first()
    if found is None:
        raise NotFound
    actions.drop_objection(actor, found.pk)
    messages.success(request, _("The objection is taken back."))
    return redirect("records:mine")


@access.open_to(*OWNERS)
def report(request: HttpRequest, pk: str) -> HttpResponse:
    """My own report, to show to whom I choose."""
    actor = access.actor_of(request)
    return answer_report(request, access.get(actor, Subject, pk=pk, pk__in=actor.subjects), "records:mine")
