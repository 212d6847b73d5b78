"""Routes of marks."""

from __future__ import annotations

from django.urls import path

from chengxin.marks.views import merchant, officer, public

app_name = "marks"

urlpatterns = [
    path("marks/", public.public, name="public"),
    path("marks/check/", public.check, name="check"),
    path("marks/imitations/", public.imitations, name="imitations"),
    path("marks/report/", public.report, name="report_form"),
    path("marks/report/<str:code>/", public.followed, name="followed"),
    path("marks/revoked.json", public.revoked, name="revoked"),
    path("marks/status/<int:number>", public.status, name="status"),
    path("marks/verify_mark.py", public.verifier, name="verifier"),
    path(".well-known/jwt-vc-issuer", public.issuer, name="issuer"),
    path("v/<str:serial>/", public.mark, name="mark"),
    path("v/<str:serial>/badge.svg", public.picture, name="badge"),
    path("v/<str:serial>/statement.jwt", public.statement, name="statement"),
    path("v/<str:serial>/mark.txt", public.vc, name="vc"),
    path("merchant/marks/", merchant.mine, name="mine"),
    path("merchant/marks/ask/<str:pk>/", merchant.ask, name="ask"),
    path("merchant/marks/requests/<str:number>/", merchant.my_request, name="my_request"),
    path("merchant/marks/rules/<str:pk>/", merchant.rules, name="my_rules"),
    path("officer/marks/", officer.desk, name="desk"),
    path("officer/marks/all/", officer.all_marks, name="all"),
    path("officer/marks/requests/<str:number>/", officer.mark_request, name="request"),
    path("officer/marks/reports/<str:number>/", officer.imitation, name="report"),
    path("officer/marks/shops/<str:pk>/", officer.shop_rules, name="rules"),
    path("officer/marks/<str:serial>/", officer.officer_mark, name="officer_mark"),
]
