"""Red lists: nominated by the subject, a department, an association or a platform; checked against everything unfavourable; open to all for
objections; listed for a term by another person; off at once on a serious record. And what a listed subject was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.lists import catalogue
from chengxin.lists.access import DESK
from chengxin.lists.errors import AlreadyListed, NotListable, SamePerson, TooEarly, TooLate, WrongState
from chengxin.lists.models import Argument, BenefitUse, ListEntry, PlatformListEntry, RedEntry
from chengxin.lists.models.official import BEFORE, STANDING
from chengxin.lists.models.red import NOTICE, OUT, RED_LISTED, RED_REMOVED
from chengxin.records.actions.steps import LEAST_REASON, NUMBERS, named, next_number, roles_in
from chengxin.records.catalogue import BAD
from chengxin.records.models import OPEN_OBJECTIONS, Objection
from chengxin.records.queries import public_of
from chengxin.subjects.models import Shop, Subject
from chengxin.subjects.models.shops import VERIFIED

TABLE = "lists/red"
Said = dict[str, Any]


def no_bad_record(subject: Subject) -> Said:
    """No unfavourable record in publicity, and none disputed."""
    bad = [one.record.number for one in public_of(subject) if one.record.kind == BAD]
    disputed = Objection.objects.filter(record__subject=subject, state__in=OPEN_OBJECTIONS).count()
    return _said(
        not bad and not disputed, "公示期内不良记录、办理中异议", "Unfavourable records in publicity, open objections", bad, disputed
    )


def on_no_official_list(subject: Subject) -> Said:
    found = list(ListEntry.objects.filter(subject=subject, state__in=[*BEFORE, *STANDING]).values_list("number", flat=True))
    return _said(not found, "官方名单及列入程序", "Official lists, and on the way to one", found)


def on_no_platform_list(subject: Subject) -> Said:
    today = clock.today()
    rows = PlatformListEntry.objects.filter(shop__subject=subject)
    found = [one.number for one in rows if one.in_force(today)]
    return _said(not found, "平台名单", "Lists of platforms", found)


def shops_verified(subject: Subject) -> Said:
    """Every open shop's identity is current."""
    late = [shop.shop_id for shop in Shop.objects.filter(subject=subject, closed_on=None) if shop.state != VERIFIED]
    return _said(not late, "网店身份核验", "Identity of the shops", late)


CHECKS: dict[str, Callable[[Subject], Said]] = {
    "no_bad_record": no_bad_record,
    "on_no_official_list": on_no_official_list,
    "on_no_platform_list": on_no_platform_list,
    "shops_verified": shops_verified,
}


def _said(passed: bool, zh: str, en: str, found: list[str], more: int = 0) -> Said:
    return {"passed": passed, "zh": zh, "en": en, "found": found, "more": more}


def cross_check(programme: catalogue.Programme, subject: Subject) -> list[Said]:
    """Every check of a programme with what was found today."""
    return [{"code": code, **CHECKS[code](subject)} for code in programme.checks]


def nominate(actor: Actor, programme_code: str, subject_id: object, merits: str, association: bool = False) -> RedEntry:
    """Nominate a subject: an owner the own one, a department's officer any, a platform's staff a seller of the platform."""
    programme = catalogue.programme(programme_code)
    subject = access.get(actor, Subject, pk=subject_id)
    nominator = _nominator(actor, subject, association)
    if subject.kind not in programme.kinds or not programme.holds(clock.today()):
        raise NotListable(why_zh="该红名单不适用于此类主体。", why_en="The programme is not for subjects of this kind.")
    if len(merits.strip()) < LEAST_REASON:
        raise NotListable(why_zh="须写明推荐理由。", why_en="The merits are to be stated.")
    with transaction.atomic(), locks.locked(NUMBERS):
        current = RedEntry.objects.filter(programme=programme.code, subject=subject, state=RED_LISTED).order_by("-until").first()
        _check_renewal(current)
        one = RedEntry(
            number=next_number(RedEntry, "RL", clock.today()),
            programme=programme.code,
            subject=subject,
            department=programme.authority,
            nominator=nominator,
            nominated_by=str(actor),
            nominated_by_name=actor.name,
            nominated_at=clock.now(),
            merits=merits.strip(),
            renews=current,
        )
        try:
            with transaction.atomic():
                one.save(force_insert=True)
        except IntegrityError as twice:
            raise AlreadyListed from twice
        _note(one, "nominated", str(actor))
        return one


def _check_renewal(current: RedEntry | None) -> None:
    if current is not None and hasattr(current, "renewal"):
        raise AlreadyListed


def _nominator(actor: Actor, subject: Subject, association: bool) -> str:
    if subject.pk in actor.subjects:
        return "self"
    if actor.has("officer", "head"):
        return "association" if association else "department"
    if actor.has("platform_staff") and Shop.objects.filter(subject=subject, platform__code__in=actor.platforms).exists():
        return "platform"
    raise NotFound


def _mine(actor: Actor, red_id: object) -> RedEntry:
    with locks.locked(f"lists.red:{red_id}"):
        found = access.get(actor, RedEntry, pk=red_id)
        return RedEntry.objects.select_for_update(of=("self",)).select_related("subject").get(pk=found.pk)


def _take(actor: Actor, one: RedEntry, action: str, reason: str = "") -> Any:
    given = {"reason": reason} if reason else {}
    roles = roles_in(actor, one.department, DESK)
    outcome = workflow.take(workflow.load(TABLE), one.state, action, roles, given, clock.today())
    one.state = outcome.state
    return outcome


def check(actor: Actor, red_id: object) -> RedEntry:
    """The cross-check, started by an officer of the authority: a conflict is out with the reason, the rest goes to public notice."""
    with transaction.atomic():
        one = _mine(actor, red_id)
        one.checks = cross_check(catalogue.programme(one.programme), one.subject)
        failed = [said for said in one.checks if not said["passed"]]
        if failed:
            one.reason = "；".join(f"{said['zh']}：{'、'.join(said['found']) or said['more']}" for said in failed)
            _take(actor, one, "fail", one.reason)
        else:
            _take(actor, one, "check")
            one.notice_from, one.notice_until = clock.today(), law.due("RED_NOTICE", clock.today())
        one.checked_by = str(actor)
        one.save()
        _note(one, "checked", str(actor), {"state": one.state})
        return one


def object_to(actor: Actor, red_id: UUID | str, text: str) -> Argument:
    """Anybody who is signed in may object while the notice lasts; the last day counts."""
    with transaction.atomic(), locks.locked(f"lists.red:{red_id}"):
        one = RedEntry.objects.filter(pk=red_id, state=NOTICE).first()
        if one is None or actor.user is None:
            raise NotFound
        if one.notice_until and clock.today() > one.notice_until:
            raise TooLate(on=one.notice_until.isoformat(), article=law.at(clock.today()).article("RED_NOTICE"))
        if len(text.strip()) < LEAST_REASON:
            raise WrongState(why_zh="没有写明理由。", why_en="Nothing was said.")
        n = one.arguments.count() + 1
        said = {"said_by": str(actor), "said_by_name": actor.name, "said_at": clock.now()}
        made = Argument.objects.create(red=one, n=n, text=text.strip(), **said)
        _note(one, "objected", str(actor), {"n": n})
        return made


def answer(actor: Actor, red_id: object, n: int, adopted: bool, why: str) -> RedEntry:
    """Answer one objection; an adopted one puts the nomination out with the reason."""
    with transaction.atomic():
        one = _mine(actor, red_id)
        said = one.arguments.filter(n=n, adopted=None).first()
        if said is None or not roles_in(actor, one.department, DESK):
            raise NotFound
        said.adopted, said.answer, said.answered_at = adopted, why.strip(), clock.now()
        said.answered_by, said.answered_by_name = named(actor)
        said.save()
        if adopted:
            one.reason = f"第{n}条异议成立"  # what was said stays with the department
            _take(actor, one, "fail", one.reason)
            one.save()
        _note(one, "answered", str(actor), {"n": n, "adopted": adopted})
        return one


def put_on_list(actor: Actor, red_id: object) -> RedEntry:
    """After the notice and with every objection answered: on the list for the programme's term. The cross-check is made once more."""
    with transaction.atomic():
        one = _mine(actor, red_id)
        if str(actor) in (one.checked_by, one.nominated_by):
            raise SamePerson
        if one.notice_until and clock.today() <= one.notice_until:
            raise TooEarly(on=one.notice_until.isoformat(), article=law.at(clock.today()).article("RED_NOTICE"))
        if one.arguments.filter(adopted=None).exists():
            raise WrongState(why_zh="还有异议没有答复。", why_en="An objection is not answered.")
        failed = [said for said in cross_check(catalogue.programme(one.programme), one.subject) if not said["passed"]]
        if failed:
            one.reason = "；".join(said["zh"] for said in failed)
            _take(actor, one, "fail", one.reason)
        else:
            _take(actor, one, "list")
            one.decided_by, one.decided_by_name = named(actor)
            one.listed_on = clock.today()
            one.until = law.due(catalogue.programme(one.programme).term_clock, one.listed_on)
            if one.renews and one.renews.state == RED_LISTED:
                _end(one.renews, "续期", str(actor))
        one.save()
        _note(one, "listed" if one.state == RED_LISTED else "out", str(actor))
        return one


def remove(actor: Actor, red_id: object, reason: str) -> RedEntry:
    """Take a subject off by hand, with the reason."""
    with transaction.atomic():
        one = _mine(actor, red_id)
        _take(actor, one, "remove", reason.strip())
        return _end(one, reason.strip(), str(actor))


def _end(one: RedEntry, reason: str, by: str) -> RedEntry:
    one.state, one.ended_on, one.reason = RED_REMOVED, clock.today(), reason[:500]
    one.save()
    _note(one, "removed", by, {"reason": one.reason})
    return one


def end_of_subject(subject_id: UUID, reason: str) -> int:
    """A serious record or a listing: off every red list at once; what is only nominated is out. Returns how many ended."""
    ended = 0
    with transaction.atomic():
        for one in RedEntry.objects.select_for_update().filter(subject=subject_id, state__in=["NOMINATED", NOTICE, RED_LISTED]):
            if one.state == RED_LISTED:
                _end(one, reason, "system:lists")
            else:
                one.state, one.reason = OUT, reason[:500]
                one.save()
                _note(one, "out", "system:lists", {"reason": one.reason})
            ended += 1
    return ended


def expire_due() -> int:
    """Red-list entries whose term is over become removed; who sees them goes by the dates, not by this."""
    late = RedEntry.objects.filter(state=RED_LISTED, until__lt=clock.today())
    with transaction.atomic():
        return len([_end(one, "期满", "system:lists") for one in late.select_for_update()])


def give(actor: Actor, red_id: object, benefit: str, giver: str, note: str) -> BenefitUse:
    """Note that a listed subject was given a benefit: which, by whom, when. Only while it is listed, and only one of its programme."""
    with transaction.atomic():
        one = access.get(actor, RedEntry, pk=red_id)
        if not one.public_on(clock.today()) or benefit not in catalogue.programme(one.programme).benefits:
            raise WrongState(why_zh="不在红名单有效期内，或者没有这项激励措施。", why_en="Not on the list today, or no such benefit.")
        if giver not in actor.departments_as(*DESK):
            raise NotFound
        data = {"number": one.number, "benefit": benefit, "giver": giver}
        leaf = audit.record("lists.red.benefit_given", actor=str(actor), object=f"lists.red:{one.pk}", data=data)
        return BenefitUse.objects.create(
            red=one,
            benefit=benefit,
            giver=giver,
            given_by=str(actor),
            given_by_name=actor.name,
            given_on=clock.today(),
            note=note.strip(),
            leaf=leaf.index,
        )


def _note(one: RedEntry, what: str, actor: str, data: dict[str, Any] | None = None) -> None:
    said = {"number": one.number, "programme": one.programme, "subject": str(one.subject_id), "state": one.state, **(data or {})}
    audit.record(f"lists.red.{what}", actor=actor, object=f"lists.red:{one.pk}", data=said)
