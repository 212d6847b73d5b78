from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.detection import queries
from chengxin.kernel import language


class RunForm(forms.Form):
    """What an officer picks before a run: detectors and days."""

    detectors = forms.MultipleChoiceField(label=_("Detectors"), widget=forms.CheckboxSelectMultiple)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(card.name, language.pick(card)) for card in queries.cards()]
        field = self.fields["detectors"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        field.initial = [name for name, _label in choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if isinstance(since, date) and isinstance(until, date) and since >= until:
            self.add_error("until", _("The last day must be after the first."))
        return given
