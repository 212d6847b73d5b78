"""Pages of cases: the desk, and the one page on which a case is worked from its source to the archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.roles import Role
from chengxin.audit import actions as audit
from chengxin.cases import actions, lists, papers, queries
from chengxin.cases.access import DESK
from chengxin.cases.actions.from_clue import file_clue, subjects_of
from chengxin.cases.actions.taking import TABLE
from chengxin.cases.forms import CertificateForm, FromClueForm, SourceForm, StepForm
from chengxin.cases.models import Case, Certificate
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law
from chengxin.subjects.models import Subject
from chengxin.supervision.models import Clue

WRITERS = ("officer", "head")


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What is due first, by clock colour; closed cases with the filter."""
    actor = access.actor_of(request)
    due = queries.desk(actor)
    filtered = any(request.GET.get(name) for name in ("q", "state", "all"))
    table = lists.CASES.view(request.GET, queries.all_of(actor) if filtered else due)
    if table.export:
        return table.export_response()
    return render(request, "cases/desk.html", {"table": table, "colours": queries.colours(due), "head": actor.has("head")})


@access.open_to(*DESK)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: the next step first, then everything it rests on. Reading it is logged."""
    actor = access.actor_of(request)
    return _page(request, actor, access.get(actor, Case, number=number))


def _page(request: HttpRequest, actor: Actor, found: Case, wrong: StepForm | None = None) -> HttpResponse:
    note_read(actor, found)
    steps = queries.possible(actor, found)
    forms = [wrong if wrong and wrong.step.action == step.action else StepForm(step, found, actor) for step in steps]
    if wrong:
        forms.sort(key=lambda form: form is not wrong)
    table = workflow.load(TABLE)
    context = {
        "case": found,
        "state": table.states[found.state],
        "forms": forms,
        "wrong": wrong,
        "waits": [(one, "、".join(str(Role(role).label) for role in one.roles)) for one in queries.waits_for(found)],
        "clocks": queries.clocks_of(found),
        "timeline": queries.timeline(found),
        "defence": queries.defence(found),
        "exhibits": list(papers.exhibits_of(found)),
        "documents": list(papers.documents_of(found)),
        "penalties": queries.penalties_shown(found),
        "kinds": law.at(clock.today()).codes("penalty_kind"),
        "evidence_kinds": law.at(clock.today()).codes("evidence_kind"),
        "account": queries.account(found),
        "department": law.at(clock.today()).department(found.department),
        "behaviour": law.at(clock.today()).behaviour(found.behaviour) if found.behaviour else None,
        "source": law.at(clock.today()).codes("case_source")[found.source],
        "members": found.members.all(),
        "parties": queries.parties_of(found),
    }
    return render(request, "cases/case.html", context, status=422 if wrong else 200)


def note_read(actor: Actor, found: Case) -> None:
    """Fails closed: no log entry, no page."""
    with transaction.atomic():
        audit.record_read(str(actor), found.matter, ["papers"], f"案件 {found.number}")


@access.open_to(*DESK)
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Take a step; what is wrong with it is said on the case's own page."""
    actor = access.actor_of(request)
    found = access.get(actor, Case, number=number)
    known = [one for one in workflow.load(TABLE).steps if one.action == action]
    if not known:
        raise NotFound
    if request.method != "POST":
        return redirect(found.page_url)
    here = next((one for one in known if found.state in one.from_states), known[0])
    form = StepForm(here, found, actor, request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.take(actor, found.pk, action, form.given)
        except ChengxinError as error:
            if error.status != 422:
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done: %s") % language.pick(here))
            return redirect(found.page_url)
    return _page(request, actor, found, form)


@access.open_to(*WRITERS)
def new(request: HttpRequest, pk: str) -> HttpResponse:
    """Register a source against a subject of the register."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk)
    form = SourceForm(own_departments(actor), request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        made = actions.register_source(actor, subject.pk, given.pop("department"), given.pop("source"), given.pop("title"), **given)
        messages.success(request, _("Source %s is registered; its check has begun.") % made.number)
        return redirect(made.page_url)
    return render(request, "cases/new.html", {"subject": subject, "form": form}, status=422 if form.errors else 200)


def own_departments(actor: Actor, roles: tuple[str, ...] = WRITERS) -> list[tuple[str, str]]:
    mine = actor.departments_as(*roles)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*WRITERS)
def from_clue(request: HttpRequest, number: str) -> HttpResponse:
    """A checked clue goes on as a case."""
    actor = access.actor_of(request)
    clue = access.get(actor, Clue, number=number)
    form = FromClueForm([(str(one.pk), one.name) for one in subjects_of(clue)], request.POST or None)
    if form.is_valid():
        made = file_clue(actor, clue.pk, form.cleaned_data["subject"], form.cleaned_data["reason"])
        messages.success(request, _("The clue goes on as case %s.") % made.number)
        return redirect(made.page_url)
    return render(request, "cases/from_clue.html", {"clue": clue, "form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def certificates(request: HttpRequest) -> HttpResponse:
    """The register of certificates of the actor's departments; the head enters one."""
    actor = access.actor_of(request)
    own = [code for code, _name in own_departments(actor, ("head",))]
    form = CertificateForm(own, request.POST or None) if own else None
    if form and form.is_valid():
        given = form.cleaned_data
        department, _slash, person = given["person"].partition("/")
        try:
            actions.certify(actor, UUID(person), department, given["number"], given["valid_from"], given["valid_until"], given["legal"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The certificate is on the register."))
            return redirect("cases:certificates")
    rows = access.all(actor, Certificate).select_related("person")
    context: dict[str, Any] = {"rows": [(one, one.holds(clock.today())) for one in rows], "form": form}
    return render(request, "cases/certificates.html", context, status=422 if form and form.errors else 200)


@access.open_to(*DESK)
def archive(request: HttpRequest, number: str) -> HttpResponse:
    """The whole archive as one file, compared with its list."""
    actor = access.actor_of(request)
    found = access.get(actor, Case, number=number)
    if found.state != "ARCHIVED":
        raise NotFound
    note_read(actor, found)
    body = papers.archive_file(found, workflow.load(TABLE), actor)
    return HttpResponse(body, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{found.number}.zip"'})
