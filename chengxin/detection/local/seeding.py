"""Secret seeded cases: drawn and promised in the log, handed over among a period's files, looked for in what comes back, revealed."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.detection import plain
from chengxin.detection.errors import AlreadyRevealed, CasesFail, PeriodTooShort
from chengxin.detection.local import cases, chances
from chengxin.detection.local.cases import Plan
from chengxin.detection.local.models import SEALED, HeldFinding, LocalPackage, SeededSet
from chengxin.facts import plain as reports
from chengxin.kernel import clock, encryption
from chengxin.subjects.models import Platform, Shop

TRIES = 3
DRAWN, REVEALED, HANDED = "detection.seeded.drawn", "detection.seeded.revealed", "detection.seeded.handed_out"


def draw(actor: Actor, platform: Platform, since: date, until: date, count: int) -> SeededSet:
    """Draw cases for a platform's period and promise them in the log by a hash; they stay secret until `reveal`.

    The city's own detectors are run over the rows first: each case must be found, no honest shop. Chance makes a plan now and then that is
    not; another is drawn. Raises PeriodTooShort, CasesFail.
    """
    if (until - since).days < cases.LEAST_DAYS:
        raise PeriodTooShort(least=cases.LEAST_DAYS)
    known = list(Shop.objects.filter(platform=platform).values_list("shop_id", flat=True))
    plan = _checked_plan(lambda: cases.draw(secrets.randbits(128), platform.code, since, until, count, known))
    text = canonical({**asdict(plan), "nonce": secrets.token_hex(32), "files": files_of(plan)})
    with transaction.atomic():
        made = SeededSet.objects.create(
            platform=platform.code,
            since=since,
            until=until,
            count=count,
            commitment=commitment(text),
            sealed=encryption.encrypt(text, SEALED),
            made_by=str(actor),
            made_at=clock.now(),
        )
        data = {"platform": platform.code, "since": since, "until": until, "cases": count, "commitment": made.commitment}
        audit.record(DRAWN, actor=str(actor), object=f"detection.seeded:{made.id}", data=data)
        return made


def _checked_plan(drawn: Callable[[], Plan]) -> Plan:
    for _earlier in range(TRIES - 1):
        with suppress(CasesFail):
            check(plan := drawn())
            return plan
    check(plan := drawn())
    return plan


def commitment(text: str) -> str:
    """Hex of SHA-256 over the plan's text, which holds 32 random bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def plan_of(made: SeededSet) -> Plan:
    told = json.loads(made.plan)
    days = {name: date.fromisoformat(told[name]) for name in ("since", "until")}
    return Plan(told["seed"], told["platform"], cases=told["cases"], honest=told["honest"], **days)


def files_of(plan: Plan) -> dict[str, str]:
    """{kind: SHA-256 of the rows} so that what was handed over can be shown later."""
    return {kind: hashlib.sha256(canonical(lines).encode()).hexdigest() for kind, lines in cases.rows(plan).items()}


def check(plan: Plan) -> None:
    """Raises CasesFail unless the city's own detectors name exactly the cases."""
    with tempfile.TemporaryDirectory(prefix="chengxin-") as temp:
        source, lake = Path(temp) / plan.platform, Path(temp) / "lake"
        source.mkdir()
        for kind, lines in cases.rows(plan).items():
            (source / f"{kind}.ndjson").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines), encoding="utf-8")
        made = reports.make(source, lake)
        found = plain.find(lake, sorted(cases.SEEDED), plan.since, plan.until)
    numbers = {token: number for number, token in reports.shop_tokens(plan.platform, made.shops).items()}
    named = {(numbers[shop], one.detector) for one in found for shop in one.shops}
    if named != set(plan.cases.items()) or made.aside:
        raise CasesFail(missing=len(set(plan.cases.items()) - named), false=len(named - set(plan.cases.items())))


def hand_out(actor: Actor, made: SeededSet) -> bytes:
    """The rows as a zip, to be put among the platform's files of the period. Logged."""
    with transaction.atomic():
        audit.record(HANDED, actor=str(actor), object=f"detection.seeded:{made.id}", data={"commitment": made.commitment})
    return cases.archive(cases.rows(plan_of(made)))


def reveal(actor: Actor, made: SeededSet) -> SeededSet:
    """Tell what the cases were: anybody can hash the text and find the promise in the log. No later package counts.

    Raises AlreadyRevealed.
    """
    with transaction.atomic():
        kept = SeededSet.objects.select_for_update().get(pk=made.pk)
        if kept.revealed_at:
            raise AlreadyRevealed
        kept.revealed_at = clock.now()
        kept.save(update_fields=["revealed_at"])
        data = {"commitment": kept.commitment, "plan": kept.plan}
        audit.record(REVEALED, actor=str(actor), object=f"detection.seeded:{kept.id}", data=data)
        return kept


def shops_of(platform: str) -> frozenset[str]:
    """The shop numbers of a platform that exist only in seeded cases, revealed or not: nothing about them becomes a clue."""
    plans = map(plan_of, SeededSet.objects.filter(platform=platform))
    return frozenset(shop for plan in plans for shop in (*plan.cases, *plan.honest))


@dataclass(frozen=True)
class Result:
    """What came back. missing: [(shop, detector)]; false: honest seeded shops that a seeded detector named; verdict: a code of
    VERDICTS; share: with `certain`, the bound that the verdict states."""

    package: LocalPackage | None
    sent: int
    found: int
    missing: list[tuple[str, str]]
    false: list[str]
    verdict: str
    share: float


def result(made: SeededSet) -> Result:
    """The newest package before the reveal whose period covers the cases, held against the plan."""
    plan, package = plan_of(made), _package(made)
    if package is None:
        return Result(None, len(plan.cases), 0, [], [], "waiting" if not made.revealed_at else "nothing_sent", 1.0)
    seen = HeldFinding.objects.filter(package=package, detector__in=cases.SEEDED)  # of other detectors nothing was promised
    named = {(shop, one.detector) for one in seen for shop in one.shops}
    missing = sorted(set(plan.cases.items()) - named)
    false = sorted({shop for shop, _ in named} & set(plan.honest))
    sent = len(plan.cases)
    verdict = "none" if len(missing) == sent else "missing" if missing else "false" if false else "whole"
    share = chances.dropped_at_least(len(missing), sent) if missing else chances.hidden_at_most(sent)
    return Result(package, sent, sent - len(missing), missing, false, verdict, share)


def _package(made: SeededSet) -> LocalPackage | None:
    since, until = (datetime.combine(day, time.min, clock.CITY) for day in (made.since, made.until))
    covering = LocalPackage.objects.filter(platform=made.platform, since__lte=since, until__gte=until, received_at__gte=made.made_at)
    if made.revealed_at:
        covering = covering.filter(received_at__lt=made.revealed_at)
    return covering.order_by("-received_at").first()


def goal() -> dict[str, Any]:
    """What the seeded cases are for, in words of a page: a share left out, how sure to catch it, how many cases that takes."""
    dropped, sure = said(float(chances.DROPPED), down=True), said(float(chances.CERTAINTY), down=True)
    return {"dropped": dropped, "sure": sure, "enough": chances.cases_needed()}


def said(share: float, *, down: bool) -> str:
    """Per cent with one digit, rounded to the side on which the statement stays true."""
    thousandths = share * 1000
    return f"{(math.floor(thousandths + 1e-9) if down else math.ceil(thousandths - 1e-9)) / 10:g} %"
