"""Forms of evaluation; what a content must hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.evaluation.models import Treatment
from chengxin.evaluation.words import REASONS
from chengxin.kernel import language

AREA = {"class": "form-control", "rows": 4}
CODE = {"class": "form-control mono", "rows": 26, "spellcheck": "false"}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
LEAST = 4  # characters; four Chinese characters can give a reason


def _text(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, min_length=LEAST, max_length=500, help_text=help_text, widget=forms.Textarea(attrs=AREA))


class ReplyForm(forms.Form):
    text = _area(_("Your public reply"), _("Everybody reads it. Write nothing about the buyer as a person."))


class ObjectForm(forms.Form):
    statement = _area(_("What is wrong, and what shows it"), _("Name the order and what you can submit. A person decides."))


class TreatForm(forms.Form):
    """A masking or an exclusion; `acts` is what the reader may decide."""

    review_no = _text(_("Number of the review"), 64)
    act = forms.ChoiceField(label=_("What is decided"), widget=forms.Select(attrs=SELECT))
    part = _text(
        _("Which part is masked"), 200, _("In words, e.g. the telephone number in the second sentence. Only for a masking."), False
    )
    original_sha256 = forms.RegexField(
        r"^[0-9a-f]{64}$",
        label=_("SHA-256 of the original"),
        required=False,
        help_text=_("The platform keeps the original; its hash binds it. Only for a masking."),
        widget=forms.TextInput(attrs=TEXT),
    )
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.Select(attrs=SELECT))
    basis = _text(_("Legal basis"), 300)
    statement = _area(_("Public statement of reasons"), _("Everybody reads it, with the number of the decision."))

    def __init__(self, acts: tuple[str, ...], *given: Any) -> None:
        super().__init__(*given)
        self.fields["act"].choices = [(act.value, act.label) for act in Treatment.Act if act.value in acts]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [(code, language.pick(pair)) for code, pair in REASONS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("act") == Treatment.Act.MASK:
            for name in ("part", "original_sha256"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("A masking says which part, and keeps the original's hash."))
        return given


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision on it"),
        choices=[("uphold", _("The objection is right")), ("reject", _("The objection is not right"))],
        widget=forms.Select(attrs=SELECT),
    )
    answer = _area(_("Reasons"), _("If a review is excluded, everybody reads them."))
    basis = _text(_("Legal basis"), 300)


class RuleForm(forms.Form):
    department = forms.ChoiceField(label=_("Department"), widget=forms.Select(attrs=SELECT))
    effective_on = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d"))
    text = forms.CharField(label=_("Terms of the rule (YAML)"), max_length=10_000, widget=forms.Textarea(attrs=CODE))
    reason = _area(_("Why it changes"), _("Published with the rule."))


class SampleForm(forms.Form):
    seed = _text(_("Seed"), 64, _("Whoever has the seed draws the same reviews: take one that was published before."))
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=50, widget=forms.NumberInput(attrs=TEXT))
