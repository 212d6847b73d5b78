"""What may be done with evidence: keep it, capture a page, hand it over. Each act is one transaction with its log entry, whose time is the
trusted one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.documents import actions as papers
from chengxin.documents.access import split
from chengxin.documents.models import Document
from chengxin.evidence import manifests, sniffing
from chengxin.evidence.access import DESK
from chengxin.evidence.errors import EmptyFile, NotHolder, SameHolder, TooLarge
from chengxin.evidence.models import Custody, Exhibit, ExhibitPaper
from chengxin.kernel import clock, ids, jail, locks, vault
from chengxin.kernel.errors import NotFound
from chengxin.law import law

ROOM = "evidence"
OBJECT = "evidence.exhibit"
NUMBERS = "evidence.numbers"
MOST_BYTES = 64 * 1024 * 1024  # a minute of video from a phone, or a captured page with its pictures
PHYSICAL, RECORDING, ELECTRONIC = "2", "3", "4"
SAMPLING, EXTRACTION = "penalty_29", "penalty_12"
WARC = "application/warc+gzip"
FETCH_SECONDS = 50  # the child's own limit is shorter; this one ends it whatever it does


def keep(
    actor: Actor, matter: str, department: str, kind: str, title: str, data: bytes, *, content_type: str, about: Mapping[str, Any]
) -> Exhibit:
    """Keep a file as evidence: its SHA-256 enters the log at once, the file is kept encrypted, the actor becomes its first holder.

    kind: a code of the law's evidence_kind ("4" electronic data); about: where, when, from whom, how (JSON, encrypted). The caller has
    checked that the matter is the actor's. Raises TooLarge, EmptyFile, TypeUnlike, FileTooHard, NotFound when the actor has no
    desk in the department, and ValueError for a kind that is none.
    """
    said = sniffing.check(data, content_type) if data and len(data) <= MOST_BYTES else content_type
    return _keep(actor, matter, department, kind, title, data, said, about, [])


def _keep(
    actor: Actor,
    matter: str,
    department: str,
    kind: str,
    title: str,
    data: bytes,
    content_type: str,
    about: Mapping[str, Any],
    manifest: list[dict[str, Any]],
    reason: str = "提取入库",
    seal: str = "",
) -> Exhibit:
    _check(actor, department, kind, data)
    matter_kind, matter_id = split(matter)
    with transaction.atomic(), locks.locked(NUMBERS):
        exhibit = Exhibit(
            id=ids.new_id(),
            number=_next_number(clock.today()),
            kind=kind,
            title=title.strip()[:200],
            department=department,
            matter_kind=matter_kind,
            matter_id=matter_id,
            content_type=content_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            about=json.dumps(about, ensure_ascii=False, default=str),
            manifest=manifest,
            kept_by=str(actor),
            kept_by_name=actor.name,
            kept_at=clock.now(),
        )
        vault.keep(ROOM, str(exhibit.pk), data)
        exhibit.leaf = audit.record("evidence.exhibit.kept", actor=str(actor), object=f"{OBJECT}:{exhibit.pk}", data=_told(exhibit)).index
        exhibit.save(force_insert=True)
        _link(exhibit, None, actor, reason, seal)
    return exhibit


def _check(actor: Actor, department: str, kind: str, data: bytes) -> None:
    _check_desk(actor, department)
    if kind not in law.at(clock.today()).codes("evidence_kind"):
        raise ValueError(f"{kind!r} is no kind of evidence")
    if not data:
        raise EmptyFile
    if len(data) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES // 1024 // 1024, size=-(-len(data) // 1024 // 1024))


def _check_desk(actor: Actor, department: str) -> None:
    if not (actor.is_system or department in actor.departments_as(*DESK)):
        raise NotFound


def _told(exhibit: Exhibit) -> dict[str, Any]:
    """What the log says of an exhibit: enough to prove the file and its time, nothing of its content."""
    last = exhibit.manifest[-1]["chain"] if exhibit.manifest else ""
    return {"number": exhibit.number, "sha256": exhibit.sha256, "size": exhibit.size, "kind": exhibit.kind, "chain": last}


def _next_number(day: date) -> str:
    start = f"EV{settings.CITY_DIVISION}{day:%Y%m%d}"
    return ids.our_number("EV", settings.CITY_DIVISION, day, Exhibit.objects.filter(number__startswith=start).count() + 1)


def capture(actor: Actor, matter: str, department: str, url: str) -> Exhibit:
    """Fetch a public web page with what it shows, in a child process with limits, and keep it as a WARC file (electronic data).

    The manifest chains the hash of every record; its last link enters the log with the file's own hash. The caller has checked that the
    matter is the actor's, and calls outside a transaction: a slow site may take most of a minute. Raises CaptureRefused (scheme, private
    address, time, size), FileTooHard, NotFound as `keep`.
    """
    _check_desk(actor, department)
    began = clock.now()
    made = jail.run(
        "chengxin.evidence.fetching:fetch", url.strip().encode(), memory_mb=512, seconds=FETCH_SECONDS, private=settings.CAPTURE_PRIVATE
    )
    about = {"url": url.strip(), "began_at": began.isoformat(), "ended_at": clock.now().isoformat(), "how": "网页取证（WARC）"}
    title = f"网页取证 {url.strip()}"
    return _keep(actor, matter, department, ELECTRONIC, title, made["warc"], WARC, about, manifests.chained(made["records"]))


def record_extraction(actor: Actor, exhibit_id: object, values: Mapping[str, Any], *, on: date) -> Document:
    """Make the record of extracting electronic evidence (form 12) of an exhibit: its hash and log entry are filled in here, the rest by the
    officers. Raises as documents.actions.issue does."""
    exhibit = access.get(actor, Exhibit, pk=exhibit_id)
    files = [{"name": exhibit.title, "size": f"{exhibit.size:,} 字节", "sha256": exhibit.sha256}]
    proven = {"integrity": f"SHA-256：{exhibit.sha256}", "log_leaf": str(exhibit.leaf), "files": files}
    with transaction.atomic():
        paper = papers.issue(actor, EXTRACTION, {**values, **proven}, department=exhibit.department, matter=exhibit.matter, on=on)
        ExhibitPaper.objects.create(exhibit=exhibit, document=paper)
    return paper


def take_sample(actor: Actor, matter: str, department: str, values: Mapping[str, Any], *, on: date) -> Exhibit:
    """Take a sample (form 29): the record is made, and the sealed thing becomes an exhibit whose custody begins with the officer; the file
    kept with it is the record itself. Raises as documents.actions.issue and `keep` do."""
    with transaction.atomic():
        paper = papers.issue(actor, SAMPLING, values, department=department, matter=matter, on=on)
        data = vault.read(papers.ROOM, str(paper.pk))
        about = {name: values[name] for name in ("sample_number", "quantity", "seal_number", "sealed_state", "kept_at") if values.get(name)}
        title = f"{values['sample_name']}（{values['sample_number']}）"
        seal = f"{values['seal_number']} {values['sealed_state']}"[:100]
        exhibit = _keep(actor, matter, department, PHYSICAL, title, data, "application/pdf", about, [], "抽样封样", seal)
        ExhibitPaper.objects.create(exhibit=exhibit, document=paper)
    return exhibit


def hand_over(actor: Actor, exhibit_id: object, to_user: User, reason: str, seal: str = "") -> Custody:
    """The holder gives an exhibit to another person of the desk. Raises NotHolder, SameHolder, and NotFound when it is not the actor's, or
    would not be the receiver's."""
    with transaction.atomic(), locks.locked(f"{OBJECT}:{exhibit_id}"):
        exhibit = access.get(actor, Exhibit, pk=exhibit_id)
        last = Custody.objects.filter(exhibit=exhibit).latest("place")
        receiver = of_user(to_user)
        if last.to_actor != str(actor):
            raise NotHolder(holder=last.to_name)
        if str(receiver) == str(actor):
            raise SameHolder
        access.get(receiver, Exhibit, pk=exhibit.pk)
        return _link(exhibit, last, receiver, reason.strip(), seal.strip())


def _link(exhibit: Exhibit, before: Custody | None, to: Actor, reason: str, seal: str) -> Custody:
    link = Custody(
        exhibit=exhibit,
        place=before.place + 1 if before else 1,
        from_actor=before.to_actor if before else "",
        from_name=before.to_name if before else "",
        to_actor=str(to),
        to_name=to.name,
        reason=reason,
        seal=seal,
        at=clock.now(),
    )
    link.hash = manifests.of_link(before.hash if before else manifests.START, link)
    by = link.from_actor or link.to_actor
    data = {"number": exhibit.number, "place": link.place, "to": link.to_actor, "hash": link.hash}
    link.leaf = audit.record("evidence.custody.passed", actor=by, object=f"{OBJECT}:{exhibit.pk}", data=data).index
    link.save(force_insert=True)
    return link


def read(actor: Actor, exhibit_id: object, purpose: str) -> tuple[Exhibit, bytes]:
    """The file for somebody whose matter it is; the reading is logged before. Raises NotFound, Unreadable."""
    exhibit = access.get(actor, Exhibit, pk=exhibit_id)
    audit.record_read(str(actor), f"{OBJECT}:{exhibit.pk}", ["file"], purpose)
    return exhibit, vault.read(ROOM, str(exhibit.pk))
