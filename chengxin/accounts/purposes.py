"""The purpose an officer gives before personal data open (个人信息保护法 6): with the request, or kept in the session for a short while."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import unquote

from django.http import HttpRequest

from chengxin.accounts.access import Purpose
from chengxin.kernel import clock

KEY = "purpose"
HOLDS = timedelta(minutes=30)


def of_headers(request: HttpRequest) -> Purpose | None:
    """X-Purpose and X-Case-Number, percent-encoded UTF-8."""
    text = unquote(request.headers.get("X-Purpose", "")).strip()
    return Purpose(text[:200], unquote(request.headers.get("X-Case-Number", "")).strip()[:64]) if text else None


def of_session(request: HttpRequest) -> Purpose | None:
    """What was stated in the last 30 minutes."""
    session = getattr(request, "session", None)
    kept = session.get(KEY) if session is not None else None
    if not kept or clock.now() > datetime.fromisoformat(kept["until"]):
        return None
    return Purpose(kept["text"], kept["case_number"])


def state(request: HttpRequest, text: str, case_number: str) -> None:
    """Keep a purpose in the session."""
    request.session[KEY] = {"text": text, "case_number": case_number, "until": (clock.now() + HOLDS).isoformat()}
