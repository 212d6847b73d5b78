"""Forms: what the person writes, what the officer decides, which parts of another city's file are taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.persons.moving import known_parts
from chengxin.persons.person import Person, split
from chengxin.persons.stores import grounds

TEXT, AREA = {"class": "form-control"}, {"class": "form-control", "rows": 2}
SELECT = {"class": "form-select"}


class RequestForm(forms.Form):
    """Who asks, and where we may find them."""

    name = forms.CharField(label=_("Your name"), max_length=60, widget=forms.TextInput(attrs=TEXT))
    department = forms.ChoiceField(label=_("Which department holds your data"), widget=forms.Select(attrs=SELECT))
    phones = forms.CharField(
        label=_("Telephone numbers"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("Several with commas between."),
    )
    id_number = forms.CharField(
        label=_("Number of your identity document"), max_length=40, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    addresses = forms.CharField(
        label=_("Addresses"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs=AREA),
        help_text=_("As you gave them, one a line."),
    )
    emails = forms.CharField(label=_("E-mail addresses"), max_length=300, required=False, widget=forms.TextInput(attrs=TEXT))
    accounts = forms.CharField(
        label=_("Accounts on platforms"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs=AREA),
        help_text=_("One a line: the platform's code, a colon, your number there. Trade data hold only such numbers, and those encoded."),
    )
    matters = forms.CharField(
        label=_("Numbers of complaints, reports, claims or mailboxes"), max_length=600, required=False, widget=forms.Textarea(attrs=AREA)
    )
    said = forms.CharField(label=_("What else you want to say"), max_length=500, required=False, widget=forms.Textarea(attrs=AREA))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = law.at(clock.today()).departments()
        self.fields["department"].choices = [(one.code, language.pick({"zh": one.zh, "en": one.en})) for one in every]  # type: ignore[attr-defined]

    def person(self) -> Person:
        """What is looked for."""
        given = self.cleaned_data
        several = {name: split(given[name]) for name in ("phones", "emails", "accounts", "matters", "addresses")}
        return Person(name=given["name"].strip(), id_number=given["id_number"].strip(), said=given["said"], **several)


class CodeForm(forms.Form):
    """The code that was shown once."""

    code = forms.CharField(label=_("Code"), max_length=40, widget=forms.TextInput(attrs={**TEXT, "autocomplete": "off"}))


class DecideForm(forms.Form):
    """Accept or refuse, each with its grounds."""

    decision = forms.ChoiceField(
        label=_("Decision on it"), choices=[("accept", _("Erase")), ("refuse", _("Refuse the request"))], widget=forms.Select(attrs=SELECT)
    )
    ground = forms.ChoiceField(label=_("Ground"), widget=forms.Select(attrs=SELECT))
    checked = forms.CharField(
        label=_("How it was verified who asks"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("What is erased for the wrong person cannot be brought back."),
    )
    with_names = forms.BooleanField(label=_("Also where nothing but the name stands (others may bear it)"), required=False)
    reason = forms.CharField(
        label=_("Reasons for the person"), max_length=500, required=False, widget=forms.Textarea(attrs={**AREA, "rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"accept": _("Erase"), "refuse": _("Refuse the request")}
        self.fields["ground"].choices = [  # type: ignore[attr-defined]
            (str(names[kind]), [(code, language.pick(words)) for code, words in some.items()]) for kind, some in grounds().items()
        ]


class SettingsForm(forms.Form):
    """Another city's file and its key; without parts it is compared only."""

    file = forms.FileField(label=_("Settings file"), widget=forms.ClearableFileInput(attrs=TEXT))
    key = forms.CharField(
        label=_("The other city's public key"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=TEXT),
        help_text=_("From elsewhere than the file. Empty for our own file."),
    )
    parts = forms.MultipleChoiceField(
        label=_("Parts to take"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: the file is compared and nothing is kept."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [(one["part"], language.pick(one)) for one in known_parts() if "take" in one]
        self.fields["parts"].choices = every  # type: ignore[attr-defined]


def _until() -> forms.DateField:
    return forms.DateField(label=_("Held until"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d"))


def _reason(help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=500, help_text=help_text, widget=forms.Textarea(attrs=AREA))


class HoldForm(forms.Form):
    """Whose data are held, until when and why."""

    department = forms.ChoiceField(label=_("Department"), widget=forms.Select(attrs=SELECT))
    uscc = forms.CharField(
        label=_("Unified social credit code of the business"), max_length=18, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    complaint = forms.CharField(
        label=_("Or the number of the complaint"), max_length=32, required=False, widget=forms.TextInput(attrs=TEXT)
    )
    until = _until()
    reason = _reason(_("For which review, suit or inquiry. Without numbers of persons."))

    def __init__(self, mine: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = mine  # type: ignore[attr-defined]


class RenewForm(forms.Form):
    """A later last day."""

    until = _until()
    reason = _reason()


class LiftForm(forms.Form):
    """Why the hold ends."""

    reason = _reason()
