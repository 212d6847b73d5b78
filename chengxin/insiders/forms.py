"""Forms of the officers' side; a message is never a field of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role

SELECT = {"class": "form-select"}


class NameForm(forms.Form):
    """The head names a handler of the own department."""

    user = forms.ChoiceField(label=_("Person"), widget=forms.Select(attrs=SELECT))
    deputy = forms.BooleanField(label=_("As the deputy"), required=False)

    def __init__(self, departments: frozenset[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = (Role.OFFICER, Role.REVIEWER, Role.HEAD)
        people = User.objects.filter(grants__department__in=departments, grants__role__in=roles, is_active=True).distinct()
        self.fields["user"].choices = [(str(one.pk), str(one)) for one in people.order_by("username")]  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    """What is to be looked into, in the handler's own words."""

    uscc = forms.CharField(
        label=_("Unified social credit code of the business"), max_length=18, widget=forms.TextInput(attrs={"class": "form-control mono"})
    )
    text = forms.CharField(
        label=_("What is to be looked into"),
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 5}),
        help_text=_("In your own words, without what could give the reporter away: who knew, when it was sent, phrases of the message."),
    )
