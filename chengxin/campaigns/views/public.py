"""Everybody's door: typical cases and their exports, the calendar, the courses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import ANONYMOUS
from chengxin.campaigns import actions, channels, forms, lists, occasions
from chengxin.campaigns import courses as data
from chengxin.campaigns import stories as telling
from chengxin.campaigns.models import Activity, Story
from chengxin.campaigns.models.culture import WITHDRAWN
from chengxin.campaigns.views.merchant import course_page
from chengxin.campaigns.views.shared import said
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound

SHOWN = 50


def _fresh(answer: HttpResponse) -> HttpResponse:
    """Not kept by anybody: what is shown may have to come down today."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _public(number: str) -> Story:
    found = telling.find_public(number)
    if found is None:
        raise NotFound
    return found


@access.open_to_all
def stories(request: HttpRequest) -> HttpResponse:
    """Good and bad examples that may be shown today."""
    found = telling.public()
    kind = request.GET.get("kind", "")
    shown = [one for one in found if kind not in lists.KINDS or one.kind == kind][:SHOWN]
    return _fresh(render(request, "campaigns/stories.html", {"stories": shown, "kind": kind, "many": len(found)}))


@access.open_to_all
def story(request: HttpRequest, number: str) -> HttpResponse:
    """One of them with its ground and the ways to carry it on."""
    found = _public(number)
    return _fresh(
        render(request, "campaigns/public_story.html", {"story": found, "kind": lists.KINDS[found.kind], **channels.ground(found)})
    )


@access.open_to_all
def poster(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The poster as PDF or SVG, made now: none is kept, so none outlives the publicity."""
    makers = {"pdf": (channels.poster_pdf, "application/pdf"), "svg": (channels.poster_svg, "image/svg+xml")}
    if form not in makers:
        raise NotFound
    maker, kind = makers[form]
    answer = HttpResponse(maker(_public(number)), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.{form}"'
    return _fresh(answer)


@access.open_to_all
def plain(request: HttpRequest, number: str) -> HttpResponse:
    """The text to be pasted into a WeChat article."""
    return _fresh(HttpResponse(channels.plain_text(_public(number)), content_type="text/plain; charset=utf-8"))


@access.open_to_all
def feed(request: HttpRequest) -> HttpResponse:
    """Atom feed (RFC 4287) of the typical cases that may be shown today."""
    return _fresh(HttpResponse(channels.atom(telling.public()[:SHOWN]), content_type="application/atom+xml"))


@access.open_to_all
def calendar(request: HttpRequest) -> HttpResponse:
    """The occasions ahead and what is planned or was done for them."""
    rows = Activity.objects.exclude(state=WITHDRAWN).order_by("-on")[:SHOWN]
    names = occasions.occasions()
    told = [
        {
            "one": one,
            "occasion": names[one.occasion],
            "state": lists.state_name("activity", one.state),
            "by": lists.department_name(one.department),
        }
        for one in rows
    ]
    return render(request, "campaigns/calendar.html", {"coming": occasions.coming(), "activities": told, "today": clock.today()})


@access.open_to_all
def courses(request: HttpRequest) -> HttpResponse:
    """Every course, open to all."""
    return render(request, "campaigns/courses.html", {"courses": list(data.courses().values())})


@access.open_to_all
def course(request: HttpRequest, code: str) -> HttpResponse:
    """Read and try the quiz. Nothing of who did is kept, unless a streamer enters the platform's code."""
    found = data.course(code)
    form = forms.QuizForm(found, request.POST or None, code="streamer" in found.audience)
    context = {**course_page(found), "form": form}
    if form.is_valid():
        given = form.cleaned_data.get("code", "")
        right = found.right(form.answers)
        if given:
            try:
                context["made"] = said(request, lambda: actions.take_quiz(ANONYMOUS, found, form.answers, code=given), form)
            except NotFound:
                form.add_error("code", _("No streamer has this code. Ask your platform."))
        else:
            context |= {"right": right, "passed": right >= found.needed}
        if context.get("made"):
            context["check"] = lists.certificate_url(context["made"].code)
    return render(request, "campaigns/course.html", context, status=422 if form.errors else 200)
