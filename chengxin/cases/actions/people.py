"""Who may take which step: two officers with certificates, no relation to the party, nobody in two of the three parts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import (
    ConflictOfInterest,
    NoCertificate,
    NotAHandler,
    NotDeclared,
    NothingToDo,
    NotTwoOfficers,
    Recused,
    SamePersonInCase,
    TwoDifferentOfficers,
)
from chengxin.cases.models import ASKED, GRANTED, HANDLER, REFUSED, SUPPORT, Case, CaseStep, Certificate, Member, Relation
from chengxin.kernel import clock
from chengxin.law import law

# Steps that any officer on the case may take, also one of another department who was called to help.
OF_ANY_MEMBER = frozenset({"declare", "add_evidence", "give_opinion"})
# Steps for which the two need not be complete: they are how they become so, or they come after the work.
WITH_ANY_NUMBER = frozenset({"declare", "ask_recusal", "archive"})
BEFORE_FILING = frozenset({"finish_check"})
OF_THE_CHAIR = frozenset({"hold_hearing"})


def certificate_of(person: str, day: date, department: str = "") -> Certificate | None:
    """The person's certificate that is valid on a day, of one department when it is named."""
    kind, _, key = person.partition(":")
    rows = Certificate.objects.filter(person_id=_uuid(key), valid_from__lte=day, valid_until__gte=day) if kind == "user" else None
    if rows is None or not _uuid(key):
        return None
    return (rows.filter(department=department) if department else rows).order_by("-valid_until").first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@rule("*")
def nobody_with_a_relation(taking: Taking) -> None:
    if Relation.objects.filter(person=str(taking.actor), subject=taking.case.subject_id).exists():
        raise ConflictOfInterest


@rule("*")
def the_right_person(taking: Taking) -> None:
    """Officers act as members of the case with a valid certificate; heads and reviewers have had no part in the investigation."""
    step = taking.outcome.step
    assert step
    member = taking.case.members.filter(person=str(taking.actor)).first()
    if member and member.recusal == GRANTED:
        raise Recused
    if step.action in OF_THE_CHAIR:
        return
    if "officer" in step.roles:
        _as_officer(taking, member)
    elif member:
        raise SamePersonInCase


def _as_officer(taking: Taking, member: Member | None) -> None:
    case = taking.case
    if taking.action not in BEFORE_FILING and case.filed_on:
        if member is None or not member.active or (member.capacity == SUPPORT and taking.action not in OF_ANY_MEMBER):
            raise NotAHandler
        if taking.action not in WITH_ANY_NUMBER:
            check_two(case)
        if taking.action not in ("declare", "ask_recusal") and not member.declared:
            raise NotDeclared
    taking.member = member
    taking.certificate = certificate_of(str(taking.actor), taking.today)
    if taking.certificate is None:
        raise NoCertificate(name=taking.actor.name)


def check_two(case: Case) -> None:
    """Exactly as many officers as the law of the day has, each with a certificate valid today and the relations declared."""
    handlers = list(case.members.filter(capacity=HANDLER, left_on__isnull=True))
    today = clock.today()
    if len(handlers) != int(law.at(today).value("case_officers")):
        raise NotTwoOfficers
    for one in handlers:
        if certificate_of(one.person, today) is None:
            raise NoCertificate(name=one.name)
        if not one.declared:
            raise NotDeclared


# ---- filing and the team


@rule("file_case")
def two_certified_officers(taking: Taking) -> None:
    a, b = taking.given["officer_a"], taking.given["officer_b"]
    if a == b:
        raise TwoDifferentOfficers
    if str(taking.actor) in (a, b):
        raise SamePersonInCase
    for person in (a, b):
        check_appointed(taking.case, person, taking.case.department)


def check_appointed(case: Case, person: str, department: str = "") -> Certificate:
    found = certificate_of(person, clock.today(), department)
    if found is None:
        raise NoCertificate(name=name_of(person))
    if Relation.objects.filter(person=person, subject=case.subject_id).exists():
        raise ConflictOfInterest
    return found


def name_of(person: str) -> str:
    key = _uuid(person.partition(":")[2])
    user = User.objects.filter(pk=key).first() if key else None
    return str(user) if user else person


@effect("file_case")
def appoint_both(taking: Taking, step: CaseStep) -> None:
    for field in ("officer_a", "officer_b"):
        put(taking.case, taking.given[field], HANDLER)


def put(case: Case, person: str, capacity: str) -> Member:
    held = check_appointed(case, person, case.department if capacity == HANDLER else "")
    return Member.objects.create(
        case=case,
        person=person,
        name=name_of(person),
        department=held.department,
        certificate=held.number,
        capacity=capacity,
        since=clock.today(),
    )


@rule("appoint")
def there_is_room(taking: Taking) -> None:
    """A new officer only in place of one who left; nobody twice, the head not at all."""
    case, person = taking.case, taking.given["person"]
    if person == str(taking.actor):
        raise SamePersonInCase
    if case.members.filter(person=person).exists():
        raise NothingToDo(why_zh="此人已在本案人员名单中。", why_en="This person is on the case's list already.")
    active = case.members.filter(capacity=HANDLER, left_on__isnull=True).count()
    if taking.given["capacity"] == HANDLER and active >= int(law.at(taking.today).value("case_officers")):
        raise TwoDifferentOfficers


@effect("appoint")
def appoint(taking: Taking, step: CaseStep) -> None:
    put(taking.case, taking.given["person"], taking.given["capacity"])


# ---- relations and recusal


@effect("declare")
def declare(taking: Taking, step: CaseStep) -> None:
    """No relation: the officer may go on. A relation: the officer leaves the case at once and is kept from every case of that subject."""
    member = taking.member
    assert member
    if taking.given["relation"] == "none":
        member.declared = True
    else:
        Relation.objects.get_or_create(person=member.person, subject=taking.case.subject, defaults={"declared_at": clock.now()})
        member.declared, member.recusal, member.left_on = False, GRANTED, taking.today
    member.save()


def _asked(taking: Taking) -> Member | None:
    return taking.case.members.filter(person=taking.given["person"], left_on__isnull=True).first()


@rule("ask_recusal")
def recusal_of_a_member(taking: Taking) -> None:
    member = _asked(taking)
    if member is None or member.recusal == ASKED:
        raise NothingToDo(why_zh="此人不在本案，或者回避申请正在处理。", why_en="Not on this case, or asked for already.")
    if taking.given["asked_by"] == "self" and member.person != str(taking.actor):
        raise SamePersonInCase


@effect("ask_recusal")
def ask_recusal(taking: Taking, step: CaseStep) -> None:
    """The investigation goes on until it is decided (apl.43)."""
    taking.case.members.filter(person=taking.given["person"]).update(recusal=ASKED)


@rule("decide_recusal")
def recusal_was_asked(taking: Taking) -> None:
    member = _asked(taking)
    if member is None or member.recusal != ASKED:
        raise NothingToDo(why_zh="没有针对此人的回避申请。", why_en="Nobody asked for this person's recusal.")


@effect("decide_recusal")
def decide_recusal(taking: Taking, step: CaseStep) -> None:
    granted = taking.given["verdict"] == "granted"
    taking.case.members.filter(person=taking.given["person"]).update(
        recusal=GRANTED if granted else REFUSED, left_on=taking.today if granted else None
    )
