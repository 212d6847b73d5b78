"""Forms of evidence: a file, a page to capture, a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.accounts.models import User
from chengxin.evidence.actions import MOST_BYTES
from chengxin.kernel import clock, language
from chengxin.law import law

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}


def _text(label: Any, most: int, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=forms.TextInput(attrs=TEXT))


class _OfDepartment(forms.Form):
    department = forms.ChoiceField(label=_("Department"), widget=forms.Select(attrs=SELECT))

    def __init__(self, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = departments  # type: ignore[attr-defined]


class UploadForm(_OfDepartment):
    """A file as evidence, and where it comes from."""

    file = forms.FileField(label=_("File"), help_text=_("The original, unchanged; at most 64 MB."), widget=forms.FileInput(attrs=TEXT))
    title = _text(_("Title of the exhibit"), 200)
    kind = forms.ChoiceField(label=_("Kind of evidence"), widget=forms.Select(attrs=SELECT))
    source = _text(_("Where it comes from"), 200, _("Who gave it, from which device or page."))
    how = _text(_("How it was taken"), 200, required=False)
    field_order = ["file", "title", "kind", "source", "how", "department"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = law.at(clock.today()).codes("evidence_kind")
        self.fields["kind"].choices = [(code, language.pick(one)) for code, one in kinds.items()]  # type: ignore[attr-defined]
        self.fields["kind"].initial = "4"

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 64 MB; take it in parts and enter each by itself."))
        return given


class CaptureForm(_OfDepartment):
    """The address of a page."""

    url = forms.URLField(
        label=_("Address of the page"),
        max_length=2000,
        assume_scheme="https",
        help_text=_("A public page. It is fetched with its pictures and style sheets and kept as a WARC file."),
        widget=forms.URLInput(attrs=TEXT),
    )
    field_order = ["url", "department"]


class HandOverForm(forms.Form):
    """To whom an exhibit is given, and why."""

    to = forms.ModelChoiceField(label=_("Hand over to"), queryset=User.objects.none(), widget=forms.Select(attrs=SELECT))
    reason = _text(_("Reason"), 300)
    seal = _text(_("Seal"), 100, _("For a thing: number of the seal and its state."), required=False)

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]
