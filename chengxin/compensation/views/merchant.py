"""The merchant's door: asked to pay, answer, pay; the own deposit with every movement."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.compensation import eligibility, forms, lists, order_facts, queries
from chengxin.compensation.actions import claims, deposits
from chengxin.compensation.models import AdvanceClaim, Deposit
from chengxin.compensation.views.desk import said


@access.open_to("merchant")
def my_claims(request: HttpRequest) -> HttpResponse:
    """Claims in which my shops are asked, by clock; my deposits."""
    actor = access.actor_of(request)
    mine = access.all(actor, AdvanceClaim).filter(shop__subject__in=actor.subjects).exclude(state="FILED")
    table = lists.MY_CLAIMS.view(request.GET, mine.select_related("platform", "shop"))
    if table.export:
        return table.export_response()
    kept = access.all(actor, Deposit).filter(subject__in=actor.subjects).select_related("fund", "subject")
    deposits_table = lists.MY_DEPOSITS.view(request.GET, kept, "d")
    return render(request, "compensation/my_claims.html", {"table": table, "deposits": deposits_table})


@access.open_to("merchant")
def my_claim(request: HttpRequest, number: str) -> HttpResponse:
    """One claim: pay it and give the number of the refund, or say why not."""
    actor = access.actor_of(request)
    found = access.get(actor, AdvanceClaim, number=number, shop__subject__in=actor.subjects)
    act = request.POST.get("act", "")
    paid = forms.RefForm(
        _("Number of the refund"), request.POST if act == "paid" else None, prefix="p", help_text=_("As the payment institution shows it.")
    )
    refuse = forms.TextForm(_("Why you do not pay"), request.POST if act == "refuse" else None, prefix="r")
    if paid.is_valid() and said(request, lambda: claims.seller_pays(actor, number, paid.cleaned_data["ref"]), paid):
        return redirect(found.merchant_url)
    if refuse.is_valid() and said(request, lambda: claims.seller_refuses(actor, number, refuse.cleaned_data["text"]), refuse):
        return redirect(found.merchant_url)
    context = {**lists.page("claim", found), "paid": paid, "refuse": refuse, "basis": lists.basis_name(found.basis)}
    context |= {"facts": order_facts.shown(found.facts), "checks": eligibility.checks(found)}
    return render(request, "compensation/my_claim.html", context, status=422 if paid.errors or refuse.errors else 200)


@access.open_to("merchant")
def my_deposit(request: HttpRequest, number: str) -> HttpResponse:
    """The agreement, my answer, and the statement of what came in and went out."""
    actor = access.actor_of(request)
    found = access.get(actor, Deposit, number=number, subject__in=actor.subjects)
    act = request.POST.get("act", "")
    if act in ("agree", "decline"):
        deposits.answer(actor, number, act == "agree")
    if act == "leave":
        deposits.leave(actor, number)
    if act:
        messages.success(request, _("Done."))
        return redirect(found.merchant_url)
    purse, lines = queries.statement_of_deposit(found.fund, found.subject)
    context = {**lists.page("deposit", found), "purse": purse, "lines": lines, "door": "merchant"}
    return render(request, "compensation/deposit.html", context)
