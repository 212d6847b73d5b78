"""How the system is: a word for everybody, the lines for the system administrator, numbers for a monitoring server."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chengxin.accounts.access import open_to, open_to_all
from chengxin.accounts.visitors import PASSED_ON
from chengxin.keeping import health, metrics
from chengxin.keeping.models import Backup
from chengxin.kernel.errors import NotFound

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


@open_to_all
def answer(request: HttpRequest) -> JsonResponse:
    """200 when this machine can serve, 503 when not. Says no more, for everybody may ask."""
    good = health.serving()
    answered = JsonResponse({"status": "ok" if good else "down"}, status=200 if good else 503)
    answered["Cache-Control"] = "no-store"
    return answered


@open_to("sysadmin")
def state(request: HttpRequest) -> HttpResponse:
    """Every check, and the last backups."""
    found = health.lines()
    return render(
        request,
        "keeping/state.html",
        {"lines": health.worst_first(found), "worst": health.worst(found), "backups": Backup.objects.order_by("-started_at")[:20]},
    )


@open_to_all
def numbers(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for who shows the token; where none is set, for this machine itself. Everybody else finds nothing here."""
    if not _may_read(request):
        raise NotFound
    return HttpResponse(metrics.text(), content_type=metrics.MEDIA)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    # a proxy on this machine asks from loopback for others, and says so
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not request.META.get(PASSED_ON) and "HTTP_VIA" not in request.META
