"""Forms of inspections. What is allowed is checked in the actions; here are only the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.inspection import catalogue
from chengxin.inspection.models import Plan
from chengxin.kernel import clock, language
from chengxin.law import law

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}
DAY = {"class": "form-control", "type": "date"}
AREA = {"class": "form-control", "rows": 3}


def _text(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 500, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.Textarea(attrs=AREA))


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


def _choice(label: Any, choices: list[tuple[str, Any]], required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, help_text=help_text, widget=forms.Select(attrs=SELECT))


def departments(*left_out: str) -> list[tuple[str, str]]:
    """Today's departments but some."""
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code not in left_out]


class PlanForm(forms.Form):
    """A plan. The first item decides who leads; the other items' departments join the visit."""

    title = _text(_("Title"), 120)
    kind = _choice(_("How objects are chosen"), list(Plan.Kind.choices))
    item = forms.ChoiceField(label=_("Item of your department"), widget=forms.Select(attrs=SELECT))
    joins = forms.MultipleChoiceField(
        label=_("Further items on the same visit"),
        required=False,
        help_text=_("Visit once, check all: the departments of these items come along."),
        widget=forms.CheckboxSelectMultiple,
    )
    witness = forms.ChoiceField(
        label=_("Second department of the draw"),
        required=False,
        help_text=_("It puts a secret of its own into the draw. Not needed when another department joins."),
        widget=forms.Select(attrs=SELECT),
    )
    division = _text(_("Division"), 12, _("Only objects whose division begins like this; empty for the whole city."), required=False)
    due_on = _day(_("Visits done by"))
    uscc = _area(_("Subjects of a special check"), 2000, _("Unified social credit codes, one a line."), required=False)
    clue = _text(_("Clue that led to it"), 24, required=False)
    reason = _area(_("Reason of a special check"), required=False)

    def __init__(self, mine: frozenset[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        items = catalogue.items(today)
        self._choose("item", [(one.code, language.pick(one)) for one in items if one.department in mine])
        self._choose("joins", [(one.code, language.pick(one)) for one in items])
        self._choose("witness", [("", "—"), *departments()])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class RatesForm(forms.Form):
    """The table of rates, a row a class, and why it changes."""

    reason = _area(_("Why the table changes"), 300)

    def __init__(self, table: dict[str, dict[str, int | None]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in catalogue.CLASSES:
            for name, label in (("least", _("at least %")), ("most", _("at most %")), ("per_year", _("times a year"))):
                field = forms.IntegerField(
                    label=f"{code} {label}", required=name != "per_year", min_value=0, max_value=100, initial=table[code][name]
                )
                field.widget.attrs.update(TEXT)
                self.fields[f"{code}_{name}"] = field
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    @property
    def rates(self) -> dict[str, dict[str, int | None]]:
        given = self.cleaned_data
        return {code: {name: given[f"{code}_{name}"] for name in ("least", "most", "per_year")} for code in catalogue.CLASSES}


class FreezeForm(forms.Form):
    """Which public value will be used."""

    source = _text(_("Public value and its source"), 200, _("E.g. the numbers of a lottery drawing, as its official site publishes them."))
    public_on = _day(_("Day of that value"), _("Both departments commit and reveal before this day."))


class CommitForm(forms.Form):
    """A department's commitment; the secret stays with the person."""

    commitment = _text(_("Commitment"), 64)


class RevealForm(forms.Form):
    """The secret that fits the commitment."""

    secret = _text(_("Secret"), 128)


class ValueForm(forms.Form):
    """The public value, character by character."""

    value = _text(_("Public value"), 300)


class InspectorForm(forms.Form):
    """A colleague with a certificate."""

    user = forms.ChoiceField(label=_("Officer"), widget=forms.Select(attrs=SELECT))
    certificate = _text(_("Certificate number"), 40)
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until"))

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class UsccForm(forms.Form):
    """A subject by its code, and why."""

    uscc = _text(_("Unified social credit code"), 18)
    reason = _text(_("Reason"), 300)


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(_("Reason"), 200)


class ReportForm(forms.Form):
    """The end of a report; the checklist's lines are radio buttons of the page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = _choice(_("Result"), [])
    summary = _area(_("What was seen"), 500, _("It becomes public with a problem: no names of third persons, no numbers of persons."))
    place = _text(_("Place of the visit"), 200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((code, language.pick(one)) for code, one in catalogue.outcomes().items())]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


class ClassForm(forms.Form):
    """Which class it should be, and why."""

    risk_class = _choice(_("Class"), [(code, code) for code in catalogue.CLASSES])
    reason = _area(_("Why it should be another"))


class WarningForm(forms.Form):
    """A risk warning."""

    text = _area(_("What was seen"), 1000)
    advice = _area(_("What to do about it"), 1000)
    until = _day(_("Stands until"))


class ChainForm(forms.Form):
    """A step of the chain, with what that step needs."""

    said = _area(_("What was found"), 1000)
    url = _text(_("Page that was looked at"), 500, required=False)
    file = forms.FileField(
        label=_("Screenshot or saved page"),
        required=False,
        help_text=_("Its SHA-256 is logged with the time."),
        widget=forms.FileInput(attrs=TEXT),
    )
    division = _text(_("Division in charge"), 12, required=False)
