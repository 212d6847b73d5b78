"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengxin.traceability.actions import MOST_BYTES, PROCEED, ROLLBACK
from chengxin.traceability.models import PLATFORM, SUBJECT

TEXT = {"class": "form-control"}


class UploadForm(forms.Form):
    """A document of events."""

    file = forms.FileField(
        label=_("EPCIS document"),
        help_text=_("JSON-LD of EPCIS 2.0, or XML of 2.0 or 1.2; at most 32 MB and 20,000 events."),
        widget=forms.FileInput(attrs={**TEXT, "accept": ".json,.jsonld,.xml"}),
    )
    behaviour = forms.ChoiceField(
        label=_("When an event is not right"),
        choices=[(ROLLBACK, _("take nothing")), (PROCEED, _("take the others"))],
        initial=ROLLBACK,
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large. Send it in parts."))
        return file


class NameForm(forms.Form):
    """A GLN or PGLN is somebody's."""

    kind = forms.ChoiceField(
        label=_("Whose it is"),
        choices=[
            (PLATFORM, _("A client, by its code (platform, producer, courier firm)")),
            (SUBJECT, _("A subject of the register, by its id")),
        ],
        widget=forms.RadioSelect,
    )
    code = forms.CharField(label=_("Code or id"), max_length=64, widget=forms.TextInput(attrs=TEXT))
    uri = forms.CharField(
        label=_("Party or place"),
        max_length=300,
        help_text=_("GLN or PGLN as URN or link, for example urn:epc:id:pgln:9521234.00001"),
        widget=forms.TextInput(attrs=TEXT),
    )

    def clean_uri(self) -> str:
        uri = str(self.cleaned_data["uri"]).strip()
        if ":" not in uri:
            raise forms.ValidationError(_("Write it as a URN or a link."))
        return uri

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip()
