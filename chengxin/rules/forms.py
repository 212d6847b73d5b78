"""The forms of the room. A condition is three plain fields; an empty line is no condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.rules import actions, book, reasons
from chengxin.rules.features import of_kind
from chengxin.rules.models import Held, RuleVersion

BASES = ("ecl.17", "order37.14", "order91.9", "order91.16", "aucl.9", "aucl.13", "fraudl.31", "so768.23", "so768.47", "so697.32", "cpr.9")
TEXT = {"class": "form-control"}
AREA = {**TEXT, "rows": 3}
SELECT = {"class": "form-select"}
DAY = {**TEXT, "type": "date"}


class RuleForm(forms.Form):
    """What a version says, but for its conditions."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80, widget=forms.TextInput(TEXT))
    name_en = forms.CharField(label=_("Name in English"), max_length=120, widget=forms.TextInput(TEXT))
    match = forms.ChoiceField(label=_("Applies when"), choices=RuleVersion.Match.choices, widget=forms.Select(SELECT))
    outcome = forms.ChoiceField(
        label=_("Then"),
        choices=RuleVersion.Outcome.choices,
        widget=forms.Select(SELECT),
        help_text=_("A rule never blocks: the platform reviews first, or a named person decides."),
    )
    handler = forms.ChoiceField(label=_("Person in charge"), widget=forms.Select(SELECT), help_text=_("Looks at what the rule refers."))
    basis = forms.ChoiceField(label=_("Legal basis"), widget=forms.Select(SELECT))
    text_zh = forms.CharField(
        label=_("Text for the party concerned, in Chinese"),
        max_length=400,
        widget=forms.Textarea(AREA),
        help_text=_("Say what was seen and what happens now. The numbers are added by the system."),
    )
    text_en = forms.CharField(label=_("Text for the party concerned, in English"), max_length=600, widget=forms.Textarea(AREA))
    effective_from = forms.DateField(label=_("Rule in force from"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = law.at(clock.today())
        names = {one: today.provision(one) for one in BASES}
        instruments = {one: language.pick(today.instrument(names[one].instrument)) for one in BASES}
        choices = [(one, f"{instruments[one]} {names[one].article}: {language.pick(names[one])}") for one in BASES]
        self.fields["basis"].choices = choices  # type: ignore[attr-defined]
        self.fields["handler"].choices = [(str(one.pk), str(one)) for one in actions.handlers()]  # type: ignore[attr-defined]


def initial(version: RuleVersion) -> dict[str, Any]:
    """The form's values for a version."""
    return {**{name: getattr(version, name) for name in actions.CONTENT}, "handler": str(version.handler_id)}


def features_of(kind: str) -> list[tuple[str, str]]:
    """(name, meaning with its unit) of the figures that a rule of this kind may use."""
    units = {
        name: language.pick(pair).strip() or language.pick({"zh": "个", "en": "number"})
        for name, pair in {**reasons.UNITS, "yes_no": {"zh": "1 是，0 否", "en": "1 yes, 0 no"}}.items()
    }
    return [(one.name, f"{language.pick(one)} ({units[one.unit]})") for one in of_kind(kind)]


def signs() -> list[tuple[str, str]]:
    """(comparison, in words)."""
    return [(sign, language.pick(pair)) for sign, pair in reasons.SIGNS.items()]


def lines(data: Mapping[str, Any] | None, version: RuleVersion | None) -> list[dict[str, Any]]:
    """The condition lines of the editor: as they were sent, as they are in the version, or empty; one more when it was asked for."""
    if data is None:
        given = [list(one) for one in version.conditions] if version else []
        shown = max(len(given), 1)
    else:
        given = [[str(data.get(f"{name}-{place}", "")) for name in ("feature", "sign", "value")] for place in range(book.MOST_CONDITIONS)]
        removed = str(data.get("remove", ""))
        given = [one for place, one in enumerate(given) if one[0] and str(place) != removed]
        shown = max(len(given) + (1 if "add" in data else 0), 1)
    filled = [*given, *[["", ">=", ""]] * (min(shown, book.MOST_CONDITIONS) - len(given))]
    return [{"place": place, "feature": one[0], "sign": one[1], "value": one[2]} for place, one in enumerate(filled)]


def conditions(data: Mapping[str, Any], kind: str) -> tuple[list[book.Condition], str]:
    """(the conditions that were sent, what is wrong with one of them)."""
    try:
        return list(_conditions(data, kind)), ""
    except ChengxinError as error:
        return [], str(error)


def _conditions(data: Mapping[str, Any], kind: str) -> Iterator[book.Condition]:
    for line in lines(data, None):
        if line["feature"]:
            yield book.condition(kind, line["feature"], line["sign"], line["value"])


class DryRunForm(forms.Form):
    """The days to try a version on."""

    since = forms.DateField(label=_("From"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"since": clock.today() - timedelta(weeks=8), "until": clock.today()})
        super().__init__(*args, **kwargs)


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=500, widget=forms.Textarea(AREA))


class AskForm(forms.Form):
    """Why a person should look at a decision."""

    reason = forms.CharField(
        label=_("Why a person should look at it"),
        min_length=4,
        max_length=1000,
        widget=forms.Textarea(AREA),
        help_text=_("For example a sale, a live stream, a dormitory. Do not name buyers."),
    )


class AnswerForm(forms.Form):
    """What a person says about a decision."""

    verdict = forms.ChoiceField(label=_("Answer"), choices=Held.Verdict.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Reason, for the party concerned"),
        min_length=4,
        max_length=2000,
        widget=forms.Textarea(AREA),
        help_text=_("What you looked at and what you found. It is sent with your name and cannot be changed."),
    )
