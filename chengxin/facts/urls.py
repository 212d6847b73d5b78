"""The platform's door to reporting, and the officer's view of it."""

from __future__ import annotations

from django.urls import path

from chengxin.facts import views

app_name = "facts"

urlpatterns = [
    path("platform/report/", views.upload, name="upload"),
    path("platform/report/template/<str:kind>.xlsx", views.sheet, name="template"),
    path("platform/receipts/", views.receipts, name="receipts"),
    path("platform/receipts/<str:id>/", views.receipt, name="receipt"),
    path("platform/receipts/<str:id>/receipt.json", views.document, name="document"),
    path("platform/disagreements/", views.issues, name="issues"),
    path("officer/reports/", views.officer, name="officer"),
]
