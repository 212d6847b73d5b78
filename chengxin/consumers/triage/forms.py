"""What an officer decides on the complaints that are ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.law import law

TAKE, ACCEPT, REFUSE, APART = "take", "accept", "refuse", "apart"
ACTS = [
    (TAKE, _("Take them as mine")),
    (ACCEPT, _("Accept the complaint")),
    (REFUSE, _("Refuse to accept")),
    (APART, _("Not alike: set apart")),
]
TEXT = {"class": "form-control"}


class ActForm(forms.Form):
    """One act; what it asks is asked once and stands on each complaint's own paper."""

    act = forms.ChoiceField(label=_("What you decide"), choices=[("", "—"), *ACTS], widget=forms.Select(attrs={"class": "form-select"}))
    contact_phone = forms.CharField(
        label=_("Telephone on the decisions to accept"), required=False, max_length=40, widget=forms.TextInput(attrs=TEXT)
    )
    ground = forms.ChoiceField(label=_("Ground to refuse"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    reason = forms.CharField(
        label=_("Reason on the decisions to refuse"), required=False, max_length=500, widget=forms.Textarea(attrs={**TEXT, "rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = law.at(clock.today()).codes("complaint_refuse")
        named = [(code, f"{code} {language.pick(grounds[code])}") for code in grounds]
        self.fields["ground"].choices = [("", "—"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("act") == ACCEPT and not given.get("contact_phone"):
            self.add_error("contact_phone", _("Each decision to accept names a telephone."))
        if given.get("act") == REFUSE:
            for name in ("ground", "reason"):
                if not given.get(name):
                    self.add_error(name, _("A refusal names its ground and reason."))
        return given
