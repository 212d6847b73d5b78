"""The officer's door to rules and decisions, and the merchant's door to what was decided about the own shops."""

from __future__ import annotations

from django.urls import path

from chengxin.rules import views

app_name = "rules"

urlpatterns = [
    path("officer/rules/", views.rules, name="rules"),
    path("officer/rules/new/<str:kind>/", views.new, name="new"),
    path("officer/rules/dry-runs/<uuid:id>/", views.dry_run, name="dry_run"),
    path("officer/rules/decisions/", views.decisions, name="decisions"),
    path("officer/rules/decisions/<str:number>/", views.decision, name="decision"),
    path("officer/rules/<str:code>/", views.rule, name="rule"),
    path("officer/rules/<str:code>/next/", views.next_version, name="next"),
    path("officer/rules/<str:code>/<int:number>/", views.version, name="version"),
    path("officer/rules/<str:code>/<int:number>/edit/", views.edit, name="edit"),
    path("officer/rules/<str:code>/<int:number>/try/", views.try_it, name="try"),
    path("officer/rules/<str:code>/<int:number>/<str:action>/", views.step, name="step"),
    path("merchant/decisions/", views.owns, name="owns"),
    path("merchant/decisions/<str:number>/", views.own, name="own"),
]
