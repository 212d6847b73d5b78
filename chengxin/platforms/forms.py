"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.platforms.actions.steps import LEAST
from chengxin.platforms.models import Notice
from chengxin.platforms.papers import File
from chengxin.subjects.models import Platform

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
MOST_BYTES = 32 * 1024 * 1024


def _text(label: Any, most: int = 200, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 2000, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST if required else None
    return forms.CharField(
        label=label, min_length=least, max_length=most, help_text=help_text, required=required, widget=forms.Textarea(attrs=AREA)
    )


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _choice(label: Any, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, help_text=help_text, widget=forms.Select(attrs=SELECT))


def _file(label: Any, help_text: Any = "") -> forms.FileField:
    return forms.FileField(label=label, help_text=help_text, widget=forms.FileInput(attrs=TEXT))


def _coded(name: str) -> list[tuple[str, str]]:
    return [(code, f"{code} {language.pick(one)}") for code, one in law.at(clock.today()).codes(name).items()]


def _behaviours() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {language.pick(one)}") for one in law.at(clock.today()).behaviours()]


def _set(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def evidence_of(form: forms.Form) -> File:
    """The file in `evidence`."""
    given = form.cleaned_data["evidence"]
    return File(given.name, given.read(), given.content_type or "application/octet-stream")


class EvidenceForm(forms.Form):
    """A file that shows something."""

    def clean_evidence(self) -> Any:
        given = self.cleaned_data["evidence"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 32 MB."))
        return given


class SelfReportForm(EvidenceForm):
    statement = _area(_("How your platform fulfils this duty"), 4000)
    evidence = _file(_("Evidence"), _("A screenshot, log or document that shows it."))


class RectifyForm(EvidenceForm):
    text = _area(_("What was put right"), 4000)
    evidence = _file(_("Evidence"))


class MeasureForm(forms.Form):
    """A measure of the platform's staff, to be told to the shop."""

    measure_no = _text(_("Your number of the measure"), 64)
    shop_id = _text(_("Shop id"), 100)
    action = _choice(_("Measure against the shop"))
    behaviour = _choice(_("Unlawful conduct"), False, _("Empty when only your own rules were broken; otherwise it has to be reported."))
    facts = _area(_("Facts"), help_text=_("Becomes public: no names of third persons, no identity, telephone or account numbers."))
    reason = _area(_("Reason"))
    basis = _text(_("Clause of your rules or of the law"), 500)
    automated = forms.ChoiceField(
        label=_("How it was decided"),
        choices=[("no", _("By a person")), ("yes", _("By a program"))],
        widget=forms.Select(attrs=SELECT),
    )
    since = _day(_("First day"))
    until = _day(_("Last day"), help_text=_("Every measure ends."))
    appeal_way = _text(_("How the shop appeals"), 300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "action", _coded("platform_action"))
        _set(self, "behaviour", [("", "—"), *_behaviours()])

    @property
    def row(self) -> dict[str, Any]:
        """As report_measures takes it: decided now, the shop not told yet."""
        given = dict(self.cleaned_data)
        return {**given, "automated": given["automated"] == "yes", "decided_at": clock.now(), "noticed_at": None}


class ClueForm(forms.Form):
    """Unlawful conduct that the platform reports."""

    report_no = _text(_("Your number of the report"), 64)
    shop_id = _text(_("Shop id"), 100)
    behaviour = _choice(_("Unlawful conduct"))
    measure_no = _text(_("Your number of the measure taken"), 64, required=False)
    facts = _area(_("Facts"), 4000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "behaviour", _behaviours())


class ReasonForm(forms.Form):
    reason = _area(_("Reason"), 1000)


class DecideForm(forms.Form):
    """A decision of two ways, with reasons. `ways`: [(code, text)]."""

    decision = forms.ChoiceField(label=_("The decision"), widget=forms.RadioSelect)
    reason = _area(_("Reasons for it"), 2000)

    def __init__(self, ways: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "decision", ways)


class AppealForm(forms.Form):
    statement = _area(_("What is wrong, and what shows it"), 2000)


class ForwardForm(ReasonForm):
    department = _choice(_("Department"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "department", [(one.code, language.pick(one)) for one in law.at(clock.today()).departments()])


class InterviewForm(forms.Form):
    """A talk with a platform about named duties."""

    department = _choice(_("Department"))
    duties = forms.MultipleChoiceField(label=_("Duties"), widget=forms.SelectMultiple(attrs={**SELECT, "size": 8}))
    matters = _area(_("What it is about"))
    on = _day(_("Day"))
    hour = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={**TEXT, "type": "time"}, format="%H:%M"))
    place = _text(_("Place"))
    persons = _text(_("Who is asked to come"), 300, _("Posts, such as legal representative; no private data."))

    def __init__(self, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "department", departments)
        _set(self, "duties", [(one.code, f"{one.code} {language.pick(one)}") for one in law.at(clock.today()).duties()])

    @property
    def at(self) -> datetime:
        given: time = self.cleaned_data["hour"]
        return datetime.combine(self.cleaned_data["on"], given, clock.CITY)


class ServeForm(forms.Form):
    contact = _text(_("Whom the platform may call"), 50)
    contact_phone = _text(_("Office telephone"), 30)


class HoldForm(forms.Form):
    minutes = _area(_("Minutes of the interview"), 8000)
    recorder = _text(_("Written down by"), 80)
    signed_by = _text(_("Signed for the platform by (post and name)"))


class DemandForm(forms.Form):
    demands = _area(_("What has to be put right"))
    due_on = _day(_("Last day"))


class NoticeForm(forms.Form):
    """A circular or risk notice."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Notice.Kind.choices, widget=forms.Select(attrs=SELECT))
    department = _choice(_("Department"))
    platforms = forms.ModelMultipleChoiceField(
        Platform.objects.none(), label=_("Platforms"), to_field_name="code", widget=forms.SelectMultiple(attrs={**SELECT, "size": 6})
    )
    title = _text(_("Title"))
    text = _area(_("Text"), 8000)
    until = _day(_("Last day"))

    def __init__(self, departments: list[tuple[str, str]], platforms: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "department", departments)
        self.fields["platforms"].queryset = platforms  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """A version of a rule with the days of its making."""

    kind = _choice(_("Kind of rule"))
    title = _text(_("Title"))
    version = _text(_("Version"), 40)
    url = forms.URLField(label=_("Where it is published"), max_length=300, widget=forms.URLInput(attrs=TEXT), assume_scheme="https")
    text = _area(_("Full text"), 200_000)
    major = forms.BooleanField(label=_("A major change (longer notice)"), required=False)
    comments_from = _day(_("Comments from"), False)
    comments_until = _day(_("Comments until"), False)
    comments_count = forms.IntegerField(label=_("Comments received"), required=False, min_value=0, widget=forms.NumberInput(attrs=TEXT))
    comments_answer = _area(_("What was made of the comments"), 8000, required=False)
    published_on = _day(_("Published on"))
    effective_on = _day(_("In force from"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "kind", _coded("platform_rule_kind"))


class EventForm(forms.Form):
    """A major event, shown to everybody."""

    kind = _choice(_("Kind of event"))
    title = _text(_("Title"))
    text = _area(_("Text"), 4000)
    happened_on = _day(_("Day"))
    takes_effect_on = _day(_("Takes effect on"), False)
    until = _day(_("Shown until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set(self, "kind", _coded("platform_event"))
