"""Forms of the lists: what each step asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.lists import catalogue
from chengxin.lists.catalogue import ListKind
from chengxin.records.actions.steps import LEAST_REASON

AREA = {"class": "form-control", "rows": 3}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
DAY = {"class": "form-control", "type": "date"}
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _area(label: Any, most: int = 500, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST_REASON if required else None
    widget = forms.Textarea(attrs=AREA)
    return forms.CharField(label=label, min_length=least, max_length=most, help_text=help_text, required=required, widget=widget)


def _text(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


def _choice(label: Any, choices: Any, widget: Any = None, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, widget=widget or forms.Select(attrs=SELECT))


class ProposeForm(forms.Form):
    """A proposal: facts and basis, intent, each factor in words, the measures."""

    facts = _area(_("Facts"), help_text=_("Becomes public: no names of third persons, no identity, telephone or account numbers."))
    basis = _text(_("Legal basis"), 300, _("The article of order 44 that the conduct falls under."))
    intent_shown = _choice(
        _("Is intent proven?"),
        [("shown", _("Yes, by the evidence named below")), ("not_shown", _("No"))],
        forms.RadioSelect,
        _("Without proof of intent nobody is listed (order 44 article 12)."),
    )
    measures = forms.MultipleChoiceField(label=_("Measures"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, subject_kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = catalogue.measures(clock.today(), subject_kind)
        self.fields["measures"].choices = [(one.code, language.pick(one)) for one in found]  # type: ignore[attr-defined]
        for one in catalogue.factors():
            self.fields[f"factor_{one['code']}"] = _area(
                language.pick(one), help_text="" if one["code"] != "intent" else _("What shows it.")
            )
        order = ["facts", "basis", "intent_shown", *(f"factor_{one['code']}" for one in catalogue.factors()), "measures"]
        self.order_fields(order)

    @property
    def content(self) -> dict[str, Any]:
        """What actions.listing.propose takes."""
        given = self.cleaned_data
        return {
            "facts": given["facts"],
            "basis": given["basis"],
            "intent": given["intent_shown"],
            "factors": {one["code"]: given[f"factor_{one['code']}"] for one in catalogue.factors()},
            "measures": given["measures"],
        }


class ReasonForm(forms.Form):
    reason = _area(_("Reasons given"), 1000)


class NoticeForm(forms.Form):
    """What the notice needs that the entry does not say."""

    phone = _text(_("Telephone of the desk"), 40, _("Printed on the notice, for the party to ask."))


class DefendForm(forms.Form):
    """Up to five arguments, each to be answered apart."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, 6):
            self.fields[f"argument_{n}"] = _area(_("Argument %s") % n, 1000, required=n == 1)

    @property
    def arguments(self) -> list[str]:
        return [text for text in self.cleaned_data.values() if text]


class AnswerForm(forms.Form):
    """Each argument with whether it is adopted, and why."""

    def __init__(self, numbers: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = numbers
        for n in numbers:
            self.fields[f"adopted_{n}"] = _choice(_("Argument %s: adopted?") % n, YES_NO, forms.RadioSelect)
            self.fields[f"why_{n}"] = _area(_("Argument %s: why") % n, 1000)

    @property
    def answers(self) -> dict[int, tuple[bool, str]]:
        given = self.cleaned_data
        return {n: (given[f"adopted_{n}"] == "yes", given[f"why_{n}"]) for n in self.numbers}


class FeedbackForm(forms.Form):
    """What an executor says of a measure."""

    applies = _choice(_("Does the measure apply to this subject?"), YES_NO, forms.RadioSelect)
    said = _area(_("What was done, or why it does not apply"))
    claimed_on = _day(_("Shop closed since"), False, _("It is compared with the shop's orders."))

    def __init__(self, shop: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shop:
            del self.fields["claimed_on"]


class RepairForm(forms.Form):
    """An application for repair."""

    statement = _area(
        _("How the duties were done and the harm removed"),
        2000,
        _("Name the proofs, e.g. the receipt of the fine, refunds, the corrected pages."),
    )
    promised = forms.BooleanField(
        label=_(
            "I commit to keep the law in my business, and I know that fraud in a repair brings the entry back and bars new applications."
        ),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class DecideForm(forms.Form):
    """Yes or no, with reasons."""

    decision = _choice(_("Yes or no"), YES_NO, forms.RadioSelect)
    reason = _area(_("Reasons given"), 1000, _("The subject reads them."), required=False)

    def __init__(self, yes: Any, no: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("decision") and len((given.get("reason") or "").strip()) < LEAST_REASON:
            self.add_error("reason", _("State the reasons."))
        return given

    @property
    def yes(self) -> bool:
        return bool(self.cleaned_data["decision"] == "yes")


class NominateForm(forms.Form):
    """Who is nominated for which red list, and for what merits."""

    uscc = _text(_("Unified social credit code"), 18)
    programme = _choice(_("Red list"), [])
    source = _choice(_("Nominated by"), [("department", _("Our department")), ("association", _("An association"))])
    merits = _area(_("Merits"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(one.code, language.pick(one)) for one in catalogue.programmes(clock.today())]  # type: ignore[attr-defined]


class GiveForm(forms.Form):
    """A benefit that was given."""

    benefit = _choice(_("Benefit"), [])
    giver = _choice(_("Given by"), [])
    note = _area(_("What was given"), 300)

    def __init__(self, codes: tuple[str, ...], givers: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["benefit"].choices = [(code, language.pick(catalogue.benefits()[code])) for code in codes]  # type: ignore[attr-defined]
        self.fields["giver"].choices = givers  # type: ignore[attr-defined]


class ConsentForm(forms.Form):
    """A consent for a bank."""

    subject = _choice(_("Which business"), [])
    bank = _choice(_("Bank"), [])
    purpose = _text(_("Purpose"), 200, _("For example: a loan for working capital."))
    until = _day(_("Until"))

    def __init__(self, subjects: list[tuple[str, str]], banks: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]
        self.fields["bank"].choices = banks  # type: ignore[attr-defined]


class PlatformEntryForm(forms.Form):
    """A shop on the platform's own list."""

    shop_id = _text(_("Shop id"), 100)
    action = _choice(_("Measure"), [])
    facts = _area(_("Facts"))
    reason = _area(_("Reason"))
    clause = _text(_("Clause of the contract or rules"), 300)
    since = _day(_("From"))
    until = _day(_("Until"))
    appeal_by = _day(_("Appeal by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = law.at(clock.today()).codes("platform_action").items()
        self.fields["action"].choices = [(code, language.pick(one)) for code, one in codes]  # type: ignore[attr-defined]


class WhatIfForm(forms.Form):
    """Another list of conduct, and other categories of penalty."""

    behaviours = forms.MultipleChoiceField(label=_("Conduct that may be listed"), widget=forms.CheckboxSelectMultiple)
    terms = forms.MultipleChoiceField(label=_("Penalties that are heavy enough"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, kind: ListKind, data: Any = None) -> None:
        listed = [code for one in catalogue.fields() for code in one["behaviours"]]
        super().__init__(data, initial={"behaviours": listed, "terms": list(kind.terms)})
        book = law.at(clock.today())
        self.fields["behaviours"].choices = [(one.code, f"{one.code} {language.pick(one)}") for one in book.behaviours()]  # type: ignore[attr-defined]
        terms = [one for one in book.publicity_terms() if one.publish]
        self.fields["terms"].choices = [(one.code, language.pick(one)) for one in terms]  # type: ignore[attr-defined]
