"""Subscriptions in the interface: /queries/{name}/subscriptions (EPCIS 2.0, chapter 12; its OpenAPI). Webhooks; no WebSocket."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chengxin.accounts import access
from chengxin.traceability import asking, subscribing
from chengxin.traceability.answering import HOME, answered, body_of, linked, query_of, sender, without_socket
from chengxin.traceability.describing import JSON
from chengxin.traceability.errors import NoSuchResource, WrongMedia
from chengxin.traceability.models import Subscription

READ_OWN = access.client_auth(subscribing.READS)
router = Router()


@router.get("/queries/{name}/subscriptions", auth=READ_OWN, summary="Subscriptions to a named query")
def subscriptions(request: HttpRequest, name: str) -> HttpResponse:
    """The oldest first, by pages."""
    without_socket(request)
    query = query_of(request, name)
    per_page = asking.read({one: request.GET.getlist(one) for one in request.GET if one == "perPage"}).per_page
    rows = access.all(access.actor_of(request), Subscription).filter(query=query).select_related("query").order_by("pk")
    token = request.GET.get("nextPageToken", "")
    rows = rows.filter(pk__gt=int(token)) if token.isdecimal() and len(token) < 19 else rows
    found = list(rows[: per_page + 1])
    answer = answered([subscribing.said_of(one) for one in found[:per_page]])
    return linked(request, answer, str(found[per_page - 1].pk) if len(found) > per_page else "")


@router.post("/queries/{name}/subscriptions", auth=READ_OWN, summary="Subscribe to a named query by webhook")
def subscribe(request: HttpRequest, name: str) -> HttpResponse:
    """{"dest", "signatureToken", and "stream": true or "schedule": {…}}. 201 with the subscription's address in Location."""
    actor = sender(request)
    query = query_of(request, name)
    body, media = body_of(request)
    if "xml" in media:
        raise WrongMedia(known=JSON)
    made = subscribing.subscribe(actor, query, subscribing.read(body, request.headers.get("GS1-EPC-Format", "")))
    return answered(subscribing.said_of(made), JSON, 201, Location=f"{HOME}/queries/{name}/subscriptions/{made.number}")


def _subscription(request: HttpRequest, name: str, number: str) -> Subscription:
    query = query_of(request, name)
    rows = access.all(access.actor_of(request), Subscription).filter(query=query).select_related("query")
    found = rows.filter(number=number).first() if number.isprintable() else None
    if found is None:
        raise NoSuchResource
    return found


@router.get("/queries/{name}/subscriptions/{number}", auth=READ_OWN, summary="A subscription")
def subscription(request: HttpRequest, name: str, number: str) -> HttpResponse:
    return answered(subscribing.said_of(_subscription(request, name, number)))


@router.delete("/queries/{name}/subscriptions/{number}", auth=READ_OWN, summary="Unsubscribe")
def unsubscribe(request: HttpRequest, name: str, number: str) -> HttpResponse:
    subscribing.unsubscribe(access.actor_of(request), _subscription(request, name, number))
    return answered(None, JSON, 204)
