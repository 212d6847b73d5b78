"""Routes of cases: the officers' door."""

from __future__ import annotations

from django.urls import path

from chengxin.cases import views

app_name = "cases"

urlpatterns = [
    path("officer/cases/", views.desk, name="desk"),
    path("officer/cases/certificates/", views.certificates, name="certificates"),
    path("officer/cases/new/<str:pk>/", views.new, name="new"),
    path("officer/cases/from-clue/<str:number>/", views.from_clue, name="from_clue"),
    path("officer/cases/<str:number>/", views.case, name="case"),
    path("officer/cases/<str:number>/steps/<str:action>/", views.step, name="step"),
    path("officer/cases/<str:number>/archive.zip", views.archive, name="archive"),
]
