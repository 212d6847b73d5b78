"""The shell's own routes: each role's home, the language switch, about."""

from __future__ import annotations

from django.urls import path

from chengxin.web import views

app_name = "web"

urlpatterns = [
    path("home/", views.home, name="home"),
    path("officer/", views.officer, name="officer"),
    path("platform/", views.platform, name="platform"),
    path("merchant/", views.merchant, name="merchant"),
    path("admin/", views.administration, name="administration"),
    path("language/", views.language, name="language"),
    path("tour/<str:step>/", views.tour_step, name="tour"),
    path("tour/<str:door>/hide/", views.tour_hide, name="tour_hide"),
    path("about/", views.about, name="about"),
]
