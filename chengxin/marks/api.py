"""Marks for programs: check a mark, how one stands, whether a link or name is real, confirmed imitations. Open to everybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.marks import checking, credential, online, queries
from chengxin.marks.verify_mark import MOST_BYTES

router = Router()


class CheckIn(Schema):
    """What a visitor was shown. nonce, audience: what the site was asked to sign with its own key, if it was."""

    mark: Annotated[str, Field(min_length=1, max_length=MOST_BYTES)]
    host: Annotated[str, Field(min_length=1, max_length=500)]
    nonce: Annotated[str, Field(max_length=200)] = ""
    audience: Annotated[str, Field(max_length=500)] = ""


class CheckOut(Schema):
    """code: good | unreadable | other_key | forged | host | early | expired | revoked | suspended | replayed."""

    good: bool
    code: str
    said: dict[str, str]
    serial: str
    claims: dict[str, Any]
    checked_at: datetime


class MarkOut(Schema):
    """How a mark stands at `checked_at`. standing: good | suspended | expired | revoked."""

    serial: str
    host: str
    name: str
    uscc: str
    shop: str
    platform: str
    standing: str
    reason: str
    issued_at: datetime
    expires_at: datetime
    domain_checked_at: datetime | None
    checked_at: datetime
    status_list: dict[str, Any]


class LookupOut(Schema):
    """verdict: registered | not_registered | reported | look_alike, with the reasons."""

    asked: str
    verdict: str
    reasons: list[dict[str, str]]
    shops: list[dict[str, str]]
    alike: list[dict[str, str]]


class ImitationOut(Schema):
    """A confirmed imitation and until when it is public."""

    number: str
    target: str
    imitates: str
    reason: str
    confirmed_on: date
    public_until: date


@router.post("/marks/check", response=CheckOut, auth=None, summary="Is this mark genuine, for this host, in force?")
@access.open_to_all
def check_mark(request: HttpRequest, given: CheckIn) -> dict[str, Any]:
    """The verdict of verify_mark.py with the city's keys and today's state of the mark."""
    found = online.check(given.mark, given.host, given.nonce, given.audience)
    said = {"good": found.code == "good", "code": found.code, "said": found.said, "serial": found.serial}
    return {**said, "claims": found.claims, "checked_at": clock.now()}


@router.get("/marks/lookup", response=LookupOut, auth=None, summary="Is this link or name registered?")
@access.open_to_all
def lookup(request: HttpRequest, q: Annotated[str, Field(min_length=1, max_length=checking.LONGEST)]) -> dict[str, Any]:
    """Registered, not registered, reported as an imitation, or looking like another; with reasons."""
    found = checking.check(q)
    shops = [{"name": str(one), "platform": one.platform.name, "url": one.url} for one in found.shops]
    alike = [{"of": one.of, "how": one.how} for one in found.alike]
    return {"asked": found.asked, "verdict": found.verdict, "reasons": found.reasons, "shops": shops, "alike": alike}


@router.get("/marks/imitations", response=list[ImitationOut], auth=None, summary="Confirmed imitations")
@access.open_to_all
def confirmed_imitations(request: HttpRequest) -> list[dict[str, Any]]:
    """Those whose term runs."""
    return [
        {
            "number": one.number,
            "target": one.target,
            "imitates": one.imitated.name if one.imitated else one.original,
            "reason": one.reason,
            "confirmed_on": clock.city_day(one.decided_at) if one.decided_at else one.public_until,
            "public_until": one.public_until,
        }
        for one in queries.public_imitations()
    ]


@router.get("/marks/{serial}", response=MarkOut, auth=None, summary="How a mark stands now")
@access.open_to_all
def one_mark(request: HttpRequest, serial: str) -> dict[str, Any]:
    """Identity facts, host and standing; never a grade."""
    mark = queries.by_serial(serial)
    now, facts = queries.standing(mark), queries.identity(mark)
    return {
        **{name: facts[name] for name in ("name", "uscc", "shop", "platform")},
        "serial": mark.serial,
        "host": mark.host,
        "standing": now.code,
        "reason": now.reason,
        "issued_at": mark.issued_at,
        "expires_at": mark.expires_at,
        "domain_checked_at": now.domain_at,
        "checked_at": now.checked_at,
        "status_list": credential.place_of(mark.place)["status_list"],
    }
