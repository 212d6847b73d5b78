"""Routes of this room: all at the officers' door."""

from __future__ import annotations

from django.urls import path

from chengxin.exchange.views import catalogue, officer

app_name = "exchange"

urlpatterns = [
    path("officer/exchange/", officer.desk, name="desk"),
    path("officer/exchange/rows/", officer.rows, name="rows"),
    path("officer/exchange/rows/<str:number>/", officer.row, name="row"),
    path("officer/exchange/corrections/", officer.corrections, name="corrections"),
    path("officer/exchange/batches/", officer.batches, name="batches"),
    path("officer/exchange/batches/<str:number>/", officer.batch, name="batch"),
    path("officer/exchange/differences/", officer.differences, name="differences"),
    path("officer/exchange/differences/<str:number>/", officer.difference, name="difference"),
    path("officer/exchange/inbound/", officer.inbound, name="inbound"),
    path("officer/exchange/inbound/<str:number>/", officer.inbound_row, name="inbound_row"),
    path("officer/exchange/quality/", officer.quality, name="quality"),
    path("officer/exchange/hooks/", officer.hooks, name="hooks"),
    path("officer/exchange/catalogue/", catalogue.entries, name="catalogue"),
    path("officer/exchange/catalogue/new/", catalogue.new_entry, name="new_entry"),
    path("officer/exchange/catalogue/<str:number>/", catalogue.entry, name="entry"),
    path("officer/exchange/requests/", catalogue.requests, name="requests"),
    path("officer/exchange/requests/<str:number>/", catalogue.request, name="request"),
]
