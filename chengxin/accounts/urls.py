"""Doors for people, and the administrators' pages."""

from __future__ import annotations

from django.urls import path

from chengxin.accounts import client_views, session_views, views

app_name = "accounts"

urlpatterns = [
    path("join/<str:secret>/", views.join, name="join"),
    path("purpose/", views.purpose, name="purpose"),
    path("profile/", views.profile, name="profile"),
    path("profile/sessions/", session_views.own, name="sessions"),
    path("admin/people/<uuid:id>/sessions/", session_views.end, name="end_sessions"),
    path("admin/people/", views.people, name="people"),
    path("admin/people/new/", views.new_person, name="new_person"),
    path("admin/people/<uuid:id>/", views.person, name="person"),
    path("admin/people/<uuid:id>/grant/", views.grant, name="grant"),
    path("admin/people/<uuid:id>/invite/", views.invite, name="invite"),
    path("admin/people/<uuid:id>/deactivate/", views.deactivate, name="deactivate"),
    path("admin/people/<uuid:id>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("admin/grants/", views.waiting, name="waiting"),
    path("admin/grants/<uuid:id>/confirm/", views.confirm, name="confirm"),
    path("admin/grants/<uuid:id>/revoke/", views.revoke, name="revoke"),
    path("admin/departments/", views.departments, name="departments"),
    path("admin/clients/", client_views.clients, name="clients"),
    path("admin/clients/new/", client_views.new_client, name="new_client"),
    path("admin/clients/<uuid:id>/", client_views.client, name="client"),
    path("admin/clients/<uuid:id>/rotate/", client_views.rotate, name="rotate"),
    path("admin/clients/<uuid:id>/retire/", client_views.retire, name="retire"),
    path("admin/clients/<uuid:id>/keys/", client_views.add_key, name="add_key"),
    path("admin/keys/<uuid:id>/end/", client_views.end_key, name="end_key"),
]
