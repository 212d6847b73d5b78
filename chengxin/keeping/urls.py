"""Routes of keeping."""

from __future__ import annotations

from django.urls import path

from chengxin.keeping import views

app_name = "keeping"

urlpatterns = [
    path("health/", views.answer, name="health"),
    path("metrics", views.numbers, name="metrics"),
    path("admin/health/", views.state, name="state"),
]
