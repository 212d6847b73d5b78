"""A ban from platforms: proposed on a decision, the firm told and heard, decided by another person, in force for a term, ended, unwound."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.delivery import papers
from chengxin.delivery.access import firm_by_code
from chengxin.delivery.actions.steps import NUMBERS, SYSTEM, checked, desk_roles, firm_roles, moved, named, next_number
from chengxin.delivery.actions.workers import standing_record
from chengxin.delivery.errors import AlreadyDone, NoDecision, SamePerson, WrongState
from chengxin.delivery.events import BanEnded, BanInForce
from chengxin.delivery.models import Ban, BanReceipt, Listing
from chengxin.delivery.models.bans import APPLIED, DECIDED, IN_FORCE, LIFTED, NOTICED, OPEN
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law

TERM, REPAIR, TELL = "COURIER_BAN_TERM", "COURIER_BAN_REPAIR", "MEASURE_FEEDBACK"
HOUSE = access.system("delivery")


def propose(actor: Actor, firm_code: str, department: str, record_number: str, facts: str, listing: str = "") -> Ban:
    """Propose a ban that rests on a standing penalty on the firm's credit file; `listing` may name an official listing told of since.

    Raises NoDecision without one, AlreadyDone while another ban of the firm is open.
    """
    roles = desk_roles(actor, department)
    with transaction.atomic(), locks.locked(NUMBERS):
        firm = firm_by_code(firm_code)
        if Ban.objects.filter(firm=firm, state__in=OPEN).exists():
            raise AlreadyDone(why_zh="该企业已有未办结的禁入。", why_en="There is an open ban of this firm.")
        by, name = named(actor)
        ban = Ban(
            id=ids.new_id(),
            number=next_number(Ban, "DB", clock.today()),
            firm=firm,
            record=standing_record(firm, record_number),
            listing=_listing(listing),
            department=department,
            facts=checked(facts, "事实和理由", "the facts"),
            proposed_by=by,
            proposed_by_name=name,
            proposed_at=clock.now(),
        )
        moved("ban", ban, "propose", roles, actor, said=ban.facts)
        ban.save(force_insert=True)
    return ban


def _listing(entry: str) -> Listing | None:
    if not entry.strip():
        return None
    try:
        found = Listing.objects.filter(entry=UUID(entry.strip()), ended_at=None).first()
    except ValueError:
        found = None
    if found is None:
        raise NoDecision(why_zh="没有收到过这一名单列入的告知。", why_en="No such listing has been told of.")
    return found


def locked_ban(actor: Actor, number: str) -> Ban:
    """The actor's ban, locked until the transaction ends. Raises NotFound."""
    with locks.locked(f"delivery.ban:{number}"):
        found = access.get(actor, Ban, number=number)
        if locks.ENABLED:
            found = Ban.objects.select_for_update(of=("self",)).select_related("firm", "record").get(pk=found.pk)
    return found


def notice(actor: Actor, number: str) -> Ban:
    """Tell the firm: facts, what it rests on, and until when it may answer. It stands in the firm's inbox from now on."""
    with transaction.atomic():
        ban = locked_ban(actor, number)
        moved("ban", ban, "notice", desk_roles(actor, ban.department), actor)
        ban.noticed_at = clock.now()
        ban.save()
    return ban


def hear(actor: Actor, number: str, statement: str = "") -> Ban:
    """The firm answers; or, once its last day is over, an officer notes that it did not. Raises WrongState before that."""
    with transaction.atomic():
        ban = locked_ban(actor, number)
        if statement:
            kept = checked(statement, "陈述申辩意见", "the statement", open_to_others=False)
            moved("ban", ban, "state", firm_roles(actor, ban.firm), actor, {"statement": kept})
            ban.statement = kept
        else:
            if ban.state == NOTICED and ban.due_on and clock.today() <= ban.due_on:
                raise WrongState(why_zh=f"企业可在{ban.due_on}前陈述申辩。", why_en=f"The firm may answer until {ban.due_on}.")
            moved("ban", ban, "not_stated", desk_roles(actor, ban.department), actor)
        ban.heard_at = clock.now()
        ban.save()
    return ban


def decide(actor: Actor, number: str, reason: str, answer: str = "") -> Ban:
    """Another person decides that the firm is barred, with reasons, and answers what the firm said. Raises SamePerson, NoDecision."""
    with transaction.atomic():
        ban = _to_decide(actor, number)
        standing_record(ban.firm, ban.record.number)
        kept = checked(reason, "决定理由", "the reason")
        if ban.statement:
            ban.answer = checked(answer, "对陈述申辩的答复", "the answer to the statement", open_to_others=False)
        moved("ban", ban, "decide", desk_roles(actor, ban.department), actor, {"reason": kept}, said=kept)
        _sign(actor, ban, kept)
    return ban


def drop(actor: Actor, number: str, reason: str) -> Ban:
    """Another person decides that there is no ban."""
    with transaction.atomic():
        ban = _to_decide(actor, number)
        kept = checked(reason, "决定理由", "the reason")
        moved("ban", ban, "drop", desk_roles(actor, ban.department), actor, {"reason": kept}, said=kept)
        _sign(actor, ban, kept)
    return ban


def _to_decide(actor: Actor, number: str) -> Ban:
    ban = locked_ban(actor, number)
    if ban.proposed_by == str(actor):
        raise SamePerson
    return ban


def _sign(actor: Actor, ban: Ban, reason: str) -> None:
    ban.reason, ban.decided_at = reason, clock.now()
    ban.decided_by, ban.decided_by_name = named(actor)
    ban.save()


def enforce(actor: Actor, number: str) -> Ban:
    """The decision is served as a paper and takes effect today: its term and the first day of a repair come from the law."""
    with transaction.atomic():
        ban = locked_ban(actor, number)
        roles, today = desk_roles(actor, ban.department), clock.today()
        if ban.state == DECIDED:
            ban.since, ban.until, ban.repair_from = today, ban_until(today), _by(REPAIR, today)
        moved("ban", ban, "enforce", roles, actor)
        ban.receipts_due_on = ban.due_on
        ban.save()
        papers.issue_decision(actor, ban)
        outbox.emit(BanInForce(str(ban.pk)))
    return ban


def ban_until(day: date) -> date:
    """The last day of a ban decided and served on a day."""
    return _by(TERM, day)


def _by(clock_id: str, day: date) -> date:
    return law.at(day).due(clock_id, day)


def repair(actor: Actor, number: str, reason: str) -> Ban:
    """Lift it early because the firm has put things right; not before the day of the law, by another than who proposed it."""
    with transaction.atomic():
        ban = _to_decide(actor, number)
        if ban.state == IN_FORCE and ban.repair_from and clock.today() < ban.repair_from:
            raise WrongState(why_zh=f"最早于{ban.repair_from}解除。", why_en=f"It may be lifted from {ban.repair_from}.")
        kept = checked(reason, "修复理由", "the reason")
        _end(actor, ban, "repair", desk_roles(actor, ban.department), kept)
    return ban


def revoke(actor: Actor, number: str, reason: str) -> Ban:
    """The head of the desk takes it back."""
    with transaction.atomic():
        ban = locked_ban(actor, number)
        _end(actor, ban, "revoke", desk_roles(actor, ban.department), checked(reason, "撤销理由", "the reason"))
    return ban


def _end(actor: Actor, ban: Ban, action: str, roles: set[str] | frozenset[str], reason: str) -> None:
    """End it today, whatever way; the platforms that were told confirm that they lifted it. The caller holds the lock."""
    told = ban.state == IN_FORCE
    moved("ban", ban, action, roles, actor, {"reason": reason}, said=reason)
    ban.ended_on, ban.end_reason = clock.today(), reason
    if told:
        ban.receipts_due_on = _by(TELL, clock.today())
        papers.issue_end(ban)
        outbox.emit(BanEnded(str(ban.pk), ban.state))
    ban.save()


def lose_record(record_id: UUID, reason: str) -> int:
    """Revoke every open ban that rests on a record that holds no longer. Returns how many."""
    return _revoke_all(Ban.objects.filter(record=record_id, state__in=OPEN), reason)


def lose_listing(entry: UUID, reason: str) -> int:
    """Revoke every open ban that names a listing that ended."""
    Listing.objects.filter(entry=entry, ended_at=None).update(ended_at=clock.now())
    return _revoke_all(Ban.objects.filter(listing=entry, state__in=OPEN), reason)


def _revoke_all(rows_of: Any, reason: str) -> int:
    numbers = list(rows_of.values_list("number", flat=True))
    for number in numbers:
        with transaction.atomic():
            _end(HOUSE, locked_ban(HOUSE, number), "revoke", SYSTEM, reason)
    return len(numbers)


def end_due() -> int:
    """Bans whose last day is over expire. Returns how many; every night."""
    numbers = list(Ban.objects.filter(state=IN_FORCE, until__lt=clock.today()).values_list("number", flat=True))
    for number in numbers:
        with transaction.atomic():
            _end(HOUSE, locked_ban(HOUSE, number), "expire", SYSTEM, "禁入期限届满")
    return len(numbers)


def confirm_receipt(actor: Actor, platform: str, number: str) -> BanReceipt:
    """A platform confirms that it applied a ban in force, or lifted one that ended. The same again is the same receipt."""
    if platform not in actor.platforms:
        raise NotFound
    with transaction.atomic(), locks.locked(f"delivery.ban:{number}"):
        ban = Ban.objects.filter(number=number[:24], since__isnull=False).select_related("firm").first()
        if ban is None:
            raise NotFound
        act = APPLIED if ban.state == IN_FORCE else LIFTED
        known = BanReceipt.objects.filter(ban=ban, platform=platform, act=act).first()
        if known:
            return known
        by, name = named(actor)
        made = BanReceipt(ban=ban, platform=platform, act=act, by=by, by_name=name, at=clock.now())
        data = {"ban": ban.number, "platform": platform, "act": act}
        return rows.put(made, f"delivery.ban.{act}", actor=by, object=f"delivery.ban:{ban.pk}", data=data)
