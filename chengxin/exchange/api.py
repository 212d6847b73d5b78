"""The service way of GB/T 39443: client programs read what was granted, are told of facts by signed webhooks, and catch up by number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.exchange import actions, delivering
from chengxin.exchange.models import FactNotice, Hook, ShareRequest

router = Router()
READ, HOOKS = access.client_auth("exchange:read"), access.client_auth("exchange:hooks")
PAGE = 1000


class GrantOut(Schema):
    """What may be used: fields, purpose, last day. state: GRANTED (not delivered yet) or DELIVERED."""

    number: str
    title: str
    purpose: str
    fields: list[str]
    until: date
    state: str


class SharedQuery(Schema):
    """fields: comma-separated, of the granted ones; all when empty."""

    fields: str = Field("", max_length=2000)
    offset: int = Field(0, ge=0, le=10_000_000)


class SharedOut(Schema):
    """At most 1,000 rows; `next` is the offset to ask for then, none at the end."""

    rows: list[dict[str, str]]
    next: int | None


class HookIn(Schema):
    url: str = Field(min_length=9, max_length=500, description="A public https address")


class HookOut(Schema):
    """The secret checks `Chengxin-Signature: t=…,v1=…`: HMAC-SHA-256 over `<t>.<body>`. Refuse what is older than five minutes."""

    number: str
    url: str
    since: int
    stopped: bool
    secret: str | None = None


class ReplayIn(Schema):
    after: int = Field(ge=0, le=2**53, description="Sequence number of the last notice that was taken")


class ReplayOut(Schema):
    notices: int


class NoticeOut(Schema):
    """What happened to a public fact: its number and day, nothing else."""

    sequence: int
    kind: str
    number: str
    on: date


class AfterQuery(Schema):
    after: int = Field(0, ge=0, le=2**53)


def _actor(request: HttpRequest) -> access.Actor:
    """Who asks, checked by signature where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor


@router.get("/exchange/grants", response=list[GrantOut], auth=READ, summary="What the department may use")
def grants(request: HttpRequest) -> list[dict[str, Any]]:
    """Grants of the department that the client is bound to."""
    found = access.all(_actor(request), ShareRequest).filter(state__in=["GRANTED", "DELIVERED"]).select_related("entry")
    names = ("number", "purpose", "fields", "until", "state")
    return [{"title": one.entry.title, **{name: getattr(one, name) for name in names}} for one in found]


@router.get("/exchange/grants/{number}/rows", response=SharedOut, auth=READ, summary="Read shared rows within a grant")
def shared_rows(request: HttpRequest, number: str, query: Query[SharedQuery]) -> dict[str, Any]:
    """Each call is logged. 403 after the term or beyond the granted fields, and that is logged too."""
    fields = [one.strip() for one in query.fields.split(",") if one.strip()]
    rows = actions.use(_actor(request), number, fields, query.offset)
    return {"rows": rows, "next": query.offset + len(rows) if len(rows) == PAGE else None}


@router.post("/exchange/hooks", response={201: HookOut}, auth=HOOKS, summary="Be told of facts published and withdrawn")
def open_hook(request: HttpRequest, given: HookIn) -> Status[dict[str, Any]]:
    """The same address again is the same hook, with the same secret."""
    hook, secret = actions.open_hook(_actor(request), given.url)
    return Status(201, {**_hook(hook), "secret": secret})


@router.get("/exchange/hooks", response=list[HookOut], auth=HOOKS, summary="Own hooks")
def own_hooks(request: HttpRequest) -> list[dict[str, Any]]:
    """Without their secrets."""
    return [_hook(one) for one in access.all(_actor(request), Hook)]


def _hook(one: Hook) -> dict[str, Any]:
    return {"number": one.number, "url": one.url, "since": one.since, "stopped": one.stopped_at is not None}


@router.post("/exchange/hooks/{number}/stop", response=HookOut, auth=HOOKS, summary="Stop a hook")
def stop_hook(request: HttpRequest, number: str) -> dict[str, Any]:
    """Nothing is sent to it any more."""
    return _hook(actions.stop_hook(_actor(request), number))


@router.post("/exchange/hooks/{number}/replay", response=ReplayOut, auth=HOOKS, summary="Deliver again from a number on")
def replay_hook(request: HttpRequest, number: str, given: ReplayIn) -> dict[str, int]:
    """In order, as if none of them had been taken."""
    return {"notices": actions.replay(_actor(request), number, given.after)}


@router.get("/exchange/notices", response=list[NoticeOut], auth=HOOKS, summary="Notices after a number")
def notices(request: HttpRequest, query: Query[AfterQuery]) -> list[FactNotice]:
    """At most 1,000, in order: for clients that have no address of their own, or lost some."""
    client = _actor(request).client
    return list(delivering.notices_for(client.platform_code if client else "").filter(sequence__gt=query.after)[:PAGE])
