"""The real-name workflow of a shop (shop_identity.workflow.yaml): each verb takes one step under the shop's lock and leaves a log entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.locks import locked
from chengxin.law import law
from chengxin.subjects import checks
from chengxin.subjects.errors import ChecksFailed, NoFirstLook, SecondPersonNeeded, VerificationDate
from chengxin.subjects.models import IdentityVerification, Shop

DISPLAYED_STATES = ("VERIFIED",)
Work = Callable[[Shop], dict[str, Any]]


def step(
    shop: Shop, action: str, actor: Actor | str, work: Work | None = None, *, reason: str = "", given: dict[str, Any] | None = None
) -> Shop:
    """One step of the workflow. `work(shop)` does what belongs to it before the state moves and returns the log entry's data.

    Raises the workflow's StepNotAllowed or EvidenceMissing; the shop is left as it was.
    """
    with transaction.atomic(), locked(f"subjects.shop:{shop.token}"):
        fresh = Shop.objects.select_for_update(of=("self",)).select_related("platform", "subject").get(pk=shop.pk)
        evidence = {**(given or {}), **({"reason": reason} if reason else {})}
        flow = workflow.load("subjects/shop_identity")
        outcome = workflow.take(flow, fresh.state, action, roles_of(actor), evidence, clock.today())
        data = work(fresh) if work else {}
        before, fresh.state = fresh.state, outcome.state
        fresh.state_since = fresh.updated_at = clock.now()
        fresh.state_reason = reason
        fresh.displayed = fresh.state in DISPLAYED_STATES
        fresh.version += 1
        fresh.save()
        said, private = {"from": before, "to": fresh.state, **data}, {"reason": reason} if reason else None  # leaves are public
        audit.record(f"subjects.shop.{action}", actor=str(actor), object=f"subjects.shop:{fresh.pk}", data=said, personal=private)
    return fresh


def roles_of(actor: Actor | str) -> frozenset[str]:
    """The workflow roles of an actor; the house's own jobs are "system"."""
    if isinstance(actor, str) or actor.is_system:
        return frozenset({"system"})
    return frozenset({"platform_staff"}) if "platform_client" in actor.roles else actor.roles


def submit_shop(shop: Shop, actor: Actor | str) -> Shop:
    """Hand a draft or corrected shop in for checking."""
    return step(shop, "submit", actor)


def start_check(shop: Shop, actor: Actor | str) -> Shop:
    """Take a submitted, due or suspended shop into checking."""
    return step(shop, "start_check", actor)


def pass_identity(
    shop: Shop,
    method: str,
    actor: Actor | str,
    *,
    evidence_hash: str = "",
    verifier: str = "",
    second_verifier: str = "",
    verified_on: date | None = None,
    differences: tuple[str, ...] = (),
) -> Shop:
    """Record that a shop's identity was verified; the next one is due six months later (order37.24).

    A platform states its own verifiers by staff number; a person at our pages verifies under the own name, and with images only by
    `first_look` and `second_look`. Raises ChecksFailed, SecondPersonNeeded, VerificationDate.
    """
    looked = checks.Looked(method, evidence_hash, differences)
    day = verified_on or clock.today()
    if day > clock.today():
        raise VerificationDate(day=day.isoformat())
    if method == "image_two_person" and second_verifier in ("", verifier):
        raise SecondPersonNeeded()

    def work(fresh: Shop) -> dict[str, Any]:
        return _verify(fresh, looked, day, verifier or str(actor), second_verifier)

    return step(shop, "verify", actor, work, given={"evidence": evidence_hash or method, "verified_on": day})


def first_look(shop: Shop, evidence_hash: str, actor: Actor | str) -> Shop:
    """The first of two people compares the image with what the shop states."""

    def work(fresh: Shop) -> dict[str, Any]:
        IdentityVerification.objects.filter(shop=fresh, result="half").delete()
        IdentityVerification.objects.create(
            shop=fresh,
            method="image_two_person",
            result="half",
            evidence_hash=evidence_hash,
            verifier=str(actor),
            verified_at=clock.now(),
            facts=checks.facts_of(fresh),
        )
        return {"evidence_hash": evidence_hash}

    return step(shop, "first_look", actor, work, given={"evidence": evidence_hash})


def second_look(shop: Shop, actor: Actor | str) -> Shop:
    """A second, different person confirms the first look. Raises NoFirstLook, SecondPersonNeeded, ChecksFailed."""

    def work(fresh: Shop) -> dict[str, Any]:
        half = IdentityVerification.objects.select_for_update().filter(shop=fresh, result="half").first()
        if half is None or half.facts != checks.facts_of(fresh):
            raise NoFirstLook()
        if half.verifier == str(actor):
            raise SecondPersonNeeded()
        looked = checks.Looked("image_two_person", half.evidence_hash)
        half.delete()
        return _verify(fresh, looked, clock.today(), half.verifier, str(actor))

    return step(shop, "verify", actor, work, given={"evidence": "image_two_person", "verified_on": clock.today()})


def send_back(shop: Shop, reason: str, actor: Actor | str) -> Shop:
    """Send a shop back to be corrected, with the reason the merchant reads."""
    return step(shop, "send_back", actor, lambda fresh: _fail(fresh, reason, str(actor)), reason=reason)


def refuse_identity(shop: Shop, reason: str, actor: Actor | str) -> Shop:
    """Refuse a shop: the identity is false or cannot be shown."""
    return step(shop, "refuse", actor, lambda fresh: _fail(fresh, reason, str(actor)), reason=reason)


def reopen_shop(shop: Shop, actor: Actor | str) -> Shop:
    """Let a refused shop be stated anew."""
    return step(shop, "reopen", actor)


def suspend_shop(shop: Shop, reason: str, actor: Actor | str) -> Shop:
    """Suspend a shop's identity while doubts are looked into."""
    return step(shop, "suspend", actor, reason=reason)


def resume_shop(shop: Shop, actor: Actor | str) -> Shop:
    """End a suspension: the identity is checked again before it shows."""
    return step(shop, "resume", actor)


def exit_shop(shop: Shop, actor: Actor | str, closed_on: date | None = None) -> Shop:
    """The shop leaves the platform; its data are kept three years (order37.31, clock RETAIN_ID)."""
    day = closed_on or clock.today()

    def work(fresh: Shop) -> dict[str, Any]:
        fresh.closed_on = day
        return {"closed_on": day.isoformat(), "keep_until": law.due("RETAIN_ID", day).isoformat()}

    return step(shop, "leave", actor, work)


def _verify(shop: Shop, looked: checks.Looked, day: date, verifier: str, second: str) -> dict[str, Any]:
    found = checks.run(shop, looked, clock.today())
    failed = [check for check in found if check.result == "fail"]
    if failed:
        raise ChecksFailed(first_zh=failed[0].zh, first_en=failed[0].en, checks=[check.as_data() for check in found])
    last = IdentityVerification.objects.filter(shop=shop, result="pass").first()
    facts = checks.facts_of(shop)
    due = law.due("ID_REVERIFY", day)
    made = IdentityVerification.objects.create(
        shop=shop,
        method=looked.method,
        result="pass",
        checks=[check.as_data() for check in found],
        facts=facts,
        evidence_hash=looked.evidence_hash,
        verifier=verifier,
        second_verifier=second,
        diff=checks.difference(last.facts if last else {}, facts),
        verified_at=at_noon(day),
        next_due_on=due,
    )
    shop.verified_at, shop.next_due_on = made.verified_at, due
    if shop.subject:
        shop.subject.verified_at = made.verified_at
        shop.subject.save(update_fields=["verified_at"])
    return {"method": looked.method, "verified_on": day.isoformat(), "next_due_on": due.isoformat(), "changed": sorted(made.diff)}


def _fail(shop: Shop, reason: str, verifier: str) -> dict[str, Any]:
    IdentityVerification.objects.filter(shop=shop, result="half").delete()
    IdentityVerification.objects.create(
        shop=shop,
        method="unmatched",
        result="fail",
        facts=checks.facts_of(shop),
        verifier=verifier,
        reason=reason,
        verified_at=clock.now(),
    )
    return {}


def at_noon(day: date) -> datetime:
    """The instant kept for a stated day; now when the day is today."""
    return clock.now() if day == clock.today() else datetime.combine(day, time(12), tzinfo=clock.CITY)
