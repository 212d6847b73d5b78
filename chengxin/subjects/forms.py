"""Forms of the register. The shop's form is made from shop_columns.yaml and checked by the same parser as the sheet and the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects import entries, vocabulary
from chengxin.subjects.actions.naming import names_of_sheet
from chengxin.subjects.errors import EntryRefused, TooManyNames
from chengxin.subjects.models import Platform
from chengxin.subjects.queries.names import MOST_NAMES
from chengxin.subjects.readers import METHODS

NAME_LENGTH = 200

METHOD_NAMES = {
    "register_match": _("Matches the enterprise register"),
    "e_licence": _("Electronic licence"),
    "id_service": _("Authorised identity service"),
    "image_two_person": _("Image, two people"),
}
WIDE = ("licence_scope", "permits")


def _dress(form: forms.Form) -> None:
    for field in form.fields.values():
        if isinstance(field.widget, forms.CheckboxSelectMultiple):
            continue
        select = isinstance(field.widget, forms.Select)
        field.widget.attrs.setdefault("class", "form-select" if select else "form-control")


def _field(name: str, column: dict[str, Any]) -> forms.Field:
    label, required, kind = language.pick(column), column.get("required") == "all", column["kind"]
    if kind == "code":
        codes = law.at(clock.today()).codes(column["codes"])
        choices = [("", "—"), *((code, language.pick(item)) for code, item in codes.items() if code not in ("6", "7"))]
        return forms.ChoiceField(label=label, required=required, choices=choices)
    if kind == "method":
        return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *((one, METHOD_NAMES[one]) for one in METHODS)])
    if kind == "date":
        return forms.CharField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))
    if kind == "categories":
        known = [(code, language.pick(item)) for code, item in vocabulary.categories().items()]
        return forms.MultipleChoiceField(label=label, required=False, choices=known, widget=forms.CheckboxSelectMultiple)
    widget = forms.Textarea(attrs={"rows": 2}) if name in WIDE else forms.TextInput(attrs={"autocomplete": "off"})
    example = language.pick({"zh": "例如：{}", "en": "For example: {}"}).format(column["example"]) if column.get("example") else ""
    help_text = f"{example} {_kinds()}" if kind == "permits" else example
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text)


def _kinds() -> str:
    """The kinds of permits, which may be written by their code or their Chinese name."""
    named = language.together(f"{code} {language.pick(item)}" for code, item in vocabulary.licence_kinds().items() if code != "BL")
    return language.pick({"zh": "类别可以写代码，也可以写中文名称：{}", "en": "The kind is its code or its Chinese name: {}"}).format(named)


class ShopForm(forms.Form):
    """A shop's identity; `entry` holds the parsed entry when it is valid."""

    entry: entries.ShopEntry | None = None

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(platforms) > 1:
            self.fields["platform"] = forms.ModelChoiceField(
                Platform.objects.filter(pk__in=[one.pk for one in platforms]), label=_("Platform")
            )
        for name, column in vocabulary.shop_columns().items():
            self.fields[name] = _field(name, column)
        _dress(self)

    def clean(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name, "") for name in vocabulary.shop_columns()}
        given["categories"] = ";".join(given["categories"])
        try:
            self.entry = entries.parse(given)
        except EntryRefused as error:
            for problem in error.data["problems"]:
                if problem["field"] not in self.errors:
                    self.add_error(problem["field"], f"{language.pick(problem['why'])} — {language.pick(problem['remedy'])}")
        except ChengxinError as error:
            self.add_error(None, str(error))
        return self.cleaned_data


class SheetForm(forms.Form):
    """A sheet to import."""

    file = forms.FileField(label=_("Sheet (xlsx or csv)"))

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(platforms) > 1:
            self.fields["platform"] = forms.ModelChoiceField(
                Platform.objects.filter(pk__in=[one.pk for one in platforms]), label=_("Platform")
            )
        _dress(self)


class StepForm(forms.Form):
    """What a workflow step may ask for; which of it is needed the workflow says."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    method = forms.ChoiceField(label=_("Way of verification"), required=False, choices=[(one, METHOD_NAMES[one]) for one in METHODS[:1]])
    image = forms.FileField(label=_("Image of the certificate (JPEG or PNG)"))
    evidence_hash = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label=_("Hash of the evidence (SHA-256)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = {"verify": ("method", "evidence_hash"), "first_look": ("image",)}.get(action, ("reason",))
        self.fields = {name: field for name, field in self.fields.items() if name in wanted}
        if "method" in self.fields:
            single = [one for one in METHODS if one != "image_two_person"]
            self.fields["method"] = forms.ChoiceField(label=_("Way of verification"), choices=[(one, METHOD_NAMES[one]) for one in single])
        if "reason" in self.fields:
            self.fields["reason"].required = True
        _dress(self)


class SubjectForm(forms.Form):
    """A change of a subject by an officer; empty personal fields stay as they are."""

    name = forms.CharField(label=_("Name"), max_length=200)
    legal_rep = forms.CharField(label=_("Legal representative"), max_length=100, required=False)
    address = forms.CharField(label=_("Registered place"), max_length=300, required=False)
    division = forms.RegexField(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})?$", label=_("Division"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("active", _("Active")), ("abnormal", _("Abnormal")), ("revoked", _("Licence revoked")), ("cancelled", _("Cancelled"))],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, natural: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if natural:
            for name in ("name", "legal_rep", "address"):
                del self.fields[name]
        _dress(self)


class ReportForm(forms.Form):
    """Which report to build."""

    platform = forms.ModelChoiceField(Platform.objects.none(), label=_("Platform"), to_field_name="code")
    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    month = forms.ChoiceField(label=_("Month"), choices=[(1, _("January")), (7, _("July"))])

    def __init__(self, *args: Any, platforms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["platform"]
        chosen.queryset = platforms
        _dress(self)


class SendForm(forms.Form):
    """By which protected channel a report goes."""

    channel = forms.CharField(
        label=_("Channel"), max_length=300, help_text=_("e.g. government network, encrypted drive; never in the clear")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class ReasonForm(forms.Form):
    """Why two entries are one, or are two after all."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class NamesForm(forms.Form):
    """Names to look up, pasted one a line or in a sheet; `names` holds them when the form is valid."""

    text = forms.CharField(
        label=_("Names, one a line"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"})
    )
    file = forms.FileField(label=_("Or a sheet (xlsx or csv)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names: list[str] = []
        _dress(self)

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        given = self.cleaned_data.get("text", "").splitlines()
        try:
            given = [*given, *names_of_sheet(file.read())] if file else given
        except ChengxinError as error:
            self.add_error("file", str(error))
        self.names = list(dict.fromkeys(name.strip()[:NAME_LENGTH] for name in given if name.strip()))
        if not self.errors and not self.names:
            self.add_error("text", _("Write at least one name, or choose a sheet that holds some."))
        if len(self.names) > MOST_NAMES:
            self.add_error(None, str(TooManyNames(most=MOST_NAMES, count=len(self.names))))
        return self.cleaned_data
