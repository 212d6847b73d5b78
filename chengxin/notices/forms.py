"""What a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import language
from chengxin.notices import catalogue
from chengxin.notices.models import BOTH, DIGEST, NO_MAIL

WAYS = [
    (BOTH, _("The morning's letter, and at once what is due today, overdue or decided about me")),
    (DIGEST, _("Only the morning's letter on working days")),
    (NO_MAIL, _("No mail")),
]


class PreferenceForm(forms.Form):
    mail = forms.ChoiceField(label=_("By mail"), choices=WAYS, widget=forms.RadioSelect)
    muted = forms.MultipleChoiceField(label=_("Leave out of the inbox"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, language.pick(one)) for code, one in catalogue.topics().items() if not one["official"]]
        self.fields["muted"].choices = choices  # type: ignore[attr-defined]
