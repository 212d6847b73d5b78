"""Forms of this room; what a content must hold is checked by the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chengxin.consumers import lists
from chengxin.consumers.actions import File
from chengxin.consumers.actions.filing import MOST_FILES
from chengxin.consumers.actions.steps import LEAST
from chengxin.consumers.models.complaints import BOTH, MONEY, VIOLATION
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.subjects.models import Platform

AREA, SELECT, TEXT = {"class": "form-control", "rows": 4}, {"class": "form-select"}, {"class": "form-control"}
MOST_BYTES = 16 * 1024 * 1024


def _text(label: Any, most: int = 100, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


def _area(label: Any, most: int = 4000, help_text: Any = "", required: bool = True) -> forms.CharField:
    least = LEAST if required else None
    widget = forms.Textarea(attrs=AREA)
    return forms.CharField(label=label, min_length=least, max_length=most, help_text=help_text, required=required, widget=widget)


def _day(label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _time(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={**TEXT, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _money(label: Any, required: bool = True) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={**TEXT, "step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(label=label, min_value=0.01, max_digits=12, decimal_places=2, required=required, widget=widget)


def _choice(label: Any, choices: Any, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, widget=forms.Select(attrs=SELECT))


def _yes(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files; cleaned to a list of filing.File."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, required=False, help_text=help_text, widget=ManyFiles(attrs={**TEXT, "multiple": True}))

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = [
            super(FilesField, self).clean(one, initial) for one in (data if isinstance(data, list | tuple) else [data] if data else [])
        ]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files at a time."), params={"most": MOST_FILES})
        if any(one.size > MOST_BYTES for one in given):
            raise forms.ValidationError(_("A file is larger than 16 MB. Send a smaller picture or a part of the video."))
        return [_file(one) for one in given]


def _file(one: UploadedFile[Any]) -> File:
    return File(str(one.name or "file"), one.read(), one.content_type or "application/octet-stream")


def _files(label: Any = None) -> FilesField:
    return FilesField(
        label or _("Photographs, screenshots, papers"), _("Up to six files of 16 MB each. They are kept sealed with their time and hash.")
    )


def _optional(name: str) -> list[tuple[str, Any]]:
    return [("", "—"), *lists.choices(name)]


def _departments() -> list[tuple[str, str]]:
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments()]


def _behaviours() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {language.pick(one)}") for one in law.at(clock.today()).behaviours()]


def _platforms() -> list[tuple[str, str]]:
    return [("", "—"), *Platform.objects.filter(status="active").order_by("name").values_list("code", "name")]


PREFILL = {"shop": "shop", "order": "order_ref", "product": "product", "lot": "lot", "gtin": "gtin", "trace": "trace"}
HIDDEN = ("gtin", "trace")


class FilingForm(forms.Form):
    """The second and third question, for one answer to the first."""

    shop = _text(_("Shop: its link, or its full name"), 500, _("Copy the link of the shop or the goods from the platform."), required=False)
    platform = _choice(_("Platform"), _platforms, required=False)
    respondent_name = _text(_("Name of the business, if you know it"), 200, required=False)
    category = _choice(_("What kind of goods or service"), lambda: _optional("complaint_category"), required=False)
    product = _text(_("Goods or service"), 200, required=False)
    lot = _text(_("Batch number on the packing"), 40, required=False)
    order_ref = _text(_("Order number"), 100, required=False)
    amount = _money(_("Amount (yuan)"), required=False)
    bought_on = _day(_("Bought on"), required=False)
    text = _area(_("What happened to you"), help_text=_("When, where, what was agreed, what went wrong."))
    request = _area(_("What do you ask for"), 500, _("For example: money back, an exchange, a repair."))
    violation = _area(
        _("What is unlawful"), help_text=_("What you saw, when and where. Leave out your own name if you want to stay unknown.")
    )
    photos = _files()
    gtin = forms.CharField(max_length=14, required=False, widget=forms.HiddenInput)
    trace = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)
    named = _yes(_("Report under my name"), _("Not needed. Your name is sealed: only named handlers read it, and each reading is logged."))
    name = _text(_("Your name"), 60)
    phone = _text(_("Telephone"), 20)
    unreachable = _yes(_("Nobody can be reached at the address shown"), _("Then the authority at the platform's seat is in charge."))
    members = _area(_("Others with the same trouble"), 3000, _("One a line: name and telephone."), required=False)
    representative = _text(
        _("Telephone of who speaks for the group"),
        20,
        _("One of the telephones above, or your own; empty: you speak for it."),
        required=False,
    )
    publicise = _yes(_("The result may be published"), _("Shop, goods and outcome only; never your name, your number or your words."))
    entrust = _yes(_("A consumers' association may mediate"))

    TITLES = (_("Which business, which goods?"), _("What happened?"), _("Who are you?"))
    ABOUT = ("shop", "category", "product", "order_ref", "amount")
    WHAT = ("text", "request", "violation", "photos")
    WHO = ("named", "name", "phone", "publicise")
    # Folded away under each question: few need them, and a telephone is small.
    RARE = (("platform", "respondent_name", "unreachable", "lot", "bought_on"), (), ("members", "representative", "entrust"))

    def __init__(self, wants: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wants = wants
        left_out = {
            MONEY: ("violation", "named"),
            VIOLATION: ("text", "request", "members", "representative", "publicise", "entrust"),
            BOTH: (),
        }[wants]
        for name in left_out:
            del self.fields[name]
        if wants == VIOLATION:
            for name in ("name", "phone"):
                self.fields[name].required = False
        # Nobody can be asked about "a business": the shop, unless platform or business is named further down.
        self.fields["shop"].required = not (self.data.get("platform") or self.data.get("respondent_name"))

    @property
    def groups(self) -> list[tuple[Any, list[Any], list[Any]]]:
        """The two questions with their fields, the rare ones apart."""
        main = (self.ABOUT, self.WHAT, self.WHO)
        return [(title, self._bound(names), self._bound(rare)) for title, names, rare in zip(self.TITLES, main, self.RARE, strict=True)]

    @property
    def rare_open(self) -> bool:
        """Unfolded when one of them is wrong or filled in beforehand."""
        return any(one.errors or one.value() for names in self.RARE for one in self._bound(names))

    def _bound(self, names: Iterable[str]) -> list[Any]:
        return [self[name] for name in names if name in self.fields]

    def clean_members(self) -> list[tuple[str, str]]:
        """(name, telephone) a line."""
        found = []
        for line in self.cleaned_data["members"].splitlines():
            words = line.replace("，", " ").replace(",", " ").split()
            if words and len(words) != 2:
                raise forms.ValidationError(_("“%(line)s” is not a name and a telephone."), params={"line": line[:40]})
            found += [(words[0], words[1])] if words else []
        return found

    @property
    def given(self) -> dict[str, Any]:
        """As the action takes it: money in fen; shop and platform are looked up by the caller."""
        amount = self.cleaned_data.get("amount")
        return {**self.cleaned_data, "wants": self.wants, "amount_fen": int(amount * 100) if amount else None}


class IntakeForm(FilingForm):
    """The same questions to an officer who fills them in for somebody on the telephone or at the counter."""

    TITLES = (_("Which business, which goods?"), _("What happened?"), _("Who complains or reports?"))
    SAID: Mapping[str, tuple[Any, Any]] = {
        "shop": (_("Shop: its link, or its full name"), _("As the person gives it; a link of the goods will do.")),
        "respondent_name": (_("Name of the business, if known"), ""),
        "text": (_("What happened, as told"), _("When, where, what was agreed, what went wrong.")),
        "request": (_("What is asked for"), _("For example: money back, an exchange, a repair.")),
        "violation": (_("What is unlawful"), _("What was seen, when and where; nothing that shows who reports.")),
        "named": (
            _("The report is made under a name"),
            _("Not needed. The name is sealed: only named handlers read it, each reading is logged."),
        ),
        "name": (_("Name of the person"), ""),
        "representative": (
            _("Telephone of who speaks for the group"),
            _("One of the telephones above, or the person's; empty: the person speaks for the group."),
        ),
        "publicise": (
            _("The person agrees that the result is published"),
            _("Shop, goods and outcome only; never name, telephone or words of the person."),
        ),
        "entrust": (_("The person agrees that a consumers' association mediates"), ""),
    }

    def __init__(self, wants: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(wants, *args, **kwargs)
        for name in self.SAID.keys() & self.fields.keys():
            self.fields[name].label, self.fields[name].help_text = self.SAID[name]


class CodeForm(forms.Form):
    code = _text(_("Your code"), 30)


class WordForm(forms.Form):
    text = _area(_("What is not solved"), 1000)


class IdentityForm(forms.Form):
    id_kind = _choice(_("Kind of document"), lambda: lists.choices("id_doc"))
    id_number = _text(_("Number of the document"), 40)
    photos = _files(_("Picture of it, where asked for"))


class MoreFilesForm(forms.Form):
    photos = _files()


class AnswerForm(forms.Form):
    text = _area(_("Your answer"), help_text=_("The consumer and the officer read it."))
    offer = _choice(_("What you offer"), lambda: _optional("complaint_request"), required=False)
    amount = _money(_("Amount offered (yuan)"), required=False)
    refund_ref = _text(_("Payment number of a refund already made"), 64, required=False)
    promise = _area(_("What you promise"), 500, _("It is followed up on its day."), required=False)
    promise_by = _day(_("Promised for"), required=False)
    photos = _files(_("Evidence"))

    @property
    def given(self) -> dict[str, Any]:
        amount = self.cleaned_data.get("amount")
        return {**self.cleaned_data, "offer_fen": int(amount * 100) if amount else None}


class PromiseForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("What you found"), choices=[("kept", _("Kept as promised")), ("broken", _("Not kept"))], widget=forms.RadioSelect
    )
    reason = _area(_("Reason"), 1000)

    @property
    def finding(self) -> dict[str, Any]:
        return {"kept": self.cleaned_data["decision"] == "kept", "reason": self.cleaned_data["reason"]}


class DispatchForm(forms.Form):
    to = _choice(_("Department"), _departments)
    reason = _area(_("Reason"), 500)


def _reason() -> forms.CharField:
    return _area(_("Reason"), 1000)


FIELDS: Mapping[str, Mapping[str, Callable[[], forms.Field]]] = {
    "take": {},
    "accept": {"contact_phone": lambda: _text(_("Telephone on the paper"), 40)},
    "ask_identity": {
        "deadline": lambda: _day(_("Last day to provide it")),
        "materials": lambda: _area(_("What is to be provided"), 500),
        "contact_phone": lambda: _text(_("Telephone on the paper"), 40),
        "contact_address": lambda: _text(_("Address on the paper"), 200),
    },
    "refuse": {"ground": lambda: _choice(_("Ground"), lambda: lists.choices("complaint_refuse")), "reason": _reason},
    "transfer": {"to": lambda: _choice(_("Department"), _departments), "reason": lambda: _area(_("Reason"), 500)},
    "call": {
        "at": lambda: _time(_("Time")),
        "place": lambda: _text(_("Place"), 200),
        "contact_phone": lambda: _text(_("Telephone on the paper"), 40),
    },
    "mediate": {},
    "pause": {"reason": lambda: _area(_("What is tested, by whom"), 300)},
    "resume": {},
    "agree": {"text": lambda: _area(_("What was agreed"), 4000), "paper": lambda: _yes(_("Make the mediation agreement (form 9)"))},
    "settle": {},
    "end": {"ground": lambda: _choice(_("Ground"), lambda: lists.choices("mediation_end")), "reason": _reason},
    "follow_up": {},
    "close": {},
    "identify": {"uscc": lambda: _text(_("Unified social credit code"), 18)},
    "violation": {
        "behaviour": lambda: _choice(_("Conduct"), _behaviours),
        "facts": lambda: _area(_("What was found"), 2000, _("In your own words; nothing about who complained.")),
    },
    "check": {},
    "not_ours": {"reason": _reason},
    "extend": {"reason": _reason},
    "not_file": {"reason": _reason},
    "file_case": {"behaviour": lambda: _choice(_("Conduct"), _behaviours), "reason": _reason},
    "merge": {
        "first_number": lambda: _text(_("Number of the earlier report"), 24),
        "new_facts": lambda: _yes(_("It brings new facts: the clock starts anew")),
    },
    "tell": {"basis": lambda: _choice(_("Provision"), []), "text": lambda: _area(_("What is told"), 1000)},
    "open_identity": {"reason": lambda: _text(_("Why you open it"), 200)},
    "dismiss_handler": {"handler": lambda: forms.UUIDField(widget=forms.HiddenInput)},
    "name_handler": {"user": lambda: _text(_("User name of the colleague"), 150)},
}


class ActForm(forms.Form):
    """The form of one act: the fields it needs and no other; empty for an act that needs none."""

    def __init__(self, act: str, *args: Any, bases: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": act})
        self.act = act
        self.fields.update({name: make() for name, make in FIELDS[act].items()})
        if "basis" in self.fields:
            self.fields["basis"].choices = list(bases)  # type: ignore[attr-defined]
