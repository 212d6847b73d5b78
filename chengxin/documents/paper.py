"""An official paper as PDF: the words come from filling.py, Typst sets them (paper.typ). Papers are Chinese for every reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chengxin.documents import filling
from chengxin.documents.official import Form
from chengxin.kernel import paper

TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Heading:
    """What stands around the form's own words. mark: a watermark across every page, empty for the paper itself."""

    authority: str
    number: str
    code: str
    url: str
    mark: str = ""


def pdf(form: Form, values: Mapping[str, Any], day: date, heading: Heading, made_at: datetime) -> bytes:
    """The PDF of a filled form; `values` as `filling.check` returns them."""
    words = {
        "title": form.zh,
        "authority": heading.authority,
        "number": heading.number,
        "code": heading.code,
        "mark": heading.mark,
        "source": form.source_zh,
        "blocks": filling.blocks(form, values, day, heading.authority),
    }
    return paper.set_pdf(TEMPLATE, words, heading.url, made_at)
