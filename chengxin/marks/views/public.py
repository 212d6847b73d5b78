"""Everybody's door: is it real, a mark's page and badge, the list of marks, imitations, the files that programs read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from chengxin.accounts import access
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law
from chengxin.marks import actions, badge, checking, credential, lists, queries, verify_mark
from chengxin.marks.forms import ReportForm
from chengxin.marks.models import ImitationReport
from chengxin.marks.requirements import of_shop


@access.open_to_all
def public(request: HttpRequest) -> HttpResponse:
    """The box, and all marks."""
    table = lists.PUBLIC.view(request.GET, queries.public_marks())
    if table.export:
        return table.export_response()
    return render(request, "marks/public.html", {"table": table, "imitations": queries.public_imitations()[:5]})


@access.open_to_all
def check(request: HttpRequest) -> HttpResponse:
    """Registered, not registered, an imitation, or looking like another."""
    text = request.GET.get("q", "").strip()[: checking.LONGEST]
    return render(request, "marks/check.html", {"q": text, "found": checking.check(text) if text else None})


@access.open_to_all
def imitations(request: HttpRequest) -> HttpResponse:
    """Imitations that officers confirmed, for their term."""
    table = lists.IMITATIONS.view(request.GET, queries.public_imitations())
    return table.export_response() if table.export else render(request, "marks/imitations.html", {"table": table})


@access.open_to_all
def report(request: HttpRequest) -> HttpResponse:
    """Report an imitation; no account, no name needed."""
    form = ReportForm(request.POST or None, initial={"where": request.GET.get("q", "")[:500]})
    if form.is_valid():
        try:
            made = actions.report(**form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect("marks:followed", made.code)
    return render(request, "marks/report_form.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to_all
def followed(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a report, for who has its code. What the reporter wrote is not shown again."""
    found = ImitationReport.objects.filter(code=code.strip().upper()[:19]).first()
    if found is None:
        raise NotFound
    return render(request, "marks/followed.html", {"report": found, "state": lists.state_name(found.state, "imitation")})


@access.open_to_all
def mark(request: HttpRequest, serial: str) -> HttpResponse:
    """A mark's page: which host it is for, how it stands now; with a warning for who comes from another host."""
    found = queries.by_serial(serial)
    entries = [found.subject_id]
    context = {
        "mark": found,
        "now": queries.standing(found),
        "facts": queries.identity(found),
        "department": language.pick(law.at(clock.today()).department(found.department)),
        "elsewhere": _elsewhere(request, found.host),
        "links": [lists.link_line(one) for one in queries.links_of(entries)],
        "checks": of_shop(found.shop, titles=False),
        "list_uri": credential.place_of(found.place)["status_list"],
    }
    return render(request, "marks/mark.html", context)


def _elsewhere(request: HttpRequest, host: str) -> str:
    """The host the reader comes from, when it is neither the mark's nor ours."""
    came = verify_mark.host_of(request.headers.get("Referer", ""))
    ours = {urlsplit(settings.PUBLIC_ORIGIN).hostname, request.get_host().split(":")[0]}
    return came if came and came != host and came not in ours else ""


@access.open_to_all
def picture(request: HttpRequest, serial: str) -> HttpResponse:
    """The badge. A browser that says which page shows it gets a warning on any other host."""
    found = queries.by_serial(serial)
    answer = HttpResponse(badge.svg(queries.standing(found), _elsewhere(request, found.host)), content_type="image/svg+xml")
    return _open(answer, "private, max-age=60")


@access.open_to_all
def statement(request: HttpRequest, serial: str) -> HttpResponse:
    """The plain signed form, of this moment; `nonce` comes back in it."""
    nonce = request.GET.get("nonce", "")[:100]
    text = queries.statement(queries.by_serial(serial), nonce)
    return _open(HttpResponse(text, content_type="application/jwt"), "no-store")


@access.open_to_all
def vc(request: HttpRequest, serial: str) -> HttpResponse:
    """The SD-JWT VC with all its disclosures."""
    return _open(HttpResponse(queries.by_serial(serial).credential, content_type="application/dc+sd-jwt"), "no-cache")


@access.open_to_all
def status(request: HttpRequest, number: int) -> HttpResponse:
    """A status list token, for anybody."""
    return _open(HttpResponse(queries.status_list(number), content_type="application/statuslist+jwt"), "public, max-age=60")


@access.open_to_all
def revoked(request: HttpRequest) -> HttpResponse:
    """Every mark that does not hold, as JSON."""
    return _open(JsonResponse({"marks": queries.revoked()}, json_dumps_params={"ensure_ascii": False}), "public, max-age=60")


@access.open_to_all
def issuer(request: HttpRequest) -> HttpResponse:
    """The issuer's keys where SD-JWT VC verifiers look for them (draft-ietf-oauth-sd-jwt-vc, JWT VC issuer metadata)."""
    algorithms = [credential.EDDSA, *([credential.SM2] if settings.MARK_ALGORITHM == credential.SM2 else [])]
    keys = [{**credential.public_jwk(one), "kid": credential.key_hex(one)[:16], "alg": one, "use": "sig"} for one in algorithms]
    return _open(JsonResponse({"issuer": settings.PUBLIC_ORIGIN, "jwks": {"keys": keys}}), "public, max-age=3600")


@access.open_to_all
def verifier(request: HttpRequest) -> HttpResponse:
    """The one file that verifies a mark without us."""
    answer = HttpResponse(Path(verify_mark.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify_mark.py"'
    return answer


def _open(answer: HttpResponse, cached: str) -> HttpResponse:
    """Readable by every site's page (it holds nothing of the reader), kept for as long as said."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = cached
    answer["Vary"] = "Referer, Accept-Language"
    return answer
