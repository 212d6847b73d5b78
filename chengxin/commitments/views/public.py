"""Everybody's door: the register of commitments, and one of them with what the credit file shows of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chengxin.accounts import access
from chengxin.commitments import lists, queries
from chengxin.commitments.models import Commitment
from chengxin.kernel.errors import NotFound


@access.open_to_all
def register(request: HttpRequest) -> HttpResponse:
    """Who has committed to what; and how promises are kept over the whole city, nobody named."""
    table = lists.PUBLIC.view(request.GET, queries.register())
    if table.export:
        return table.export_response()
    return render(request, "commitments/register.html", {"table": table, "kept": queries.by_clause()})


@access.open_to_all
def commitment(request: HttpRequest, number: str) -> HttpResponse:
    """The letter in full, its state, how to verify it, and breaches that were found while their publicity lasts."""
    found = Commitment.objects.select_related("end").filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    context = {
        "commitment": found,
        "state": lists.state_label(found),
        "state_code": queries.state_of(found),
        "type": lists.type_name(found.type),
        "department": lists.department_name(found.department),
        "breaches": queries.public_breaches(found),
        "ended": getattr(found, "end", None),
        "check_url": reverse("documents:check", args=[found.code]),
    }
    return render(request, "commitments/commitment.html", context)
