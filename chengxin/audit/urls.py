"""Routes of the log."""

from __future__ import annotations

from django.urls import path

from chengxin.audit import views

app_name = "audit"

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/<int:index>/", views.leaf, name="leaf"),
    path("log/reads/", views.reads, name="reads"),
    path("verify/", views.verify, name="verify"),
    path("verify/witness_chengxin.pyz", views.witness_file, name="witness_file"),
    path("verify/verify_chengxin.py", views.single_file, name="single_file"),
]
