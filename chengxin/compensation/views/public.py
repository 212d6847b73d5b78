"""Everybody's door: the funds, a claim without an account, and how it stands, by its code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.compensation import forms, lists, papers, queries
from chengxin.compensation.actions import claims
from chengxin.compensation.models import Fund
from chengxin.documents import actions as documents
from chengxin.kernel.errors import ChengxinError, NotFound


@access.open_to_all
def public(request: HttpRequest) -> HttpResponse:
    """Every fund with what it has, paid and got back."""
    return render(request, "compensation/public.html", {"funds": queries.public_funds()})


@access.open_to_all
def public_fund(request: HttpRequest, code: str) -> HttpResponse:
    """One fund: its figures, its rule and the versions before."""
    found = Fund.objects.select_related("platform").filter(code=code[:24]).first()
    if found is None:
        raise NotFound
    standing = queries.standing(found)
    bases = [lists.basis_name(one) for one in standing.rule.content["bases"]] if standing.rule else []
    return render(request, "compensation/public_fund.html", {"standing": standing, "bases": bases, "versions": found.rules.all()})


@access.open_to_all
def new_claim(request: HttpRequest) -> HttpResponse:
    """Ask the fund to pay first. The code is shown once."""
    form = forms.ClaimForm(request.POST or None, request.FILES or None, initial={"complaint_no": request.GET.get("complaint", "")[:24]})
    if form.is_valid():
        try:
            made, code = claims.file(form.given, form.handed_in)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return render(
                request, "compensation/claimed.html", {"claim": made, "code": "-".join(code[at : at + 4] for at in range(0, 16, 4))}
            )
    return render(request, "compensation/claim_form.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to_all
def follow(request: HttpRequest) -> HttpResponse:
    """How a claim stands, for who has its code; appeal, or say that the seller's money did not come. A wrong code learns nothing."""
    form = forms.CodeForm(request.POST or None)
    act = request.POST.get("act", "")
    appeal = forms.TextForm(_("Why it should be looked at again"), request.POST if act == "appeal" else None, prefix="a")
    context: dict[str, Any] = {"form": form, "appeal": appeal}
    if form.is_valid():
        code = form.cleaned_data["code"]
        if act == "paper":
            return _paper(code, request.POST.get("paper", ""))
        try:
            _act(act, code, appeal)
            found = claims.followed(code)
        except NotFound:
            form.add_error("code", NotFound().said(NotFound.what))
        except ChengxinError as error:
            appeal.add_error(None, str(error)) if act == "appeal" else form.add_error(None, str(error))
            context |= lists.page("claim", claims.followed(code)) | {"code": code}
        else:
            context |= lists.page("claim", found) | {"code": code, "papers": papers.of_claimant(found)}
    status = 404 if form.errors and "matter" not in context else 422 if form.errors or appeal.errors else 200
    return render(request, "compensation/follow.html", context, status=status)


def _paper(code: str, key: str) -> HttpResponse:
    """A paper of the code's claim as PDF; the reading is logged. NotFound for everything else."""
    found = next((one for one in papers.of_claimant(claims.followed(code)) if str(one.pk) == key), None)
    if found is None:
        raise NotFound
    __, data = documents.read(access.system("compensation.follow"), found.pk, "申请人凭查询码查看文书")
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.form}.pdf"'
    return answer


def _act(act: str, code: str, appeal: forms.TextForm) -> None:
    if act == "appeal" and appeal.is_valid():
        claims.appeal(code, appeal.cleaned_data["text"])
    if act == "not_received":
        claims.not_received(code)
