"""A request for erasure from the form to the confirmation: filed by the person, decided by a named officer, carried out by a job."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.jobs import actions as jobs
from chengxin.kernel import clock
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.locks import locked
from chengxin.law import law
from chengxin.persons import erasing, reclaim
from chengxin.persons.errors import Decided, NoGround, NothingToLookFor, NotVerified
from chengxin.persons.models import ACCEPTED, DONE, FILED, PERSON, REFUSED, ErasureRequest, Removal
from chengxin.persons.person import Person
from chengxin.persons.stores import grounds

ALPHABET, LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 16  # eighty bits
CODE = "persons.request.code"
RECEIPT = "persons.erasure"


def file_request(person: Person, department: str) -> tuple[ErasureRequest, str]:
    """Take a request of a person. Returns it and the code by which its state is asked, shown once. Raises NothingToLookFor."""
    if not person.sure and not person.matters:
        raise NothingToLookFor
    code = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
    days = int(law.at(clock.today()).value("erasure_answer_days"))
    with transaction.atomic(), locked("persons.numbers"):
        made = ErasureRequest.objects.create(
            number=_number(),
            code_index=code_index(code),
            department=department,
            about=person.as_json(),
            filed_at=clock.now(),
            due_on=clock.today() + timedelta(days=days),
        )
        data = {"department": department, "due_on": made.due_on.isoformat()}
        audit.record("persons.request.filed", actor="public:person", object=f"persons.request:{made.number}", data=data)
    return made, code


def code_index(code: str) -> str:
    """Under which a request's code is found."""
    return blind_index("".join(code.upper().replace("-", "").split()), CODE)


def _number() -> str:
    day = clock.today()
    return f"GX{day:%Y%m%d}{ErasureRequest.objects.filter(number__startswith=f'GX{day:%Y%m%d}').count() + 1:04d}"


def look(actor: Actor, request: ErasureRequest, purpose: str) -> erasing.Plan:
    """The dry run, for the officer who decides; that the person's data were looked at is in the log first."""
    note_reading(actor, request, purpose)
    return erasing.plan(Person.of_json(request.about), with_names=request.with_names)


def note_reading(actor: Actor, request: ErasureRequest, purpose: str) -> None:
    """Who opens what a person wrote, and why, is in the log before it is shown."""
    audit.record_read(str(actor), f"persons.request:{request.number}", ["about"], purpose)


def accept(actor: Actor, number: str, ground: str, checked: str, *, with_names: bool = False, reason: str = "") -> ErasureRequest:
    """A named officer takes a request on a ground of article 47; a job carries it out. Raises NoGround, NotVerified, Decided."""
    if not checked.strip():
        raise NotVerified
    with transaction.atomic():
        found = _decide(actor, number, ACCEPTED, "accept", ground, reason)
        found.identity_checked, found.with_names = checked.strip()[:200], with_names
        found.save(update_fields=["identity_checked", "with_names"])
        jobs.enqueue(
            "chengxin.persons.tasks:erase",
            title={"zh": f"删除个人信息：{number}", "en": f"Erase a person: {number}"},
            owner=str(actor),
            key=f"persons.erase:{number}",
            number=number,
        )
    return found


def refuse(actor: Actor, number: str, ground: str, reason: str) -> ErasureRequest:
    """A named officer refuses, with a ground of the law and words for the person (pipl.50). What the person wrote is emptied at once."""
    if not reason.strip():
        raise NoGround
    with transaction.atomic():
        found = _decide(actor, number, REFUSED, "refuse", ground, reason)
        found.about = "{}"
        found.save(update_fields=["about"])
    return found


def _decide(actor: Actor, number: str, state: str, kind: str, ground: str, reason: str) -> ErasureRequest:
    if ground not in grounds()[kind]:
        raise NoGround
    with locked(f"persons.request:{number}"):
        found = access.get(actor, ErasureRequest, number=number)
        if found.state != FILED:
            raise Decided
        found.state, found.ground, found.reason = state, ground, reason.strip()[:500]
        found.decided_by, found.decided_by_name, found.decided_at = str(actor), actor.name, clock.now()
        found.save(update_fields=["state", "ground", "reason", "decided_by", "decided_by_name", "decided_at"])
        data = {"ground": ground, "provision": grounds()[kind][ground]["provision"]}
        audit.record(f"persons.request.{state.lower()}", actor=str(actor), object=f"persons.request:{number}", data=data)
    return found


def erase(number: str) -> dict[str, Any]:
    """Carry an accepted request out. Broken off, it is done again from the start and finds what is left. Returns the outcome."""
    found = ErasureRequest.objects.get(number=number)
    if found.state == DONE:
        return dict(found.outcome)
    person = Person.of_json(found.about)
    made = erasing.plan(person, with_names=found.with_names)
    outcome = erasing.carry_out(made, person, actor=found.decided_by, number=number)
    before = found.outcome.get("gone", {})
    outcome["gone"] = {name: outcome["gone"].get(name, 0) + before.get(name, 0) for name in {*outcome["gone"], *before}}
    _finish(found, outcome)
    if "scrub" not in erasing.SKIP:
        reclaim.scrub(tuple({hit.model._meta.db_table for hit in made.go}))
    return outcome


def _finish(found: ErasureRequest, outcome: Mapping[str, Any]) -> None:
    """Write the outcome and the paper for the person, and forget who asked."""
    with transaction.atomic():
        said = {"number": found.number, "ground": found.ground, "gone": outcome["gone"], "kept": outcome["kept"]}
        body = {**said, "done_on": clock.today().isoformat(), "officer": found.decided_by_name}
        receipt = audit.sign_document(RECEIPT, body, actor=found.decided_by, object=f"persons.request:{found.number}")
        found.state, found.done_at, found.outcome, found.about, found.receipt = DONE, clock.now(), dict(outcome), "{}", receipt
        found.save(update_fields=["state", "done_at", "outcome", "about", "receipt"])
        for name, many in outcome["gone"].items():
            rest = {"term": found.number, "leaf": receipt["leaf"]["index"], "at": clock.now()}
            Removal.objects.create(why=PERSON, store=name, rows=many, **rest)
