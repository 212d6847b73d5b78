"""Routes of this room: everybody's, and one set for the leading group and the departments."""

from __future__ import annotations

from django.urls import path

from chengxin.coordination.views import board, figures, meetings, plans, public, tasks

app_name = "coordination"

urlpatterns = [
    path("plan/", public.measures, name="public"),
    path("plan/tasks/", public.tasks, name="public_tasks"),
    path("coordination/", board.board, name="board"),
    path("coordination/tasks/", tasks.register, name="tasks"),
    path("coordination/tasks/<str:number>/", tasks.task, name="task"),
    path("coordination/indicators/<str:code>/", figures.indicator, name="indicator"),
    path("coordination/indicators/<str:code>/<str:department>/<str:period>/", figures.rows, name="rows"),
    path("coordination/sheets/", figures.sheets_of, name="sheets"),
    path("coordination/sheets/<str:department>/<str:period>/", figures.sheet, name="sheet"),
    path("coordination/plans/", plans.register, name="plans"),
    path("coordination/plans/<str:number>/", plans.plan, name="plan"),
    path("coordination/meetings/", meetings.register, name="meetings"),
    path("coordination/meetings/<str:number>/", meetings.meeting, name="meeting"),
    path("coordination/reports/", figures.reports, name="reports"),
    path("coordination/reports/<str:period>/paper/", figures.paper, name="report_paper"),
]
