"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.delivery.actions.steps import LEAST
from chengxin.delivery.actions.tracing import MOST_NODES, faults
from chengxin.delivery.models import Incident
from chengxin.delivery.models.ratings import DIMS
from chengxin.delivery.models.ratings import LEAST as LOWEST
from chengxin.delivery.models.ratings import MOST as HIGHEST
from chengxin.kernel import language, money

AREA = {"class": "form-control", "rows": 4}
SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}


def _text(label: Any, most: int = 64, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST if required else None
    return forms.CharField(
        label=label, min_length=least, max_length=1000, help_text=help_text, required=required, widget=forms.Textarea(attrs=AREA)
    )


def _choice(label: Any, choices: Iterable[tuple[str, Any]] = (), help_text: Any = "", required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), help_text=help_text, required=required, widget=forms.Select(attrs=SELECT))


class ParcelForm(forms.Form):
    """The two numbers of a parcel; nothing else about the person."""

    waybill_no = _text(_("Waybill number"))
    order_no = _text(_("Order number"), help_text=_("As the platform shows it. No name and no telephone number is asked for."))


class WaybillForm(forms.Form):
    """A parcel that the merchant sent."""

    waybill_no = _text(_("Waybill number"), help_text=_("A parcel that one of your shops sent."))


class MarksForm(forms.Form):
    """A mark from 1 to 5 in each dimension."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [("", "—"), *((str(mark), str(mark)) for mark in range(HIGHEST, LOWEST - 1, -1))]
        for dim, label in DIMS.items():
            self.fields[dim] = _choice(label, steps)

    @property
    def marks(self) -> dict[str, int]:
        return {dim: int(self.cleaned_data[dim]) for dim in DIMS}


class RegulatorForm(MarksForm):
    """An officer's marks and what they rest on."""

    outlet = _text(_("Outlet"), help_text=_("Empty: the firm as a whole."), required=False)
    evidence = _area(_("What the rating rests on"), _("Check, record or decision with its number. No names."))


class IncidentForm(forms.Form):
    """What went wrong."""

    kind = _choice(_("What went wrong"), Incident.Kind.choices)
    text = _area(
        _("What happened to the parcel"), _("Read by the firm and by the postal regulator. Leave out names and telephone numbers.")
    )


class RegulatorIncidentForm(IncidentForm):
    """An officer's own report."""

    waybill_no = _text(_("Waybill number"))
    order_no = _text(_("Order number"))
    field_order = ("waybill_no", "order_no", "kind", "text")


class CodeForm(forms.Form):
    """A code that was handed out."""

    code = _text(_("Your code"), 19, _("Four groups of four signs, e.g. ABCD-2345-EFGH-6789."))


class AppealForm(CodeForm):
    """A worker's appeal by code."""

    statement = _area(_("What is wrong with the fact"))


class StatementForm(forms.Form):
    """A firm's statement."""

    statement = _area(_("Your statement"))


class ReasonForm(forms.Form):
    """A finding or a reason that is kept in the history."""

    reason = _area(_("Reasons for it"), _("Kept in the history. No names of third persons."))


class ReplyForm(forms.Form):
    """The firm's answer to an incident."""

    text = _area(_("Your answer"), _("Read by whoever reported it and by the postal regulator."))
    offer = _text(_("What you offer"), 300, _("E.g. sum, new delivery, apology."), required=False)


class SettleForm(forms.Form):
    """That it was put right, or paid."""

    how = _area(_("What was done about it"))
    amount = forms.DecimalField(
        label=_("Sum paid (yuan)"),
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text=_("Empty: put right without a sum."),
        widget=forms.NumberInput(attrs=TEXT),
    )

    @property
    def amount_fen(self) -> int | None:
        given = self.cleaned_data.get("amount")
        return money.parse_yuan(given) if given else None


class DecideForm(forms.Form):
    """A decision of two, with reasons; `answer` where the other side was heard."""

    decision = forms.ChoiceField(label=_("Decision on it"), widget=forms.RadioSelect)
    reason = _area(_("Reasons for it"), _("Kept in the history. No names of third persons."))
    answer = _area(_("Answer to the firm's statement"), required=False)

    def __init__(self, choices: list[tuple[str, Any]], *args: Any, answered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        if not answered:
            del self.fields["answer"]


class ProposeForm(forms.Form):
    """A ban's proposal rests on a penalty of the firm's credit file."""

    record = _choice(_("Penalty it rests on"), help_text=_("Penalties on the firm's credit file that stand."))
    listing = _choice(_("Official listing"), required=False, help_text=_("Where the firm has been listed too. Optional."))
    facts = _area(_("Facts and reasons"))

    def __init__(self, records: Iterable[tuple[str, Any]], listings: Iterable[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"].choices = list(records)  # type: ignore[attr-defined]
        self.fields["listing"].choices = [("", "—"), *listings]  # type: ignore[attr-defined]


class WorkerForm(forms.Form):
    """A worker's fact that a decision on the firm's file found."""

    staff_no = _text(_("Staff number"))
    fault = _choice(_("Fault"))
    record = _choice(_("Penalty it rests on"), help_text=_("Penalties on the firm's credit file that stand."))

    def __init__(self, records: Iterable[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record"].choices = list(records)  # type: ignore[attr-defined]
        self.fields["fault"].choices = [(code, language.pick(one)) for code, one in faults().items()]  # type: ignore[attr-defined]


class TraceForm(forms.Form):
    """Up to MOST_NODES liable nodes and a conclusion; rows left empty are none."""

    conclusion = _area(_("Conclusion"), _("Goes on the signed paper. Staff numbers only, no names."))
    SHOWN = 3

    def __init__(self, outlets: Iterable[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.many = min(self.SHOWN, MOST_NODES)
        known, kinds = [("", "—"), *outlets], [("", "—"), *((code, language.pick(one)) for code, one in faults().items())]
        for n in range(self.many):
            self.fields[f"outlet_{n}"] = _choice(_("Outlet"), known, required=False)
            self.fields[f"staff_no_{n}"] = _text(_("Staff number"), required=False)
            self.fields[f"fault_{n}"] = _choice(_("Fault"), kinds, required=False)
            self.fields[f"event_{n}"] = _text(_("Step of the way"), 100, required=False)
            share = forms.IntegerField(
                label=_("Share in percent"), min_value=1, max_value=100, required=False, widget=forms.NumberInput(attrs=TEXT)
            )
            self.fields[f"share_{n}"] = share
        self.order_fields([*(name for name in self.fields if name != "conclusion"), "conclusion"])

    @property
    def rows(self) -> list[list[Any]]:
        """The bound fields, a list a node."""
        return [[self[f"{name}_{n}"] for name in ("outlet", "staff_no", "fault", "event", "share")] for n in range(self.many)]

    @property
    def nodes(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        rows = [{name: given.get(f"{name}_{n}") for name in ("outlet", "staff_no", "fault", "event", "share")} for n in range(self.many)]
        return [row for row in rows if row["outlet"] or row["share"] or row["fault"]]
