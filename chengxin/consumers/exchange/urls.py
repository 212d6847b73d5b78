"""Routes of the exchange's desk."""

from __future__ import annotations

from django.urls import path

from chengxin.consumers.exchange import views

app_name = "complaint_exchange"

urlpatterns = [
    path("officer/complaint-exchange/", views.home, name="home"),
    path("officer/complaint-exchange/changes/", views.conflicts, name="conflicts"),
    path("officer/complaint-exchange/changes/<uuid:pk>/", views.conflict, name="conflict"),
    path("officer/complaint-exchange/batches/<uuid:pk>/", views.batch, name="batch"),
    path("officer/complaint-exchange/batches/<uuid:pk>/mend/", views.mend, name="mend"),
    path("officer/complaint-exchange/rows/<uuid:pk>/", views.row, name="row"),
    path("officer/complaint-exchange/<slug:peer>/template/", views.template, name="template"),
    path("officer/complaint-exchange/<slug:peer>/results/", views.results, name="results"),
    path("officer/complaint-exchange/<slug:peer>/differences/", views.differences, name="differences"),
]
