"""Routes of this room: everybody's, the merchant's, the platform's and the officer's door."""

from __future__ import annotations

from django.urls import path

from chengxin.consumers.views import merchant, officer, platform, public

app_name = "consumers"

urlpatterns = [
    path("complaints/new/", public.new, name="new"),
    path("complaints/", public.follow, name="follow"),
    path("complaints/mine/", public.mine, name="mine"),
    path("complaints/mine/leave/", public.leave, name="leave"),
    path("complaints/mine/papers/<uuid:pk>/", public.paper, name="paper"),
    path("complaints/figures/", public.figures, name="figures"),
    path("merchant/complaints/", merchant.my_complaints, name="my_complaints"),
    path("merchant/complaints/<str:number>/", merchant.my_complaint, name="my_complaint"),
    path("platform/complaints/", platform.platform_complaints, name="platform_complaints"),
    path("platform/complaints/<str:number>/", platform.platform_complaint, name="platform_complaint"),
    path("officer/complaints/", officer.complaints, name="complaints"),
    path("officer/complaints/new/", officer.intake, name="intake"),
    path("officer/complaints/dispatch/", officer.dispatch, name="dispatch"),
    path("officer/complaints/promises/", officer.promises, name="promises"),
    path("officer/complaints/<str:number>/", officer.complaint, name="complaint"),
    path("officer/complaints/<str:number>/promises/<uuid:pk>/", officer.promise, name="promise"),
    path("officer/violation-reports/", officer.reports, name="reports"),
    path("officer/violation-reports/<str:number>/", officer.report, name="report"),
]
