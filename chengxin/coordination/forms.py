"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.coordination import compiling
from chengxin.coordination.actions.steps import LEAST
from chengxin.kernel import clock, language
from chengxin.law import law

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
MOST_FILE = 20 * 1024 * 1024
RESOLUTIONS = 5  # rows of a meeting's form; a longer list is a plan


def measures() -> list[tuple[str, str]]:
    return [(one.code, f"（{one.number}）{language.pick(one)}") for one in law.at(clock.today()).measures()]


def departments() -> list[tuple[str, str]]:
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments()]


def names_of(codes: list[str]) -> str:
    """Departments as the page shows them in one field."""
    book = law.at(clock.today())
    return "、".join(book.department(code).zh for code in codes)


def _text(label: Any, most: int = 200, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 1000, help_text: Any = "", rows: int = 4, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={**AREA, "rows": rows})
    return forms.CharField(label=label, min_length=LEAST, max_length=most, help_text=help_text, widget=widget, required=required)


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class PlanForm(forms.Form):
    title = _text(_("Title of the document"))
    issued_on = _day(_("Issued on"), help_text=_("Departments and years that are left out are read as of this day."))
    text = _area(
        _("Text of the plan"), most=200_000, rows=14, help_text=_("Paste the whole text. Measures end with their departments in brackets.")
    )


class ReasonForm(forms.Form):
    reason = _area(_("Reason"))


class SaidForm(forms.Form):
    said = _area(_("What was done"))


class FoundForm(forms.Form):
    said = _area(_("What was found"))


class AnswerForm(forms.Form):
    said = _area(_("Answer to the supervision letter"))


class LinkForm(forms.Form):
    title = _text(_("Name of the evidence"))
    url = _text(_("Link"), most=500)


class AttachForm(forms.Form):
    title = _text(_("Name of the evidence"))
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs=TEXT))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. Put it in several files."))
        return file


class RowForm(forms.Form):
    """One proposed task. Departments are written with their names; the first of the leads coordinates."""

    take = forms.BooleanField(label=_("Make it a task"), required=False)
    title = forms.CharField(label=_("Task"), max_length=300, widget=forms.Textarea(attrs={**AREA, "rows": 2}))
    measure = forms.ChoiceField(label=_("Measure"), widget=forms.Select(attrs=SELECT))
    leads = _text(_("Lead departments"), required=False)
    support = _text(_("Supporting departments"), required=False)
    due_on = _day(_("Due on"), required=False)
    evidence = _text(_("Evidence asked for"), most=300, required=False)

    def __init__(self, row: dict[str, Any], measures: list[tuple[str, str]], data: Any = None) -> None:
        self.row = row
        leads = [one for one in [row["lead"], *row["also_lead"]] if one]
        initial = {**row, "leads": names_of(leads), "support": names_of(row["support"])}
        super().__init__(data, initial=initial, prefix=f"r{row['no']}")
        self.fields["measure"].choices = measures  # type: ignore[attr-defined]

    def clean_leads(self) -> list[str]:
        return self._codes("leads")

    def clean_support(self) -> list[str]:
        return self._codes("support")

    def _codes(self, name: str) -> list[str]:
        codes = []
        for said in filter(None, re.split("[、，,; ]+", self.cleaned_data[name])):
            code = compiling.department(said, clock.today(), clock.today())
            if not code:
                raise forms.ValidationError(_("No department is called “%(name)s” today."), params={"name": said})
            codes.append(code)
        return codes

    def as_row(self, usual_day: Any) -> dict[str, Any]:
        """The row as it is kept. usual_day: for rows without a day of their own."""
        said = self.cleaned_data
        day = said["due_on"] or usual_day
        leads = said["leads"]
        kept = {name: said[name] for name in ("take", "title", "measure", "support", "evidence")}
        return {
            **kept,
            "no": self.row["no"],
            "how": self.row["how"],
            "lead": leads[0] if leads else "",
            "also_lead": leads[1:],
            "due_on": day.isoformat() if day else "",
        }


class UsualDayForm(forms.Form):
    usual_day = _day(_("Day for the tasks that have none"), required=False)


class MeetingForm(forms.Form):
    title = _text(_("Title of the conference"))
    at = forms.DateTimeField(label=_("Time"), widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"))
    place = _text(_("Place"))
    own = _area(_("Further items, one a line"), required=False, help_text=_("What is overdue today is put on the agenda by itself."))

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        return at.replace(tzinfo=clock.CITY)

    @property
    def items(self) -> list[str]:
        return [one.strip() for one in self.cleaned_data["own"].splitlines() if one.strip()]


class MinutesForm(forms.Form):
    minutes = _area(_("Minutes"), most=20_000, rows=8, help_text=_("No identity, telephone or account numbers."))


class ResolutionForm(forms.Form):
    """One resolution; an empty row is none."""

    title = _text(_("What was resolved"), most=300, required=False)
    measure = forms.ChoiceField(label=_("Measure"), widget=forms.Select(attrs=SELECT), required=False)
    lead = forms.ChoiceField(label=_("Lead department"), widget=forms.Select(attrs=SELECT), required=False)
    due_on = _day(_("Due on"), required=False)
    evidence = _text(_("Evidence asked for"), most=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = measures()  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", "—"), *departments()]  # type: ignore[attr-defined]

    def as_row(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said.get("title"):
            return None
        day = said["due_on"]
        evidence = said["evidence"] or compiling.evidence_for(said["title"])
        kept = {"title": said["title"], "measure": said["measure"], "lead": said["lead"], "support": []}
        return {**kept, "evidence": evidence, "due_on": day.isoformat() if day else ""}
