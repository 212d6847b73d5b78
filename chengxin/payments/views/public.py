"""Everybody's door: claim an unauthorised payment without an account, and follow it by the code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.payments import actions, forms, lists
from chengxin.payments.actions.claims import followed
from chengxin.subjects.models import PaymentOrg


@access.open_to_all
def claim(request: HttpRequest) -> HttpResponse:
    """Tell the institution that a payment was not yours. The code is shown once."""
    form = forms.ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            made, code = actions.claim(PaymentOrg.objects.get(code=form.cleaned_data["org"]), form.given)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "payments/claimed.html", {"claim": made, "code": "-".join(code[at : at + 4] for at in range(0, 16, 4))})
    return render(request, "payments/claim_form.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to_all
def follow(request: HttpRequest) -> HttpResponse:
    """How a claim stands, for who has its code. Nothing of who made it is shown."""
    form = forms.CodeForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            found = followed(form.cleaned_data["code"])
        except NotFound:
            form.add_error("code", NotFound().said(NotFound.what))
        else:
            context |= lists.page(found)
    return render(request, "payments/follow.html", context, status=422 if form.errors else 200)
