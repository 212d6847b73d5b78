"""Routes of parcels and courier firms."""

from __future__ import annotations

from django.urls import path

from chengxin.delivery.views import firm, merchant, officer, platform, public

app_name = "delivery"

urlpatterns = [
    path("parcels/", public.track, name="track"),
    path("parcels/follow/", public.follow, name="follow"),
    path("parcels/appeal/", public.appeal, name="appeal"),
    path("couriers/", public.firms, name="firms"),
    path("couriers/<str:code>/", public.firm, name="public_firm"),
    path("officer/delivery/", officer.desk, name="desk"),
    path("officer/delivery/outlets/", officer.outlets, name="outlets"),
    path("officer/delivery/incidents/", officer.incidents, name="incidents"),
    path("officer/delivery/incidents/new/", officer.new_incident, name="new_incident"),
    path("officer/delivery/incidents/<str:number>/", officer.incident, name="incident"),
    path("officer/delivery/incidents/<str:number>/trace/", officer.trace, name="trace"),
    path("officer/delivery/firms/<str:code>/", officer.firm, name="firm"),
    path("officer/delivery/firms/<str:code>/workers/", officer.workers, name="workers"),
    path("officer/delivery/firms/<str:code>/ban/", officer.propose_ban, name="propose_ban"),
    path("officer/delivery/bans/<str:number>/", officer.ban, name="ban"),
    path("officer/delivery/workers/<str:number>/", officer.worker_fact, name="worker_fact"),
    path("merchant/delivery/", firm.inbox, name="inbox"),
    path("merchant/delivery/incidents/<str:number>/", firm.incident, name="firm_incident"),
    path("merchant/delivery/incidents/<str:number>/paper/", firm.paper, name="firm_paper"),
    path("merchant/delivery/bans/<str:number>/", firm.ban, name="firm_ban"),
    path("merchant/delivery/workers/<str:number>/", firm.worker_fact, name="firm_worker"),
    path("merchant/parcels/", merchant.parcels, name="merchant_parcels"),
    path("platform/couriers/", platform.board, name="board"),
]
