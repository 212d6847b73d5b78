"""The desk's forms. Each asks for no more than the step needs; a negative step always asks why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.supervision.actions.steps import LEAST_REASON

AREA = {"class": "form-control", "rows": 4}


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, min_length=LEAST_REASON, max_length=1000, widget=forms.Textarea(attrs=AREA))


class DismissForm(forms.Form):
    """Which harmless pattern it is, and why."""

    pattern = forms.ChoiceField(label=_("What it turned out to be"), widget=forms.RadioSelect)
    reason = _reason(_("Reason"), _("What you looked at and what you found. It is kept in the log with your name."))

    def __init__(self, patterns: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pattern"].choices = [*patterns, ("other", _("Something else, as the reason says"))]  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """Confirmed or not to be told, which reasons were wrong, and why."""

    verdict = forms.ChoiceField(
        label=_("What the check showed"),
        widget=forms.RadioSelect,
        choices=[("confirmed", _("Confirmed: what was found is so")), ("unknown", _("Cannot be told from what there is"))],
    )
    wrong = forms.MultipleChoiceField(
        label=_("Reasons that are wrong"),
        help_text=_("Tick a reason whose statement does not hold or is quite usual here. It counts against that reason."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _reason(_("Reason"), _("What you looked at and what you found. It is kept in the log with your name."))

    def __init__(self, reasons: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wrong"].choices = reasons  # type: ignore[attr-defined]
        if not reasons:
            del self.fields["wrong"]


class HandOverForm(forms.Form):
    """To which department, and why."""

    department = forms.ChoiceField(label=_("Department that has the power"), widget=forms.Select(attrs={"class": "form-select"}))
    reason = _reason(_("Reason"), _("Why it is theirs. Their 15 working days start today."))

    def __init__(self, departments: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Which platform, what, and by when."""

    platform = forms.ChoiceField(label=_("Platform"), widget=forms.Select(attrs={"class": "form-select"}))
    days = forms.TypedChoiceField(
        label=_("Working days to answer"),
        coerce=int,
        choices=[(3, "3"), (5, "5"), (10, "10")],
        initial=5,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    question = _reason(_("Question"), _("Ask for what would settle it: who, when, which records. Name no complainant or reporter."))

    def __init__(self, platforms: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = platforms  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = _reason(_("Reason"))


class AnswerForm(forms.Form):
    """A platform's answer."""

    answer = forms.CharField(
        label=_("Answer"),
        min_length=LEAST_REASON,
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 8}),
        help_text=_("It is sent once and cannot be changed. Do not name buyers; the officer sees the reported facts."),
    )
