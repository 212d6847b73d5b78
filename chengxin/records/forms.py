"""Forms of the credit file. What a record must say is checked in content.py; here are only the fields."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language, money
from chengxin.law import law
from chengxin.records.actions.steps import LEAST_REASON
from chengxin.records.catalogue import Item, term_on
from chengxin.records.models import Record

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
DAY = {"class": "form-control", "type": "date"}
MOST_BYTES = 32 * 1024 * 1024  # a scanned decision is 1 to 10 MB


def _text(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 500, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, min_length=LEAST_REASON, max_length=most, help_text=help_text, widget=forms.Textarea(attrs=AREA))


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class EntryForm(forms.Form):
    """A record of one type. `for_program` data go to content.check_content."""

    department = forms.ChoiceField(label=_("Entering department"), widget=forms.Select(attrs=SELECT))
    maker = _text(_("Authority that decided"), 100)
    document_number = _text(_("Number of the decision document"), 100)
    document = forms.FileField(
        label=_("Decision document"),
        required=False,
        help_text=_("Only its SHA-256 is kept, the file itself is not."),
        widget=forms.FileInput(attrs=TEXT),
    )
    document_hash = _text(_("Or its SHA-256"), 64, required=False)
    decided_on = _day(_("Day of the decision"), help_text=_("The law of this day decides whether and how long the record is public."))
    term = forms.ChoiceField(label=_("Publicity category"), required=False, widget=forms.Select(attrs=SELECT))
    behaviour = forms.ChoiceField(label=_("Conduct"), required=False, widget=forms.Select(attrs=SELECT))
    penalty_kind = forms.ChoiceField(label=_("Penalty"), required=False, widget=forms.Select(attrs=SELECT))
    amount = forms.DecimalField(
        label=_("Amount (yuan)"), required=False, min_value=0, max_digits=14, decimal_places=2, widget=forms.NumberInput(attrs=TEXT)
    )
    summary = _area(
        _("Facts in brief"), help_text=_("It may become public: no names of third persons, no identity, telephone or account numbers.")
    )
    basis = _text(_("Legal basis"), 300, _("Law, article, paragraph as the document cites them."))
    valid_from = _day(_("True from"), required=False, help_text=_("Empty: the day of the decision."))
    valid_until = _day(_("True until"), required=False, help_text=_("Only for what ends, such as a bar or a mark."))

    def __init__(self, item: Item, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        today = law.at(clock.today())
        self._choose("department", departments)
        self._choose("term", [("", "—"), *((code, _term_name(code)) for code in item.terms)])
        self._choose("behaviour", [("", "—"), *((one.code, f"{one.code} {language.pick(one)}") for one in today.behaviours())])
        self._choose("penalty_kind", [("", "—"), *((code, language.pick(one)) for code, one in today.codes("penalty_kind").items())])
        for name in {"behaviour", "penalty_kind", "amount"} - set(item.asks) | ({"term"} if not item.terms else set()):
            del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_document(self) -> Any:
        given = self.cleaned_data["document"]
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 32 MB; give its SHA-256 instead."))
        return given

    @property
    def content(self) -> dict[str, Any]:
        """What the form says, as check_content takes it."""
        given = dict(self.cleaned_data)
        given["item"] = self.item.code
        amount = given.pop("amount", None)
        given["amount_fen"] = None if amount is None else int(amount * 100)
        file = given.pop("document", None)
        if file:
            digest = hashlib.sha256()
            for part in file.chunks():
                digest.update(part)
            given["document_hash"] = digest.hexdigest()
        return given


def _term_name(code: str) -> str:
    found = term_on(code, clock.today())
    return language.pick(found) if found else code


class CorrectionForm(EntryForm):
    """What is to stand in a record's place, and why."""

    reason = _area(_("Why the record is corrected"))

    def __init__(self, record: Record, item: Item, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        names = ("maker", "document_number", "document_hash", "decided_on", "term", "behaviour", "penalty_kind", "summary", "basis")
        initial = {name: getattr(record, name) for name in (*names, "valid_from", "valid_until")}
        initial["amount"] = None if record.amount_fen is None else money.yuan(record.amount_fen)
        super().__init__(item, departments, *args, initial=initial, **kwargs)
        del self.fields["department"]  # a record is corrected by the department that entered it


class WithdrawForm(forms.Form):
    """Why a record is taken off the file, and by which document."""

    document_number = _text(_("Number of the document that revokes it"), 100, required=False)
    reason = _area(_("Reason"))


class RefuseForm(forms.Form):
    """Why a proposal is sent back."""

    reason = _area(_("Reason"))


class ObjectForm(forms.Form):
    """What is wrong with a record, in the subject's words."""

    statement = _area(_("What is wrong, and what shows it"), 2000, _("Only the department that entered the record reads this."))


class DecideForm(forms.Form):
    """The decision on an objection."""

    decision = forms.ChoiceField(
        label=_("Decision on it"),
        widget=forms.RadioSelect,
        choices=[
            ("reject", _("Not upheld: the record stands, the flag goes")),
            ("withdraw", _("Upheld: the record is withdrawn")),
            ("correct", _("Upheld: the corrected record that a colleague entered takes its place")),
        ],
    )
    answer = _area(_("Reasons"), 2000, _("The subject reads them: what was checked, what was found, on what basis."))


class ReportForm(forms.Form):
    """What a report is for, and of which days."""

    purpose = _text(_("Purpose"), 200, _("It is printed across every page, and the subject can read it."))
    true_on = _day(_("Facts true on"))
    known_on = _day(_("As known on"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("true_on", "known_on"):
            if given.get(name) and given[name] > clock.today():
                self.add_error(name, _("A report cannot speak of a day that has not come."))
        return given


class DaysForm(forms.Form):
    """The two days of a bitemporal view."""

    true_on = _day(_("Facts true on"), required=False)
    known_on = _day(_("As known on"), required=False)
