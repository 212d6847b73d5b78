"""Routes of this room: everybody's, the platform's, the institution's, the merchant's and the officer's door."""

from __future__ import annotations

from django.urls import path

from chengxin.payments.views import institution, merchant, officer, platform, public

app_name = "payments"

urlpatterns = [
    path("payments/claims/new/", public.claim, name="new_claim"),
    path("payments/claims/", public.follow, name="follow"),
    path("platform/payments/", platform.my_channels, name="my_channels"),
    path("platform/payments/channels/new/", platform.new_channel, name="new_channel"),
    path("platform/payments/mismatches/", platform.my_mismatches, name="my_mismatches"),
    path("platform/payments/mismatches/<str:number>/", platform.my_mismatch, name="my_mismatch"),
    path("merchant/payment-events/", institution.my_events, name="my_events"),
    path("merchant/payment-events/new/", institution.report_event, name="report_event"),
    path("merchant/payment-events/<str:number>/", institution.my_event, name="my_event"),
    path("merchant/payment-claims/", institution.my_claims, name="my_claims"),
    path("merchant/payment-claims/<str:number>/", institution.my_claim, name="my_claim"),
    path("merchant/payments/mismatches/", merchant.shop_mismatches, name="shop_mismatches"),
    path("officer/payments/", officer.channels, name="channels"),
    path("officer/payments/licences/", officer.licences, name="licences"),
    path("officer/payments/flags/<str:number>/", officer.flag, name="flag"),
    path("officer/payments/mismatches/", officer.mismatches, name="mismatches"),
    path("officer/payments/mismatches/<str:number>/", officer.mismatch, name="mismatch"),
    path("officer/payments/events/", officer.events, name="events"),
    path("officer/payments/events/new/", officer.new_event, name="new_event"),
    path("officer/payments/events/<str:number>/", officer.event, name="event"),
    path("officer/payments/claims/", officer.claims, name="claims"),
    path("officer/payments/claims/<str:number>/", officer.claim, name="claim"),
]
