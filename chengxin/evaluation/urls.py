"""Routes of evaluation."""

from __future__ import annotations

from django.urls import path

from chengxin.evaluation.views import merchant, officer, platform, public

app_name = "evaluation"

urlpatterns = [
    path("scores/", public.scores, name="scores"),
    path("scores/recompute/", public.recompute, name="recompute"),
    path("scores/recompute/recompute.html", public.offline_page, name="offline_page"),
    path("scores/recompute/recompute_score.py", public.offline_python, name="offline_python"),
    path("scores/rules/", public.rules, name="rules"),
    path("scores/rules/<str:number>/", public.rule, name="rule"),
    path("scores/statements/", public.statements, name="statements"),
    path("scores/<uuid:pk>/", public.shop, name="shop"),
    path("scores/<uuid:pk>/reviews/", public.reviews, name="reviews"),
    path("scores/<uuid:pk>/chain/", public.chain, name="chain"),
    path("scores/<uuid:pk>/receipt.json", public.receipt, name="receipt"),
    path("merchant/evaluation/", merchant.mine, name="mine"),
    path("merchant/evaluation/export/", merchant.export, name="export"),
    path("merchant/evaluation/<uuid:pk>/", merchant.my_reviews, name="my_reviews"),
    path("merchant/evaluation/<uuid:pk>/<str:review_no>/reply/", merchant.reply, name="reply"),
    path("merchant/evaluation/<uuid:pk>/<str:review_no>/object/", merchant.object_to, name="object"),
    path("platform/evaluation/", platform.own, name="own"),
    path("platform/evaluation/<uuid:pk>/mask/", platform.mask, name="mask"),
    path("officer/evaluation/", officer.board, name="board"),
    path("officer/evaluation/rules/new/", officer.new_rule, name="new_rule"),
    path("officer/evaluation/rules/<uuid:id>/", officer.proposal, name="proposal"),
    path("officer/evaluation/objections/<uuid:id>/", officer.objection, name="objection"),
    path("officer/evaluation/<uuid:pk>/", officer.shop, name="officer_shop"),
    path("officer/evaluation/<uuid:pk>/treat/", officer.treat, name="treat"),
]
