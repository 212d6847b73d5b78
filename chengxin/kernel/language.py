"""Text that is data (law, workflows, reasons) carries zh and en side by side; this picks the reader's one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language


def current() -> str:
    """ "zh" or "en", from Django's active language; Chinese when nothing is active, or when no Django is set up (a notebook)."""
    try:
        active = get_language()
    except ImproperlyConfigured:
        active = None
    return "en" if (active or "zh-hans").startswith("en") else "zh"


def pick(pair: Mapping[str, str] | object, language: str | None = None) -> str:
    """The text of a {"zh", "en"} mapping or object in the reader's language; Chinese when the other is missing."""
    wanted = language or current()
    if isinstance(pair, Mapping):
        return str(pair.get(wanted) or pair["zh"])
    return str(getattr(pair, wanted, "") or getattr(pair, "zh"))  # noqa: B009


def together(texts: Iterable[str]) -> str:
    """Several remarks as one line, parted as the reader's language parts them."""
    return pick({"zh": "；", "en": "; "}).join(texts)
