"""Webhooks of client programs: open, stop, replay. The address must be public, at the opening and at every delivery."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evidence.errors import CaptureRefused
from chengxin.exchange import delivering
from chengxin.exchange.errors import AddressRefused, AlreadyDone
from chengxin.exchange.models import FactNotice, Hook, HookDelivery
from chengxin.exchange.models.hooks import WAITS
from chengxin.exchange.steps import NUMBERS, next_number
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound


def open_hook(actor: Actor, url: str) -> tuple[Hook, str]:
    """Tell a client's machine of every fact from now on: (hook, secret). The same address again is the same hook. Raises AddressRefused."""
    if actor.client is None:
        raise NotFound
    try:
        delivering.check(url)
    except CaptureRefused as error:
        raise AddressRefused(**error.data) from error
    with transaction.atomic(), locks.locked("exchange.hooks"), locks.locked(NUMBERS):
        known = Hook.objects.filter(client_code=actor.client.platform_code, url=url, stopped_at=None).first()
        if known:
            return known, delivering.secret_of(known)
        last = FactNotice.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
        given = {"client_code": actor.client.platform_code, "url": url, "since": last, "made_by": str(actor), "made_at": clock.now()}
        hook = Hook.objects.create(number=next_number(Hook, "TS"), **given)
        audit.record("exchange.hook.opened", actor=str(actor), object=f"exchange.hook:{hook.pk}", data={"number": hook.number})
    return hook, delivering.secret_of(hook)


@transaction.atomic
def stop_hook(actor: Actor, number: str) -> Hook:
    """Nothing is sent to it any more."""
    hook = access.get(actor, Hook, number=number)
    if hook.stopped_at:
        raise AlreadyDone
    hook.stopped_at = clock.now()
    hook.save()
    audit.record("exchange.hook.stopped", actor=str(actor), object=f"exchange.hook:{hook.pk}", data={"number": number})
    return hook


@transaction.atomic
def replay(actor: Actor, number: str, after: int) -> int:
    """Deliver every notice after a sequence number once more, in order; returns how many wait now."""
    hook = access.get(actor, Hook, number=number)
    if hook.stopped_at:
        raise AlreadyDone
    delivering.put_in(hook, after)
    again = HookDelivery.objects.filter(hook=hook, notice__gt=after)
    count = again.update(state=WAITS, attempts=0, next_at=clock.now(), error="", status=0, done_at=None)
    data = {"number": number, "after": after, "notices": count}
    audit.record("exchange.hook.replayed", actor=str(actor), object=f"exchange.hook:{hook.pk}", data=data)
    return count
