"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.marks.actions.steps import LEAST
from chengxin.subjects.models import Licence

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}


def _text(label: Any, most: int = 200, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 500, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST if required else None
    return forms.CharField(
        label=label, min_length=least, max_length=most, help_text=help_text, required=required, widget=forms.Textarea(attrs=AREA)
    )


class AskForm(forms.Form):
    """Ask for a mark on one host."""

    address = _text(_("Address of your site"), 500, _("The mark holds for this exact host only: shop.example is not www.shop.example."))
    holder = _area(
        _("Public key of your site (JWK)"),
        help_text=_("Only if your site is to answer for itself to programs; leave it out otherwise. Never paste a private key."),
        required=False,
    )

    def clean_holder(self) -> Any:
        given = self.cleaned_data["holder"].strip()
        try:
            found = json.loads(given) if given else None
        except ValueError as wrong:
            raise forms.ValidationError(_("This is no JSON.")) from wrong
        if found is not None and not isinstance(found, dict):
            raise forms.ValidationError(_("This is no JWK."))
        return found


class ReasonForm(forms.Form):
    reason = _area(_("Reason"), help_text=_("Becomes public: no names of third persons, no identity, telephone or account numbers."))


class ReportForm(forms.Form):
    """Anybody reports an imitation."""

    where = _text(_("Address or name that imitates"), 2000)
    original = _text(_("Whom it imitates"), 200)
    statement = _area(_("What you saw"), 2000, _("For instance how you came there and what it asked you for."))
    contact = _text(_("Your telephone or e-mail"), 100, _("Only the officer who examines the report reads it."), required=False)


class ConfirmForm(forms.Form):
    """An officer confirms an imitation on both sides' material."""

    imitated = forms.ChoiceField(label=_("Whom it imitates"), widget=forms.Select(attrs=SELECT))
    other_side = _area(_("What the other side says"), 1000, _("Or how and when it was asked in vain."))
    reason = _area(_("Reasons"), help_text=_("Becomes public: no names of third persons, no identity, telephone or account numbers."))

    def __init__(self, subjects: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["imitated"].choices = list(subjects)  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """An official link of one of the own licences."""

    licence = forms.ChoiceField(label=_("Licence"), widget=forms.Select(attrs=SELECT))
    product = _text(_("Product"), 200, _("Leave it out for the licence itself."), required=False)
    url = _text(_("Official link"), 1000, _("The page of the authority's own site that shows this very licence or product."))

    def __init__(self, licences: Iterable[Licence], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["licence"].choices = [(str(one.pk), str(one)) for one in licences]  # type: ignore[attr-defined]
