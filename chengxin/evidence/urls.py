"""Routes of evidence."""

from __future__ import annotations

from django.urls import path

from chengxin.evidence import views

app_name = "evidence"

urlpatterns = [
    path("officer/papers/evidence/of/<str:matter>/", views.of_matter, name="matter"),
    path("officer/papers/evidence/of/<str:matter>/sample/", views.sample, name="sample"),
    path("officer/papers/evidence/<uuid:pk>/", views.exhibit, name="exhibit"),
    path("officer/papers/evidence/<uuid:pk>/file/", views.file, name="file"),
    path("officer/papers/evidence/<uuid:pk>/replay/", views.replay, name="replay"),
    path("officer/papers/evidence/<uuid:pk>/replay/page/", views.replay_page, name="replay_page"),
    path("officer/papers/evidence/<uuid:pk>/extraction/", views.extraction, name="extraction"),
]
