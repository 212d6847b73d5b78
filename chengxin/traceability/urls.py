"""Routes of this room: the interface of EPCIS 2.0, the officer's search, and the upload page of platforms and merchants."""

from __future__ import annotations

from django.urls import path

from chengxin.traceability import views

app_name = "traceability"

urlpatterns = [
    path("officer/traceability/", views.search, name="search"),
    path("officer/traceability/item/", views.item, name="item"),
    path("officer/traceability/names/", views.names, name="names"),
    path("traceability/subscriptions/", views.subscriptions, name="subscriptions"),
    path("traceability/upload/", views.upload, name="upload"),
    path("traceability/upload/<str:number>/", views.upload_job, name="upload_job"),
]
