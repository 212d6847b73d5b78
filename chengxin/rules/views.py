"""Pages of the room: parse, call, render."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin import workflow
from chengxin.accounts import access
from chengxin.jobs.models import Job
from chengxin.kernel import clock, language
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.rules import actions, book, lists, queries, reasons
from chengxin.rules import forms as forms_of
from chengxin.rules.access import DESK
from chengxin.rules.forms import AnswerForm, AskForm, DryRunForm, ReasonForm, RuleForm
from chengxin.rules.models import DryRun, Held, RuleVersion

WITH_REASON = ("send_back", "retire")


@access.open_to(*DESK)
def rules(request: HttpRequest) -> HttpResponse:
    """All rules with their state and hits, and what was altered past the house."""
    found = queries.versions(access.actor_of(request))
    table = lists.RULES.view(request.GET, lists.living(found, request.GET.get("old") == "all"))
    if table.export:
        return table.export_response()
    kinds = RuleVersion.Kind.choices
    return render(request, "rules/rules.html", {"table": table, "kinds": kinds, "altered": book.altered(clock.today())})


@access.open_to(*DESK)
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """A rule is its newest version."""
    newest = access.all(access.actor_of(request), RuleVersion).filter(rule__code=code).order_by("-number").first()
    if newest is None:
        raise NotFound
    return redirect(newest.page_url)


@access.open_to(*DESK)
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One version: what it says, how it was tried, what may be done next."""
    actor, found = _mine(request, code, number)
    steps = {one.action for one in workflow.load(actions.WORKFLOW).steps_from(found.state, actor.roles)}
    own = found.state == "PROPOSED" and str(actor) in (found.drafted_by, found.proposed_by)
    over = bool(found.effective_until and found.effective_until <= clock.today())
    digest = book.digest(found)
    runs = [(one, one.digest == digest) for one in found.dry_runs.all()[:10]]
    context = {
        "version": found,
        "sentence": reasons.in_words(found),
        "basis": law.at(clock.today()).provision(found.basis),
        "state": lists.state_name(found),
        "colour": lists.state_colour(found),
        "steps": set() if over else steps - ({"sign"} if own else set()),
        "own": own,
        "history": [(one, language.pick(_label(one.action))) for one in found.steps.all()],
        "dry_runs": runs,
        "form": DryRunForm(),
        "hits": queries.held(actor).filter(hits__version=found)[:10],
        "others": found.rule.versions.exclude(pk=found.pk).order_by("-number"),
        "altered": found.digest not in ("", digest),
    }
    return render(request, "rules/version.html", context)


def _label(action: str) -> dict[str, str]:
    step = workflow.load(actions.WORKFLOW).step(action)
    if step:
        return {"zh": step.zh, "en": step.en}
    return {"draft": {"zh": "起草", "en": "Drafted"}, "edit": {"zh": "修改", "en": "Edited"}}[action]


@access.open_to(*DESK)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """The editor for a new rule about one kind of event."""
    if kind not in RuleVersion.Kind.values:
        raise NotFound
    actor = access.actor_of(request)
    return _editor(request, kind, None, lambda given: actions.draft_rule(actor, given))


@access.open_to(*DESK)
def next_version(request: HttpRequest, code: str) -> HttpResponse:
    """The editor for the next version of a rule, filled with the last one."""
    actor = access.actor_of(request)
    last = access.all(actor, RuleVersion).filter(rule__code=code).order_by("-number").first()
    if last is None:
        raise NotFound
    return _editor(request, last.kind, last, lambda given: actions.draft_version(actor, code, given))


@access.open_to(*DESK)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The editor for a draft."""
    actor, found = _mine(request, code, number)
    return _editor(request, found.kind, found, lambda given: actions.edit(actor, found.pk, given))


def _editor(request: HttpRequest, kind: str, before: RuleVersion | None, save: Any) -> HttpResponse:
    """Show the form; “add”, “remove” and “preview” show it again; “save” saves when everything is in order."""
    data = request.POST if request.method == "POST" else None
    start = forms_of.initial(before) if before else {"effective_from": clock.today(), "handler": _self(request)}
    form = RuleForm(data, initial=start)
    told, wrong = forms_of.conditions(data, kind) if data is not None else ([], "")
    if data is not None and "save" in data and form.is_valid() and told:
        made = save({**form.cleaned_data, "kind": kind, "conditions": told})
        messages.success(request, _("The draft is saved. Try it on the past next."))
        return redirect(made.page_url)
    saving = data is not None and "save" in data
    if saving and not told and not wrong:
        wrong = _("A rule needs at least one condition.")
    if data is not None and not saving:
        form.errors.clear()
    context = {
        "form": form,
        "kind": dict(RuleVersion.Kind.choices)[kind],
        "before": before,
        "lines": forms_of.lines(data, before),
        "features": forms_of.features_of(kind),
        "signs": forms_of.signs(),
        "most": book.MOST_CONDITIONS,
        "wrong": wrong,
        "sentence": reasons.in_words(_preview(kind, form, told or (before.conditions if before and data is None else []))),
    }
    return render(request, "rules/editor.html", context, status=422 if saving else 200)


def _self(request: HttpRequest) -> str:
    user = access.actor_of(request).user
    return str(user.pk) if user else ""


def _preview(kind: str, form: RuleForm, told: Any) -> RuleVersion:
    """The sentence's version, never saved."""
    return RuleVersion(kind=kind, match=form["match"].value() or "all", outcome=form["outcome"].value() or "review", conditions=told)


@access.open_to(*DESK)
@require_POST
def try_it(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Start a dry run."""
    actor, found = _mine(request, code, number)
    form = DryRunForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give both days of the dry run."))
        return redirect(found.page_url)
    made = actions.ask_dry_run(actor, found.pk, form.cleaned_data["since"], form.cleaned_data["until"] + timedelta(days=1))
    return redirect(made.page_url)


@access.open_to(*DESK)
def dry_run(request: HttpRequest, id: UUID) -> HttpResponse:
    """How far a dry run is, and then what it would change."""
    actor = access.actor_of(request)
    found = access.get(actor, DryRun, pk=id)
    result = found.result
    rows = [
        {**line, "change_code": code, "change": name, "county": _county(line["division"])}
        for code, name in (("newly", _("Newly hit")), ("no_longer", _("No longer hit")))
        for line in result.get(code, ())
    ]
    table = lists.SHOPS.view(request.GET, rows)
    if table.export:
        return table.export_response()
    outcomes = [(language.pick(_OUTCOMES[now]), [result["outcomes"][f"{now}>{then}"] for then in _OUTCOMES]) for now in _OUTCOMES if result]
    context = {
        "run": found,
        "job": Job.objects.filter(pk=found.job).first() if found.job and found.state != DryRun.State.DONE else None,
        "sentence": reasons.in_words(found.version),
        "same": found.digest == book.digest(found.version),
        "table": table,
        "outcomes": outcomes,
        "heads": [language.pick(pair) for pair in _OUTCOMES.values()],
        "sizes": [{**one, "name": lists.SIZES[one["size"]]} for one in result.get("by_size", ())],
        "counties": [{**one, "name": _county(one["division"])} for one in result.get("by_county", ())],
    }
    return render(request, "rules/dry_run.html", context)


_OUTCOMES = {
    "pass": {"zh": "放行", "en": "Pass"},
    "review": {"zh": "复核", "en": "Review"},
    "refer": {"zh": "转人工", "en": "Refer"},
}


def _county(code: str) -> str:
    known = {one.code: one.zh for one in law.at(clock.today()).divisions()}
    return known.get(code, code) or "—"


@access.open_to(*DESK)
def step(request: HttpRequest, code: str, number: int, action: str) -> HttpResponse:
    """Propose, sign, send back, retire, drop; some need a reason first."""
    actor, found = _mine(request, code, number)
    if action not in ("propose", "sign", "drop", *WITH_REASON):
        raise NotFound
    form = ReasonForm(request.POST or None)
    if (action in WITH_REASON and not form.is_valid()) or request.method != "POST":
        context = {"version": found, "form": form if action in WITH_REASON else None, "action": _label(action), "name": action}
        return render(request, "rules/confirm.html", context, status=422 if form.errors else 200)
    given = [form.cleaned_data["reason"]] if action in WITH_REASON else []
    getattr(actions, action)(actor, found.pk, *given)
    messages.success(request, _("Done, and in the log: %s") % language.pick(_label(action)))
    return redirect(found.page_url)


@access.open_to(*DESK)
def decisions(request: HttpRequest) -> HttpResponse:
    """What was no pass; and any decision by its number."""
    actor = access.actor_of(request)
    if number := request.GET.get("find", "").strip():
        return redirect("rules:decision", queries.decision(actor, number).number)
    table = lists.DECISIONS.view(request.GET, queries.held(actor))
    if table.export:
        return table.export_response()
    return render(request, "rules/decisions.html", {"table": table, "waiting": queries.waiting(actor).count()})


@access.open_to(*DESK)
def decision(request: HttpRequest, number: str) -> HttpResponse:
    """One decision with its reasons and figures; a person answers here."""
    actor = access.actor_of(request)
    found = queries.decision(actor, number)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and found.held and form.is_valid():
        actions.answer(actor, number, form.cleaned_data["verdict"], form.cleaned_data["answer"])
        messages.success(request, _("Your answer is kept and shown to the party concerned."))
        return redirect("rules:decision", number)
    return render(request, "rules/decision.html", {**_told(found), "form": form}, status=422 if form.errors else 200)


def _told(found: queries.KeptDecision) -> dict[str, Any]:
    outcome = language.pick(_OUTCOMES[found.outcome])
    bases = {one["basis"] for one in found.held.reasons} if found.held else set()
    today = law.at(clock.today())
    provisions = [(today.instrument(one.instrument), one) for one in (today.provision(each) for each in sorted(bases))]
    colour = lists.OUTCOME_COLOUR[found.outcome]
    return {"found": found, "held": found.held, "outcome": outcome, "colour": colour, "provisions": provisions}


@access.open_to("merchant")
def owns(request: HttpRequest) -> HttpResponse:
    """What was decided about the own shops' trades."""
    table = lists.OWN.view(request.GET, queries.held(access.actor_of(request)))
    if table.export:
        return table.export_response()
    return render(request, "rules/owns.html", {"table": table})


@access.open_to("merchant")
def own(request: HttpRequest, number: str) -> HttpResponse:
    """One of them: why, with the numbers, and the way to ask that a person looks at it."""
    actor = access.actor_of(request)
    access.get(actor, Held, number=number)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_review(actor, number, form.cleaned_data["reason"])
        messages.success(request, _("A person will look at it. You will read the answer here."))
        return redirect("rules:own", number)
    context = {**_told(queries.decision(actor, number)), "form": form}
    return render(request, "rules/own.html", context, status=422 if form.errors else 200)


def _mine(request: HttpRequest, code: str, number: int) -> tuple[access.Actor, RuleVersion]:
    actor = access.actor_of(request)
    return actor, access.get(actor, RuleVersion, rule__code=code, number=number)
