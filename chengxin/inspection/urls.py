"""Routes of inspections."""

from __future__ import annotations

from django.urls import path

from chengxin.inspection.views import desk, plans, public, risk, visits

app_name = "inspection"

urlpatterns = [
    path("inspections/", public.inspections, name="public"),
    path("inspections/verify_draw.py", public.verifier, name="verifier"),
    path("inspections/draws/<str:name>/", public.draw, name="public_draw"),
    path("inspections/draws/<str:name>/draw.json", public.draw_file, name="draw_file"),
    path("inspections/draws/<str:name>/receipt.json", public.draw_receipt, name="draw_receipt"),
    path("officer/inspections/", desk.desk, name="desk"),
    path("officer/inspections/registers/", desk.registers, name="registers"),
    path("officer/inspections/registers/<str:code>/", desk.objects, name="objects"),
    path("officer/inspections/inspectors/<str:id>/", desk.inspector, name="inspector"),
    path("officer/inspections/rates/", desk.rates, name="rates"),
    path("officer/inspections/plans/new/", plans.new, name="new"),
    path("officer/inspections/plans/<str:number>/", plans.plan, name="plan"),
    path("officer/inspections/draws/<str:name>/opened.json", public.opened, name="opened"),
    path("officer/inspections/visits/<str:number>/", visits.task, name="task"),
    path("officer/inspections/visits/<str:number>/photo/", visits.photo, name="photo"),
    path("officer/inspections/visits/<str:number>/replace/", visits.replace, name="replace"),
    path("officer/inspections/classes/<str:pk>/", risk.risk_class, name="risk_class"),
    path("officer/inspections/warn/<str:pk>/", risk.warn, name="warn"),
    path("officer/inspections/warnings/<str:number>/", risk.warning, name="warning"),
    path("officer/chain/<str:number>/", risk.clue_chain, name="chain"),
    path("my/warnings/", risk.my_warnings, name="my_warnings"),
]
