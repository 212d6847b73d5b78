"""The officer's door: which subject is this name, one or a sheet of them; and which entries may be one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.subjects import lists, queries
from chengxin.subjects.actions.naming import answer_sheet, ask_names
from chengxin.subjects.forms import NamesForm

DESK = ("officer", "reviewer", "head")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@access.open_to(*DESK)
def match(request: HttpRequest) -> HttpResponse:
    """Paste names or upload a sheet; each comes back with the subjects it may be of and why, on the page or as a sheet."""
    form, answers = NamesForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        answers = ask_names(access.actor_of(request), form.names)
        if request.POST.get("export") == "xlsx":
            answer = HttpResponse(answer_sheet(answers), content_type=XLSX)
            answer["Content-Disposition"] = 'attachment; filename="names.xlsx"'
            return answer
    found = sum(bool(some) for _name, some in answers or [])
    context = {"form": form, "answers": answers, "found": found, "text": "\n".join(form.names)}
    return render(request, "subjects/names.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def possible(request: HttpRequest) -> HttpResponse:
    """Entries without a code that may be the same as another: clues for a judgement by two people."""
    table = lists.POSSIBLE.view(request.GET, queries.possible_doubles())
    return table.export_response() if table.export else render(request, "subjects/possible.html", {"table": table})
