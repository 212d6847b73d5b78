"""Every road into the house. Rooms bring their own urls.py; a route that does not say who may use it is refused and fails a gate."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from chengxin.api import api
from chengxin.traceability.interface import epcis

BUSINESS = (
    "persons",
    "notices",
    "coordination",
    "publicity",
    "campaigns",
    "exchange",
    "lists",
    "cases",
    "inspection",
    "platforms",
    "products",
    "supervision",
    "consumers",
    "consumers.triage",
    "consumers.exchange",
    "detection",
    "rules",
    "marks",
    "commitments",
    "compensation",
    "delivery",
    "payments",
    "records",
    "facts",
    "subjects",
    "evidence",
    "documents",
    "evaluation",
    "insiders",
    "traceability",
)
ROOMS = ("web", "keeping", *BUSINESS, "accounts", "audit", "jobs")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/epcis/v2/", epcis.urls),  # the standard fixes its paths and errors
    path("api/v1/", api.urls),  # first, because machines ask often: the rooms' hundred pages need not be tried
    *(path("", include(f"chengxin.{room}.urls")) for room in ROOMS if find_spec(f"chengxin.{room}.urls")),
    path("accounts/", include("allauth.urls")),
    path("oauth/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]

handler400 = "chengxin.web.errors.bad_request"
handler403 = "chengxin.web.errors.forbidden"
handler404 = "chengxin.web.errors.not_found"
handler500 = "chengxin.web.errors.broken"
