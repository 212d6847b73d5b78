"""The officer's door: gaps and drift by shop, a sample to compare, objections, the rating rule by two people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.evaluation import actions, lists, queries, reading
from chengxin.evaluation.access import DESK
from chengxin.evaluation.forms import DecideForm, RuleForm, SampleForm
from chengxin.evaluation.models import OPEN, WAITING, Objection, RatingRule, RuleProposal, Snapshot, Treatment
from chengxin.evaluation.rule import DEFAULT
from chengxin.evaluation.views.platform import write_treatment
from chengxin.evaluation.views.public import terms
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.records.actions import note_read


@access.open_to(*DESK)
def board(request: HttpRequest) -> HttpResponse:
    """What waits, and shops by gaps in the chain and by drift."""
    actor = access.actor_of(request)
    table = lists.BOARD.view(request.GET, lists.with_gaps(queries.latest()))
    if table.export:
        return table.export_response()
    context = {
        "table": table,
        "objections": access.all(actor, Objection).filter(state=OPEN).select_related("shop"),
        "proposals": access.all(actor, RuleProposal).filter(state=WAITING),
        "rule": RatingRule.objects.filter(effective_on__lte=clock.today()).first(),
    }
    return render(request, "evaluation/board.html", context)


@access.open_to(*DESK)
def shop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One shop: where the chain breaks, and a sample of reviews to look for on the platform's page."""
    one = queries.shown(access.get(access.actor_of(request), Snapshot, shop_id=pk).shop_id)
    form = SampleForm(request.GET if "seed" in request.GET else None)
    drawn = queries.sample(one, form.cleaned_data["seed"], form.cleaned_data["count"]) if form.is_bound and form.is_valid() else None
    broken = [row for row in reading.chain_of(one.shop) if row["sign"]]
    context = {"one": one, "broken": broken, "form": form, "drawn": drawn, "drift": lists.drift(one)}
    context["parcels"] = reading.parcels_of(one.shop)
    return render(request, "evaluation/officer_shop.html", context)


@access.open_to(*DESK)
def treat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Exclude a review from the score, or mask part of it, by a numbered decision."""
    acts = (Treatment.Act.EXCLUDE, Treatment.Act.MASK)
    return write_treatment(request, pk, acts, reverse("evaluation:officer_shop", args=[pk]))


@access.open_to(*DESK)
def objection(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a shop says against a review or a treatment; decide with reasons."""
    actor = access.actor_of(request)
    found = access.get(actor, Objection, pk=id)
    if found.shop.subject:
        note_read(actor, found.shop.subject, f"办理评价异议 {found.review_no}", ("evaluation", "objection"))
    form = DecideForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.decide_objection(actor, found.pk, given["decision"] == "uphold", given["answer"], given["basis"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided. The shop reads the reasons on the own page."))
            return redirect("evaluation:board")
    context = {"objection": found, "form": form, "open": found.state == OPEN}
    return render(request, "evaluation/objection.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def new_rule(request: HttpRequest) -> HttpResponse:
    """Write a version of the rating rule; a colleague publishes it."""
    actor = access.actor_of(request)
    form = RuleForm(request.POST or None, initial={"text": _text_in_force(), "effective_on": clock.today()})
    form.fields["department"].choices = departments_of(actor)  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.propose_rule(actor, given["department"], given["text"], given["reason"], given["effective_on"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written. It holds once a colleague has published it."))
            return redirect(made.page_url)
    back = reverse("evaluation:board")
    context = {"form": form, "title": _("New version of the rating rule"), "back_url": back, "back_name": _("Evaluation")}
    return render(request, "evaluation/form.html", context, status=422 if form.errors else 200)


def _text_in_force() -> str:
    """The rule in force as YAML, or the shipped one."""
    rule = RatingRule.objects.filter(effective_on__lte=clock.today()).first()
    return yaml.safe_dump(rule.content, allow_unicode=True, sort_keys=False) if rule else DEFAULT.read_text(encoding="utf-8")


def departments_of(actor: Any) -> list[tuple[str, str]]:
    mine = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*DESK)
def proposal(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a colleague wrote: publish it, or send it back."""
    actor = access.actor_of(request)
    found = access.get(actor, RuleProposal, pk=id)
    if request.POST.get("decision") == "publish":
        return redirect(actions.publish_rule(actor, found.pk).page_url)
    if request.POST.get("decision") == "refuse":
        actions.refuse_rule(actor, found.pk)
        return redirect("evaluation:board")
    context = {"proposal": found, "terms": terms(found.content), "own": found.proposed_by == str(actor), "waiting": found.state == WAITING}
    return render(request, "evaluation/proposal.html", context)
