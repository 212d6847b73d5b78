"""What the pages of this room share: doing an act with its error at the form, the plain form page, my departments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengxin.accounts.access import Actor
from chengxin.campaigns.access import DESK
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law


def said(request: HttpRequest, act: Callable[[], Any], form: Form | None = None) -> Any:
    """Do it and return what it made; what went wrong stands at the form, or as a message where there is none. None when it failed."""
    try:
        made = act()
    except ChengxinError as error:
        if form is None:
            messages.error(request, str(error))
        else:
            form.add_error(None, str(error))
        return None
    messages.success(request, _("Done."))
    return made


def form_page(request: HttpRequest, form: Form, title: str, back: str, back_name: str, lead: str = "") -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "title": title, "back_url": back, "back_name": back_name, "lead": lead}
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def mine(actor: Actor) -> list[tuple[str, str]]:
    """The departments for which the actor may write, as they are called today; those of the plan's year act by their successors."""
    here = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in here]
