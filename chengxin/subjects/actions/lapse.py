"""What the calendar does to a shop: reminders before a day, the display lowered after it, NEEDS_FIX when a needed licence is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from chengxin.accounts.access import system
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects.actions import identity
from chengxin.subjects.actions.licences import expired_needs as expired_of
from chengxin.subjects.events import ReverificationDue, ShopLapsed
from chengxin.subjects.models import Licence, Reminder, Shop
from chengxin.subjects.models.shops import CHECKING, DUE, SUBMITTED, VERIFIED

__all__ = ["expired_of", "flip_expired", "lapse_one", "lapse_overdue"]

CALENDAR = system("subjects.calendar")
ALIVE = (SUBMITTED, CHECKING, VERIFIED, DUE)


def lapse_overdue(today: date | None = None) -> dict[str, int]:
    """The daily job (cron, just after midnight): reminders, overdue re-verifications, expired licences. Running it again changes nothing.

    Returns how many of each: {"reminded", "overdue", "licence"}.
    """
    day = today or clock.today()
    done: Counter[str] = Counter(reminded=_remind(day))
    ended = Licence.objects.filter(status="valid", expires_on__lt=day)
    for licence in ended.select_related("subject"):
        done["licence"] += _expire(licence, day)
    overdue = Shop.objects.filter(Q(state=VERIFIED, next_due_on__lt=day) | Q(state__in=ALIVE, licence_expires_on__lt=day))
    for shop in overdue.select_related("subject", "platform"):
        done[lapse_one(shop, day) or "nothing"] += 1
    return {name: done[name] for name in ("reminded", "overdue", "licence")}


def lapse_one(shop: Shop, day: date) -> str:
    """Lower one shop's display if its day has passed: "licence", "overdue", or "" when nothing is due."""
    subject = shop.subject
    if subject is not None and flip_expired(shop, list(subject.licences.all()), day):
        return "licence"
    if shop.state != VERIFIED or shop.next_due_on is None or shop.next_due_on >= day:
        return ""
    with transaction.atomic():
        identity.step(shop, "fall_due", CALENDAR)
        outbox.emit(ShopLapsed(str(shop.pk), "reverify", day.isoformat()))
    return "overdue"


def flip_expired(shop: Shop, licences: list[Licence], day: date) -> bool:
    """Take a shop to NEEDS_FIX on the first day on which a licence it needs is over."""
    over = expired_of(shop, licences, day)
    if not over or shop.state not in ALIVE:
        return False
    reason = "；".join(f"{one.kind} {one.number} 有效期至 {one.expires_on}" for one in over)
    with transaction.atomic():
        identity.step(shop, "licence_ended", CALENDAR, reason=f"证照到期：{reason}")
        outbox.emit(ShopLapsed(str(shop.pk), "licence", day.isoformat()))
    return True


@transaction.atomic
def _expire(licence: Licence, day: date) -> int:
    """Mark a licence expired and flip the subject's shops; returns how many shops flipped."""
    licence.status = "expired"
    licence.save(update_fields=["status"])
    data = {"kind": licence.kind, "number": licence.number, "expires_on": str(licence.expires_on)}
    audit.record("subjects.licence.expired", actor=str(CALENDAR), object=f"subjects.subject:{licence.subject_id}", data=data)
    licences = list(Licence.objects.filter(subject=licence.subject))
    return sum(flip_expired(shop, licences, day) for shop in Shop.objects.filter(subject=licence.subject, state__in=ALIVE))


def _remind(day: date) -> int:
    """Send each reminder once: for the nearest step reached (a job that missed a day catches up with one reminder, not three)."""
    steps: list[int] = sorted(law.at(day).value("reverify_remind_days"))
    far = day + timedelta(days=steps[-1])
    shops = Shop.objects.filter(state__in=(VERIFIED, DUE)).select_related("platform")
    due = [(shop, "reverify", shop.next_due_on) for shop in shops.filter(next_due_on__range=(day, far))]
    due += [(shop, "licence", shop.licence_expires_on) for shop in shops.filter(licence_expires_on__range=(day, far))]
    return sum(_remind_one(shop, kind, ends, _step_reached(steps, (ends - day).days)) for shop, kind, ends in due if ends)


def _step_reached(steps: Iterable[int], days: int) -> int:
    return min(step for step in steps if step >= days)


@transaction.atomic
def _remind_one(shop: Shop, kind: str, ends: date, days: int) -> int:
    _made, new = Reminder.objects.get_or_create(shop=shop, kind=kind, due_on=ends, days_before=days, defaults={"sent_at": clock.now()})
    if new:
        audit.record(
            "subjects.shop.reminded",
            actor=str(CALENDAR),
            object=f"subjects.shop:{shop.pk}",
            data={"kind": kind, "due_on": ends.isoformat(), "days_before": days},
        )
        outbox.emit(ReverificationDue(str(shop.pk), kind, ends.isoformat(), days))
    return int(new)
