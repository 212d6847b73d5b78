"""Handlers of events that reach the lists, and the nightly jobs."""

from __future__ import annotations

from uuid import UUID

from chengxin.lists.actions import platforms, red, unwinding
from chengxin.lists.enforcement import check_claims
from chengxin.lists.events import Listed
from chengxin.lists.models import ListEntry
from chengxin.lists.shop_pages import look_at_new_claims
from chengxin.records.catalogue import BAD
from chengxin.records.events import RecordConfirmed, RecordWithdrawn
from chengxin.records.models import Record

SERIOUS = "SERIOUS"


def take_record(event: RecordConfirmed) -> None:
    """A serious record ends every red-list entry of its subject at once."""
    record = Record.objects.get(pk=event.record_id)
    if record.kind == BAD and record.level == SERIOUS:
        red.end_of_subject(record.subject_id, f"严重失信记录 {record.number}")
    if event.supersedes:
        _revoke_of(Record.objects.get(number=event.supersedes), record)


def _revoke_of(old: Record, new: Record) -> None:
    """A corrected penalty: a listing that rested on it rests on nothing, whatever took its place; it would have to be proposed anew."""
    unwinding.revoke_of_record(old.pk, f"所依据的记录 {old.number} 已更正为 {new.number}")


def lose_record(event: RecordWithdrawn) -> None:
    """What was built on a withdrawn record is undone."""
    unwinding.revoke_of_record(UUID(event.record_id), f"所依据的记录 {event.number} 已撤回")


def take_listing(event: Listed) -> None:
    """A subject on an official list is on no red list."""
    entry = ListEntry.objects.get(pk=event.entry_id)
    red.end_of_subject(entry.subject_id, f"列入 {entry.number}")


def each_night() -> dict[str, int]:
    """What fell due: entries, red-list entries, platforms' entries."""
    return {"entries": unwinding.expire_due(), "red": red.expire_due(), "platform": platforms.end_due()}


def check_shops() -> dict[str, int]:
    """Claims that a shop is closed, compared with its page and with its trade."""
    return {**look_at_new_claims(), **check_claims()}
