"""The administrators' door: what is removed when, and what was."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.persons import lists, queries, reclaim, retention
from chengxin.persons.models import Removal
from chengxin.persons.terms import CASE, OPEN

KEEPERS = ("sysadmin", "secadmin", "auditadmin")


@access.open_to(*KEEPERS)
def terms(request: HttpRequest) -> HttpResponse:
    """What would go tonight, what is held and why, when the next term ends; what went. The forecast is the night's own code and changes
    nothing."""
    table = lists.REMOVALS.view(request.GET, Removal.objects.all())
    if table.export:
        return table.export_response()
    held = {CASE: _("a case against the business is open"), OPEN: _("the matter is open")}
    lines = [
        {
            "store": line.store.model,
            "basis": _cited(line.store.basis),
            "term": line.store.term,
            "over": line.over,
            "open": line.open,
            "running": line.running,
            "next": line.next,
            "held": [(held[why], many) for why, many in line.held.items()],
        }
        for line in retention.forecast()
    ]
    context = {"table": table, "lines": lines, "segments": retention.segments(), "size": reclaim.size()}
    return render(request, "persons/terms.html", context)


def _cited(basis: str) -> str:
    """The provision's name; a basis written out stays as it is."""
    try:
        return queries.cited(basis)
    except LookupError:
        return basis
