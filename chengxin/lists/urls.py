"""Routes of the lists."""

from __future__ import annotations

from django.urls import path

from chengxin.lists.views import executor, merchant, officer, public

app_name = "lists"

urlpatterns = [
    path("lists/", public.public, name="public"),
    path("lists/platforms/", public.platforms, name="platforms"),
    path("lists/red/<str:id>/object/", public.object_to_red, name="red_object"),
    path("lists/tasks/<str:id>/", executor.task, name="task"),
    path("lists/removals/<str:id>/", executor.removal, name="removal"),
    path("officer/lists/", officer.desk, name="desk"),
    path("officer/lists/propose/<str:number>/", officer.propose, name="propose"),
    path("officer/lists/entries/<str:id>/", officer.entry, name="entry"),
    path("officer/lists/entries/<str:id>/receipts/", officer.bundle, name="bundle"),
    path("officer/lists/repairs/<str:id>/", officer.repair, name="repair"),
    path("officer/lists/red/nominate/", officer.nominate, name="nominate"),
    path("officer/lists/red/<str:id>/", officer.red_entry, name="red"),
    path("officer/lists/what-if/", officer.what_if, name="what_if"),
    path("merchant/lists/", merchant.mine, name="mine"),
    path("merchant/lists/platforms/", merchant.mine_platform, name="mine_platform"),
    path("merchant/lists/platforms/<str:id>/appeal/", merchant.appeal, name="appeal"),
    path("merchant/lists/consents/", merchant.consent, name="consent"),
    path("merchant/lists/consents/<str:id>/take-back/", merchant.take_back, name="take_back"),
    path("merchant/lists/records/<str:number>/repair/", merchant.repair_record, name="repair_record"),
    path("merchant/lists/red/<str:pk>/", merchant.nominate_self, name="nominate_self"),
    path("merchant/lists/<str:id>/", merchant.own_entry, name="own_entry"),
    path("merchant/lists/<str:id>/repair/", merchant.repair_entry, name="repair_entry"),
    path("platform/lists/", executor.platform_desk, name="platform_desk"),
    path("platform/lists/new/", executor.platform_put, name="platform_put"),
    path("platform/lists/<str:id>/", executor.platform_entry, name="platform_entry"),
]
