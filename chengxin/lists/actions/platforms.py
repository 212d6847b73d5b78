"""A platform's own list: put on it with facts, reason, clause and term, told before it begins; appealed; reviewed by another person."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.lists.errors import AlreadyListed, SamePerson, TooLate, WrongState
from chengxin.lists.models import PlatformAppeal, PlatformListEntry
from chengxin.lists.models.platform import APPEALED, KEPT, TAKEN_BACK, TOLD
from chengxin.records.actions.steps import LEAST_REASON, NUMBERS, next_number
from chengxin.records.content import PERSONAL
from chengxin.subjects.models import Shop


def put(actor: Actor, shop_id: object, given: dict[str, Any]) -> PlatformListEntry:
    """Put a shop on the platform's list. given: action, facts, reason, clause, since, until, appeal_by."""
    shop = access.get(actor, Shop, pk=shop_id, platform__code__in=actor.platforms)
    _check(given)
    with transaction.atomic(), locks.locked(NUMBERS):
        one = PlatformListEntry(
            number=next_number(PlatformListEntry, "PL", clock.today()),
            platform=shop.platform,
            shop=shop,
            told_on=clock.today(),
            made_by=str(actor),
            made_by_name=actor.name,
            **{name: given[name] for name in ("action", "facts", "reason", "clause", "since", "until", "appeal_by")},
        )
        try:
            with transaction.atomic():
                one.save(force_insert=True)
        except IntegrityError as twice:
            raise AlreadyListed from twice
        _note(one, "put", actor)
        return one


def _check(given: dict[str, Any]) -> None:
    short = [name for name in ("facts", "reason", "clause") if len(given[name].strip()) < LEAST_REASON]
    if short or given["action"] not in law.at(clock.today()).codes("platform_action") or PERSONAL.search(given["facts"]):
        raise WrongState(
            why_zh="须写明事实、理由和依据条款，且不得含个人号码。", why_en="Facts, reason and clause are needed, and no personal numbers."
        )
    today = clock.today()
    if not (today <= given["since"] <= given["until"] and given["appeal_by"] >= today):
        raise WrongState(why_zh="须先告知后生效，并写明期限和申诉期。", why_en="Told first, with a term and time to appeal.")


def appeal(actor: Actor, entry_id: object, text: str) -> PlatformAppeal:
    """The shop's owner appeals, by the last day the platform gave."""
    with transaction.atomic():
        one = _locked(actor, entry_id)
        if one.shop.subject_id not in actor.subjects:
            raise NotFound
        if clock.today() > one.appeal_by:
            raise TooLate(on=one.appeal_by.isoformat(), article=one.clause)
        if one.state != TOLD or len(text.strip()) < LEAST_REASON:
            raise WrongState(why_zh="已经申诉过，或者没有写明理由。", why_en="There was an appeal, or nothing was said.")
        one.state = APPEALED
        one.save()
        said = {"raised_by": str(actor), "raised_by_name": actor.name, "raised_at": clock.now()}
        made = PlatformAppeal.objects.create(entry=one, text=text.strip(), made_by=one.made_by, **said)
        _note(one, "appealed", actor)
        return made


def review(actor: Actor, entry_id: object, uphold: bool, answer: str) -> PlatformListEntry:
    """Another person of the platform than who made the entry reviews the appeal (order 116 art. 19) and answers with reasons."""
    with transaction.atomic():
        one = _locked(actor, entry_id)
        if one.platform.code not in actor.platforms:
            raise NotFound
        if one.state != APPEALED or len(answer.strip()) < LEAST_REASON:
            raise WrongState(why_zh="没有待复核的申诉，或者没有写明理由。", why_en="No appeal waits, or no reasons are given.")
        if str(actor) == one.made_by:
            raise SamePerson
        said = one.appeal
        said.upheld, said.answer, said.reviewed_at = uphold, answer.strip(), clock.now()
        said.reviewed_by, said.reviewed_by_name = str(actor), actor.name
        said.save()
        one.state = TAKEN_BACK if uphold else KEPT
        one.ended_on = clock.today() if uphold else None
        one.save()
        _note(one, "reviewed", actor, {"upheld": uphold})
        return one


def _locked(actor: Actor, entry_id: object) -> PlatformListEntry:
    with locks.locked(f"lists.platform:{entry_id}"):
        found = access.get(actor, PlatformListEntry, pk=entry_id)
        return PlatformListEntry.objects.select_for_update(of=("self",)).select_related("shop", "platform").get(pk=found.pk)


def _note(one: PlatformListEntry, what: str, actor: Actor, data: dict[str, Any] | None = None) -> None:
    said = {"number": one.number, "platform": one.platform.code, "state": one.state, **(data or {})}
    audit.record(f"lists.platform.{what}", actor=str(actor), object=f"lists.platform:{one.pk}", data=said)


def end_due() -> int:
    """Entries whose term is over end; whether one is in force goes by its dates, not by this."""
    late = PlatformListEntry.objects.filter(ended_on=None, until__lt=clock.today())
    with transaction.atomic():
        return late.update(ended_on=clock.today())
