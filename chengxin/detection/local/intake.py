"""A package arrives: held to its form, its findings become those of a run, bad ones are set aside with reasons, a receipt goes back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from chengxin import detectors
from chengxin.accounts.models import SignatureRecord
from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.detection import grouping, parts
from chengxin.detection.errors import BadPackage
from chengxin.detection.events import FindingsMade
from chengxin.detection.local import package, seeding
from chengxin.detection.local.models import HeldFinding, LocalPackage
from chengxin.detection.local.package import FindingOut, PackageIn
from chengxin.detection.models import FoundRow, Run
from chengxin.detectors import Finding
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.locks import locked
from chengxin.subjects.actions import note_shops_seen
from chengxin.subjects.models import Platform
from chengxin.subjects.queries import shop_token

RECEIPT = "detection.local.receipt"
WITHHELD = "〔…〕"  # stands in a reason's text for a value that stayed with the platform

Read = list[tuple[int, FindingOut, Finding]]  # (place in the package, as sent, as the city's own detectors would say it)


def accept(platform: Platform, told: PackageIn, body: bytes, signature: SignatureRecord, actor: str) -> LocalPackage:
    """Keep a package as read from its body, its findings go on the road; the same bytes again give the first one. Raises BadPackage."""
    if package.checked(told).platform != platform.code:
        raise BadPackage(reason="platform")
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic(), locked(f"detection.local.{platform.code}"):
        first = LocalPackage.objects.filter(digest=digest).first()
        return first or _keep(platform, told, _new(told, body, digest, signature, actor))


def _new(told: PackageIn, body: bytes, digest: str, signature: SignatureRecord, actor: str) -> LocalPackage:
    since, until = datetime.fromisoformat(told.since), datetime.fromisoformat(told.until)
    if since >= until:
        raise BadPackage(reason="since")
    known = set(detectors.names())
    same = all(name in known and one.code == parts.code(name) for name, one in told.detectors.items())
    return LocalPackage(
        platform=told.platform, digest=digest, body=body.decode(), signature=signature, actor=actor, received_at=clock.now(), since=since,
        until=until, root=told.root, rows=sum(one.rows for one in told.inputs), same_code=same,
    )  # fmt: skip


def _keep(platform: Platform, told: PackageIn, kept: LocalPackage) -> LocalPackage:
    secret = seeding.shops_of(platform.code)
    good, kept.quarantined = _looked_at(platform, told, secret)
    kept.run = _run(told, kept) if good else None
    note_shops_seen(platform, sorted({shop for _, sent, _ in good for shop in sent.shops if shop not in secret}))
    real = [(place, sent, finding) for place, sent, finding in good if finding.shops or finding.about]
    rows = {place: _found_row(kept.run, sent, finding) for place, sent, finding in real if kept.run}
    FoundRow.objects.bulk_create(rows.values(), batch_size=500)
    held = [_held(kept, place, sent, rows.get(place)) for place, sent, _ in good]
    _seal(kept, held)
    kept.save(force_insert=True)
    HeldFinding.objects.bulk_create(held, batch_size=100)
    if rows and kept.run:
        outbox.emit(FindingsMade(str(kept.run.id), [str(row.id) for row in rows.values()]))
    return kept


def _looked_at(platform: Platform, told: PackageIn, secret: frozenset[str]) -> tuple[Read, list[dict[str, Any]]]:
    """(findings in form, [{place, why}] of the others)."""
    good: Read = []
    aside: list[dict[str, Any]] = []
    for place, given in enumerate(told.findings):
        try:
            sent = package.read_finding(given)
            if sent.detector not in told.detectors:
                raise BadPackage(reason="detector")
            good.append((place, sent, _as_ours(platform, sent, secret)))
        except BadPackage as error:
            aside.append({"place": place, "why": error.data["reason"]})
    return good, aside


def _as_ours(platform: Platform, sent: FindingOut, secret: frozenset[str]) -> Finding:
    """The finding in the city's terms: its own shop tokens and texts, without seeded shops. Raises BadPackage for what its card lacks."""
    if sent.detector not in detectors.names():
        raise BadPackage(reason="detector")
    if not (sent.shops or sent.about):
        raise BadPackage(reason="shops")
    card = detectors.load(sent.detector)
    try:
        reasons = tuple(card.reason(one.code, one.weight, **_filled(one.numbers)) for one in sent.reasons)
    except (KeyError, ValueError, IndexError) as cause:
        raise BadPackage(reason="reasons") from cause
    return Finding(
        detector=sent.detector,
        behaviour=card.behaviour,
        shops=tuple(sorted(shop_token(platform, number) for number in sent.shops if number not in secret)),
        accounts=(),
        evidence={},
        reasons=reasons,
        score=sent.score,
        since=datetime.fromisoformat(sent.since),
        until=datetime.fromisoformat(sent.until),
        benign=tuple(code for code in sent.benign if code in card.benign),
        picture={"about": [one.model_dump() for one in sent.about]} if sent.about else {},
    )


def _filled(numbers: dict[str, Any]) -> dict[str, Any]:
    return {name: WITHHELD if value is None else value for name, value in numbers.items()}


def _run(told: PackageIn, kept: LocalPackage) -> Run:
    """The platform's run as a record beside the city's own: its inputs are the platform's files, known by their hashes."""
    files = [[f"{told.platform}/{one.kind}", one.sha256] for one in told.inputs]
    return Run.objects.create(
        detectors={name: one.version for name, one in told.detectors.items()},
        parameters={name: one.parameters for name, one in told.detectors.items()},
        since=kept.since,
        until=kept.until,
        snapshot=files,
        snapshot_root=hashlib.sha256(canonical(files).encode()).hexdigest(),
        state=Run.State.DONE,
        note_zh=f"由平台 {told.platform} 在其内部运行，数据未离开平台。",
        note_en=f"It was run inside platform {told.platform}; the data did not leave.",
        findings_root=told.root,
        started_at=datetime.fromisoformat(told.made_at),
        finished_at=kept.received_at,
        started_by=kept.actor,
    )


def _found_row(run: Run, sent: FindingOut, finding: Finding) -> FoundRow:
    return FoundRow(
        run=run,
        detector=finding.detector,
        behaviour=finding.behaviour,
        key=grouping.key(finding),
        shops=list(finding.shops),
        accounts=[],
        evidence={},
        reasons=[asdict(reason) for reason in finding.reasons],
        score=finding.score,
        since=finding.since,
        until=finding.until,
        benign=list(finding.benign),
        picture=finding.picture,
        digest=hashlib.sha256(f"{grouping.digest(finding)}{sent.root}".encode()).hexdigest(),
    )


def _held(kept: LocalPackage, place: int, sent: FindingOut, row: FoundRow | None) -> HeldFinding:
    return HeldFinding(
        package=kept, place=place, detector=sent.detector, shops=sent.shops, rows=sent.rows, digests=sent.digests, root=sent.root, found=row
    )


def _seal(kept: LocalPackage, held: Sequence[HeldFinding]) -> None:
    """The receipt and the leaf. They tell of all findings alike: which are about seeded cases is nobody's to know yet."""
    said = {
        "platform": kept.platform,
        "package": kept.digest,
        "received_at": kept.received_at.isoformat(),
        "accepted": len(held),
        "quarantined": kept.quarantined,
        "root": kept.root,
    }
    object = f"detection.package:{kept.id}"
    file = audit.sign_document(
        RECEIPT, {"id": str(kept.id), **said}, actor=kept.actor, object=object, public=said, action="detection.package.accepted"
    )
    kept.leaf, kept.document = file["leaf"]["index"], canonical(file)
