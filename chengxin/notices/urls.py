"""Routes of this room: everybody who signs in has an inbox."""

from __future__ import annotations

from django.urls import path

from chengxin.notices import views

app_name = "notices"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/waiting/", views.waiting, name="waiting"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/preferences/", views.preferences, name="preferences"),
    path("inbox/<uuid:id>/", views.follow, name="follow"),
]
