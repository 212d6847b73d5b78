"""Routes of this room: everybody's, the makers' and the officer's door."""

from __future__ import annotations

from django.urls import path

from chengxin.commitments.views import maker, officer, public

app_name = "commitments"

urlpatterns = [
    path("commitments/", public.register, name="register"),
    path("commitments/<str:number>/", public.commitment, name="public"),
    path("merchant/commitments/", maker.my_list, name="my_list"),
    path("merchant/commitments/sign/<str:number>/", maker.my_sign, name="my_sign"),
    path("merchant/commitments/breaches/<str:number>/", maker.my_breach, name="my_breach"),
    path("merchant/commitments/<str:number>/", maker.my_commitment, name="my_commitment"),
    path("merchant/commitments/<str:number>/paper/", maker.my_paper, name="my_paper"),
    path("platform/commitments/", maker.platform_list, name="platform_list"),
    path("platform/commitments/sign/<str:number>/", maker.platform_sign, name="platform_sign"),
    path("platform/commitments/breaches/<str:number>/", maker.platform_breach, name="platform_breach"),
    path("platform/commitments/<str:number>/", maker.platform_commitment, name="platform_commitment"),
    path("platform/commitments/<str:number>/paper/", maker.platform_paper, name="platform_paper"),
    path("officer/commitments/", officer.desk, name="desk"),
    path("officer/commitments/all/", officer.register, name="all"),
    path("officer/commitments/returns/", officer.returns, name="returns"),
    path("officer/commitments/coverage/", officer.board, name="coverage"),
    path("officer/commitments/templates/", officer.templates, name="templates"),
    path("officer/commitments/templates/<str:number>/", officer.template, name="template"),
    path("officer/commitments/breaches/<str:number>/", officer.breach, name="breach"),
    path("officer/commitments/<str:number>/", officer.commitment, name="commitment"),
]
