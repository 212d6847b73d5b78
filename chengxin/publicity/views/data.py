"""The open data: its page, manifest, files, and what went down."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.kernel.errors import NotFound
from chengxin.publicity import editions, feeds, files
from chengxin.publicity.models import Edition


@access.open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """What there is to load, under which terms, and how to check it."""
    edition = editions.current()
    lacking = editions.lacking(edition) if edition else {}
    sets = [{**one, "waits": one["name"] in lacking} for one in edition.manifest["datasets"]] if edition else []
    context = {"edition": edition, "sets": sets, "removals": editions.removals(20), "terms": files.TERMS}
    return render(request, "publicity/data.html", context)


@access.open_to_all
def manifest(request: HttpRequest) -> HttpResponse:
    """The manifest of the edition that is out: every file with its SHA-256."""
    return JsonResponse(_current().manifest, json_dumps_params={"ensure_ascii": False, "indent": 1})


@access.open_to_all
def receipt(request: HttpRequest) -> HttpResponse:
    """The manifest as a chengxin-receipt/1 file: signed with the log's key and proven to be in the log."""
    return JsonResponse(_current().receipt, json_dumps_params={"ensure_ascii": False, "indent": 1})


@access.open_to_all
def data_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file. While a fact in it has ended and it is not made anew yet, it is not served."""
    path, mime = editions.served(name)
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=mime)
    answer["Cache-Control"] = "no-store"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@access.open_to_all
def removals(request: HttpRequest) -> HttpResponse:
    """What went down, as an Atom feed."""
    return HttpResponse(feeds.removals(), content_type="application/atom+xml; charset=utf-8")


@access.open_to_all
def removals_json(request: HttpRequest) -> HttpResponse:
    """What went down: set, id, day."""
    return JsonResponse({"removals": editions.removals()})


def _current() -> Edition:
    edition = editions.current()
    if edition is None:
        raise NotFound
    return edition
