"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.commitments import letters
from chengxin.commitments.actions import Signature
from chengxin.commitments.actions.breaches import CLEAR, CONFIRM
from chengxin.commitments.actions.steps import LEAST
from chengxin.commitments.models import Template
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.subjects.models import Subject

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
BY_CODE, BY_SCAN = "code", "scan"


def _text(label: Any, most: int = 200, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 500, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, min_length=LEAST, max_length=most, help_text=help_text, widget=forms.Textarea(attrs=AREA))


class SignForm(forms.Form):
    """For whom, which promises with which numbers, the consent, and the signature."""

    subject = forms.ChoiceField(label=_("Who commits"), widget=forms.Select(attrs=SELECT))
    consent = forms.BooleanField(label=_("I have read the letter and agree that it is made public"), required=False)
    how = forms.ChoiceField(
        label=_("How you sign"),
        widget=forms.RadioSelect,
        choices=[(BY_CODE, _("With the one-time code of my authenticator")), (BY_SCAN, _("By uploading the sealed letter as a scan"))],
        initial=BY_CODE,
    )
    code = forms.CharField(
        label=_("One-time code"),
        max_length=12,
        required=False,
        help_text=_("Six digits that your authenticator shows now."),
        widget=forms.TextInput(attrs={**TEXT, "inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    scan = forms.FileField(
        label=_("Scan of the sealed letter"),
        required=False,
        help_text=_("PDF, PNG or JPEG."),
        widget=forms.FileInput(attrs={**TEXT, "accept": "application/pdf,image/png,image/jpeg"}),
    )

    on = forms.DateField(
        label=_("Day on the paper, if earlier"),
        required=False,
        help_text=_("For a letter on paper that is signed already: it binds from this day on."),
        widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, template: Template, subjects: Iterable[Subject], may_code: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        self.offered = [letters.clauses()[code] for code in template.content["clauses"]]
        self.fields["subject"].choices = [(str(one.pk), one.own_name) for one in subjects]  # type: ignore[attr-defined]
        if not may_code:
            self.fields["how"].initial = BY_SCAN
        for clause in self.offered:
            label = language.pick({key: text.replace("{n}", "…") for key, text in {"zh": clause.zh, "en": clause.en}.items()})
            self.fields[f"c_{clause.code}"] = forms.BooleanField(label=label, required=False, initial=True)
            if clause.n:
                self.fields[f"n_{clause.code}"] = forms.IntegerField(
                    label=language.pick(clause.n),
                    min_value=clause.n.least,
                    max_value=clause.n.most,
                    initial=clause.n.default,
                    required=False,
                    widget=forms.NumberInput(attrs=TEXT),
                )

    @property
    def promises(self) -> list[dict[str, Any]]:
        """The clauses on offer with their fields, for the page."""
        return [
            {"clause": one, "chosen": self[f"c_{one.code}"], "n": self[f"n_{one.code}"] if one.n else None, "tested": one.rule("tested")}
            for one in self.offered
        ]

    def clean_scan(self) -> Any:
        given = self.cleaned_data["scan"]
        most = int(law.at(clock.today()).value("commitment_scan_bytes_million"))
        if given and given.size > most * 1_000_000:
            raise forms.ValidationError(_("The file is larger than %d million bytes.") % most)
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("how") == BY_SCAN and not given.get("scan") and "scan" not in self.errors:
            self.add_error("scan", _("Choose the scan of the letter with seal or signature."))
        if given.get("how") == BY_CODE and not given.get("code"):
            self.add_error("code", _("Type the code that your authenticator shows."))
        return given

    @property
    def chosen(self) -> dict[str, int | None]:
        """Clause → its number, of the clauses ticked."""
        given = self.cleaned_data
        return {one.code: given.get(f"n_{one.code}") if one.n else None for one in self.offered if given.get(f"c_{one.code}")}

    @property
    def signature(self) -> Signature:
        given = self.cleaned_data
        if given["how"] == BY_CODE:
            return Signature(code=given["code"])
        scan = given["scan"]
        kind = scan.content_type or "application/octet-stream"
        return Signature(scan=scan.read(), scan_type=kind, scan_name=scan.name, on=given["on"])


class ReasonForm(forms.Form):
    reason = _area(_("Reason"))


class WithdrawForm(forms.Form):
    reason = _area(_("Why you withdraw it"), 500, _("It is public. What you promised until today stays measured."))


class AllegeForm(forms.Form):
    """What an inspection, a complaint or a decision showed."""

    clause = forms.ChoiceField(label=_("Promise"), required=False, widget=forms.Select(attrs=SELECT))
    facts = _area(
        _("Facts"), 500, _("The maker is told them, and they may become public: no names of third persons, no numbers of persons.")
    )

    def __init__(self, promises: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clause"].choices = [("", _("The letter as a whole")), *promises]  # type: ignore[attr-defined]


class NotifyForm(forms.Form):
    facts = _area(_("Facts the maker is told"), 500, _("They may become public once the breach is found: nothing personal."))
    contact = _text(_("Contact"), 40)
    phone = _text(_("Telephone"), 40)


class StatementForm(forms.Form):
    statement = _area(_("Your statement"), 2000, _("Only the department that asks reads it."))


class RepairForm(forms.Form):
    repair = _area(_("What you have put right"), 2000, _("What was done, since when, and what shows it."))


class ConcludeForm(forms.Form):
    """The finding that one officer proposes."""

    conclusion = forms.ChoiceField(
        label=_("Finding of the department"),
        widget=forms.RadioSelect,
        choices=[
            (CLEAR, _("No breach: nothing is kept on file")),
            (CONFIRM, _("Breach: it goes on the credit file and is published for its term")),
        ],
    )
    reasons = _area(_("Reasons"), 2000, _("Answer each point of the statement."))


class ProposeForm(forms.Form):
    """A letter for one's department."""

    letter = forms.ChoiceField(label=_("Letter"), widget=forms.Select(attrs=SELECT))
    department = forms.ChoiceField(label=_("Department"), widget=forms.Select(attrs=SELECT))

    def __init__(self, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.code, f"{language.pick(one)} {one.version}") for one in letters.letters(clock.today())]
        self.fields["letter"].choices = named  # type: ignore[attr-defined]
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
