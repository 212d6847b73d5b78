"""Notices to client programs: numbered without a gap, delivered in that order, signed, tried again, given up visibly.

The body is {"sequence", "type", "number", "on"} and nothing else: the facts themselves are read by the API. Matters that wait for one
client (matter.waiting, matter.due) go to that client's hooks alone, so a hook may not get every number: the header `Chengxin-Previous`
is the number it got before this one, 0 for none. The header `Chengxin-Signature: t=<unix seconds>,v1=<hex>` is HMAC-SHA-256 (RFC 2104)
over `<t>.<body>`; a receiver refuses what is older than the table's minutes. Only public addresses are ever connected to: every name is
resolved anew for each delivery and its address is checked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from chengxin.evidence import fetching
from chengxin.exchange.models import FactNotice, Hook, HookDelivery
from chengxin.exchange.models.hooks import DONE, PUBLISHED, WAITS, WITHDRAWN
from chengxin.exchange.sending import waits
from chengxin.kernel import clock, encryption, locks
from chengxin.lists.actions.repairing import repaired_records
from chengxin.records import publicity
from chengxin.records.models import Record

SIGNATURE = "Chengxin-Signature"
PRIVATE = False  # tests alone may send to the machine they run on
MOST = 500  # notices a hook gets in one round


def secret_of(hook: Hook) -> str:
    """What the client checks signatures with: derived from the house's key, the hook and its turn."""
    return hmac.new(encryption.secret("exchange.hooks"), f"{hook.pk}:{hook.turn}".encode(), hashlib.sha256).hexdigest()


def check(url: str) -> None:
    """Raises CaptureRefused for an address that is not https on a public host."""
    fetching.check_public(url, private=PRIVATE)


# ---- what happened to facts


def note(kind: str, number: str, on: date, client_code: str = "") -> FactNotice | None:
    """Put a notice in the row; the same fact again is nothing new. The caller holds the transaction."""
    known = FactNotice.objects.filter(kind=kind, number=number, client_code=client_code)
    if known.exists():
        return None  # the common case takes no lock
    with locks.locked("exchange.notices"):
        if known.exists():
            return None
        last = FactNotice.objects.aggregate(last=Max("sequence"))["last"] or 0
        return FactNotice.objects.create(sequence=last + 1, kind=kind, number=number, client_code=client_code, on=on, at=clock.now())


def note_for(client_code: str, kind: str, number: str, on: date) -> FactNotice | None:
    """A matter waits for one client, or falls due: told once a kind, and to a client with an open hook only."""
    listens = Hook.objects.filter(client_code=client_code, stopped_at=None).exists()
    return note(kind, number, on, client_code) if listens else None


def note_published(record: Record) -> None:
    """Only what is public today is told of."""
    if publicity.of(record).on(clock.today()):
        note(PUBLISHED, record.number, clock.today())


def note_withdrawn(number: str) -> None:
    """Only of a fact that was told to be published."""
    if FactNotice.objects.filter(kind=PUBLISHED, number=number).exists():
        note(WITHDRAWN, number, clock.today())


def look() -> int:
    """Facts that were told of and are public no longer, by their term, a repair or their end; returns how many were found."""
    gone = FactNotice.objects.filter(kind=WITHDRAWN).values("number")
    told = FactNotice.objects.filter(kind=PUBLISHED).exclude(number__in=gone).values("number")
    records = list(Record.objects.filter(number__in=told).select_related("end"))
    repaired = repaired_records([one.pk for one in records])
    over = [one for one in records if one.pk in repaired or hasattr(one, "end") or not publicity.of(one).on(clock.today())]
    for one in over:
        with transaction.atomic():
            note_withdrawn(one.number)
    return len(over)


# ---- deliveries


def notices_for(client_code: str) -> QuerySet[FactNotice]:
    """What one client may be told: what is everybody's, and its own."""
    return FactNotice.objects.filter(client_code__in=["", client_code])


def put_in(hook: Hook, after: int) -> None:
    """A delivery for each notice after a number that the hook has none for."""
    have = HookDelivery.objects.filter(hook=hook).values("notice")
    fresh = notices_for(hook.client_code).filter(sequence__gt=after).exclude(sequence__in=have).values_list("sequence", flat=True)
    now = clock.now()
    HookDelivery.objects.bulk_create([HookDelivery(hook=hook, notice_id=one, next_at=now) for one in fresh], batch_size=500)


def deliver() -> int:
    """One round over all hooks; returns how many notices were taken."""
    taken = 0
    for hook in Hook.objects.filter(stopped_at=None):
        with transaction.atomic(), locks.locked(f"exchange.hook:{hook.pk}"):
            put_in(hook, hook.since)
        for _ in range(MOST):
            if not _deliver_next(hook):
                break
            taken += 1
    return taken


def _deliver_next(hook: Hook) -> bool:
    """The first notice that waits, when it is due: order is kept, so a refused one holds up the rest until it is taken or given up."""
    one = HookDelivery.objects.filter(hook=hook, state=WAITS).select_related("notice").order_by("notice").first()
    if one is None or one.next_at > clock.now():
        return False
    status, error = _post(hook, one.notice)
    with transaction.atomic():
        one.settle(status, error, waits()["hook_attempts"])
        one.save()
    return one.state == DONE


def body_of(notice: FactNotice) -> bytes:
    told = {"sequence": notice.sequence, "type": notice.kind, "number": notice.number, "on": notice.on.isoformat()}
    return json.dumps(told, separators=(",", ":")).encode()


def sign(secret: str, stamp: int, body: bytes) -> str:
    """The header's value."""
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={made}"


def _post(hook: Hook, notice: FactNotice) -> tuple[int, str]:
    body = body_of(notice)
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        SIGNATURE: sign(secret_of(hook), int(clock.now().timestamp()), body),
        "Chengxin-Sequence": str(notice.sequence),
        "Chengxin-Previous": str(_before(hook, notice)),
    }
    return fetching.post(hook.url, body, headers, private=PRIVATE)


def _before(hook: Hook, notice: FactNotice) -> int:
    """The number of the notice that this hook got before."""
    got = HookDelivery.objects.filter(hook=hook, notice__lt=notice.sequence).aggregate(last=Max("notice"))["last"]
    return int(got or 0)
