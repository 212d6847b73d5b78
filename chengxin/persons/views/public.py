"""Everybody's door: ask to be forgotten, and see by the code what came of it."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError
from chengxin.persons import actions, lists, queries
from chengxin.persons.forms import CodeForm, RequestForm
from chengxin.persons.models import DONE, REFUSED
from chengxin.persons.queries import ANSWER

LETTERS = 4  # of the code between hyphens


@access.open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """The form; then the code, shown once."""
    form = RequestForm(request.POST or None)
    if form.is_valid():
        try:
            made, code = actions.file_request(form.person(), form.cleaned_data["department"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            spaced = "-".join(code[at : at + LETTERS] for at in range(0, len(code), LETTERS))
            return _quiet(render(request, "persons/filed.html", {"one": made, "code": spaced, "article": queries.cited(ANSWER)}))
    return render(request, "persons/ask.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to_all
def status(request: HttpRequest) -> HttpResponse:
    """The form for the code; by POST what came of the request, so that the code gets into no address."""
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return render(request, "persons/code.html", {"form": form}, status=422 if form.errors else 200)
    found = queries.by_code(form.cleaned_data["code"])
    context = {
        "one": found,
        "article": queries.cited(ANSWER),
        "code": form.cleaned_data["code"],
        "state": lists.STATES[found.state],
        "ground": queries.ground_of(found),
        "kept": queries.kept_of(found),
        "gone": sum(found.outcome.get("gone", {}).values()),
        "is_done": found.state == DONE,
        "is_refused": found.state == REFUSED,
    }
    return _quiet(render(request, "persons/status.html", context))


@access.open_to_all
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """The signed confirmation, which anyone can verify without us."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "persons/code.html", {"form": form}, status=422)
    found = queries.by_code(form.cleaned_data["code"])
    answer = HttpResponse(json.dumps(found.receipt, ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return _quiet(answer)


def _quiet(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
    return answer
