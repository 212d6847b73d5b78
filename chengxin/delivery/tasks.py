"""Handlers of events that reach this room, and the nightly job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chengxin.delivery.actions import bans
from chengxin.delivery.models import Listing
from chengxin.kernel import clock
from chengxin.records.events import RecordConfirmed, RecordWithdrawn
from chengxin.records.models import Record


def take_listing(event: Any) -> None:
    """An official listing (chengxin.lists.events:Listed, of a room above): its reference is remembered, nothing else follows by itself."""
    Listing.objects.get_or_create(entry=UUID(event.entry_id), defaults={"told_at": clock.now()})


def lose_listing(event: Any) -> None:
    """A listing ended (chengxin.lists.events:Removed): bans that name it are revoked."""
    bans.lose_listing(UUID(event.entry_id), "所依据的名单列入已经终止")


def lose_record(event: RecordWithdrawn) -> None:
    """What rests on a withdrawn record is revoked."""
    bans.lose_record(UUID(event.record_id), f"所依据的记录 {event.number} 已撤回")


def take_record(event: RecordConfirmed) -> None:
    """A corrected record: a ban that rested on the one it replaced rests on nothing; it would have to be proposed anew."""
    if event.supersedes:
        old = Record.objects.get(number=event.supersedes)
        bans.lose_record(old.pk, f"所依据的记录 {old.number} 已更正为 {event.number}")


def each_night() -> dict[str, int]:
    """Bans whose last day is over."""
    return {"expired": bans.end_due()}
