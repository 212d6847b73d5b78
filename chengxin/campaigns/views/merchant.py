"""The business's door: my courses, and the consent that was asked of me."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import actions, forms, lists, queries
from chengxin.campaigns import courses as data
from chengxin.campaigns.access import OWNER
from chengxin.campaigns.models import Story
from chengxin.campaigns.views.shared import said
from chengxin.subjects.models import Subject


def _own(actor: Actor) -> list[tuple[str, str]]:
    return [(str(one.pk), one.own_name) for one in Subject.objects.filter(pk__in=actor.subjects)]


@access.open_to(OWNER)
def my_courses(request: HttpRequest) -> HttpResponse:
    """What is asked of me, what I can learn, what I have completed."""
    actor = access.actor_of(request)
    asked = access.all(actor, Story).filter(kind="GOOD", subject__in=actor.subjects).exclude(consent="")
    done = list(queries.completions(actor).filter(subject__in=actor.subjects)[:100])
    passed = {(one.course, one.version) for one in done if not lists.revoked(one)}
    offered = [{"one": one, "passed": (one.code, one.version) in passed} for one in data.courses().values() if "merchant" in one.audience]
    rows = [
        {
            "one": one,
            "name": lists.course_name(one.course),
            "check": lists.certificate_url(one.code),
            "revocation": getattr(one, "revocation", None),
        }
        for one in done
    ]
    asked_rows = [{"one": one, "consent": lists.CONSENTS[one.consent]} for one in asked]
    return render(request, "campaigns/my_courses.html", {"asked": asked_rows, "courses": offered, "done": rows})


@access.open_to(OWNER)
def my_course(request: HttpRequest, code: str) -> HttpResponse:
    """Read, answer, get the certificate."""
    actor = access.actor_of(request)
    found = data.course(code)
    form = forms.QuizForm(found, request.POST or None, subjects=_own(actor))
    if form.is_valid() and "subject" in form.fields:
        subject = access.get(actor, Subject, pk=form.cleaned_data["subject"])
        if said(request, lambda: actions.take_quiz(actor, found, form.answers, subject=subject), form):
            return redirect("campaigns:my_courses")
    return render(request, "campaigns/course.html", {**course_page(found), "form": form, "mine": True}, status=422 if form.errors else 200)


def course_page(found: data.Course) -> dict[str, Any]:
    """What a course shows at every door."""
    return {"course": found, "questions": len(found.questions)}


ANSWERS = {
    "give": lambda actor, number: actions.answer_consent(actor, number, True),
    "decline": lambda actor, number: actions.answer_consent(actor, number, False),
    "withdraw": actions.withdraw_consent,
}


@access.open_to(OWNER)
def my_story(request: HttpRequest, number: str) -> HttpResponse:
    """A good example about me as it would be public: agree, decline, or take it back at any time."""
    actor = access.actor_of(request)
    found = access.get(actor, Story, number=number, subject__in=actor.subjects)
    act = ANSWERS.get(request.POST.get("act", ""))
    if act:
        said(request, lambda: act(actor, number))
        return redirect(found.my_url)
    return render(request, "campaigns/my_story.html", {"story": found, "consent": lists.CONSENTS[found.consent]})
