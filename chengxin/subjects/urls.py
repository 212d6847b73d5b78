"""Routes of the register."""

from __future__ import annotations

from django.urls import path

from chengxin.subjects.views import joining, merchant, names, officer, platform, shops

app_name = "subjects"

urlpatterns = [
    path("platform/shops/", platform.shops, name="shops"),
    path("platform/shops/new/", platform.new_shop, name="shop_new"),
    path("platform/shops/import/", platform.import_sheet, name="shop_import"),
    path("platform/shops/import/template.xlsx", platform.template, name="shop_template"),
    path("platform/shops/import/<str:pk>/", platform.import_run, name="import_run"),
    path("platform/shops/import/<str:pk>/errors.xlsx", platform.import_errors, name="import_errors"),
    path("platform/shops/reverification/", platform.queue, name="platform_queue"),
    path("platform/shops/<str:pk>/", shops.platform_shop, name="shop"),
    path("platform/shops/<str:pk>/edit/", platform.edit_shop, name="shop_edit"),
    path("platform/shops/<str:pk>/<str:action>/", shops.platform_step, name="step"),
    path("officer/subjects/", officer.register, name="register"),
    path("officer/subjects/person/", officer.person, name="person"),
    path("officer/subjects/names/", names.match, name="names"),
    path("officer/subjects/coverage/", officer.coverage, name="coverage"),
    path("officer/subjects/reverification/", officer.queue, name="reverification"),
    path("officer/subjects/shops/", officer.shops, name="all_shops"),
    path("officer/subjects/shops/<str:pk>/", shops.officer_shop, name="officer_shop"),
    path("officer/subjects/shops/<str:pk>/<str:action>/", shops.officer_step, name="officer_step"),
    path("officer/subjects/same/", joining.desk, name="same_desk"),
    path("officer/subjects/same/possible/", names.possible, name="possible"),
    path("officer/subjects/same/<str:id>/", joining.judgement, name="same"),
    path("officer/subjects/<str:pk>/", officer.subject, name="subject"),
    path("officer/subjects/<str:pk>/same/", joining.compare, name="same_with"),
    path("officer/subjects/<str:pk>/edit/", officer.edit_subject, name="subject_edit"),
    path("shops/<str:pk>/image/<str:digest>", shops.image, name="image"),
    path("identity-reports/", officer.reports, name="reports"),
    path("identity-reports/<str:pk>/", officer.report, name="report"),
    path("identity-reports/<str:pk>/answer/", officer.answer_report, name="report_answer"),
    path("identity-reports/<str:pk>/<str:shape>.<str:form>", officer.report_file, name="report_file"),
    path("merchant/subjects/", merchant.mine, name="mine"),
    path("merchant/subjects/<str:pk>/", merchant.own_data, name="own_data"),
]
