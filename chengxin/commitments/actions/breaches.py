"""An alleged breach from the first clue to the credit file: told, heard, concluded by one person, decided by another.

The record is proposed together with the conclusion and confirmed by who decides, so that nothing is on file before both have acted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.commitments import papers
from chengxin.commitments.access import DESK, MAKERS, own, roles_of
from chengxin.commitments.actions.steps import NUMBERS, SYSTEM, check_text, moved, named, next_number, roles_in, wrong
from chengxin.commitments.errors import AlreadyDone, Early, SamePerson, TooLate
from chengxin.commitments.events import BreachFound
from chengxin.commitments.models import BY_PERSON, NOTICED, OPEN, Breach, Commitment
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.records import actions as records
from chengxin.records.models import WAITING

CONFIRM, CLEAR = CONCLUSIONS = ("confirm", "clear")
OFFICERS = ("officer", "head")


def allege(actor: Actor, number: str, clause: str, facts: str) -> Breach:
    """An officer raises what an inspection, a complaint or a decision showed. Raises AlreadyDone when one of this clause is open."""
    commitment = access.get(actor, Commitment, number=number)
    roles = roles_in(actor, commitment.department, OFFICERS)
    if clause and clause not in commitment.clauses:
        wrong("所选条款不在承诺书之内", "the promise is not one of the commitment's")
    said = check_text(facts, "事实", "the facts", public=True)
    with transaction.atomic():
        return raise_breach(commitment, clause, BY_PERSON, said, {}, roles, named(actor))


def raise_breach(
    commitment: Commitment,
    clause: str,
    source: str,
    facts: str,
    found: dict[str, Any],
    roles: set[str] | frozenset[str],
    by: tuple[str, str],
) -> Breach:
    """Open an alleged breach; the caller holds the transaction."""
    with locks.locked(NUMBERS):
        if Breach.objects.filter(commitment=commitment, clause=clause, state__in=OPEN).exists():
            raise AlreadyDone
        breach = Breach(
            id=ids.new_id(),
            number=next_number(Breach, "CB", clock.today()),
            commitment=commitment,
            clause=clause,
            source=source,
            department=commitment.department,
            facts=facts,
            found=found,
            raised_by=by[0],
            raised_by_name=by[1],
            raised_at=clock.now(),
        )
        moved(breach, "raise", roles, by, before="NONE")
    return breach


def dismiss(actor: Actor, number: str, reason: str) -> Breach:
    """Nothing in it: the maker never hears of it."""

    def act(breach: Breach) -> None:
        breach.decided_at = clock.now()
        moved(
            breach,
            "dismiss",
            roles_in(actor, breach.department, OFFICERS),
            named(actor),
            {"reason": check_text(reason, "理由", "the reason")},
        )

    return _locked(actor, number, act)


def notify(actor: Actor, number: str, facts: str, contact: str, phone: str) -> Breach:
    """Tell the maker what is alleged, with the days to state: the notice is a paper."""
    said = check_text(facts, "事实", "the facts", public=True)

    def act(breach: Breach) -> None:
        breach.facts, breach.noticed_at = said, clock.now()
        moved(breach, "notice", roles_in(actor, breach.department, OFFICERS), named(actor), {"facts": said})
        paper = papers.notice(actor, breach, contact, phone)
        breach.notice, breach.notice_number = paper.pk, paper.number
        breach.save()

    return _locked(actor, number, act)


def state(actor: Actor, number: str, statement: str) -> Breach:
    """The maker says what there is to say. Raises TooLate."""
    said = check_text(statement, "陈述", "the statement")

    def act(breach: Breach) -> None:
        if breach.commitment.subject_id not in own(actor):
            raise NotFound
        if breach.state == NOTICED and breach.due_on and clock.today() > breach.due_on:
            raise TooLate(due=breach.due_on.isoformat())
        breach.statement, breach.stated_at = said, clock.now()
        moved(breach, "state", roles_of(actor), named(actor), {"statement": said})

    return _locked(actor, number, act)


def pass_statement(actor: Actor, number: str) -> Breach:
    """The period is over and nothing was said: on to the finding. Raises Early."""

    def act(breach: Breach) -> None:
        if breach.state == NOTICED and breach.due_on and clock.today() <= breach.due_on:
            raise Early(due=breach.due_on.isoformat())
        moved(breach, "pass", SYSTEM if actor.is_system else roles_in(actor, breach.department, OFFICERS), named(actor))

    return _locked(actor, number, act)


def conclude(actor: Actor, number: str, conclusion: str, reasons: str) -> Breach:
    """One officer proposes the finding with reasons that answer the statement; a breach with the record that it would make."""
    said = check_text(reasons, "理由", "the reasons")
    if conclusion not in CONCLUSIONS:
        raise ValueError(conclusion)

    def act(breach: Breach) -> None:
        breach.conclusion, breach.reasons = conclusion, said
        breach.proposed_by, breach.proposed_by_name = named(actor)
        moved(breach, "conclude", roles_in(actor, breach.department, OFFICERS), named(actor), {"reason": said})
        if conclusion == CONFIRM:
            breach.proposal = records.propose_record(actor, breach.commitment.subject_id, breach.department, papers.record_of(breach))
            breach.save()

    return _locked(actor, number, act)


def send_back(actor: Actor, number: str, reason: str) -> Breach:
    """The second person does not agree: another finding has to be proposed."""
    said = check_text(reason, "理由", "the reason")

    def act(breach: Breach) -> None:
        _check_other(actor, breach)
        moved(breach, "send_back", roles_in(actor, breach.department, DESK), named(actor), {"reason": said})
        if breach.proposal and breach.proposal.state == WAITING:
            records.refuse(actor, breach.proposal.pk, said)
        breach.proposal, breach.conclusion, breach.proposed_by, breach.proposed_by_name = None, "", "", ""
        breach.save()

    return _locked(actor, number, act)


def confirm(actor: Actor, number: str) -> Breach:
    """The second person decides as was proposed: cleared, or found and on the credit file. Raises SamePerson, AlreadyDone."""

    def act(breach: Breach) -> None:
        _check_other(actor, breach)
        roles = roles_in(actor, breach.department, DESK)
        breach.decided_by, breach.decided_by_name = named(actor)
        breach.decided_at = clock.now()
        if breach.conclusion == CLEAR:
            moved(breach, "clear", roles, named(actor))
            return
        moved(breach, "confirm", roles, named(actor))
        if breach.proposal is None:
            raise AlreadyDone
        breach.record = records.confirm(actor, breach.proposal.pk).made
        put_on_file(breach)

    return _locked(actor, number, act)


def put_on_file(breach: Breach) -> None:
    """The record is made: the breach stands on the file. The caller holds the transaction."""
    moved(breach, "record", SYSTEM, ("system:commitments", ""))
    if breach.record:
        outbox.emit(BreachFound(str(breach.pk), breach.number, breach.record.number))


def repair_asked(actor: Actor, number: str, repair: str) -> Breach:
    """The maker says what was put right and asks that the record be taken off."""
    said = check_text(repair, "整改情况", "what was put right")

    def act(breach: Breach) -> None:
        if breach.commitment.subject_id not in own(actor):
            raise NotFound
        breach.repair = said
        moved(breach, "ask_repair", {role for role in MAKERS if actor.has(role)}, named(actor), {"repair": said})

    return _locked(actor, number, act)


def _check_other(actor: Actor, breach: Breach) -> None:
    if breach.proposed_by == str(actor):
        raise SamePerson


def _locked(actor: Actor, number: str, act: Callable[[Breach], None]) -> Breach:
    """Find, lock, act, save."""
    with transaction.atomic(), locks.locked(f"commitments.breach:{number}"):
        found = access.get(actor, Breach, number=number)
        breach = Breach.objects.select_for_update(of=("self",)).select_related("commitment", "proposal").get(pk=found.pk)
        act(breach)
        breach.save()
    return breach
