"""The public's door."""

from __future__ import annotations

from django.urls import path

from chengxin.publicity import views

app_name = "publicity"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("subject/<str:id>/", views.subject, name="subject"),
    path("life/<path:code>", views.life_line, name="life_line"),
]
