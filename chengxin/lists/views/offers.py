"""The steps a person may take on a page now: each with its form and its act. A step that another person must take is not offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from chengxin.kernel.errors import ChengxinError

Act = Callable[[Any], Any]


@dataclass
class Offer:
    """One step: what its button says, what it asks for (None: only a click), what it does with the form's content."""

    label: str
    act: Act
    form: forms.Form | None = None

    @property
    def ready(self) -> bool:
        return self.form is None or self.form.is_valid()


Offers = dict[str, Offer]


def bound(request: HttpRequest, step: str) -> QueryDict | None:
    """The data for a step's form: only the form that was sent is bound."""
    return request.POST if request.POST.get("step") == step else None


def taken(request: HttpRequest, offers: Offers) -> bool:
    """Take the step that was sent, when it is offered and its form is in order; tells what came of it. False: show the page (again)."""
    offer = offers.get(request.POST.get("step", "")) if request.method == "POST" else None
    if offer is None or not offer.ready:
        return False
    try:
        offer.act(offer.form)
    except ChengxinError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return True


def status(offers: Offers) -> int:
    """422 when a form was sent that is not in order."""
    return 422 if any(one.form is not None and one.form.errors for one in offers.values()) else 200


def reason(form: Any) -> str:
    return str(form.cleaned_data["reason"])
