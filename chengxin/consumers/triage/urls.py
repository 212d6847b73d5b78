"""Routes of the complaints that are alike."""

from __future__ import annotations

from django.urls import path

from chengxin.consumers.triage import views

app_name = "triage"

urlpatterns = [
    path("officer/complaints-alike/", views.groups, name="groups"),
    path("officer/complaints-alike/<uuid:pk>/", views.group, name="group"),
]
