"""Everybody's door: the feed of measures with its files by day, a platform's public page, its rules."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.platforms import feed, lists
from chengxin.platforms.models import MajorEvent, RuleVersion
from chengxin.subjects.models import Platform

MOST_DAYS_SHOWN = 31  # rows of the download list on the page; the API gives all


@access.open_to_all
def statements(request: HttpRequest) -> HttpResponse:
    """Measures of platforms that work today, with reasons; and the files by day."""
    table = lists.FEED.view(request.GET, feed.running())
    if table.export:
        raise NotFound  # the bulk files are the export: they have a hash
    return render(request, "platforms/statements.html", {"table": table, "days": feed.days()[:MOST_DAYS_SHOWN], "forms": feed.FORMATS})


@access.open_to_all
def day_file(request: HttpRequest, day: date, form: str) -> HttpResponse:
    """A day's statements in one file; its SHA-256 stands in X-Content-SHA256 and as its ETag."""
    if form not in feed.FORMATS:
        raise NotFound
    body, mime, sha256 = feed.file_of(day, form)
    answer = HttpResponse(body, content_type=mime)
    answer["X-Content-SHA256"] = sha256
    answer["ETag"] = f'"{sha256}"'
    answer["Content-Disposition"] = f'attachment; filename="measures-{day.isoformat()}.{form}"'
    return answer


@access.open_to_all
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """One measure with facts, reason and basis; gone after its last day."""
    found = feed.running().filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    said = feed.statement(found)
    context = {
        "said": said,
        "measure": found,
        "action": lists.action_name(found.action),
        "behaviour": lists.behaviour_name(found.behaviour),
    }
    return render(request, "platforms/statement.html", context)


@access.open_to_all
def platform(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody may know of a platform: its basics, rules in all kept versions, major events, running measures. No grade."""
    found = Platform.objects.filter(code=code).select_related("subject").first()
    if found is None:
        raise NotFound
    today = clock.today()
    versions = RuleVersion.objects.filter(platform=found).defer("text")
    context = {
        "platform": found,
        "rules": [
            {"one": one, "kind": lists.coded("platform_rule_kind", one.kind), "future": one.effective_on > today} for one in versions
        ],
        "events": [{"one": one, "kind": lists.coded("platform_event", one.kind)} for one in _events(found, today)],
        "measures": feed.running().filter(platform=found)[:10],
        "count": feed.running().filter(platform=found).count(),
    }
    return render(request, "platforms/public.html", context)


def _events(platform: Platform, today: date) -> list[MajorEvent]:
    return list(platform.major_events.filter(until__gte=today))


@access.open_to_all
def rule(request: HttpRequest, id: UUID) -> HttpResponse:
    """One version of a rule in full, readable for as long as the law has it kept."""
    found = RuleVersion.objects.filter(pk=id).select_related("platform").first()
    if found is None:
        raise NotFound
    others = RuleVersion.objects.filter(platform=found.platform, kind=found.kind).exclude(pk=found.pk).defer("text")
    return render(request, "platforms/rule.html", {"rule": found, "kind": lists.coded("platform_rule_kind", found.kind), "others": others})
