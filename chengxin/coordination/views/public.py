"""Everybody's page: the measures of the plan, who leads them, how the tasks stand and whose turn it is. No person is named."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.coordination import board, lists, queries
from chengxin.coordination.models import Task
from chengxin.kernel import clock, language
from chengxin.law import law


@access.open_to_all
def measures(request: HttpRequest) -> HttpResponse:
    """Eighteen measures with their lead departments and the state of their tasks."""
    counts = queries.by_measure()
    book = law.at(clock.today())
    rows = [
        {
            "measure": one,
            "counted": counts[one.code],
            "leads": [language.pick(book.department(code)) for code in one.lead_now],
            "rooms": board.rooms().get(one.code, []),
        }
        for one in book.measures()
    ]
    return render(request, "coordination/public.html", {"rows": rows})


@access.open_to_all
def tasks(request: HttpRequest) -> HttpResponse:
    """Every task: lead department, state, whose turn, days late."""
    table = lists.PUBLIC.view(request.GET, Task.objects.all())
    if table.export:
        return table.export_response()
    return render(request, "coordination/public_tasks.html", {"table": table})
