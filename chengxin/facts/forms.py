"""The upload form of a platform's staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from chengxin.facts import importing
from chengxin.facts.lists import kind_choices
from chengxin.kernel.errors import ChengxinError

MOST_BYTES = 64 * 1024 * 1024
ACCEPTED = ".xlsx,.xls,.et,.csv,.tsv,.txt,.ndjson,.jsonl,.json,.parquet,.arrow"


class UploadForm(forms.Form):
    """Which platform, which kind, which file."""

    platform = forms.ChoiceField(label=_("Platform"), widget=forms.Select(attrs={"class": "form-select"}))
    kind = forms.ChoiceField(label=_("Kind of report"), choices=kind_choices, widget=forms.Select(attrs={"class": "form-select"}))
    file = forms.FileField(
        label=_("File"),
        help_text=_("xlsx (also xls and WPS .et) or CSV from the template, or NDJSON, JSON, Parquet; at most 64 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED, "class": "form-control"}),
    )
    correction = forms.BooleanField(
        label=_("This corrects earlier reports"),
        required=False,
        help_text=_("Rows replace what was reported under the same number; the earlier version stays on record."),
    )

    def __init__(self, platforms: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["platform"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = platforms

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 64 MB. Split it, or send it by the API."))
        try:
            importing.format_of(file.name or "")
        except ChengxinError as error:
            raise forms.ValidationError(str(error)) from error
        return file
