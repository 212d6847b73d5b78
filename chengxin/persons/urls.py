"""Routes of this room: everybody's door, the department's desk, the administrators' door."""

from __future__ import annotations

from django.urls import path

from chengxin.persons.views import admin, holds, officer, public

app_name = "persons"

urlpatterns = [
    path("privacy/", public.ask, name="ask"),
    path("privacy/status/", public.status, name="status"),
    path("privacy/receipt/", public.receipt, name="receipt"),
    path("officer/persons/", officer.requests, name="requests"),
    path("officer/persons/holds/", holds.holds, name="holds"),
    path("officer/persons/holds/new/", holds.new, name="new_hold"),
    path("officer/persons/holds/<str:number>/", holds.hold, name="hold"),
    path("officer/persons/<str:number>/", officer.one, name="request"),
    path("admin/terms/", admin.terms, name="terms"),
    path("admin/first-week/", admin.first_week, name="first_week"),
    path("admin/settings-files/", admin.settings_files, name="settings_files"),
    path("admin/settings-files/export/", admin.export, name="export"),
    path("admin/settings-files/<str:number>/", admin.settings_file, name="settings_file"),
]
