"""Routes of official papers."""

from __future__ import annotations

from django.urls import path

from chengxin.documents import views

app_name = "documents"

urlpatterns = [
    path("officer/papers/", views.desk, name="desk"),
    path("officer/papers/of/<str:matter>/", views.of_matter, name="matter"),
    path("officer/papers/of/<str:matter>/new/", views.new, name="new"),
    path("officer/papers/of/<str:matter>/serve/", views.serve, name="serve"),
    path("officer/papers/<uuid:pk>/", views.document, name="document"),
    path("officer/papers/<uuid:pk>/file/", views.file, name="file"),
    path("officer/papers/<uuid:pk>/publish/", views.prepare, name="prepare"),
    path("officer/papers/versions/<uuid:pk>/", views.redaction, name="redaction"),
    path("officer/papers/versions/<uuid:pk>/file/", views.version_file, name="version_file"),
    path("merchant/papers/", views.mine, name="mine"),
    path("merchant/papers/<uuid:pk>/file/", views.my_file, name="my_file"),
    path("verify/document/", views.ask, name="ask"),
    path("verify/document/<str:code>/", views.check, name="check"),
]
