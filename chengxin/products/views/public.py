"""Everybody's door: the resolver of printed codes, and the list of recalls."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.products import gs1, lists, queries, resolver
from chengxin.products.errors import CodeWrong, NoSuchLink, NotRegistered


@access.open_to_all
def resolve(request: HttpRequest, rest: str) -> HttpResponse:
    """A code's address: to the link that is asked for, by 307, or all links as a link set. What is wrong is said in the asker's form."""
    try:
        code = gs1.read(_escaped(request), request.GET)
        return _answer(request, code)
    except (CodeWrong, NotRegistered, NoSuchLink) as error:
        return refusal(request, error)


def _escaped(request: HttpRequest) -> str:
    """The path as it was sent: a lot may hold a slash, escaped."""
    raw = request.META.get("RAW_URI") or request.META.get("REQUEST_URI") or request.get_full_path()
    path = str(raw).split("?", 1)[0]
    return path if path.startswith("/01/") else request.path


def _answer(request: HttpRequest, code: gs1.Code) -> HttpResponse:
    product = queries.find(code).product
    found = resolver.links(code, product)
    asked = request.GET.get("linkType", "")
    accept = request.headers.get("Accept", "")
    if asked in resolver.LINKSETS or resolver.LINKSET in accept:
        answer: HttpResponse = JsonResponse(resolver.linkset(code, product, found), content_type=resolver.LINKSET)
    else:
        link = resolver.pick(found, resolver.relation_of(asked), request.GET.get("lang", "") or request.headers.get("Accept-Language", ""))
        if link is None:
            raise NoSuchLink(there=", ".join(f"gs1:{name}" for name in resolver.RELATIONS))
        answer = HttpResponse(status=307, headers={"Location": link.target})
    answer.headers["Link"] = f'<{resolver.address(code)}?linkType=linkset>; rel="linkset"; type="{resolver.LINKSET}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Vary"] = "Accept, Accept-Language"
    return answer


def refusal(request: HttpRequest, error: ChengxinError, status: int = 0) -> HttpResponse:
    """A page for people, problem+json for programs; with the error's own status unless another is given."""
    status = status or error.status
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {**error.problem(), "status": status},
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"default": str},
        )
    said = {name: error.said(part) for name, part in (("what", error.what), ("why", error.why), ("next", error.next))}
    return render(request, "products/unknown.html", said, status=status)


@access.open_to_all
def description(request: HttpRequest) -> HttpResponse:
    """The resolver description file."""
    return JsonResponse(resolver.description())


@access.open_to_all
def recalls(request: HttpRequest) -> HttpResponse:
    """Recalls that were issued, the newest first."""
    table = lists.PUBLIC_RECALLS.view(request.GET, queries.public_recalls())
    return table.export_response() if table.export else render(request, "products/public_recalls.html", {"table": table})


@access.open_to_all
def recall(request: HttpRequest, number: str) -> HttpResponse:
    """One recall: why, which batch, what to do, how far it got."""
    found = queries.public_recalls().filter(number=number).first()
    if found is None:
        raise NotFound
    told, all_ = queries.told(found)
    context = {
        "recall": found,
        "state": lists.state_name("recall", found.state),
        "told": told,
        "all": all_,
        "level": lists.LEVELS[found.level],
    }
    return render(request, "products/public_recall.html", context)
