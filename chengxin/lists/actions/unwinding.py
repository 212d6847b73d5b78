"""Off a list, and everything undone: a lift for every measure ever pushed, a notice to every consumer that had the entry, a signed receipt
from each. Nothing is closed before the last one is in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import SignatureRecord
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.lists import catalogue, papers
from chengxin.lists.access import banks_of
from chengxin.lists.actions.pushing import FEED, do_change, locked_task, push
from chengxin.lists.actions.steps import SYSTEM, note
from chengxin.lists.errors import SignatureNeeded, WrongState
from chengxin.lists.events import Removed
from chengxin.lists.models import Change, Delivery, ListEntry, RemovalNotice, Task
from chengxin.lists.models.measures import ADDED, GONE, LIFT_ASKED, LIFTED
from chengxin.lists.models.official import CLOSED, EXPIRED, PUBLISHED, REMOVED, REVOKED, STANDING
from chengxin.records.actions.steps import named

LIFT = "lists.lifted"


def do_remove(entry: ListEntry, why: str, by: tuple[str, str], content: dict[str, Any]) -> ListEntry:
    """End an entry, today, and begin to undo it; the caller holds the entry's lock. Raises WrongState when it is over."""
    with locks.locked(FEED):
        if entry.state not in STANDING:
            raise WrongState(why_zh="该条目已经移出或者尚未列入。", why_en="The entry is not on the list.")
        today = clock.today()
        kind = catalogue.kind(entry.kind, today)
        entry.state, entry.removed_on, entry.removed_why = REMOVED, today, why
        entry.lift_due_on = law.due(kind.withdraw_clock if why == REVOKED else kind.lift_clock, today)
        entry.clock, entry.due_on = "", None
        paper = papers.issue_removal(entry)
        note(entry, "remove", by, entry.department, {"why": why, "paper": paper.number, **content})
        entry.save()
        _ask_all(entry)
        outbox.emit(Removed(str(entry.pk), why))
        close_if_done(entry)
    return entry


def _ask_all(entry: ListEntry) -> None:
    """A lift from every executor of this round and a receipt from every consumer that received it, all by the same day."""
    entry.tasks.filter(round=entry.round).update(state=LIFT_ASKED, lift_due_on=entry.lift_due_on)
    if not Change.objects.filter(entry=entry, round=entry.round, what=ADDED).exists():
        return
    assert entry.lift_due_on is not None  # set by do_remove, and by a constraint
    do_change(entry, GONE)
    received = Delivery.objects.filter(change__entry=entry, change__round=entry.round, change__what=ADDED)
    RemovalNotice.objects.bulk_create(
        RemovalNotice(entry=entry, round=entry.round, subscription_id=pk, sent_at=clock.now(), due_on=entry.lift_due_on)
        for pk in received.values_list("subscription", flat=True)
    )


def lift(actor: Actor, task_id: object, said: str = "", signature: SignatureRecord | None = None) -> Task:
    """The executor's receipt that a measure stands no longer: a machine signs it (RFC 9421), a person by name. Once; again is the same."""
    with transaction.atomic():
        task = locked_task(actor, task_id)
        if task.state == LIFTED:
            return task
        if task.state != LIFT_ASKED:
            raise WrongState(why_zh="该措施没有被要求解除。", why_en="Nobody asked for this measure to be lifted.")
        _check_signed(actor, signature)
        about = {"measure": task.measure, "executor": task.executor, "shop": str(task.shop_id or ""), "said": said.strip()}
        task.receipt = _receipt(actor, task.entry, task.round, about, signature)
        task.state, task.lifted_at, task.signature = LIFTED, clock.now(), signature
        task.lifted_by, task.lifted_by_name = named(actor)
        task.save()
        close_if_done(task.entry)
        return task


def confirm_removal(actor: Actor, notice_id: object, signature: SignatureRecord | None = None) -> RemovalNotice:
    """The consumer's receipt that an entry is gone from its system. Raises NotFound for another's, SignatureNeeded."""
    with transaction.atomic():
        found = access.get(actor, RemovalNotice, pk=notice_id)
        if not _is_consumer(actor, found):
            raise NotFound
        with locks.locked(f"lists.entry:{found.entry_id}"):
            one = RemovalNotice.objects.select_for_update(of=("self",)).select_related("entry", "subscription").get(pk=found.pk)
        if one.confirmed_at is not None:
            return one
        _check_signed(actor, signature)
        consumer = one.subscription.client.platform_code
        one.receipt = _receipt(actor, one.entry, one.round, {"consumer": consumer}, signature)
        one.confirmed_at, one.signature = clock.now(), signature
        one.confirmed_by, one.confirmed_by_name = named(actor)
        one.save()
        close_if_done(one.entry)
        return one


def _is_consumer(actor: Actor, notice: RemovalNotice) -> bool:
    client = notice.subscription.client
    return actor.client == client if actor.client else client.platform_code in {*actor.platforms, *banks_of(actor)}


def _check_signed(actor: Actor, signature: SignatureRecord | None) -> None:
    if actor.client is not None and signature is None:
        raise SignatureNeeded


def _receipt(actor: Actor, entry: ListEntry, round: int, about: dict[str, Any], signature: SignatureRecord | None) -> dict[str, Any]:
    """Our own receipt over what was confirmed, with the machine's signature inside: whoever has the file needs nobody to check it."""
    body = {"entry": entry.number, "round": round, **about, "confirmed_by": str(actor), "at": clock.now().isoformat(timespec="seconds")}
    if signature:
        body["signature"] = {"key": signature.public_key, "signature": signature.signature, "signed_text": signature.signed_text}
    open_parts = {name: value for name, value in about.items() if name in ("measure", "executor", "consumer")}
    public = {"number": entry.number, "round": round, **open_parts}
    return audit.sign_document(LIFT, body, actor=str(actor), object=f"lists.entry:{entry.pk}", public=public)


def close_if_done(entry: ListEntry) -> bool:
    """Close a removed entry when nothing is outstanding; the caller holds its lock."""
    fresh = ListEntry.objects.get(pk=entry.pk)
    if fresh.state != REMOVED or outstanding(fresh):
        return False
    fresh.state, fresh.closed_at = CLOSED, clock.now()
    note(fresh, "close", SYSTEM, fresh.department, {"receipts": fresh.tasks.count() + fresh.removal_notices.count()})
    fresh.save()
    entry.state, entry.closed_at = fresh.state, fresh.closed_at
    return True


def outstanding(entry: ListEntry) -> int:
    """How many executors and consumers have not yet said that nothing stands."""
    return entry.tasks.exclude(state=LIFTED).count() + entry.removal_notices.filter(confirmed_at=None).count()


def expire_due() -> int:
    """Every entry whose last day is over ends; run each night, and right at any time: publicity goes by the dates, not by this. Returns
    how many ended."""
    ended = 0
    for pk in ListEntry.objects.filter(state__in=STANDING, until__lt=clock.today()).values_list("pk", flat=True):
        with transaction.atomic(), locks.locked(f"lists.entry:{pk}"):
            entry = ListEntry.objects.select_for_update(of=("self",)).select_related("subject", "record").get(pk=pk)
            if entry.state in STANDING and entry.until and entry.until < clock.today():
                do_remove(entry, EXPIRED, SYSTEM, {"until": entry.until.isoformat()})
                ended += 1
    return ended


def revoke_of_record(record_id: UUID, why: str) -> int:
    """The penalty an entry rests on is gone: the listing is revoked and undone, a proposal is dropped. Returns how many ended."""
    ended = 0
    for pk in ListEntry.objects.filter(record=record_id).values_list("pk", flat=True):
        with transaction.atomic(), locks.locked(f"lists.entry:{pk}"):
            entry = ListEntry.objects.select_for_update(of=("self",)).select_related("subject", "record").get(pk=pk)
            if entry.state in STANDING:
                do_remove(entry, REVOKED, SYSTEM, {"reason": why})
                ended += 1
            elif entry.state not in (REMOVED, CLOSED, "DROPPED"):
                entry.state, entry.clock, entry.due_on = "DROPPED", "", None
                note(entry, "drop", SYSTEM, entry.department, {"reason": why})
                entry.save()
    return ended


def do_reinstate(entry: ListEntry, by: tuple[str, str], reason: str) -> ListEntry:
    """Back to the old state after fraud in a repair (order 107 art. 23): publicity restarts, no early end, pushed anew. Receipts
    of the round before stay owed. Locked by the caller."""
    with locks.locked(FEED):
        if entry.state not in (REMOVED, CLOSED):
            raise WrongState(why_zh="该条目没有被移出。", why_en="The entry was not removed.")
        today = clock.today()
        until = law.due("LIST_FRAUD", today)
        entry.state, entry.round, entry.published_on = PUBLISHED, entry.round + 1, today
        entry.until = entry.earliest_on = until
        entry.removed_on, entry.removed_why, entry.lift_due_on, entry.closed_at = None, "", None, None
        note(entry, "reinstate", by, entry.department, {"reason": reason, "until": until.isoformat()})
        entry.save()
        push(entry)
    return entry
