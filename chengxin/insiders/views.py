"""The reporter's pages: no account, no session, no cookie but the form's token, nothing from other hosts, nothing kept by the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.insiders import actions, lists, queries
from chengxin.insiders.errors import NotSealed
from chengxin.kernel.errors import ChengxinError

Page = Callable[[HttpRequest], HttpResponse]


def unseen(view: Page) -> Page:
    """Neither kept by caches nor told to other pages; and an error as data, for it is our script that asks."""

    @wraps(view)
    def quiet(request: HttpRequest) -> HttpResponse:
        try:
            answer = view(request)
        except ChengxinError as error:
            answer = JsonResponse(error.problem(), status=error.status, content_type="application/problem+json")
        answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
        return answer

    return quiet


@access.open_to_all
@unseen
def write(request: HttpRequest) -> HttpResponse:
    """What the channel is, for whom it seals, and the form."""
    return render(request, "insiders/write.html", {"channels": queries.channels(), "scripts": queries.scripts()})


@access.open_to_all
@unseen
def read(request: HttpRequest) -> HttpResponse:
    """The form for a code; the browser does the rest."""
    return render(request, "insiders/read.html")


@access.open_to_all
@require_POST
@unseen
def send(request: HttpRequest) -> HttpResponse:
    """A first message."""
    given = request.POST
    department, lookup, tag, key, public = (given.get(name, "") for name in ("channel", "lookup", "tag", "key", "public"))
    made = actions.take_first(department, lookup, tag, key, public, _json(given.get("wrapped", "")), given.get("sealed", ""))
    return JsonResponse({"number": made.number})


@access.open_to_all
@require_POST
@unseen
def opened(request: HttpRequest) -> HttpResponse:
    """A mailbox for who has its code: ciphertext and public keys."""
    lookup = request.POST.get("lookup", "")
    if not actions.HEX.fullmatch(lookup):
        raise NotSealed
    found = queries.for_reporter(queries.by_lookup(lookup))
    return JsonResponse({**found, "state": lists.state_name(found["state"])})


@access.open_to_all
@require_POST
@unseen
def reply(request: HttpRequest) -> HttpResponse:
    """One more message of the reporter."""
    found = actions.take_reply(request.POST.get("lookup", ""), request.POST.get("sealed", ""))
    return JsonResponse({"number": found.number})


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotSealed from error
