"""Forms of cases: the form of a step follows from the table; here is only how each kind of field is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.cases import penalties, queries
from chengxin.cases.actions import Upload
from chengxin.cases.actions.certifying import colleagues
from chengxin.cases.actions.defending import argument_text
from chengxin.cases.models import DECIDED, NOTIFIED, Case, Certificate
from chengxin.kernel import clock, language, money
from chengxin.law import law
from chengxin.workflow import FormField, Step

AREA, TEXT, SELECT = {"class": "form-control", "rows": 4}, {"class": "form-control"}, {"class": "form-select"}
DAY = {"class": "form-control", "type": "date"}
STAGE_BEFORE = {"decide": NOTIFIED, "report_variation": DECIDED}  # what the form begins with
ROWS = 4  # penalties one decision can name on the form
MOST_WORDS = 20_000
MOST_BYTES = 32 * 1024 * 1024
RIGHTS = _(
    "You may state and defend yourself, and ask that an officer with an interest in the case step back. You are asked to answer "
    "truthfully, and to hand over what is asked for. Two officers are present and showed their certificates."
)


class StepForm(forms.Form):
    """What one step asks for."""

    def __init__(self, step: Step, case: Case, actor: Actor, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", step.action)
        kwargs.setdefault("auto_id", f"id_{step.action}_%s")
        super().__init__(*args, **kwargs)
        self.step, self.case, self.actor = step, case, actor
        for one in workflow.form_fields(step):
            if one.name == "penalties":
                self._ask_for_penalties()
            else:
                self.fields[one.name] = self._field(one)

    def _field(self, one: FormField) -> forms.Field:
        given: dict[str, Any] = {"label": capfirst(language.pick(one)), "required": one.required}
        special = SPECIAL.get(one.name)
        if special:
            return forms.ChoiceField(choices=special(self.case), widget=forms.Select(attrs=SELECT), **given)
        return KINDS[one.kind](one, self.case, given)

    def _ask_for_penalties(self) -> None:
        kinds = [("", "—"), *((code, language.pick(item)) for code, item in law.at(clock.today()).codes("penalty_kind").items())]
        stage = STAGE_BEFORE.get(self.step.action)
        known = penalties.latest(self.case, stage) if stage else []
        for row in range(ROWS):
            had = known[row] if row < len(known) else None
            amount = money.yuan(had.amount_fen) if had and had.amount_fen else None
            self.fields[f"kind_{row}"] = forms.ChoiceField(
                label=_("Kind of penalty"),
                choices=kinds,
                required=False,
                initial=had.kind if had else "",
                widget=forms.Select(attrs=SELECT),
            )
            self.fields[f"amount_{row}"] = forms.DecimalField(
                label=_("Amount (yuan)"), required=False, min_value=0, max_digits=13, decimal_places=2, initial=amount,
                widget=forms.NumberInput(attrs=TEXT),
            )  # fmt: skip
            self.fields[f"detail_{row}"] = forms.CharField(
                label=_("Content"), required=False, max_length=200, initial=had.detail if had else "", widget=forms.TextInput(attrs=TEXT)
            )
            self.fields[f"perform_by_{row}"] = forms.DateField(
                label=_("Perform by"),
                required=False,
                initial=had.perform_by if had else None,
                widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            )

    @property
    def leads_to(self) -> list[str]:
        return queries.leads_to(self.step, self.case)

    @property
    def penalty_rows(self) -> list[list[Any]]:
        names = ("kind", "amount", "detail", "perform_by")
        return [[self[f"{name}_{row}"] for name in names] for row in range(ROWS)] if "kind_0" in self.fields else []

    @property
    def plain_fields(self) -> list[Any]:
        return [bound for bound in self if not bound.name.rpartition("_")[2].isdigit()]

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 32 MB."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        """What the form says, as `actions.take` takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if not name.rpartition("_")[2].isdigit()}
        if "kind_0" in self.fields:
            said["penalties"] = [row for row in map(self._penalty, range(ROWS)) if row["kind"]]
        for name, value in said.items():
            if isinstance(value, Decimal):
                said[name] = int(value * 100)
        if said.get("file"):
            said["file"] = Upload(said["file"].name, said["file"].read(), said["file"].content_type or "application/octet-stream")
        return said

    def _penalty(self, row: int) -> dict[str, Any]:
        amount = self.cleaned_data.get(f"amount_{row}")
        return {
            "kind": self.cleaned_data.get(f"kind_{row}") or "",
            "amount_fen": None if amount is None else int(amount * 100),
            "detail": self.cleaned_data.get(f"detail_{row}") or "",
            "perform_by": self.cleaned_data.get(f"perform_by_{row}"),
        }


# ---- how each kind is asked for


def _words(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    initial = RIGHTS if one.name == "rights_notice" else case.public_text if one.name == "public_text" else ""
    most = 500 if one.name == "public_text" else MOST_WORDS
    return forms.CharField(max_length=most, initial=initial, widget=forms.Textarea(attrs=AREA), **given)


def _line(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    return forms.CharField(max_length=200, widget=forms.TextInput(attrs=TEXT), **given)


def _day(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    initial = None if one.name == "until" else clock.today()
    return forms.DateField(initial=initial, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **given)


def _instant(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    initial = None if one.name == "held_at" else clock.now().astimezone(clock.CITY).strftime("%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        initial=initial, input_formats=["%Y-%m-%dT%H:%M"], widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}), **given
    )


def _choice(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    choices = [(code, language.pick(pair)) for code, pair in one.choices.items()]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **given)


def _codes(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    assert one.codes
    choices = [(code, language.pick(item)) for code, item in law.at(clock.today()).codes(one.codes).items()]
    return forms.ChoiceField(choices=choices, widget=forms.Select(attrs=SELECT), **given)


def _yes(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**{**given, "required": False})


def _money(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(min_value=Decimal("0.01"), max_digits=13, decimal_places=2, widget=forms.NumberInput(attrs=TEXT), **given)


def _person(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=people_for(one.name, case), widget=forms.Select(attrs=SELECT), **given)


def _file(one: FormField, case: Case, given: dict[str, Any]) -> forms.Field:
    return forms.FileField(widget=forms.FileInput(attrs=TEXT), **given)


KINDS: dict[str, Callable[[FormField, Case, dict[str, Any]], forms.Field]] = {
    "text": _line,
    "long_text": _words,
    "evidence": _words,
    "date": _day,
    "datetime": _instant,
    "choice": _choice,
    "codes": _codes,
    "yes_no": _yes,
    "money": _money,
    "person": _person,
    "file": _file,
}


def people_for(name: str, case: Case) -> list[tuple[str, str]]:
    """Whom a field offers: people with a certificate that is valid today; of the case for a recusal, of any department to help."""
    here = case.members.filter(left_on__isnull=True)
    own = [(one.person, f"{one.name} ({one.certificate})") for one in here] if name == "person" else []
    today = clock.today()
    held = Certificate.objects.filter(valid_from__lte=today, valid_until__gte=today).select_related("person")
    rows = held if name == "person" else held.filter(department=case.department)
    return list(
        dict([*own, *((f"user:{one.person_id}", f"{one.person} ({one.number})") for one in rows.order_by("department", "number"))]).items()
    )


def departments(case: Case) -> list[tuple[str, str]]:
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code != case.department]


def arguments(case: Case) -> list[tuple[str, str]]:
    waiting = case.arguments.filter(answered__isnull=True).select_related("raised")
    return [(str(one.number), f"{one.number}. {argument_text(one)}") for one in waiting]


SPECIAL: dict[str, Callable[[Case], list[tuple[str, str]]]] = {"department": departments, "argument": arguments}


# ---- a source, a certificate


class SourceForm(forms.Form):
    """Where a case comes from."""

    department = forms.ChoiceField(label=_("Department"), widget=forms.Select(attrs=SELECT))
    source = forms.ChoiceField(label=_("Source"), widget=forms.Select(attrs=SELECT))
    title = forms.CharField(label=_("Name of the case"), min_length=4, max_length=200, widget=forms.TextInput(attrs=TEXT))
    behaviour = forms.ChoiceField(label=_("Conduct"), required=False, widget=forms.Select(attrs=SELECT))
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    facts = forms.CharField(
        label=_("What is known"), max_length=MOST_WORDS, widget=forms.Textarea(attrs=AREA),
        help_text=_("It is kept encrypted and read on the case page only. Do not name who complained or reported."),
    )  # fmt: skip

    def __init__(self, own: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        book = law.at(clock.today())
        self.fields["received_on"].initial = clock.today()
        self._choose("department", own)
        self._choose("source", [(code, language.pick(item)) for code, item in book.codes("case_source").items()])
        self._choose("behaviour", [("", "—"), *((one.code, f"{one.code} {language.pick(one)}") for one in book.behaviours())])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError(_("Not later than today."))
        return day


class FromClueForm(forms.Form):
    """A clue goes on as a case against one of its shops' subjects."""

    subject = forms.ChoiceField(label=_("Party"), widget=forms.Select(attrs=SELECT))
    reason = forms.CharField(label=_("What the check showed"), min_length=4, max_length=1000, widget=forms.Textarea(attrs=AREA))

    def __init__(self, subjects: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]


class CertificateForm(forms.Form):
    """A certificate of an officer of the department."""

    person = forms.ChoiceField(label=_("Officer"), widget=forms.Select(attrs=SELECT))
    number = forms.CharField(label=_("Certificate number"), min_length=4, max_length=40, widget=forms.TextInput(attrs=TEXT))
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput(attrs=DAY))
    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput(attrs=DAY))
    legal = forms.BooleanField(label=_("May do legal reviews"), required=False)

    def __init__(self, own: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {code: language.pick(law.at(clock.today()).department(code)) for code in own}
        choices = [(f"{code}/{one.pk}", f"{one} ({names[code]})") for code in own for one in colleagues(code)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]
