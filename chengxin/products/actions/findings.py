"""The checks as a run on record, and what people decide of what does not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.products import chains, reading
from chengxin.products.actions.steps import NUMBERS, SYSTEM, check_text, desk_roles, held, moved, named, next_numbers
from chengxin.products.chains import Finding, Report
from chengxin.products.errors import AlreadyDone
from chengxin.products.models import ChainFinding, ChainRun
from chengxin.products.models.findings import CLEARED, NEW
from chengxin.products.reading import Chain
from chengxin.traceability.models import TraceEvent

RUN = system("products.chains")
MOST_A_DAY = 90_000  # a day's numbers have five digits


def look_at_chains(as_of: datetime | None = None) -> ChainRun:
    """Check everything captured. What is new is added once, what fits since later reports and nobody decided is cleared.

    The same events again add nothing.
    """
    now = as_of or clock.now()
    day = clock.city_day(now)
    chain = reading.chain(reading.tables(), day)
    report = chains.check(chain.moves, reading.limits(now, day))
    with transaction.atomic(), locks.locked("products.chains"), locks.locked(NUMBERS):
        run = ChainRun(as_of=now, rows=report.rows, unplaced=report.unplaced, not_comparable=report.not_comparable)
        run.found, run.by, run.at = len(report.findings), str(RUN), clock.now()
        run.save(force_insert=True)
        run.added, run.cleared = _add(run, chain, report), _clear(chain, report)
        run.save()
        data = {"as_of": now.isoformat(), "rows": run.rows, "found": run.found, "added": run.added, "cleared": run.cleared}
        audit.record("products.chains.checked", actor=str(RUN), object=f"products.run:{run.pk}", data=data)
        return run


def key_of(chain: Chain, one: Finding) -> str:
    """What makes a finding the same in the next run."""
    parts = (one.kind, chain.item(one.item), chain.party(one.party), chain.party(one.other))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _add(run: ChainRun, chain: Chain, report: Report) -> int:
    known = {one.key: one for one in ChainFinding.objects.all()}
    again = [known[key] for one in report.findings if (key := key_of(chain, one)) in known and known[key].state == CLEARED]
    for back in again:
        moved("finding", back, "find", SYSTEM, RUN)
        back.save()
    new = [one for one in report.findings if key_of(chain, one) not in known]
    new = new[: MOST_A_DAY - ChainFinding.objects.filter(run__at__date=run.at.date()).count()]  # the next run adds the rest
    names = _event_ids([event for one in new for event in one.events])
    for number, one in zip(next_numbers(ChainFinding, "ZS", clock.today(), len(new)), new, strict=True):
        made = ChainFinding(number=number, run=run, kind=one.kind, item=chain.item(one.item), key=key_of(chain, one))
        made.party, made.other = chain.party(one.party), chain.party(one.other)
        made.amount, made.measure = one.amount, _measure(chain, one)
        made.happened_at = datetime.fromtimestamp(one.at / reading.SECOND, UTC)
        made.events = [names[event] for event in one.events]
        moved("finding", made, "find", SYSTEM, RUN, before="NONE")
        made.save(force_insert=True)
    return len(new) + len(again)


def _measure(chain: Chain, one: Finding) -> int:
    rows = chain.moves
    return int(rows.measure[rows.item == one.item][0])


def _event_ids(ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), reading.TOGETHER):
        some = wanted[start : start + reading.TOGETHER]
        found.update(TraceEvent.objects.filter(pk__in=some).values_list("pk", "event_id"))
    return found


def _clear(chain: Chain, report: Report) -> int:
    seen = {key_of(chain, one) for one in report.findings}
    gone = [one for one in ChainFinding.objects.filter(state=NEW) if one.key not in seen]
    for one in gone:
        moved("finding", one, "clear", SYSTEM, RUN)
        one.save()
    return len(gone)


def dismiss_finding(actor: Actor, number: str, reason: str) -> ChainFinding:
    """A person sees that nothing is wrong."""
    return _decide(actor, number, "dismiss", reason)


def confirm_finding(actor: Actor, number: str, reason: str) -> ChainFinding:
    """A person confirms that the chain does not close; who follows it up hears of it."""
    return _decide(actor, number, "confirm", reason)


def _decide(actor: Actor, number: str, action: str, reason: str) -> ChainFinding:
    reason = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, ChainFinding, number)
        if not desk_roles(actor):
            raise NotFound
        if found.state != NEW:
            raise AlreadyDone
        moved("finding", found, action, desk_roles(actor), actor, {"reason": reason})
        found.decided_by, found.decided_by_name = named(actor)
        found.decided_at, found.reason = clock.now(), reason[:1000]
        found.save()
        return found
