"""Routes of jobs."""

from __future__ import annotations

from django.urls import path

from chengxin.jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.listed, name="list"),
    path("jobs/given-up/", views.given_up, name="given_up"),
    path("jobs/given-up/events/<int:number>/retry/", views.retry_event, name="retry_event"),
    path("jobs/<uuid:number>/", views.shown, name="job"),
    path("jobs/<uuid:number>/progress.json", views.progress, name="progress"),
    path("jobs/<uuid:number>/retry/", views.retry_job, name="retry_job"),
]
