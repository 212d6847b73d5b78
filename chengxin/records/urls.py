"""Routes of the credit file."""

from __future__ import annotations

from django.urls import path

from chengxin.records.views import merchant, officer, report

app_name = "records"

urlpatterns = [
    path("officer/records/", officer.desk, name="desk"),
    path("officer/records/subjects/<str:pk>/", officer.file, name="file"),
    path("officer/records/subjects/<str:pk>/enter/", officer.enter, name="enter"),
    path("officer/records/subjects/<str:pk>/report/", officer.report, name="report"),
    path("officer/records/proposals/<str:id>/", officer.proposal, name="proposal"),
    path("officer/records/objections/<str:id>/", officer.objection, name="objection"),
    path("officer/records/<str:number>/", officer.record, name="record"),
    path("officer/records/<str:number>/correct/", officer.correct, name="correct"),
    path("officer/records/<str:number>/withdraw/", officer.withdraw, name="withdraw"),
    path("merchant/records/", merchant.mine, name="mine"),
    path("merchant/records/<str:number>/object/", merchant.object_to, name="object"),
    path("merchant/records/<str:number>/drop/", merchant.drop, name="drop"),
    path("merchant/records/report/<str:pk>/", merchant.report, name="own_report"),
    path("verify/report/", report.check_code, name="check"),
]
