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
from chengxin.audit.canonical import canonical
from chengxin.documents.access import split
from chengxin.evidence.access import DESK
from chengxin.evidence.errors import EmptyFile, NotHolder, SameHolder, TooLarge
from chengxin.evidence.models import Custody, Exhibit
from chengxin.kernel import clock, ids, locks, vault
from chengxin.kernel.errors import NotFound
from chengxin.law import law

ROOM = "evidence"
OBJECT = "evidence.exhibit"
NUMBERS = "evidence.numbers"
MOST_BYTES = 64 * 1024 * 1024  # a minute of video from a phone, or a captured page with its pictures
START = "0" * 64


def keep(
    actor: Actor, matter: str, department: str, kind: str, title: str, data: bytes, *, content_type: str, about: Mapping[str, Any]
) -> Exhibit:
    """Keep a file as evidence: its SHA-256 enters the log at once, the file is kept encrypted, the actor becomes its first holder.

    kind: a code of the law's evidence_kind ("4" electronic data); about: where, when, from whom, how (JSON, encrypted). The caller has
    checked that the matter is the actor's. Raises TooLarge, EmptyFile, TypeUnlike, FileTooHard, LawUnknown for a kind that is none, and
    NotFound when the actor has no desk in the department.
    """
    return _keep(actor, matter, department, kind, title, data, content_type, about, [])


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
        _link(exhibit, None, actor, "提取入库", "")
    return exhibit


def _check(actor: Actor, department: str, kind: str, data: bytes) -> None:
    if not (actor.is_system or department in actor.departments_as(*DESK)):
        raise NotFound
    if kind not in law.at(clock.today()).codes("evidence_kind"):
        raise ValueError(f"{kind!r} is no kind of evidence")
    if not data:
        raise EmptyFile
    if len(data) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES // 1024 // 1024, size=-(-len(data) // 1024 // 1024))


def _told(exhibit: Exhibit) -> dict[str, Any]:
    """What the log says of an exhibit: enough to prove the file and its time, nothing of its content."""
    last = exhibit.manifest[-1]["chain"] if exhibit.manifest else ""
    return {"number": exhibit.number, "sha256": exhibit.sha256, "size": exhibit.size, "kind": exhibit.kind, "chain": last}


def _next_number(day: date) -> str:
    start = f"EV{settings.CITY_DIVISION}{day:%Y%m%d}"
    return ids.our_number("EV", settings.CITY_DIVISION, day, Exhibit.objects.filter(number__startswith=start).count() + 1)


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
    link.hash = chained(before.hash if before else START, link)
    by = link.from_actor or link.to_actor
    data = {"number": exhibit.number, "place": link.place, "to": link.to_actor, "hash": link.hash}
    link.leaf = audit.record("evidence.custody.passed", actor=by, object=f"{OBJECT}:{exhibit.pk}", data=data).index
    link.save(force_insert=True)
    return link


def chained(before: str, link: Custody) -> str:
    """The hash of a link: SHA-256 over the one before and what the link says."""
    names = ("place", "from_actor", "from_name", "to_actor", "to_name", "reason", "seal")
    said = {name: getattr(link, name) for name in names}
    body = canonical({**said, "exhibit": str(link.exhibit_id), "at": link.at.isoformat(timespec="microseconds"), "before": before})
    return hashlib.sha256(body.encode()).hexdigest()


def read(actor: Actor, exhibit_id: object, purpose: str) -> tuple[Exhibit, bytes]:
    """The file for somebody whose matter it is; the reading is logged before. Raises NotFound, Unreadable."""
    exhibit = access.get(actor, Exhibit, pk=exhibit_id)
    audit.record_read(str(actor), f"{OBJECT}:{exhibit.pk}", ["file"], purpose)
    return exhibit, vault.read(ROOM, str(exhibit.pk))
