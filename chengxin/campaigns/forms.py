"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.campaigns import lists
from chengxin.campaigns.actions.steps import LEAST
from chengxin.campaigns.courses import Course
from chengxin.campaigns.indicators import INDICATORS
from chengxin.campaigns.models import Activity, Campaign, Story
from chengxin.kernel import language

AREA, SELECT, TEXT = {"class": "form-control", "rows": 4}, {"class": "form-select"}, {"class": "form-control"}


def _text(label: Any, most: int = 100, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 500, help_text: Any = "", rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={**AREA, "rows": rows})
    return forms.CharField(label=label, min_length=LEAST, max_length=most, help_text=help_text, widget=widget)


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _choice(label: Any, choices: Any, help_text: Any = "", required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, required=required, widget=forms.Select(attrs=SELECT))


def _many(label: Any, choices: Any, help_text: Any = "", required: bool = False) -> forms.MultipleChoiceField:
    widget = forms.SelectMultiple(attrs={**SELECT, "size": 6})
    return forms.MultipleChoiceField(label=label, choices=choices, help_text=help_text, required=required, widget=widget)


SEVERAL = _("Hold Ctrl to choose several.")


class ReasonForm(forms.Form):
    """One text: a reason, a result, an answer."""

    def __init__(self, label: Any, *args: Any, most: int = 500, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = _area(label, most, help_text)


class CampaignForm(forms.Form):
    """The plan; a target a line of the indicators, empty for none."""

    title = _text(_("Name of the campaign"), 120)
    department = _choice(_("Lead department"), ())
    members = _many(_("Other departments"), lists.departments, SEVERAL)
    behaviours = _many(_("Conduct aimed at"), lists.behaviours, SEVERAL, required=True)
    goods = _many(_("Goods aimed at"), lists.goods, _("Empty for all. Complaints are counted by these."))
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    basis = _text(_("Basis"), 300, _("The decision or plan that orders it."))
    plans = _text(_("Inspection plans"), 300, _("Numbers, separated by blanks; their visits are counted."), required=False)

    def __init__(self, mine: list[tuple[str, str]], *args: Any, change: Campaign | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _plan(change) if change else None
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = mine  # type: ignore[attr-defined]
        for code, one in INDICATORS.items():
            widget = forms.NumberInput(attrs={**TEXT, "min": 0})
            label = _("Target: %(name)s") % {"name": language.pick(one)}
            self.fields[f"t_{code}"] = forms.IntegerField(label=label, min_value=0, max_value=1_000_000, required=False, widget=widget)
        if change:
            del self.fields["department"]
            self.fields["reason"] = _area(_("Reason of the change"))

    @property
    def given(self) -> dict[str, Any]:
        """As the action takes it."""
        said = self.cleaned_data
        targets = {code: said.get(f"t_{code}") or 0 for code in INDICATORS}
        return {**said, "targets": targets, "plans": said["plans"].split()}


def _plan(one: Campaign) -> dict[str, Any]:
    names = ("title", "members", "behaviours", "goods", "starts_on", "ends_on", "basis")
    targets = {f"t_{code}": number for code, number in one.targets.items()}
    return {**{name: getattr(one, name) for name in names}, **targets, "plans": " ".join(one.plans)}


class TaskForm(forms.Form):
    department = _choice(_("Department"), ())
    what = _area(_("What it has to do"))
    due_on = _day(_("Done by"))

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(code, lists.department_name(code)) for code in campaign.departments]  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    authority = _text(_("Authority that receives it"), 100)
    facts = _area(_("What the clue says"), 1000, _("What was noticed and how; a clue is unproven."))
    contact = _text(_("Whom to ask"), 60)
    phone = _text(_("Telephone of the office"), 30)
    campaign = _choice(_("Campaign"), (), required=False)

    def __init__(self, running: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].choices = [("", "—"), *running]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    answer = _area(_("What they answered"), 1000)
    reference = _text(_("Number of their paper"), 100)
    returned = forms.BooleanField(label=_("They sent it back"), required=False)


class BadForm(forms.Form):
    department = _choice(_("Department"), ())
    record = _text(_("Number of the record"), 24, _("A record in publicity; the text is filled from it."))
    title = _text(_("Title of the story"), 100)

    def __init__(self, mine: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = mine  # type: ignore[attr-defined]


class GoodForm(forms.Form):
    department = _choice(_("Department"), ())
    subject = _text(_("Name or unified social credit code"), 100, _("As it stands in the register."))
    title = _text(_("Title of the story"), 100)
    text = _area(_("Text of the story"), 2000, rows=8)

    def __init__(self, mine: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = mine  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    title = _text(_("Title of the story"), 100)
    text = _area(_("Text of the story"), 2000, rows=8)

    def __init__(self, story: Story, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"title": story.title, "text": story.draft}
        super().__init__(*args, **kwargs)


class RedactForm(forms.Form):
    words = forms.CharField(
        label=_("Further words to strike out"),
        required=False,
        max_length=1000,
        help_text=_("One a line: names of other people, trade secrets. Numbers and the subject's own persons are found by themselves."),
        widget=forms.Textarea(attrs={**AREA, "rows": 3}),
    )


class ActivityForm(forms.Form):
    department = _choice(_("Lead department"), ())
    occasion = _choice(_("Occasion"), lists.occasion_names)
    title = _text(_("Name of the activity"), 100)
    on = _day(_("Day of the activity"))
    place = _text(_("Place of the activity"), 100, required=False)
    members = _many(_("Other departments"), lists.departments, SEVERAL)
    plan = _area(_("Plan of the activity"), 1000, _("Public as soon as it is planned."))

    def __init__(self, mine: list[tuple[str, str]], *args: Any, change: Activity | None = None, **kwargs: Any) -> None:
        if change:
            kwargs["initial"] = {name: getattr(change, name) for name in ("occasion", "title", "on", "place", "members", "plan")}
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = mine  # type: ignore[attr-defined]
        if change:
            del self.fields["department"]
            self.fields["reason"] = _area(_("Reason of the change"))


class ResultForm(forms.Form):
    result = _area(_("What came of it"), 1000)
    cancelled = forms.BooleanField(label=_("It did not take place"), required=False)


class StreamerForm(forms.Form):
    account = _text(_("Account of the streamer"), 64)
    since = _day(_("First day"))
    until = _day(_("Last day of work"), False, _("Empty while at work."))


class TrainingForm(forms.Form):
    account = _text(_("Account of the streamer"), 64)
    title = _text(_("Title of the training"), 40)
    on = _day(_("Held on"))
    proof = _text(_("Number of your record"), 100)


class QuizForm(forms.Form):
    """The questions of a course; `code` only where streamers take part."""

    def __init__(
        self, course: Course, *args: Any, code: bool = False, subjects: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for place, one in enumerate(course.questions):
            answers = [(str(at), language.pick(answer)) for at, answer in enumerate(one.answers)]
            label = f"{place + 1}. {language.pick(one.ask)}"
            self.fields[f"q{place}"] = forms.ChoiceField(label=label, choices=answers, widget=forms.RadioSelect)
        if code:
            self.fields["code"] = _text(
                _("Code from your platform"), 24, _("Only for streamers: your completion is recorded."), required=False
            )
        if subjects:
            self.fields["subject"] = _choice(_("For which business"), subjects)

    @property
    def answers(self) -> list[int]:
        return [int(value) for name, value in self.cleaned_data.items() if name.startswith("q")]
