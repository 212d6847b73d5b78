"""Routes of this room: everybody's, the platform's, the merchant's and the officer's door."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from chengxin.platforms.views import merchant, officer, platform, public

app_name = "platforms"


class DayConverter(StringConverter):
    """A day as 2026-11-28 in a path."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:  # type: ignore[override]
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

urlpatterns = [
    path("measures/", public.statements, name="statements"),
    path("measures/days/<day:day>.<str:form>", public.day_file, name="day_file"),
    path("measures/<str:number>/", public.statement, name="statement"),
    path("platforms/rules/<uuid:id>/", public.rule, name="rule"),
    path("platforms/<str:code>/", public.platform, name="public"),
    path("platform/duties/", platform.duties, name="duties"),
    path("platform/duties/<str:code>/<str:duty>/", platform.my_duty, name="my_duty"),
    path("platform/measures/", platform.my_measures, name="my_measures"),
    path("platform/measures/new/", platform.new_measure, name="new_measure"),
    path("platform/measures/<str:number>/", platform.measure, name="measure"),
    path("platform/clue-reports/", platform.my_clues, name="my_clues"),
    path("platform/clue-reports/new/", platform.new_clue, name="new_clue"),
    path("platform/talks/", platform.talks, name="talks"),
    path("platform/interviews/<str:number>/", platform.my_interview, name="my_interview"),
    path("platform/notices/<str:number>/", platform.my_notice, name="my_notice"),
    path("platform/papers/<uuid:pk>/", platform.my_paper, name="my_paper"),
    path("platform/rules/", platform.rules, name="rules"),
    path("platform/rules/new/", platform.new_rule, name="new_rule"),
    path("platform/events/new/", platform.new_event, name="new_event"),
    path("merchant/measures/", merchant.my_measures, name="own_measures"),
    path("merchant/measures/<str:number>/", merchant.my_measure, name="my_measure"),
    path("officer/platforms/", officer.overview, name="overview"),
    path("officer/platforms/<str:code>/", officer.scorecard, name="scorecard"),
    path("officer/platforms/<str:code>/paper/", officer.scorecard_paper, name="scorecard_paper"),
    path("officer/platforms/<str:code>/interview/", officer.plan_interview, name="plan_interview"),
    path("officer/platforms/<str:code>/duties/<str:duty>/", officer.duty, name="duty"),
    path("officer/self-reports/<str:id>/", officer.verify_report, name="verify_report"),
    path("officer/platform-measures/", officer.measures, name="measures"),
    path("officer/platform-measures/<str:number>/", officer.measure, name="officer_measure"),
    path("officer/clue-reports/<str:number>/", officer.clue_report, name="clue_report"),
    path("officer/interviews/<str:number>/", officer.interview, name="interview"),
    path("officer/platform-notices/new/", officer.write_notice, name="write_notice"),
    path("officer/platform-notices/<str:number>/", officer.notice, name="notice"),
]
