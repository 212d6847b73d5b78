"""The fund managers' desk: a department's officers, and the staff of the platform whose fund it is. What is due comes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.models import Department
from chengxin.compensation import caps, eligibility, forms, lists, order_facts, papers, queries, reconciling
from chengxin.compensation.access import DESK, STAFF
from chengxin.compensation.actions import bank, claims, deposits, funds, recoveries
from chengxin.compensation.actions.steps import roles_in
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund, Statement
from chengxin.kernel import clock, money
from chengxin.kernel.errors import ChengxinError

MODEL_RULE = yaml.safe_load(Path(__file__).parents[1].joinpath("default_rule.yaml").read_text(encoding="utf-8"))
WHY = "办理先行赔付申请"


def said(request: HttpRequest, act: Any, form: Any) -> bool:
    """Do it; what went wrong stands at the form."""
    try:
        act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done."))
    return True


def plain_form(request: HttpRequest, form: Any, title: str, back: str, back_name: str, lead: str = "") -> HttpResponse:
    """One form on a page of its own; back: the address to go back to."""
    context = {"form": form, "title": title, "back_url": back, "back_name": back_name, "lead": lead}
    return render(request, "compensation/form.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK, STAFF)
def desk(request: HttpRequest) -> HttpResponse:
    """My funds with what is overdue, then claims in which I have the next step, then all."""
    actor = access.actor_of(request)
    everything = "all" in request.GET or "state" in request.GET
    rows = access.all(actor, AdvanceClaim) if everything else queries.waiting(actor)
    table = lists.CLAIMS.view(request.GET, rows.select_related("platform", "shop"))
    if table.export:
        return table.export_response()
    may_open = bool(actor.departments_as("reviewer", "head"))
    context = {"table": table, "all": everything, "funds": queries.overview(actor), "may_open": may_open}
    return render(request, "compensation/desk.html", context)


@access.open_to("reviewer", "head")
def open_fund(request: HttpRequest) -> HttpResponse:
    """Open a fund of the city or of a platform."""
    actor = access.actor_of(request)
    codes = Department.objects.filter(code__in=actor.departments_as("reviewer", "head")).values_list("code", "name_zh")
    form = forms.FundForm(list(codes), request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if said(request, lambda: funds.open_fund(actor, given["code"], given["name"], given["department"], form.of_platform), form):
            return redirect("compensation:fund", given["code"])
    return plain_form(request, form, _("Open a fund"), "/compensation-desk/", _("Advance compensation"))


def fund_of(request: HttpRequest, code: str) -> Fund:
    return access.get(access.actor_of(request), Fund, code=code)


@access.open_to(*DESK, STAFF)
def fund(request: HttpRequest, code: str) -> HttpResponse:
    """One fund: figures, top-up, what its caps would have done, contributors, recoveries, the ledger."""
    found = fund_of(request, code)
    table = lists.JOURNAL.view(request.GET, queries.journal(found))
    if table.export:
        return table.export_response()
    context = {
        "standing": queries.standing(found),
        "versions": [(one, queries.what_if(found, one)) for one in found.rules.all()],
        "contributors": queries.contributors(found),
        "open": queries.open_recoveries(found),
        "statements": lists.STATEMENTS.view(request.GET, found.statements.select_related("account"), "s"),
        "table": table,
        "may_publish": bool(roles_in(access.actor_of(request), found) & {"reviewer", "head"}),
    }
    return render(request, "compensation/fund.html", context)


@access.open_to("reviewer", "head")
def new_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the next version of a fund's rule."""
    found = fund_of(request, code)
    last = found.rules.first()
    form = forms.RuleForm(request.POST or None, content=last.content if last else MODEL_RULE)
    if form.is_valid():
        given = {**form.cleaned_data}
        day, reason = given.pop("valid_from"), given.pop("reason")
        if said(request, lambda: funds.publish_rule(access.actor_of(request), found, given, day, reason), form):
            return redirect(found.page_url)
    lead = _("It binds claims filed from its day on. Claims of before keep their version.")
    return plain_form(request, form, _("Publish a version of the rule"), found.page_url, found.name, lead)


@access.open_to(*DESK, STAFF)
def contribute(request: HttpRequest, code: str) -> HttpResponse:
    """Book money of a contributor."""
    found = fund_of(request, code)
    form = forms.ContributionForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        act = lambda: funds.contribute(  # noqa: E731
            access.actor_of(request), found, given["uscc"], given["amount_fen"], given["on"], given["ref"]
        )
        if said(request, act, form):
            return redirect(found.page_url)
    return plain_form(request, form, _("Book a contribution"), found.page_url, found.name)


@access.open_to("reviewer", "head")
def close_fund(request: HttpRequest, code: str) -> HttpResponse:
    """Wind a fund up: what is in the way, money given back to contributors, and its end."""
    actor, found = access.actor_of(request), fund_of(request, code)
    act = request.POST.get("act", "")
    back = forms.ContributionForm(request.POST if act == "give_back" else None, prefix="b")
    reason = forms.TextForm(_("Why the fund ends"), request.POST if act == "close" else None, prefix="c")
    if back.is_valid() and said(request, lambda: funds.give_back(actor, found, *_given_back(back)), back):
        return redirect("compensation:close_fund", code)
    if reason.is_valid() and said(request, lambda: funds.close_fund(actor, found, reason.cleaned_data["text"]), reason):
        return redirect(found.page_url)
    shown = {"standing": queries.standing(found), "in_the_way": [lists.IN_THE_WAY[one] for one in funds.in_the_way(found)]}
    context = {**shown, "contributors": queries.contributors(found), "back": back, "reason": reason}
    return render(request, "compensation/close.html", context, status=422 if back.errors or reason.errors else 200)


def _given_back(form: forms.ContributionForm) -> tuple[Any, int, Any, str]:
    given = form.cleaned_data
    return given["uscc"], given["amount_fen"], given["on"], given["ref"]


# ---- claims


@access.open_to(*DESK, STAFF)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """One claim: what the lake and the claimant say, check by check, and the next step. Reading the claimant's data is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, AdvanceClaim, number=number)
    act = request.POST.get("act", "")
    given = _claim_forms(request, found, act)
    form = given.get(act)
    if act in PLAIN and said(request, lambda: PLAIN[act](actor, number), given["approve"]):
        return redirect(found.page_url)
    if act in PAPERS and said(request, lambda: _paper(actor, number, act), given["approve"]):
        return redirect(found.page_url)
    if form is not None and form.is_valid() and said(request, lambda: WITH_FORM[act](actor, number, form.cleaned_data), form):
        return redirect(found.page_url)
    manages = bool(roles_in(actor, found.fund))
    if manages:
        claims.note_read(actor, found, WHY)
    context = {**lists.page("claim", found), **given, "basis": lists.basis_name(found.basis), "manages": manages}
    context |= {"facts": order_facts.shown(found.facts), "checks": eligibility.checks(found), "left": _left(found)}
    context |= {"bookings": queries.bookings_of(found), "recovery": getattr(found, "recovery", None), "me": str(actor)}
    context |= {"papers": papers.of(found), "desk": found.fund.department in actor.departments_as(*DESK)}
    context |= {"owed": recoveries.owed(found), "two_over": found.rule.content["two_persons_over_fen"]}
    wrong = any(one.errors for one in given.values())
    return render(request, "compensation/claim.html", context, status=422 if wrong else 200)


def _left(found: AdvanceClaim) -> list[tuple[str, int]]:
    names = {"cap_claim_fen": _("this claim"), "cap_person_year_fen": _("the claimant's year"), "cap_shop_year_fen": _("the shop's year")}
    return [(names[name], fen) for name, fen in caps.left(found).items()]


def _claim_forms(request: HttpRequest, found: AdvanceClaim, act: str) -> dict[str, Any]:
    """The forms of a claim's page, the one that was sent with what was sent."""

    def sent(name: str) -> Any:
        return request.POST if act == name else None

    most = money.yuan(min(found.amount_fen, *caps.left(found).values()))
    appeal = [("reopen", _("Take it up again")), ("uphold", _("The rejection stands"))]
    return {
        "approve": forms.AmountForm(sent("approve"), prefix="ap", initial={"amount_fen": most}),
        "reject": forms.TextForm(_("Reason the claimant reads"), sent("reject"), prefix="re"),
        "send_back": forms.TextForm(_("Reason"), sent("send_back"), prefix="sb"),
        "pay": forms.RefForm(_("Number of the payment"), sent("pay"), prefix="pa"),
        "recover": forms.ReceiptForm(sent("recover"), prefix="rc", initial={"on": clock.today()}),
        "deduct": forms.RefForm(_("Number of the decision"), sent("deduct"), prefix="de"),
        "propose": forms.TextForm(_("Why the rest cannot be recovered"), sent("propose"), prefix="pr"),
        "write_off": forms.DecisionForm([("yes", _("Write the rest off")), ("no", _("Go on recovering"))], sent("write_off"), prefix="wo"),
        "appealed": forms.DecisionForm(appeal, sent("appealed"), prefix="aa"),
    }


def _paper(actor: Any, number: str, act: str) -> None:
    with transaction.atomic():
        PAPERS[act](actor, number)


PAPERS = {"decision": papers.decision, "notice": papers.recovery}
PLAIN = {"ask": claims.ask_seller, "second": claims.approve_second}
WITH_FORM: dict[str, Any] = {
    "approve": lambda actor, number, given: claims.approve(actor, number, given["amount_fen"]),
    "reject": lambda actor, number, given: claims.reject(actor, number, given["text"]),
    "send_back": lambda actor, number, given: claims.send_back(actor, number, given["text"]),
    "pay": lambda actor, number, given: claims.pay(actor, number, given["ref"]),
    "recover": lambda actor, number, given: recoveries.recover(actor, number, given["amount_fen"], given["on"], given["ref"]),
    "deduct": lambda actor, number, given: recoveries.deduct_by_decision(actor, number, given["ref"]),
    "propose": lambda actor, number, given: recoveries.propose_write_off(actor, number, given["text"]),
    "write_off": lambda actor, number, given: recoveries.write_off(actor, number, given["decision"] == "yes", given["reason"]),
    "appealed": lambda actor, number, given: claims.decide_appeal(actor, number, given["decision"] == "reopen", given["reason"]),
}


# ---- deposits


@access.open_to(*DESK, STAFF)
def all_deposits(request: HttpRequest) -> HttpResponse:
    """Deposits of my funds."""
    rows = access.all(access.actor_of(request), Deposit).select_related("fund", "subject")
    table = lists.DEPOSITS.view(request.GET, rows)
    return table.export_response() if table.export else render(request, "compensation/deposits.html", {"table": table})


@access.open_to(*DESK, STAFF)
def new_deposit(request: HttpRequest, code: str) -> HttpResponse:
    """Offer a merchant the terms of its deposit."""
    found = fund_of(request, code)
    form = forms.DepositForm(request.POST or None)
    if form.is_valid():
        given = {**form.cleaned_data}
        subject = given.pop("uscc")
        if said(request, lambda: deposits.offer(access.actor_of(request), found, subject, given), form):
            return redirect("compensation:deposits")
    lead = _("Amount, management, use and refund are agreed (e-commerce law art. 58). It binds when the merchant agrees.")
    return plain_form(request, form, _("Offer a deposit agreement"), found.page_url, found.name, lead)


@access.open_to(*DESK, STAFF)
def deposit(request: HttpRequest, number: str) -> HttpResponse:
    """One deposit: pay in, leave, refund; every movement."""
    actor = access.actor_of(request)
    found = access.get(actor, Deposit, number=number)
    act = request.POST.get("act", "")
    paid = forms.ReceiptForm(request.POST if act == "pay_in" else None, prefix="in", initial={"on": clock.today()})
    back = forms.RefForm(_("Number of the payment"), request.POST if act == "refund" else None, prefix="re")
    given = paid.cleaned_data if paid.is_valid() else {}
    if given and said(request, lambda: deposits.pay_in(actor, number, given["amount_fen"], given["on"], given["ref"]), paid):
        return redirect(found.page_url)
    if back.is_valid() and said(request, lambda: deposits.refund(actor, number, back.cleaned_data["ref"]), back):
        return redirect(found.page_url)
    if act == "leave":
        deposits.leave(actor, number)
        messages.success(request, _("Done."))
        return redirect(found.page_url)
    purse, lines = queries.statement_of_deposit(found.fund, found.subject)
    context = {**lists.page("deposit", found), "purse": purse, "lines": lines, "door": "desk", "paid": paid, "back": back}
    return render(request, "compensation/deposit.html", context, status=422 if paid.errors or back.errors else 200)


# ---- bank statements


@access.open_to(*DESK, STAFF)
def new_statement(request: HttpRequest, code: str) -> HttpResponse:
    """Import a bank's file; it is matched at once."""
    found = fund_of(request, code)
    form = forms.StatementForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = bank.import_statement(access.actor_of(request), found, given["bank"], given["file"].read(), given["opening_fen"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect(made.page_url)
    return plain_form(request, form, _("Import a bank statement"), found.page_url, found.name)


@access.open_to(*DESK, STAFF)
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """A statement beside the ledger: it reconciles, or each difference with who works it; what was matched may be undone."""
    actor = access.actor_of(request)
    found = access.get(actor, Statement, number=number)
    postings = [(f"m:{one.pk}", lists.movement(one)) for one in reconciling.unmatched(found.account)[1]]
    line = forms.LineForm(postings, request.POST if request.POST.get("act") == "line" else None)
    undo = forms.TextForm(_("Reason"), request.POST if request.POST.get("act") == "undo" else None, prefix="u")
    if line.is_valid() and said(request, lambda: _work(actor, request.POST.get("line", ""), line.cleaned_data), line):
        return redirect(found.page_url)
    if undo.is_valid() and said(request, lambda: bank.undo(actor, request.POST.get("match", ""), undo.cleaned_data["text"]), undo):
        return redirect(found.page_url)
    matched = found.lines.filter(matches__undone_at=None, matches__isnull=False).prefetch_related("matches__posting__entry")
    context = {"statement": found, "report": reconciling.report(found), "line_form": line, "undo": undo, "matched": matched}
    return render(request, "compensation/statement.html", context, status=422 if line.errors or undo.errors else 200)


def _work(actor: Any, line_id: str, given: dict[str, Any]) -> None:
    if given["note"] or given["what"] == "take":
        bank.take_line(actor, line_id, given["note"])
    if given["what"].startswith("m:"):
        bank.match_by_hand(actor, line_id, given["what"].removeprefix("m:"))
    elif given["what"] != "take":
        bank.book_line(actor, line_id, given["what"])
