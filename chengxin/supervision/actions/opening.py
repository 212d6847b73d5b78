"""From findings to clues: one clue per ring or shop, however often detectors see it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Count, F

from chengxin.audit import actions as audit
from chengxin.detection.learning.models import DETECTOR
from chengxin.detection.live import alerts
from chengxin.detection.local import rows as held
from chengxin.detection.models import FoundRow
from chengxin.facts import queries as facts
from chengxin.kernel import clock, ids
from chengxin.law import law
from chengxin.subjects.queries import shops_by_token
from chengxin.supervision import evidence, titles
from chengxin.supervision.models import Clue, ClueEvidence, ClueLink, ClueReason, ClueShop, ClueSighting, ClueStep, ClueTrace, KnownBenign
from chengxin.supervision.pictures import frozen

SYSTEM = "system:detection"

# A ring seen again is the same ring when the smaller sighting shares half of its accounts: the measure detection groups by.
SAME_RING = 0.5
EVIDENCE_ROWS = 20_000  # rows read at once to freeze them; a larger ring is frozen in several parts


def do_settle(found: FoundRow) -> bool:
    """Whether the finding needs no clue of its own: it is in one already, joins the open clue of its ring or shop now, or is known to be
    harmless. Lock supervision.clues is held."""
    if ClueSighting.objects.filter(finding_id=found.id).exists():
        return True
    clue = open_clue_of(found)
    if clue:
        do_attach(clue, found)
        return True
    known = KnownBenign.objects.filter(key=found.key).first()
    if known and not has_new_facts(known.facts, {**found.evidence, **held_rows([found.id])}):
        KnownBenign.objects.filter(pk=known.pk).update(suppressed=F("suppressed") + 1)
        return True
    return False


def open_clue_of(found: FoundRow) -> Clue | None:
    """The open clue of this ring or shop: by its key, else by shared accounts, else (a shop's clue) by the same shop."""
    open_ones = Clue.objects.select_for_update().filter(closed_at__isnull=True, detector=found.detector)
    by_key = open_ones.filter(key=found.key).first()
    if by_key or not found.accounts:
        return by_key or (None if found.accounts else open_ones.filter(members__token__in=found.shops[:1]).first())
    shared = (
        ClueTrace.objects.filter(kind=ClueTrace.Kind.ACCOUNTS, token__in=found.accounts, clue__in=open_ones.values("pk"))
        .values("clue")
        .annotate(shared=Count("id"))
        .order_by("-shared")
        .first()
    )
    if not shared:
        return None
    clue = open_ones.get(pk=shared["clue"])
    smaller = min(len(found.accounts), clue.traces.filter(kind=ClueTrace.Kind.ACCOUNTS).count())
    return clue if shared["shared"] >= SAME_RING * smaller else None


def has_new_facts(looked_at: dict[str, list[Any]], now: dict[str, list[Any]]) -> bool:
    """Whether a finding brings any fact that was not among those looked at."""
    return any(set(now[kind]) - set(looked_at.get(kind, [])) for kind in now)


def held_rows(findings: Iterable[Any]) -> dict[str, list[str]]:
    """{"held": roots of the rows that a platform holds for these findings}; empty when the city has the rows itself."""
    roots = sorted(one.root for one in held.of_findings(findings))
    return {"held": roots} if roots else {}


def do_open(found: FoundRow, origin: str = DETECTOR, inclusion: float = 1.0) -> Clue:
    """Open a clue with its evidence frozen and its clock running. origin: what brought it to the desk, with which probability."""
    now, today = clock.now(), clock.today()
    book = law.at(today)
    shops = shops_by_token(found.shops)
    title = titles.of(found, shops, book)
    previous = Clue.objects.filter(key=found.key).order_by("-opened_at").first()
    clue = Clue.objects.create(
        number=next_number(today),
        key=found.key,
        detector=found.detector,
        detector_version=found.run.detectors.get(found.detector, ""),
        behaviour=found.behaviour,
        department=department_of(found.behaviour, today),
        title_zh=title["zh"],
        title_en=title["en"],
        severity=severity(found.score),
        score=found.score,
        opened_at=now,
        received_on=today,
        due_on=book.due("CLUE_CHECK", today),
        since=found.since,
        until=found.until,
        run_id=found.run_id,
        finding_id=found.id,
        evidence_root="",
        benign=found.benign,
        previous=previous,
    )
    do_hold(clue, found)
    _note(clue, "open", {"finding": found.digest, "run": str(found.run_id), "origin": origin, "inclusion": inclusion})
    return clue


def do_attach(clue: Clue, found: FoundRow) -> None:
    """The same ring was seen again: its new facts join the open clue, the reasons are the newest, the clock goes on."""
    clue.run_id, clue.finding_id = found.run_id, found.id
    clue.score, clue.severity = max(clue.score, found.score), severity(max(clue.score, found.score))
    clue.since, clue.until = min(clue.since, found.since), max(clue.until, found.until)
    clue.version += 1
    do_hold(clue, found)
    _note(clue, "see_again", {"finding": found.digest, "run": str(found.run_id)})


def do_hold(clue: Clue, found: FoundRow) -> None:
    """Put a finding's members, facts, reasons and pictures into the clue and renew its root hash."""
    ClueSighting.objects.create(clue=clue, finding_id=found.id, run_id=found.run_id, digest=found.digest, score=found.score, at=clock.now())
    alerts.became({found.id: (clue.number, clue.department)})
    _hold_shops(clue, found.shops)
    rows = _hold_facts(clue, found)
    _hold_traces(clue, ClueTrace.Kind.ACCOUNTS, found.accounts)
    _hold_traces(clue, ClueTrace.Kind.DEVICES, evidence.shared_devices(rows.get("order", [])))
    _hold_reasons(clue, found.reasons)
    shops = list(clue.members.values_list("token", flat=True))
    clue.picture = frozen.freeze(found, shops, clue.since, clue.until, rows)
    clue.evidence_root = root_of(clue)
    clue.save()
    _link(clue)


def root_of(clue: Clue) -> str:
    """One hash over the rows the clue froze and the roots of rows that platforms hold for it."""
    promised = held_rows(clue.sightings.values_list("finding_id", flat=True)).get("held", [])
    return evidence.root_hash([*clue.evidence.values_list("kind", "facts", "rows_hash"), *(("held", [], root) for root in promised)])


def _hold_shops(clue: Clue, tokens: Sequence[int]) -> None:
    shops = shops_by_token(tokens)
    rows = [
        ClueShop(clue=clue, token=token, shop=shops.get(token), platform=shops[token].platform.code if token in shops else "")
        for token in tokens
    ]
    ClueShop.objects.bulk_create(rows, ignore_conflicts=True)


def _hold_traces(clue: Clue, kind: str, tokens: Sequence[int]) -> None:
    ClueTrace.objects.bulk_create([ClueTrace(clue=clue, kind=kind, token=token) for token in tokens], ignore_conflicts=True, batch_size=500)


def _hold_facts(clue: Clue, found: FoundRow) -> dict[str, list[dict[str, Any]]]:
    """Freeze the facts that the clue does not hold yet; returns all rows it then holds, by kind."""
    held: dict[str, set[int]] = defaultdict(set)
    for kind, known in clue.evidence.values_list("kind", "facts"):
        held[kind].update(known)
    for kind, wanted in sorted(found.evidence.items()):
        fresh = sorted(set(wanted) - held[kind])
        for start in range(0, len(fresh), EVIDENCE_ROWS):
            _freeze_part(clue, found, kind, fresh[start : start + EVIDENCE_ROWS])
        held[kind].update(wanted)
    return {kind: facts.rows(kind, sorted(every)) for kind, every in held.items() if every}


def _freeze_part(clue: Clue, found: FoundRow, kind: str, part: list[int]) -> None:
    ClueEvidence.objects.create(
        clue=clue,
        kind=kind,
        facts=part,
        count=len(part),
        rows_hash=evidence.rows_hash(facts.rows(kind, part)),
        run_id=found.run_id,
        finding_digest=found.digest,
        added_at=clock.now(),
    )


def _hold_reasons(clue: Clue, reasons: Sequence[dict[str, Any]]) -> None:
    clue.reasons.all().delete()
    names = ("code", "zh", "en", "numbers", "weight")
    ClueReason.objects.bulk_create(
        ClueReason(clue=clue, place=place, **{name: reason[name] for name in names}) for place, reason in enumerate(reasons)
    )


def _link(clue: Clue) -> None:
    """Links to every other clue that shares shops, accounts or devices; the count is how many."""
    shops = ClueShop.objects.filter(token__in=clue.members.values("token")).exclude(clue=clue)
    found = [(ClueLink.Kind.SHOPS, row["clue"], row["n"]) for row in shops.values("clue").annotate(n=Count("id"))]
    for trace in (ClueTrace.Kind.ACCOUNTS, ClueTrace.Kind.DEVICES):
        mine = clue.traces.filter(kind=trace).values("token")
        same = ClueTrace.objects.filter(kind=trace, token__in=mine).exclude(clue=clue).values("clue").annotate(n=Count("id"))
        found += [(ClueLink.Kind(trace.value), row["clue"], row["n"]) for row in same]
    for kind, other, shared in found:
        ClueLink.objects.update_or_create(clue=clue, other_id=other, kind=kind, defaults={"shared": shared})


def _note(clue: Clue, action: str, data: dict[str, Any]) -> None:
    data = {**data, "number": clue.number, "root": clue.evidence_root, "department": clue.department}
    ClueStep.objects.create(clue=clue, action=action, after=clue.state, department=clue.department, actor=SYSTEM, data=data, at=clock.now())
    audit.record(f"supervision.clue.{PAST[action]}", actor=SYSTEM, object=f"supervision.clue:{clue.id}", data=data)


PAST = {"open": "opened", "see_again": "seen_again"}


def next_number(day: date) -> str:
    """The day's next clue number; lock supervision.clues is held."""
    start = f"CL{settings.CITY_DIVISION}{day:%Y%m%d}"
    return ids.our_number("CL", settings.CITY_DIVISION, day, Clue.objects.filter(number__startswith=start).count() + 1)


def department_of(behaviour: str, day: date) -> str:
    """The department that handles a behaviour today: the first the catalogue names, or its successor."""
    book = law.at(day)
    return book.in_charge(book.behaviour(behaviour).departments[0]).code


@cache
def _levels() -> dict[str, float]:
    loaded: dict[str, float] = yaml.load((Path(__file__).parents[1] / "severity.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def severity(score: float) -> str:
    """High, medium or low, by severity.yaml."""
    levels = _levels()
    return "high" if score >= levels["high"] else "medium" if score >= levels["medium"] else "low"
