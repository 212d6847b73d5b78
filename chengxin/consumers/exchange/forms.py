"""Forms of the exchange's desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.consumers.exchange.dialects import Peer
from chengxin.consumers.exchange.models import ADDED, NOTED
from chengxin.consumers.forms import AREA, SELECT, TEXT
from chengxin.kernel import language


class ImportForm(forms.Form):
    """A sheet of one of the desk's systems."""

    peer = forms.ChoiceField(label=_("Other system"), widget=forms.Select(attrs=SELECT))
    file = forms.FileField(label=_("Sheet (xlsx or csv)"), widget=forms.FileInput(attrs=TEXT))

    def __init__(self, peers: Sequence[Peer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["peer"].choices = [(one.code, language.pick(one)) for one in peers]  # type: ignore[attr-defined]


class NumbersForm(forms.Form):
    """The numbers that the other system says it sent."""

    since = forms.DateField(label=_("Sent from"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}))
    until = forms.DateField(label=_("Sent until"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}))
    file = forms.FileField(label=_("Sheet with their numbers (xlsx or csv)"), widget=forms.FileInput(attrs=TEXT))


class DecideForm(forms.Form):
    """What an officer says of changed words."""

    decision = forms.ChoiceField(
        label=_("What you found"),
        choices=[(NOTED, _("Read; nothing follows from it")), (ADDED, _("Read; I take it up when handling the file"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), max_length=300, widget=forms.Textarea(attrs={**AREA, "rows": 3}))


class RowForm(forms.Form):
    """Why a row is dropped, or taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=300,
        help_text=_("No name or number of a person: the reason stays on record."),
        widget=forms.Textarea(attrs={**AREA, "rows": 3}),
    )
