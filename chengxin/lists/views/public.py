"""Everybody's door: who is on an official list or a red list today; platforms' lists on a page of their own; objections to a red list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.lists import catalogue, queries, tables
from chengxin.lists.actions import red
from chengxin.lists.forms import ReasonForm


@access.open_to_all
def public(request: HttpRequest) -> HttpResponse:
    """The official list and the red list, each as it stands today by the dates."""
    table = tables.OFFICIAL.view(request.GET, queries.shown())
    if table.export:
        return table.export_response()
    context = {
        "table": table,
        "red": [(one, catalogue.programme(one.programme)) for one in queries.red_shown()],
        "notice": [(one, catalogue.programme(one.programme)) for one in queries.red_in_notice()],
    }
    return render(request, "lists/public.html", context)


@access.open_to_all
def platforms(request: HttpRequest) -> HttpResponse:
    """What platforms have listed under their own contracts; nothing official."""
    table = tables.PLATFORM.view(request.GET, queries.platform_public())
    return table.export_response() if table.export else render(request, "lists/platforms.html", {"table": table})


@access.open_to_signed_in
def object_to_red(request: HttpRequest, id: str) -> HttpResponse:
    """Object to who is to be put on a red list, while the notice lasts."""
    found = next((one for one in queries.red_in_notice() if str(one.pk) == id), None)
    if found is None:
        raise NotFound
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            red.object_to(access.actor_of(request), found.pk, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your objection is recorded; it is answered before anybody decides."))
            return redirect("lists:public")
    context = {"one": found, "programme": catalogue.programme(found.programme), "form": form}
    return render(request, "lists/red_object.html", context, status=422 if form.errors else 200)
