from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.detection.local import cases
from chengxin.subjects.models import Platform

MOST_CASES = 300


class SeedForm(forms.Form):
    """Which platform, which days, how many cases."""

    platform = forms.ChoiceField(label=_("Platform"), widget=forms.Select(attrs={"class": "form-select"}))
    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}))
    count = forms.IntegerField(
        label=_("Cases"), min_value=1, max_value=MOST_CASES, widget=forms.NumberInput(attrs={"class": "form-control"})
    )

    def __init__(self, platforms: QuerySet[Platform], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = [(one.code, str(one)) for one in platforms.order_by("code")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if isinstance(since, date) and isinstance(until, date) and not cases.LEAST_DAYS <= (until - since).days <= MOST_DAYS:
            self.add_error("until", _("The period is %(least)s to %(most)s days.") % {"least": cases.LEAST_DAYS, "most": MOST_DAYS})
        return given


MOST_DAYS = 366
