"""The officer's door to clues, and the platform's door to what officers asked."""

from __future__ import annotations

from django.urls import path

from chengxin.supervision import views

app_name = "supervision"

urlpatterns = [
    path("officer/clues/", views.queue, name="queue"),
    path("officer/clues/reserve/", views.reserve, name="reserve"),
    path("officer/clues/reserve/<uuid:id>/", views.pull, name="pull"),
    path("officer/clues/<str:number>/", views.clue, name="clue"),
    path("officer/clues/<str:number>/evidence/<str:kind>/", views.evidence, name="evidence"),
    path("officer/clues/<str:number>/held/<uuid:held>/", views.held_rows, name="held_rows"),
    path("officer/clues/<str:number>/check/", views.start_check, name="start_check"),
    path("officer/clues/<str:number>/verdict/", views.judge, name="judge"),
    path("officer/clues/<str:number>/dismiss/", views.dismiss, name="dismiss"),
    path("officer/clues/<str:number>/hand-over/", views.hand_over, name="hand_over"),
    path("officer/clues/<str:number>/ask/", views.ask_platform, name="ask_platform"),
    path("officer/clues/<str:number>/extend/", views.ask_extension, name="ask_extension"),
    path("officer/clues/<str:number>/extension/", views.decide_extension, name="decide_extension"),
    path("platform/requests/", views.requests, name="requests"),
    path("platform/requests/<str:id>/", views.request_page, name="request"),
]
