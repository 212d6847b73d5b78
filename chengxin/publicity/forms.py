"""Forms of this room."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock
from chengxin.publicity.datasets import catalogue

LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing


class DayForm(forms.Form):
    """Which day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))

    def clean_day(self) -> object:
        day = self.cleaned_data["day"]
        if day > clock.today():
            raise ValidationError(_("This day has not come yet. Choose today or an earlier day."))
        return day


class HoldForm(forms.Form):
    """Which item, and why."""

    dataset = forms.ChoiceField(label=_("What it is"), widget=forms.Select(attrs={"class": "form-select"}))
    key = forms.CharField(label=_("Its number"), max_length=40, widget=forms.TextInput(attrs={"class": "form-control"}))
    reason = forms.CharField(
        label=_("Reason"), min_length=LEAST, max_length=500, widget=forms.Textarea(attrs={"class": "form-control", "rows": 3})
    )

    def __init__(self, *given: object, **rest: object) -> None:
        super().__init__(*given, **rest)  # type: ignore[arg-type]
        from chengxin.kernel import language

        field = self.fields["dataset"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, language.pick({"zh": one.zh, "en": one.en})) for one in catalogue().values() if one.reviewed]


class DecideForm(forms.Form):
    """Release it or keep it back, and why."""

    decision = forms.ChoiceField(
        label=_("Decision on it"),
        widget=forms.RadioSelect,
        choices=[("release", _("Release it")), ("keep_back", _("Keep it back for good"))],
    )
    reason = forms.CharField(
        label=_("Reason"), min_length=LEAST, max_length=500, widget=forms.Textarea(attrs={"class": "form-control", "rows": 3})
    )
