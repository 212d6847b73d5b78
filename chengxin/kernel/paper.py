"""Papers as PDF: Typst sets a room's template from data, never from markup; the Chinese font of the house lies in fonts/."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

FONTS = Path(__file__).parent / "fonts"
# Sixteen signs without 0, 1, I and O, for a person to type: 80 bits, so that nobody finds a paper by trying.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def set_pdf(template: Path, words: Mapping[str, Any], url: str, made_at: datetime) -> bytes:
    """The PDF of a template from `words`, its QR code opening `url`. Rare characters are taken from the machine's own fonts."""
    inputs = {"data": json.dumps(words, ensure_ascii=False), "qr": qr(url)}
    made = typst.compile(template, font_paths=_fonts(), sys_inputs=inputs, timestamp=made_at.replace(microsecond=0))
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


def set_svg(template: Path, words: Mapping[str, Any], url: str) -> bytes:
    """The first page of a template as SVG, its letters drawn as outlines: it needs no font where it is shown."""
    inputs = {"data": json.dumps(words, ensure_ascii=False), "qr": qr(url)}
    made = typst.compile(template, format="svg", font_paths=_fonts(), sys_inputs=inputs)
    first = made[0] if isinstance(made, list) else made
    if not isinstance(first, bytes):
        raise TypeError("typst gives a page as bytes")
    return first


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read once: looking through them takes thirty times as long as setting a page."""
    return typst.Fonts(font_paths=[FONTS])


def qr(url: str) -> str:
    """The QR code of an address as SVG (ISO/IEC 18004, error correction M)."""
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=1)
    return out.getvalue().decode()


def new_code() -> str:
    """A verify code to be printed on a paper: four groups of four signs."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(4))
