"""The reconciliation as a run on record, and what people do with what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.payments import reconciling
from chengxin.payments.access import STAFF
from chengxin.payments.actions.steps import NUMBERS, SYSTEM, check_texts, desk_roles, held, moved, named, next_numbers
from chengxin.payments.errors import AlreadyDone
from chengxin.payments.events import MismatchConfirmed
from chengxin.payments.models import Mismatch, PaymentStep, Reconciliation
from chengxin.payments.models.mismatches import ASKED, NEW, WAITING
from chengxin.payments.reconciling import Found, Window
from chengxin.subjects import queries as subjects
from chengxin.subjects.models import Platform

RUN = system("payments.reconciling")
TOGETHER = 500
MOST_A_DAY = 90_000  # a day's numbers have five digits


def reconcile(since: datetime, until: datetime, as_of: datetime, platforms: Sequence[str] = ()) -> Reconciliation:
    """Lay a window side by side; what is new is added once, what fits since later reports and nobody decided yet is cleared.

    The same window over the same files adds nothing. Raises nothing of its own; the lake's errors pass.
    """
    window = Window(since, until, as_of, tuple(platforms))
    taken = reconciling.snapshot(window)
    found = reconciling.find(window, taken)
    with transaction.atomic(), locks.locked("payments.reconcile"), locks.locked(NUMBERS):
        known = {one.code: one for one in Platform.objects.all()}
        run = Reconciliation(since=since, until=until, as_of=as_of, platforms=list(platforms), root=taken.root, by=str(RUN), at=clock.now())
        run.found = len(found)
        run.save(force_insert=True)
        run.added = _add(run, [one for one in found if one.platform in known], known)
        run.cleared = _clear(window, found)
        run.save()
        data = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "found": run.found,
            "added": run.added,
            "cleared": run.cleared,
            "root": run.root,
        }
        audit.record("payments.reconciled", actor=str(RUN), object=f"payments.run:{run.pk}", data=data)
        return run


def _add(run: Reconciliation, found: Sequence[Found], platforms: dict[str, Platform]) -> int:
    there = set(Mismatch.objects.filter(platform__code__in={one.platform for one in found}).values_list("platform__code", "kind", "key"))
    new = [one for one in _once(found) if (one.platform, one.kind, one.key) not in there]
    new = new[: MOST_A_DAY - Mismatch.objects.filter(run__at__date=run.at.date()).count()]  # the next run adds the rest
    shops = subjects.shops_by_token({one.shop for one in new if one.shop is not None})
    numbers = next_numbers(Mismatch, "DZ", clock.today(), len(new))
    rows = [
        Mismatch(
            number=number,
            run=run,
            platform=platforms[one.platform],
            shop=shops.get(one.shop) if one.shop is not None else None,
            kind=one.kind,
            key=one.key,
            order_no=one.order_no,
            happened_at=one.at,
            placed_at=one.placed_at,
            expected_fen=one.expected,
            found_fen=one.found,
            facts={kind: facts for kind, facts in one.facts.items() if facts},
        )
        for number, one in zip(numbers, new, strict=True)
    ]
    Mismatch.objects.bulk_create(rows, batch_size=TOGETHER)
    _first_steps(rows)
    return len(rows)


def _once(found: Sequence[Found]) -> list[Found]:
    """One a platform, kind and key: a combined parcel of which several orders are missing is one difference, with the facts of all."""
    made: dict[tuple[str, str, str], Found] = {}
    for one in sorted(found, key=lambda each: each.order_no):
        first = made.setdefault((one.platform, one.kind, one.key), one)
        if first is not one:
            facts = {kind: sorted({*first.facts.get(kind, ()), *one.facts.get(kind, ())}) for kind in {**first.facts, **one.facts}}
            made[one.platform, one.kind, one.key] = replace(first, facts=facts)
    return list(made.values())


def _first_steps(rows: Iterable[Mismatch]) -> None:
    """The history begins with the run, whose log entry stands for all of them."""
    by, name = named(RUN)
    first = {
        "of": "mismatch",
        "place": 0,
        "action": "find",
        "before": "NONE",
        "after": NEW,
        "actor": by,
        "actor_name": name,
        "at": clock.now(),
    }
    PaymentStep.objects.bulk_create([PaymentStep(matter=one.pk, **first) for one in rows], batch_size=TOGETHER)


def _clear(window: Window, found: Sequence[Found]) -> int:
    """What nobody has decided and no longer shows: later reports made it fit."""
    seen = {(one.platform, one.kind, one.key) for one in found}
    inside = {"placed_at__gte": window.since, "placed_at__lt": window.until, "run__as_of__lte": window.as_of}
    waiting = Mismatch.objects.filter(state__in=[NEW, ASKED], **inside)
    if window.platforms:
        waiting = waiting.filter(platform__code__in=window.platforms)
    gone = [one for one in waiting.select_related("platform") if (one.platform.code, one.kind, one.key) not in seen]
    for one in gone:
        moved("mismatch", one, "clear", SYSTEM, RUN)
        one.save()
    return len(gone)


def ask(actor: Actor, number: str, question: str) -> Mismatch:
    """An officer asks the platform; its clock starts. Asking again does not start it anew: raises AlreadyDone."""
    check_texts({"question": question})
    with transaction.atomic():
        found = held(actor, Mismatch, number)
        if found.state != NEW:
            raise AlreadyDone
        moved("mismatch", found, "ask", desk_roles(actor), actor, {"reason": question.strip()})
        found.question = question.strip()[:1000]
        found.save()
        return found


def explain(actor: Actor, number: str, explanation: str) -> Mismatch:
    """The platform explains, asked or not."""
    check_texts({"explanation": explanation})
    with transaction.atomic():
        found = held(actor, Mismatch, number, platform__code__in=actor.platforms)
        if found.state not in (NEW, ASKED):
            raise AlreadyDone
        moved("mismatch", found, "explain", {STAFF}, actor, {"explanation": explanation.strip()})
        found.explanation = explanation.strip()[:2000]
        found.explained_by, found.explained_by_name = named(actor)
        found.save()
        return found


def accept(actor: Actor, number: str, reason: str) -> Mismatch:
    """A person finds the explanation good, or sees for himself that nothing is wrong."""
    return _decide(actor, number, "accept", reason)


def confirm(actor: Actor, number: str, reason: str) -> Mismatch:
    """A person confirms that it does not fit; who follows it up hears of it."""
    return _decide(actor, number, "confirm", reason)


def _decide(actor: Actor, number: str, action: str, reason: str) -> Mismatch:
    check_texts({"reason": reason})
    with transaction.atomic():
        found = held(actor, Mismatch, number)
        if not desk_roles(actor):
            raise NotFound
        if found.state not in WAITING:
            raise AlreadyDone
        moved("mismatch", found, action, desk_roles(actor), actor, {"reason": reason.strip()})
        found.decided_by, found.decided_by_name = named(actor)
        found.decided_at, found.reason, found.due_on = clock.now(), reason.strip()[:1000], None
        found.save()
        if action == "confirm":
            outbox.emit(MismatchConfirmed(str(found.pk), found.platform.code, found.kind))
        return found
