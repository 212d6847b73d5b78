"""Lists for programs: the public lists, the signed change feed with its removal receipts, tasks of executors, screening."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access, signatures
from chengxin.accounts.models import SignatureRecord
from chengxin.kernel import clock
from chengxin.lists import queries, screening
from chengxin.lists.actions import pushing, unwinding
from chengxin.lists.models import RemovalNotice, Task
from chengxin.lists.models.measures import LIFT_ASKED, PUSHED

router = Router()
READ, WRITE, SCREEN = (access.client_auth(f"lists:{what}") for what in ("read", "write", "screen"))
MOST_SERIAL = 2**62


class ListOut(Schema):
    code: str
    zh: str
    en: str


class ListedPartyOut(Schema):
    name: str
    uscc: str


class OfficialEntryOut(Schema):
    """An entry of an official list. `valid_until`: the last day; whoever uses it drops it then, and at once on a removal."""

    number: str
    list: ListOut
    subject: ListedPartyOut
    facts: str
    basis: str
    authority: str
    record: str
    document_number: str
    listed_on: date | None
    published_on: date | None
    valid_until: date | None
    removed_on: date | None
    removed_why: str


class RedEntryOut(Schema):
    number: str
    programme: ListOut
    subject: ListedPartyOut
    authority: str
    listed_on: date
    valid_until: date


class PublicListsOut(Schema):
    as_of: date
    official: list[OfficialEntryOut]
    red: list[RedEntryOut]


class ChangeOut(Schema):
    """A line of the feed: the signed receipt holds the entry itself (`document`), and proves it offline."""

    serial: int
    what: Literal["added", "removed"]
    number: str
    receipt: dict[str, Any]


class RemovalOut(Schema):
    """A removal this client has yet to confirm by POST /lists/removals/{id}, signed."""

    id: str
    number: str
    due_on: date


class ChangesOut(Schema):
    changes: list[ChangeOut]
    next: int
    removals: list[RemovalOut]


class Since(Schema):
    since: int = Field(0, ge=0, le=MOST_SERIAL, description="The `next` of the answer before; 0 at first")


class MeasureTaskOut(Schema):
    """A measure to carry out (PUSHED) or to lift (LIFT_ASKED)."""

    id: str
    number: str
    measure: str
    executor: str
    shop: str
    state: str
    due_on: date


class MeasureTasksOut(Schema):
    tasks: list[MeasureTaskOut]


Words = Annotated[str, Field(min_length=4, max_length=500, pattern=r"\S{4}")]


class FeedbackIn(Schema):
    applies: bool = Field(description="Whether the measure applies to this subject")
    said: Words
    claimed_on: date | None = Field(None, description="Since when the shop is closed; compared with the shop's trade")


class LiftedIn(Schema):
    said: str = Field("", max_length=500)


class KeptReceiptOut(Schema):
    """What was confirmed, as a chengxin-receipt/1 file that proves it offline."""

    id: str
    state: str
    receipt: dict[str, Any]


class PartyIn(Schema):
    name: str = Field("", max_length=200)
    uscc: str = Field("", max_length=18)
    identifier: str = Field("", max_length=200)


class ScreeningIn(Schema):
    purpose: Literal["CONSENT", "ACCESS", "PUBLIC_DUTY"]
    parties: list[PartyIn] = Field(min_length=1, max_length=screening.MOST)


class MatchOut(Schema):
    """Why it was found (`by`, `because`), and the entry with its list, dates and basis."""

    family: Literal["official", "red"]
    by: Literal["uscc", "identifier", "name", "old_name"]
    because: dict[str, str]
    entry: dict[str, Any]


class ScreenedOut(PartyIn):
    answered: bool
    matches: list[MatchOut]


class ScreeningOut(Schema):
    as_of: date
    parties: list[ScreenedOut]


@router.get("/public/lists", response=PublicListsOut, auth=None, summary="Who is on a list today")
@access.open_to_all
def public_lists(request: HttpRequest) -> dict[str, Any]:
    """Official lists and red lists as they stand today, each entry with its last day. Platforms' own lists are none of these."""
    official = [queries.as_data(queries.Listing(one)) for one in queries.shown()]
    return {"as_of": clock.today(), "official": official, "red": [queries.red_as_data(one) for one in queries.red_shown()]}


@router.get("/lists/changes", response=ChangesOut, auth=READ, summary="Entries added and removed since")
def list_changes(request: HttpRequest, given: Query[Since]) -> dict[str, Any]:
    """Signed entries and removals in order, and the removals this client has yet to confirm. What is given out is recorded."""
    client = _client(request)
    found, after = pushing.changes_for(client, given.since)
    lines = [{"serial": one.serial, "what": one.what, "number": one.entry.number, "receipt": one.receipt} for one in found]
    open_ones = RemovalNotice.objects.filter(subscription__client=client, confirmed_at=None).select_related("entry")
    removals = [{"id": str(one.pk), "number": one.entry.number, "due_on": one.due_on} for one in open_ones]
    return {"changes": lines, "next": after, "removals": removals}


@router.post("/lists/removals/{id}", response=KeptReceiptOut, auth=WRITE, summary="Confirm that an entry is gone")
def confirm_removal(request: HttpRequest, id: str) -> dict[str, Any]:
    """The signed receipt of a consumer (RFC 9421). Sent again it is the same. 404 for another's and for a missing one."""
    actor = access.actor_of(request)
    one = unwinding.confirm_removal(actor, id, _signature(request))
    return {"id": str(one.pk), "state": "confirmed", "receipt": one.receipt}


@router.get("/lists/tasks", response=MeasureTasksOut, auth=READ, summary="Measures to carry out or to lift")
def list_tasks(request: HttpRequest) -> dict[str, Any]:
    """What the client's platform or bank has yet to do."""
    rows = access.all(access.actor_of(request), Task).filter(state__in=[PUSHED, LIFT_ASKED]).select_related("entry", "shop")
    return {"tasks": [_task(one) for one in rows]}


@router.post("/lists/tasks/{id}/feedback", response=MeasureTaskOut, auth=WRITE, summary="Say what was done")
def task_feedback(request: HttpRequest, id: str, given: FeedbackIn) -> dict[str, Any]:
    """Whether the measure applies and what was done, or why not. 404 for another's and for a missing one."""
    return _task(pushing.feed_back(access.actor_of(request), id, given.applies, given.said, given.claimed_on))


@router.post("/lists/tasks/{id}/lifted", response=KeptReceiptOut, auth=WRITE, summary="Confirm that a measure is lifted")
def task_lifted(request: HttpRequest, id: str, given: LiftedIn) -> dict[str, Any]:
    """The signed receipt of an executor (RFC 9421). Sent again it is the same. 404 for another's and for a missing one."""
    one = unwinding.lift(access.actor_of(request), id, given.said, _signature(request))
    return {"id": str(one.pk), "state": one.state, "receipt": one.receipt}


@router.post("/lists/screen", response=ScreeningOut, auth=SCREEN, summary="Are these parties on a list?")
def screen_parties(request: HttpRequest, given: ScreeningIn) -> dict[str, Any]:
    """Up to a hundred parties, each with its matches and why each was found. A bank asks with the subjects' consent, a platform about its
    sellers, an authority for its duty; every question is logged, and the subjects can read it. 403 for another's purpose."""
    parties = [screening.Party(one.name, one.uscc, one.identifier) for one in given.parties]
    return {"as_of": clock.today(), "parties": screening.screen(access.actor_of(request), parties, given.purpose)}


def _client(request: HttpRequest) -> Any:
    client = access.client_of(access.actor_of(request))
    assert client is not None  # client_auth has let it in
    return client


def _signature(request: HttpRequest) -> SignatureRecord | None:
    return signatures.verify_signed_request(request, _client(request))


def _task(one: Task) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "number": one.entry.number,
        "measure": one.measure,
        "executor": one.executor,
        "shop": one.shop.shop_id if one.shop else "",
        "state": one.state,
        "due_on": one.lift_due_on if one.state == LIFT_ASKED else one.due_on,
    }
