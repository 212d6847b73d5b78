"""Claims of unauthorised payments: told, stopped, investigated; the provider bears it unless an officer finds the user's fault proven."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts.access import ANONYMOUS, Actor, system
from chengxin.audit import actions as audit
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock, locks
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import NotFound
from chengxin.payments.access import INSTITUTION, of_institution
from chengxin.payments.actions.steps import NUMBERS, check_texts, department, desk_roles, held, moved, named, next_numbers, wrong
from chengxin.payments.errors import AlreadyClaimed, AlreadyDone, NoProof
from chengxin.payments.models import Claim
from chengxin.payments.models.claims import BEARS, FAULT, NOTICED, PROVIDER, STOPPED, USER
from chengxin.subjects.models import PaymentOrg

INTAKE = system("payments.intake")
ELECTRONIC = "4"  # of the code list evidence_kind: electronic data
CODE_FIELD = "payments.Claim.code"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: it is read out on the telephone
CODE_LETTERS = 16  # eighty bits: nobody guesses one


@dataclass(frozen=True)
class Proof:
    """A file as the institution handed it in."""

    name: str
    data: bytes
    content_type: str


def claim(org: PaymentOrg, given: Mapping[str, Any], *, of: str = "") -> tuple[Claim, str]:
    """A user tells the institution through the city. given: name, phone, facts, payment_no, amount_fen, paid_on. Returns it and the code.

    The code is shown once and kept only as a blind index. Raises CardNumber, ContentWrong, AlreadyClaimed.
    """
    texts = {name: str(given.get(name) or "").strip() for name in ("name", "phone", "facts", "payment_no")}
    check_texts({"facts": texts["facts"]})
    check_texts({name: texts[name] for name in ("name", "phone", "payment_no")}, 1)
    if given["amount_fen"] <= 0 or given["paid_on"] > clock.today():
        wrong("金额须大于零，支付日期不得晚于今天", "the amount is more than nothing and the day not later than today")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    with transaction.atomic(), locks.locked(f"payments.claims:{org.pk}"), locks.locked(NUMBERS):
        if Claim.objects.filter(org=org, payment_no=texts["payment_no"]).exists():
            raise AlreadyClaimed
        made = Claim(number=next_numbers(Claim, "WS", clock.today())[0], org=org, department=of or department(), **texts)
        made.code_index, made.noticed_at = blind_index(code, CODE_FIELD), clock.now()
        made.amount_fen, made.paid_on = given["amount_fen"], given["paid_on"]
        moved("claim", made, "notice", {"consumer"}, ANONYMOUS, before="NONE")
        made.save(force_insert=True)
    return made, code


def followed(code: str) -> Claim:
    """The claim of a code, however it is typed. Raises NotFound."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    found = Claim.objects.select_related("org").filter(code_index=blind_index(plain, CODE_FIELD)).first()
    if found is None:
        raise NotFound
    return found


def note_read(actor: Actor, claim: Claim, purpose: str) -> None:
    """Who reads a claimant's data and why, before it is shown."""
    audit.record_read(str(actor), f"payments.claim:{claim.pk}", ("name", "phone", "facts"), purpose)


def stop(actor: Actor, number: str) -> Claim:
    """The institution has stopped the payment; the clock of the investigation starts. Again: the same."""
    with transaction.atomic():
        found = _institutions(actor, number)
        if found.state == STOPPED:
            return found
        if found.state != NOTICED:
            raise AlreadyDone
        moved("claim", found, "stop", {INSTITUTION}, actor)
        found.stopped_at = clock.now()
        found.save()
        return found


def investigate(actor: Actor, number: str, finding: str, proof: Proof | None = None) -> Claim:
    """Hand in the finding, with proof where the institution says that the user is at fault. The proof is kept as an exhibit."""
    check_texts({"finding": finding})
    with transaction.atomic():
        found = _institutions(actor, number)
        moved("claim", found, "investigate", {INSTITUTION}, actor, {"finding": finding.strip()})
        found.finding = finding.strip()
        if proof is not None:
            about = {"from": actor.name, "actor": str(actor), "file": proof.name}
            title = f"{found.number}：{proof.name}"
            matter = f"payments.claim:{found.pk}"
            kept = evidence.keep(
                INTAKE, matter, found.department, ELECTRONIC, title, proof.data, content_type=proof.content_type, about=about
            )
            found.proof, found.proof_name, found.proof_hash = str(kept.pk), proof.name[:200], hashlib.sha256(proof.data).hexdigest()
        found.save()
        return found


def bear(actor: Actor, number: str) -> Claim:
    """The provider bears the loss: it says so itself, or an officer does; the clock of the refund starts."""
    with transaction.atomic():
        found = held(actor, Claim, number)
        roles = desk_roles(actor, found.department) | _own(actor, found)
        moved("claim", found, "bear", roles, actor)
        found.outcome, found.decided_at = PROVIDER, clock.now()
        found.decided_by, found.decided_by_name = named(actor)
        found.save()
        return found


def find_fault(actor: Actor, number: str, reason: str) -> Claim:
    """An officer finds the user's fault proven by what the institution handed in. Raises NoProof where it handed in nothing."""
    check_texts({"reason": reason})
    with transaction.atomic():
        found = held(actor, Claim, number)
        roles = desk_roles(actor, found.department)
        if not roles:
            raise NotFound
        if not found.proof:
            raise NoProof
        moved("claim", found, "find_fault", roles, actor, {"proof": found.proof, "reason": reason.strip()}, quiet=True)
        found.outcome, found.reason, found.decided_at = USER, reason.strip(), clock.now()
        found.decided_by, found.decided_by_name = named(actor)
        found.save()
        return found


def refund(actor: Actor, number: str, amount_fen: int, on: date) -> Claim:
    """The institution has made the loss good, all of it."""
    with transaction.atomic():
        found = _institutions(actor, number)
        if found.state != BEARS:
            raise AlreadyDone
        if amount_fen < found.amount_fen or not found.paid_on <= on <= clock.today():
            wrong("赔付金额不得少于损失，日期应在支付之后、今天之前", "the whole loss is made good, between the payment and today")
        moved("claim", found, "refund", {INSTITUTION}, actor, {"refunded_fen": amount_fen})
        found.refunded_fen, found.refunded_on = amount_fen, on
        found.save()
        return found


def close_claim(actor: Actor, number: str, reason: str) -> Claim:
    """An officer closes it: made good, or the user's fault proven."""
    check_texts({"reason": reason})
    with transaction.atomic():
        found = held(actor, Claim, number)
        if found.state == FAULT and not found.proof:
            raise NoProof
        moved("claim", found, "close", desk_roles(actor, found.department), actor, {"reason": reason.strip()}, quiet=True)
        found.closed_at, found.due_on = clock.now(), None
        found.save()
        return found


def _institutions(actor: Actor, number: str) -> Claim:
    """The institution's own claim, locked. NotFound for everybody else."""
    found = held(actor, Claim, number)
    if not _own(actor, found):
        raise NotFound
    return found


def _own(actor: Actor, found: Claim) -> set[str]:
    return {INSTITUTION} if Claim.objects.filter(of_institution(actor), pk=found.pk).exists() else set()
