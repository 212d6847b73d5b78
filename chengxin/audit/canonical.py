"""One spelling of a JSON value, so that equal records have equal hashes. Proofs carry the exact text; nobody has to spell it again."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chengxin.audit.errors import NotCanonical


def canonical(value: Any) -> str:
    """Keys sorted, no blanks, characters as themselves, no NaN (the spirit of RFC 8785). Dates and UUIDs become text.

    Raises NotCanonical for what has no JSON spelling: sets, bytes, objects, NaN, lone surrogates.
    """
    try:
        text = _ENCODER.encode(value)
        text.encode()
    except (TypeError, ValueError) as cause:
        raise NotCanonical(reason=str(cause)) from cause
    return text


def _spell(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON spelling")


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_spell)
