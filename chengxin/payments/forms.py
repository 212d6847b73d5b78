"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.payments import lists
from chengxin.payments.actions.claims import Proof
from chengxin.payments.actions.steps import LEAST
from chengxin.subjects.models import PaymentOrg

AREA, SELECT, TEXT = {"class": "form-control", "rows": 4}, {"class": "form-select"}, {"class": "form-control"}
MOST_BYTES = 32 * 1024 * 1024


def _text(label: Any, most: int = 100, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 1000, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, min_length=LEAST, max_length=most, help_text=help_text, widget=forms.Textarea(attrs=AREA))


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=help_text, widget=forms.Select(attrs=SELECT))


def _money(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0.01,
        max_digits=12,
        decimal_places=2,
        help_text=help_text,
        widget=forms.NumberInput(attrs={**TEXT, "step": "0.01"}),
    )


def _file(label: Any, required: bool = True, help_text: Any = "") -> forms.FileField:
    return forms.FileField(label=label, required=required, help_text=help_text, widget=forms.FileInput(attrs=TEXT))


def orgs() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in PaymentOrg.objects.filter(status="active").order_by("code")]


class ReasonForm(forms.Form):
    """A decision with its reason."""

    def __init__(self, decisions: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"] = forms.ChoiceField(label=_("Your decision"), choices=decisions, widget=forms.RadioSelect)
        self.fields["reason"] = _area(_("Reason"))


class TextForm(forms.Form):
    """One text: a question, an explanation, a reason."""

    def __init__(self, label: Any, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = _area(label, help_text=help_text)


class ChannelForm(forms.Form):
    channel_no = _text(_("Your number of the channel"), 64)
    institution = _text(_("Institution"), help_text=_("Code or name as your payments name it."))
    contract_no = _text(_("Number of the contract"), 64)
    mode = _choice(_("How the money is held and handed on"))
    since = _day(_("First day of use"))
    until = _day(_("Last day of use"), False, _("Empty while it is in use. To end a channel, enter it again with its last day."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = lists.choices("payment_mode")  # type: ignore[attr-defined]


class LicencesForm(forms.Form):
    listed_on = _day(_("Day of the list"))
    source = _text(_("Where the list is from"), 200)
    file = _file(_("The list"), help_text=_("xlsx or CSV with the columns code, number, business, scope, valid_from, valid_to."))


class EventForm(forms.Form):
    org = _choice(_("Institution"))
    type = _choice(_("Type"))
    summary = _area(_("What was noticed"), 2000, _("No names, no card or account numbers."))
    evidence = _text(_("Evidence"), 300, _("Numbers of mismatches, clues or files."), required=False)
    source_ref = _text(_("Your number of the notice"), 64, _("The same number again is the same event; its clock does not start anew."))

    def __init__(self, *args: Any, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = lists.choices("payment_risk_type")  # type: ignore[attr-defined]
        if own:
            del self.fields["org"]
        else:
            self.fields["org"].choices = orgs()  # type: ignore[attr-defined]


class ReferForm(forms.Form):
    police_ref = _text(_("Number of the police file"))
    reason = _area(_("Reason"))


class ActionForm(forms.Form):
    measure = _choice(_("What the institution did"))
    note = _area(_("What exactly, from when"), help_text=_("No card or account numbers."))
    freeze_ref = _text(_("Paper a freeze rests on"), 100, _("Only for a freeze: the number of the authority's paper."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = lists.choices("payment_action")  # type: ignore[attr-defined]


class ClaimForm(forms.Form):
    org = _choice(_("Payment institution"))
    payment_no = _text(_("Payment number"), 64, _("From the bill or message. Not a card number."))
    amount = _money(_("Amount (yuan)"))
    paid_on = _day(_("Paid on"))
    facts = _area(_("How it happened"), 1000, _("When you noticed, and why it was not you. No card numbers, no passwords."))
    name = _text(_("Your name"), 60)
    phone = _text(_("Telephone"), 20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = orgs()  # type: ignore[attr-defined]

    @property
    def given(self) -> dict[str, Any]:
        """As the action takes it: money in fen."""
        return {**self.cleaned_data, "amount_fen": int(self.cleaned_data["amount"] * 100)}


class CodeForm(forms.Form):
    code = _text(_("Your code"), 30)


class FindingForm(forms.Form):
    finding = _area(_("What the investigation found"), 2000)
    proof = _file(
        _("Proof"),
        False,
        _("Needed only when you say that the user is at fault: a log or record that shows it. Without it you bear the loss."),
    )

    def clean_proof(self) -> Any:
        given = self.cleaned_data["proof"]
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 32 MB."))
        return given

    @property
    def file(self) -> Proof | None:
        given = self.cleaned_data["proof"]
        return Proof(given.name, given.read(), given.content_type or "application/octet-stream") if given else None


class RefundForm(forms.Form):
    amount = _money(_("Amount made good (yuan)"))
    on = _day(_("Paid back on"))

    @property
    def fen(self) -> int:
        return int(self.cleaned_data["amount"] * 100)
