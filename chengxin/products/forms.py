"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.products import lists
from chengxin.products.resolver import RELATIONS
from chengxin.subjects.models import Subject

AREA, SELECT, TEXT = {"class": "form-control", "rows": 3}, {"class": "form-select"}, {"class": "form-control"}
MOST_BYTES = 8 * 1024 * 1024  # a photograph from a phone
UNITS = ("KGM", "GRM", "TNE", "LTR", "MLT", "C62")


def _text(label: Any, most: int = 100, help_text: Any = "", required: bool = True, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs={**TEXT, **attrs})
    )


def _area(label: Any, most: int = 500, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, widget=forms.Textarea(attrs=AREA))


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _choice(label: Any, choices: Any, help_text: Any = "", required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, required=required, widget=forms.Select(attrs=SELECT))


def _number(label: Any, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    widget = forms.NumberInput(attrs={**TEXT, "step": "any", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=3, required=required, help_text=help_text, widget=widget
    )


def _file(label: Any, required: bool = True, help_text: Any = "", **attrs: Any) -> forms.FileField:
    return forms.FileField(label=label, required=required, help_text=help_text, widget=forms.FileInput(attrs={**TEXT, **attrs}))


def units() -> list[tuple[str, str]]:
    known = dict(lists.choices("trace_unit"))
    return [(code, known[code]) for code in UNITS]


class ProductForm(forms.Form):
    subject = _choice(_("Which business"), ())
    gtin = _text(_("Number under the bar code"), 14, _("8, 12, 13 or 14 digits."), inputmode="numeric")
    name = _text(_("Product"), 120)
    name_en = _text(_("Product in English"), 120, required=False)
    category = _choice(_("Category"), lambda: lists.choices("trace_category"))
    brand = _text(_("Brand"), 80, required=False)
    spec = _text(_("Specification"), 80, _("As on the pack, for example 250 g."), False)
    standard_no = _text(_("Standard"), 60, _("Number of the standard it is made to."), False)
    licence_no = _text(_("Licence number"), 60, required=False)
    net_quantity = _number(_("Content of one piece"), False, _("With its unit, pieces and weights can be compared."))
    net_unit = _choice(_("Unit of the content"), lambda: [("", "—"), *units()], required=False)

    def __init__(self, subjects: list[Subject], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [(str(one.pk), one.own_name) for one in subjects]  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    lot = _text(_("Lot"), 20, _("Letters and digits, as on the pack."))
    made_at = _day(_("Made on"))
    expires_at = _day(_("Best before"), False)
    quantity = _number(_("Quantity"), False)
    unit = _choice(_("Unit"), units, required=False)
    origin = _text(_("Origin"), 80, _("City or county; buyers read it."), False)


class LinkForm(forms.Form):
    relation = _choice(_("Kind of link"), lambda: [(code, language.pick(name)) for code, name in RELATIONS.items()])
    language = _choice(_("Language"), [("zh", "中文"), ("en", "English")])
    target = _text(_("Address"), 500, _("Begins with https://; empty takes your link away."), False)
    title = _text(_("Name of the link"), 100, required=False)


class CertificateForm(forms.Form):
    kind = _choice(_("Kind"), lambda: lists.choices("product_certificate"))
    number = _text(_("Number"), 60, _("Empty: the next of this batch."), False)
    issuer = _text(_("Who issues it"), 120)
    issued_on = _day(_("Day of issue"))
    weight = _text(_("Quantity or weight"), 40, required=False)
    origin = _text(_("Origin"), 80, required=False)
    result = _text(_("Test result"), 200, _("For a test report: what was tested and with what result."), False)
    scan = _file(_("Photo or PDF of the paper"), False, accept="image/*,application/pdf", capture="environment")


class CodesForm(forms.Form):
    many = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=2000, widget=forms.NumberInput(attrs=TEXT))


class FarmForm(forms.Form):
    """Three fields; the rest keeps what was entered last."""

    gtin = _choice(_("Product"), ())
    quantity = _number(_("How much"))
    act = _choice(_("Which step"), ())
    unit = _choice(_("Unit"), units)
    other = _text(_("To or from whom"), 80, _("Name or credit code; for a harvest or a sale leave it empty."), False)
    lot = _text(_("Lot"), 20, _("Empty: the day's."), False)
    photo = _file(_("Photo of the paper"), False, accept="image/*", capture="environment")

    def __init__(self, products: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gtin"].choices = products  # type: ignore[attr-defined]
        acts = [("harvest", _("Harvested or made")), ("send", _("Goods sent")), ("take", _("Goods received")), ("sell", _("Sold"))]
        self.fields["act"].choices = acts  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    file = _file(_("The sheet"), help_text=_("xlsx or CSV with the columns of the template."))


class RecallForm(forms.Form):
    level = _choice(_("Level"), [(str(level), name) for level, name in lists.LEVELS.items()])
    reason = _area(_("Why it is called back"), help_text=_("Facts that may be published. No names of persons."))
    advice = _area(_("What buyers are to do"))


class ReasonForm(forms.Form):
    """A decision with its reason."""

    def __init__(self, decisions: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"] = forms.ChoiceField(label=_("Your decision"), choices=decisions, widget=forms.RadioSelect)
        self.fields["reason"] = _area(_("Reason"))


class ReturnForm(forms.Form):
    kind = _choice(_("Back or disposed of"), [("returned", _("Came back")), ("disposed", _("Disposed of"))])
    quantity = _number(_("Quantity"))
    unit = _choice(_("Unit"), units)
    on = _day(_("On"))
    note = _text(_("Note"), 300)


class NoticesForm(forms.Form):
    way = _choice(_("How they were told"), lambda: list(lists.WAY_NAMES.items()))
    told_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    proof = _text(_("Proof that they were told"), 100, _("Number of the message run, or of your record of it."))
    orders = _area(_("Orders"), 200_000, _("One number a line; as in the list above."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_at"].initial = clock.now().astimezone(clock.CITY).replace(second=0, microsecond=0)
