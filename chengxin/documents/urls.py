"""Routes of official papers."""

from __future__ import annotations

from django.urls import path

from chengxin.documents import views

app_name = "documents"

urlpatterns = [
    path("officer/papers/of/<str:matter>/", views.of_matter, name="matter"),
    path("officer/papers/<uuid:pk>/", views.document, name="document"),
    path("officer/papers/<uuid:pk>/file/", views.file, name="file"),
    path("verify/document/", views.ask, name="ask"),
    path("verify/document/<str:code>/", views.check, name="check"),
]
