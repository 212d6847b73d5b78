"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.compensation import chart, lists
from chengxin.compensation.actions.claims import File
from chengxin.compensation.actions.steps import LEAST
from chengxin.kernel import clock, language
from chengxin.subjects.models import Platform, Subject

AREA, SELECT, TEXT = {"class": "form-control", "rows": 4}, {"class": "form-select"}, {"class": "form-control"}
MOST_BYTES = 16 * 1024 * 1024


def _text(label: Any, most: int = 64, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 1000, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST if required else None
    area = forms.Textarea(attrs=AREA)
    return forms.CharField(label=label, min_length=least, max_length=most, help_text=help_text, required=required, widget=area)


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d"))


def _choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=help_text, widget=forms.Select(attrs=SELECT))


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, widget=forms.NumberInput(attrs=TEXT))


class MoneyField(forms.DecimalField):
    """Yuan on the page, whole fen as a value."""

    def __init__(self, label: Any, help_text: Any = "", least: float = 0.01, required: bool = True) -> None:
        widget = forms.NumberInput(attrs={**TEXT, "step": "0.01"})
        given: dict[str, Any] = {"label": label, "help_text": help_text, "required": required, "widget": widget}
        super().__init__(min_value=least, max_digits=14, decimal_places=2, **given)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found * 100)


class ClaimForm(forms.Form):
    """Asked of a consumer without an account."""

    platform = _choice(_("Platform"))
    order_no = _text(_("Order number"), help_text=_("As the platform shows it."))
    ordered_on = _day(_("Ordered on"))
    payment_no = _text(_("Payment number"), 64, _("From the bill; it helps to find the order. Not a card number."), required=False)
    basis = _choice(_("Why the fund should pay"))
    amount_fen = MoneyField(_("Amount (yuan)"))
    text = _area(_("What happened to you"), 1000, _("When you paid, what you got or did not get, what the seller said. No card numbers."))
    complaint_no = _text(_("Number of your complaint"), 24, _("If you have complained already."), required=False)
    name = _text(_("Your name"), 60)
    phone = _text(_("Telephone"), 20)
    file = forms.FileField(
        label=_("Evidence"),
        required=False,
        help_text=_("A picture or PDF of at most 16 MB."),
        widget=forms.FileInput(attrs=TEXT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        platforms = Platform.objects.filter(status="active").order_by("code")
        self.fields["platform"].choices = [(one.code, one.name) for one in platforms]  # type: ignore[attr-defined]
        self.fields["basis"].choices = lists.bases()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 16 MB."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        return {**self.cleaned_data, "platform": Platform.objects.get(code=self.cleaned_data["platform"])}

    @property
    def handed_in(self) -> list[File]:
        one = self.cleaned_data["file"]
        return [File(one.name, one.read(), one.content_type or "application/octet-stream")] if one else []


class CodeForm(forms.Form):
    code = _text(_("Your code"), 30)


class TextForm(forms.Form):
    """One text: a reason, an answer."""

    def __init__(self, label: Any, *args: Any, help_text: Any = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = _area(label, help_text=help_text, required=required)


class RefForm(forms.Form):
    """The number of a payment."""

    def __init__(self, label: Any, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ref"] = _text(label, help_text=help_text)


class AmountForm(forms.Form):
    amount_fen = MoneyField(_("Amount (yuan)"))


class ReceiptForm(AmountForm):
    """Money that came in."""

    on = _day(_("Day of the receipt"))
    ref = _text(_("Bank's reference"), help_text=_("The same reference again is the same receipt."))


class DecisionForm(forms.Form):
    """A choice of two with its reason."""

    def __init__(self, decisions: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"] = forms.ChoiceField(label=_("Your decision"), choices=decisions, widget=forms.RadioSelect)
        self.fields["reason"] = _area(_("Reason"))


def _subject(uscc: str) -> Subject:
    found = Subject.objects.filter(uscc=uscc.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(_("The register has no subject with this credit code."))
    return found


class ContributionForm(ReceiptForm):
    uscc = _text(_("Contributor's credit code"), 18)

    def clean_uscc(self) -> Subject:
        return _subject(self.cleaned_data["uscc"])


class FundForm(forms.Form):
    """Open a fund."""

    code = forms.SlugField(label=_("Short name for addresses"), max_length=24, widget=forms.TextInput(attrs=TEXT))
    name = _text(_("Name"), 100)
    department = _choice(_("Department that watches over it"))
    platform = _choice(_("Platform"))

    def __init__(self, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]
        platforms = Platform.objects.filter(status="active", compensation_funds__isnull=True).order_by("code")
        self.fields["platform"].choices = [("", _("The whole city")), *((one.code, one.name) for one in platforms)]  # type: ignore[attr-defined]
        self.fields["platform"].required = False

    @property
    def of_platform(self) -> Platform | None:
        return Platform.objects.filter(code=self.cleaned_data["platform"]).first() if self.cleaned_data["platform"] else None


class RuleForm(forms.Form):
    """A version of a fund's rule."""

    valid_from = _day(_("In force from"), _("Today or later: what was decided stays as it was."))
    bases = forms.MultipleChoiceField(label=_("What the fund pays for"), widget=forms.CheckboxSelectMultiple)
    ask_days = _number(_("Days in which the seller answers"))
    appeal_days = _number(_("Days for an appeal"))
    topup_days = _number(_("Days in which the fund is topped up"))
    floor_fen = MoneyField(_("Floor (yuan)"), least=0)
    two_persons_over_fen = MoneyField(_("Two persons approve over (yuan)"), least=0)
    cap_claim_fen = MoneyField(_("Cap of one claim (yuan)"))
    cap_person_year_fen = MoneyField(_("Cap of one person's claims in a year (yuan)"))
    cap_shop_year_fen = MoneyField(_("Cap of one shop's claims in a year (yuan)"))
    deposit_first = forms.BooleanField(
        label=_("Recover from the deposit first where the agreement says so"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    reason = _area(_("Reason"))

    def __init__(self, *args: Any, content: dict[str, Any], **kwargs: Any) -> None:
        money = {name: content[name] / 100 for name in content if name.endswith("_fen")}
        kwargs["initial"] = {**content, **money, "valid_from": clock.today()}
        super().__init__(*args, **kwargs)
        self.fields["bases"].choices = lists.bases()  # type: ignore[attr-defined]


class DepositForm(forms.Form):
    """The terms of e-commerce law art. 58."""

    uscc = _text(_("Merchant's credit code"), 18)
    amount_fen = MoneyField(_("Agreed amount (yuan)"))
    management = _area(_("How it is managed"), 500)
    use = _area(_("What it may be used for"), 500)
    refund = _area(_("How it is refunded"), 500)
    refund_days = _number(_("Days in which it is refunded after leaving"))
    deduct = forms.BooleanField(
        label=_("The fund may take from it what it paid for this merchant"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean_uscc(self) -> Subject:
        return _subject(self.cleaned_data["uscc"])


class StatementForm(forms.Form):
    bank = _choice(_("Bank account"))
    file = forms.FileField(
        label=_("The bank's file"), help_text=_("xlsx, CSV or camt.053 (XML), at most 10 MB."), widget=forms.FileInput(attrs=TEXT)
    )
    opening_fen = MoneyField(_("Opening balance (yuan)"), _("Only where the file names no balance."), least=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = chart.chart()
        self.fields["bank"].choices = [(code, language.pick(known[code])) for code in chart.banks()]  # type: ignore[attr-defined]


LINE_KINDS = ("interest", "charge", "unexplained", "sent_back")


class LineForm(forms.Form):
    """What a line that stands alone is."""

    what = _choice(_("What this line is"))
    note = _text(_("Note"), 300, required=False)

    def __init__(self, postings: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        booked = [(code, lists.ENTRY_NAMES[code]) for code in LINE_KINDS]
        take = [("take", _("I look into it"))]
        self.fields["what"].choices = [*take, *booked, *postings]  # type: ignore[attr-defined]
