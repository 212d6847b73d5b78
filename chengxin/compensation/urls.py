"""Routes of this room: everybody's, the merchant's, and the fund managers' desk, which officers and a platform's staff share."""

from __future__ import annotations

from django.urls import path

from chengxin.compensation.views import desk, merchant, public

app_name = "compensation"

urlpatterns = [
    path("compensation/", public.public, name="public"),
    path("compensation/funds/<slug:code>/", public.public_fund, name="public_fund"),
    path("compensation/claims/new/", public.new_claim, name="new_claim"),
    path("compensation/claims/", public.follow, name="follow"),
    path("merchant/compensation/", merchant.my_claims, name="my_claims"),
    path("merchant/compensation/claims/<str:number>/", merchant.my_claim, name="my_claim"),
    path("merchant/compensation/deposits/<str:number>/", merchant.my_deposit, name="my_deposit"),
    path("compensation-desk/", desk.desk, name="desk"),
    path("compensation-desk/open/", desk.open_fund, name="open_fund"),
    path("compensation-desk/funds/<slug:code>/", desk.fund, name="fund"),
    path("compensation-desk/funds/<slug:code>/rule/", desk.new_rule, name="new_rule"),
    path("compensation-desk/funds/<slug:code>/contribute/", desk.contribute, name="contribute"),
    path("compensation-desk/funds/<slug:code>/close/", desk.close_fund, name="close_fund"),
    path("compensation-desk/funds/<slug:code>/deposit/", desk.new_deposit, name="new_deposit"),
    path("compensation-desk/funds/<slug:code>/statement/", desk.new_statement, name="new_statement"),
    path("compensation-desk/claims/<str:number>/", desk.claim, name="claim"),
    path("compensation-desk/deposits/", desk.all_deposits, name="deposits"),
    path("compensation-desk/deposits/<str:number>/", desk.deposit, name="deposit"),
    path("compensation-desk/statements/<str:number>/", desk.statement, name="statement"),
]
