"""For other people's pages: the badge, its script, the query window. Framed by anybody, without cookies; these routes only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt

from chengxin.accounts import access
from chengxin.publicity import badge as badges
from chengxin.publicity import queries
from chengxin.publicity.views.public import LANGUAGES

View = Callable[..., HttpResponseBase]
MOST = 10  # results in a window the size of a hand
SCRIPT = """(function () {
  var me = document.currentScript, frame = document.createElement("iframe");
  frame.src = me.src.replace(/badge\\.js.*$/, "") + encodeURIComponent(me.dataset.shop) + "/";
  if (me.dataset.lang) frame.src += "?lang=" + encodeURIComponent(me.dataset.lang);
  frame.width = 300; frame.height = 130; frame.title = "诚信公示 / public credit information";
  frame.style.border = "0"; frame.referrerPolicy = "no-referrer"; frame.setAttribute("sandbox", "allow-popups");
  me.parentNode.insertBefore(frame, me);
})();
"""


def framed(view: View) -> View:
    """May be shown inside any page, in the language that its address asks for."""

    @wraps(view)
    def shown(request: HttpRequest, *given: object, **rest: object) -> HttpResponseBase:
        with translation.override(LANGUAGES.get(request.GET.get("lang", ""), "zh-hans")):
            return view(request, *given, **rest)

    return access.open_to_all(xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(shown)))


@framed
def badge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The badge as a page for an iframe: the picture and the link to the subject's page."""
    answer = render(request, "publicity/badge.html", {"badge": badges.of(pk), "pk": pk, "lang": request.GET.get("lang", "")})
    return _kept(answer)


@framed
def picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The badge as a picture."""
    answer = HttpResponse(badges.svg(badges.of(pk)), content_type="image/svg+xml")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept(answer)


@framed
def script(request: HttpRequest) -> HttpResponse:
    """A few lines that put the badge's frame where they stand: data-shop names the shop. They set no cookie and read nothing."""
    answer = HttpResponse(SCRIPT, content_type="text/javascript; charset=utf-8")
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@framed
def window(request: HttpRequest) -> HttpResponse:
    """The query window: the box, and short results that open here in a new tab."""
    text = request.GET.get("q", "").strip()[:200]
    found = queries.look_up(text)
    results = [queries.summary(card) for card in found.cards[:MOST]]
    context = {"q": text, "results": results, "lead": queries.lead(text), "more": found.more or len(found.cards) > MOST}
    return render(request, "publicity/window.html", {**context, "lang": request.GET.get("lang", "")})


def _kept(answer: HttpResponse) -> HttpResponse:
    """Not kept on the way: a badge says how things stand now, and a fact that ended is gone from it at once."""
    answer["Cache-Control"] = "no-store"
    return answer
