"""Routes of this room."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "persons"

urlpatterns: list[URLPattern] = []
