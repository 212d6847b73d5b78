"""The maker's doors, merchant's and platform's: my commitments, signing, what is measured and how I do, my statement, my repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access, codes
from chengxin.accounts.access import Actor
from chengxin.commitments import actions, forms, lists, queries
from chengxin.commitments.access import OWNERS, STAFF, own
from chengxin.commitments.models import NOTICED, PUBLISHED, RECORDED, Breach, Commitment, Template
from chengxin.documents import actions as documents
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects.models import Subject


@dataclass(frozen=True)
class Door:
    """Through which door the maker came: the beginning of its URL names."""

    prefix: str

    def url(self, name: str, *args: str) -> str:
        return reverse(f"commitments:{self.prefix}{name}", args=args)


MERCHANT, PLATFORM = Door("my_"), Door("platform_")


def _mine(request: HttpRequest, door: Door) -> HttpResponse:
    """What waits for me, what I have signed and how I keep it, what I can sign."""
    actor = access.actor_of(request)
    today = clock.today()
    found = access.all(actor, Commitment).filter(subject__in=own(actor)).select_related("subject", "end", "template")
    soon = today + timedelta(days=max(law.at(today).value("commitment_remind_days")))
    rows = [_row(one, door, one.valid_until <= soon and not hasattr(one, "renewal")) for one in found]
    waiting = access.all(actor, Breach).filter(commitment__subject__in=own(actor), noticed_at__isnull=False).select_related("commitment")
    context = {
        "rows": rows,
        "breaches": [_told(one, door) for one in waiting],
        "templates": [{"one": one, "type": lists.type_name(one.type), "url": door.url("sign", one.number)} for one in queries.published()],
        "subjects": own(actor),
    }
    return render(request, "commitments/mine.html", context)


def _row(one: Commitment, door: Door, ending: bool) -> dict[str, Any]:
    state = queries.state_of(one)
    renew = door.url("sign", one.template.number) if ending and state == "in_force" and one.template.state == PUBLISHED else ""
    return {
        "one": one,
        "state": lists.STATES[state],
        "code": state,
        "kept": queries.kept(one),
        "url": door.url("commitment", one.number),
        "renew": renew,
    }


def _told(one: Breach, door: Door) -> dict[str, Any]:
    colour = law.clock_colour(one.due_on, clock.today()) if one.due_on and one.state == NOTICED else ""
    return {"one": one, "state": queries.state_name(one), "colour": colour, "url": door.url("breach", one.number)}


def _sign(request: HttpRequest, number: str, door: Door) -> HttpResponse:
    """Read the letter, choose the promises, sign: one page."""
    actor = access.actor_of(request)
    template = access.get(actor, Template, number=number, state=PUBLISHED)
    may_code = codes.has_authenticator(actor)
    subjects = list(Subject.objects.filter(pk__in=own(actor)))
    form = forms.SignForm(template, subjects, may_code, request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = actions.sign(actor, number, form.cleaned_data["subject"], form.chosen, form.cleaned_data["consent"], form.signature)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Signed. The commitment is public from now on under number %s.") % made.number)
            return redirect(door.url("commitment", made.number))
    context = {
        "template": template,
        "form": form,
        "may_code": may_code,
        "back_url": door.url("list"),
        "type": lists.type_name(template.type),
    }
    return render(request, "commitments/sign.html", context, status=422 if form.errors else 200)


def _commitment(request: HttpRequest, number: str, door: Door) -> HttpResponse:
    """One of mine: what is measured and how I do, with the facts that count against me; the paper; withdrawal."""
    actor = access.actor_of(request)
    found = access.get(actor, Commitment, number=number, subject__in=own(actor))
    form = forms.WithdrawForm(request.POST or None)
    if form.is_valid():
        actions.withdraw(actor, number, form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. It is in force until the end of today."))
        return redirect(door.url("commitment", number))
    context = {
        "commitment": found,
        "state": lists.state_label(found),
        "state_code": queries.state_of(found),
        "type": lists.type_name(found.type),
        "kept": [
            {"one": one, "evidence": queries.evidence(one.clause.evidence, queries.broken_facts(found, one.clause.code))}
            for one in queries.kept(found)
        ],
        "form": form,
        "ended": getattr(found, "end", None),
        "paper_url": door.url("paper", number),
        "back_url": door.url("list"),
    }
    return render(request, "commitments/my_commitment.html", context, status=422 if form.errors else 200)


def _paper(request: HttpRequest, number: str) -> HttpResponse:
    """The signed letter as a PDF with its verify code. The reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Commitment, number=number, subject__in=own(actor))
    _, data = documents.read(actor, found.document, "承诺人查阅承诺书")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return answer


def _breach(request: HttpRequest, number: str, door: Door) -> HttpResponse:
    """What is alleged, on which facts, until when I may state; afterwards what was found and how to repair it."""
    actor = access.actor_of(request)
    found = access.get(actor, Breach, number=number, commitment__subject__in=own(actor), noticed_at__isnull=False)
    form = _breach_form(found, request)
    if form and form.is_valid() and _said(actor, found, form):
        messages.success(request, _("Received. You will read the result here."))
        return redirect(door.url("breach", number))
    context = {
        "breach": found,
        "state": queries.state_name(found),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.due_on else "",
        "form": form,
        "evidence": _evidence(found),
        "steps": queries.named_steps(found),
        "promises": queries.promised_of(found),
        "back_url": door.url("list"),
        "records_url": reverse("records:mine") if door is MERCHANT else "",
    }
    return render(request, "commitments/my_breach.html", context, status=422 if form and form.errors else 200)


def _breach_form(found: Breach, request: HttpRequest) -> Any:
    if found.state == NOTICED:
        return forms.StatementForm(request.POST or None)
    return forms.RepairForm(request.POST or None) if found.state == RECORDED else None


def _said(actor: Actor, found: Breach, form: Any) -> bool:
    try:
        if found.state == NOTICED:
            actions.state(actor, found.number, form.cleaned_data["statement"])
        else:
            actions.repair_asked(actor, found.number, form.cleaned_data["repair"])
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    return True


def _evidence(found: Breach) -> dict[str, Any]:
    return queries.evidence(found.found.get("kind", ""), found.found.get("facts", []))


# ---- the two doors


@access.open_to(*OWNERS)
def my_list(request: HttpRequest) -> HttpResponse:
    return _mine(request, MERCHANT)


@access.open_to(*OWNERS)
def my_sign(request: HttpRequest, number: str) -> HttpResponse:
    return _sign(request, number, MERCHANT)


@access.open_to(*OWNERS)
def my_commitment(request: HttpRequest, number: str) -> HttpResponse:
    return _commitment(request, number, MERCHANT)


@access.open_to(*OWNERS)
def my_paper(request: HttpRequest, number: str) -> HttpResponse:
    return _paper(request, number)


@access.open_to(*OWNERS)
def my_breach(request: HttpRequest, number: str) -> HttpResponse:
    return _breach(request, number, MERCHANT)


@access.open_to(STAFF)
def platform_list(request: HttpRequest) -> HttpResponse:
    return _mine(request, PLATFORM)


@access.open_to(STAFF)
def platform_sign(request: HttpRequest, number: str) -> HttpResponse:
    return _sign(request, number, PLATFORM)


@access.open_to(STAFF)
def platform_commitment(request: HttpRequest, number: str) -> HttpResponse:
    return _commitment(request, number, PLATFORM)


@access.open_to(STAFF)
def platform_paper(request: HttpRequest, number: str) -> HttpResponse:
    return _paper(request, number)


@access.open_to(STAFF)
def platform_breach(request: HttpRequest, number: str) -> HttpResponse:
    return _breach(request, number, PLATFORM)
