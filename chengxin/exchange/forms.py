"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.exchange import fieldmaps
from chengxin.exchange.steps import LEAST
from chengxin.kernel import language

TEXT, SELECT, AREA = {"class": "form-control"}, {"class": "form-select"}, {"class": "form-control", "rows": 3}
Pairs = Sequence[tuple[str, Any]]


def _area(label: Any, most: int = 500, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, min_length=LEAST, max_length=most, help_text=help_text, widget=forms.Textarea(attrs=AREA))


def _select(label: Any, choices: Pairs = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs=SELECT))


def kinds() -> Pairs:
    """The field maps, in the reader's language."""
    return [(code, language.pick(pair)) for code, pair in fieldmaps.names().items()]


class CollectForm(forms.Form):
    """Which rows, in which format."""

    department = _select(_("Department"))
    kind = _select(_("Kind of data"))
    format = _select(_("Format of the file"), [("xml", "XML"), ("csv", "CSV"), ("xlsx", "Excel")])

    def __init__(self, departments: Pairs, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
        self.fields["kind"].choices = kinds()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = _area(_("Reason for it"))


class MatchForm(forms.Form):
    """Who a row is about; no code: nobody of ours."""

    uscc = forms.CharField(
        label=_("Social credit code in our register"),
        max_length=18,
        required=False,
        help_text=_("Leave empty when the party is not in our register."),
        widget=forms.TextInput(attrs=TEXT),
    )
    reason = _area(_("How you know"), 300)


class EntryForm(forms.Form):
    """A draft for the catalogue. fields: those that the resource may share."""

    department = _select(_("Department"))
    title = forms.CharField(label=_("Name of the data"), min_length=LEAST, max_length=100, widget=forms.TextInput(attrs=TEXT))
    sharing = _select(_("Sharing"), [("open", _("Without condition")), ("conditional", _("On condition")), ("never", _("Not shared"))])
    condition = forms.CharField(
        label=_("Condition"),
        max_length=300,
        required=False,
        help_text=_("Who may use it, what for. Needed when sharing is on condition."),
        widget=forms.TextInput(attrs=TEXT),
    )
    fields_ = forms.MultipleChoiceField(label=_("Fields"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, departments: Pairs, fields: Pairs, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
        self.fields["fields_"].choices = fields  # type: ignore[attr-defined]
        self.fields["fields_"].initial = [code for code, _label in fields]


class AssessForm(forms.Form):
    """The three parts of the assessment (PIPL art. 56)."""

    lawful = _area(_("Lawful, just and necessary: purpose and manner"))
    impact = _area(_("Effect on persons, and the risk"))
    measures = _area(_("Safeguards, and why they fit the risk"))


class AskForm(forms.Form):
    """A request for data of another department."""

    department = _select(_("For which department"))
    purpose = _area(_("Purpose of use"), 300, _("The data may be used for this and nothing else."))
    until = forms.DateField(label=_("Use until"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}))
    fields_ = forms.MultipleChoiceField(label=_("Fields"), widget=forms.CheckboxSelectMultiple, help_text=_("Only what the purpose needs."))

    def __init__(self, departments: Pairs, fields: Pairs, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
        self.fields["fields_"].choices = fields  # type: ignore[attr-defined]
