"""A form's blanks on screen: one field of Django's for each, and from the cleaned data the values that `actions.issue` takes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.documents.official import CHOICE, DATE, LIST, LONG, MONEY, NUMBER, ROWS, TIME, Field, Form
from chengxin.kernel import language

TEXT = {"class": "form-control"}
AREA = {"class": "form-control", "rows": 4}


class BlanksForm(forms.Form):
    """The blanks of one form. required: False for a draft."""

    department = forms.ChoiceField(label=_("Issuing department"), widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, form: Form, departments: list[tuple[str, str]], day: date, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form, self.asked = form, [one for one in form.fields.values() if one.kind != ROWS]
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
        for one in self.asked:
            made = _field(one, day)
            made.label, made.required = language.pick(one), one.required and required
            self.fields[one.name] = made

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, by the names of the form."""
        return {one.name: _value(one, self.cleaned_data.get(one.name)) for one in self.asked}


def _field(one: Field, day: date) -> forms.Field:
    if one.kind == DATE:
        return forms.DateField(widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d"))
    if one.kind == TIME:
        return forms.DateTimeField(widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    if one.kind == MONEY:
        return forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, widget=forms.NumberInput(attrs=TEXT))
    if one.kind == NUMBER:
        return forms.IntegerField(min_value=0, max_value=100_000, widget=forms.NumberInput(attrs=TEXT))
    if one.kind == CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *one.choices(day).items()], widget=forms.Select(attrs={"class": "form-select"}))
    if one.kind == LIST:
        return forms.CharField(max_length=4000, help_text=_("One a line."), widget=forms.Textarea(attrs=AREA))
    most = 20_000 if one.kind == LONG else 200
    return forms.CharField(max_length=most, widget=forms.Textarea(attrs=AREA) if one.kind == LONG else forms.TextInput(attrs=TEXT))


def _value(one: Field, given: Any) -> Any:
    if given in (None, ""):
        return None
    if one.kind == MONEY:
        return int(given * 100)
    return [line.strip() for line in given.splitlines() if line.strip()] if one.kind == LIST else given


class PrepareForm(forms.Form):
    """What else is to be struck out, and why something was left in."""

    words = forms.CharField(
        label=_("Also strike out"),
        required=False,
        max_length=2000,
        help_text=_("One a line, as it stands in the text: names of third persons, trade secrets, anything else that must not be public."),
        widget=forms.Textarea(attrs=AREA),
    )
    reason = forms.CharField(label=_("Why something found was left in"), required=False, max_length=300, widget=forms.TextInput(attrs=TEXT))

    def clean_words(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip())


class ReasonForm(forms.Form):
    """Why a version is sent back."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=300, widget=forms.Textarea(attrs=AREA))
