"""What may be done with official papers: preview a draft, issue one, end one. Each act is one transaction with its log entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import sealed
from chengxin.documents import filling, official, paper
from chengxin.documents.access import DESK, of_party, split
from chengxin.documents.errors import AlreadyEnded
from chengxin.documents.models import Document, DocumentEnd, Service
from chengxin.documents.official import Form
from chengxin.kernel import clock, ids, locks, vault
from chengxin.kernel.errors import NotFound
from chengxin.kernel.paper import new_code

KIND = "documents.document"
SERVICE = "penalty_50"
ROOM = "documents"
DRAFT = "草稿　未经签发　不具有效力"


def preview(form: str, values: Mapping[str, Any], on: date, department: str = "") -> bytes:
    """A draft with a watermark and blanks where values are missing; nothing is kept. Raises FormUnknown, FieldsUnknown, ValueWrong."""
    wanted = official.form(form, on)
    kept = filling.check(wanted, values, complete=False)
    heading = paper.Heading(official.authority(department, on) if department else "", "", "", settings.PUBLIC_ORIGIN, DRAFT)
    return paper.pdf(wanted, kept, on, heading, clock.now())


def issue(actor: Actor, form: str, values: Mapping[str, Any], *, department: str, matter: str, on: date) -> Document:
    """Make a paper: fill the form that `on` picks, number it, put a verify code on it, log and sign it, keep it encrypted.

    values: by the names of forms/fields.yaml (dates as date, times aware, money in whole fen, lists of texts); what the form does not
    ask for is left out. matter: "<room>.<kind>:<uuid>"; the caller has checked that it is the actor's. The number is the next of this
    department, form and year; a transaction that fails gives it back, so there are no gaps. Raises FormUnknown, FieldsUnknown,
    ValueWrong, FieldsMissing, and NotFound when the actor has no desk in the department.
    """
    if not (actor.is_system or department in actor.departments_as(*DESK)):
        raise NotFound
    wanted = official.form(form, on)
    kept = filling.check(wanted, values)
    with transaction.atomic(), locks.locked(f"documents.number:{department}:{form}:{on.year}"):
        document = _numbered(actor, wanted, department, matter, on)
        document.values = filling.as_json(kept)
        data = _signed(document, wanted, kept)
        document.sha256, document.size = hashlib.sha256(data).hexdigest(), len(data)
        vault.keep(ROOM, str(document.pk), data)
        document.save(force_insert=True)
    return document


def _numbered(actor: Actor, form: Form, department: str, matter: str, on: date) -> Document:
    """A paper with its number and code, unsaved; the lock of the number is held."""
    same = Document.objects.filter(department=department, form=form.id, year=on.year)
    sequence = (same.aggregate(last=Max("sequence"))["last"] or 0) + 1
    kind, id = split(matter)
    return Document(
        id=ids.new_id(),
        form=form.id,
        title=form.zh,
        number=f"{official.number_start(department, form.mark, on.year)}{sequence}号",
        department=department,
        year=on.year,
        sequence=sequence,
        matter_kind=kind,
        matter_id=id,
        code=new_code(),
        made_on=on,
        made_at=clock.now(),
        made_by=str(actor),
        made_by_name=actor.name,
    )


def _signed(document: Document, form: Form, values: Mapping[str, Any]) -> bytes:
    """The PDF closed with its receipt. What was filled in enters the log only as a salted digest."""
    authority = official.authority(document.department, document.made_on)
    heading = paper.Heading(authority, document.number, document.code, check_url(document.code))
    pdf = paper.pdf(form, values, document.made_on, heading, document.made_at)
    body = {
        "form": form.id,
        "form_source": form.source_zh,
        "title": form.zh,
        "number": document.number,
        "code": document.code,
        "authority": authority,
        "on": document.made_on.isoformat(),
        "made_at": document.made_at.isoformat(timespec="seconds"),
        "url": heading.url,
        sealed.DIGEST: hashlib.sha256(pdf).hexdigest(),
    }
    public = {"number": document.number, "form": form.id, "department": document.department}
    receipt = audit.sign_document(KIND, body, actor=document.made_by, object=f"{KIND}:{document.pk}", public=public)
    document.leaf = receipt["leaf"]["index"]
    return sealed.close(pdf, receipt)


def check_url(code: str) -> str:
    """Where anybody asks whether a paper is genuine."""
    return f"{settings.PUBLIC_ORIGIN}{reverse('documents:check', args=[code])}"


def serve(actor: Actor, documents: Sequence[Document], values: Mapping[str, Any], *, on: date) -> Document:
    """Record that papers of one matter were served: makes the record of service (form 50) and ties it to each. Returns the record.

    values: of form penalty_50 without `served_papers`, which are the papers' own titles and numbers. Raises as `issue` does, and NotFound
    when a paper is not the actor's or the papers are not of one matter and department.
    """
    for one in documents:
        access.check(actor, one)
    if len({(one.matter, one.department) for one in documents}) != 1:
        raise NotFound
    first = documents[0]
    served = [f"{one.title}（{one.number}）" for one in documents]
    with transaction.atomic():
        record = issue(actor, SERVICE, {**values, "served_papers": served}, department=first.department, matter=first.matter, on=on)
        for one in documents:
            Service.objects.create(
                document=one,
                record=record,
                how=values["served_how"],
                served_at=values.get("served_at") or clock.now(),
                by=str(actor),
                by_name=actor.name,
            )
    return record


def read(actor: Actor, document_id: object, purpose: str) -> tuple[Document, bytes]:
    """The paper's file for somebody whose matter it is; the reading is logged before. Raises NotFound, Unreadable."""
    document = access.get(actor, Document, pk=document_id)
    audit.record_read(str(actor), f"{KIND}:{document.pk}", ["file"], purpose)
    return document, vault.read(ROOM, str(document.pk))


def read_own(actor: Actor, document_id: object) -> tuple[Document, bytes]:
    """The file of a paper that was given to the actor's own subject; logged before. Raises NotFound, Unreadable."""
    document = of_party(actor).filter(pk=str(document_id)).first()
    if document is None:
        raise NotFound
    audit.record_read(str(actor), f"{KIND}:{document.pk}", ["file"], "当事人查看送达文书")
    return document, vault.read(ROOM, str(document.pk))


def revoke(actor: Actor, document_id: object, reason: str) -> DocumentEnd:
    """The paper holds no longer. Raises AlreadyEnded."""
    return _end(actor, document_id, DocumentEnd.Why.REVOKED, reason, None)


def supersede(actor: Actor, document_id: object, successor: Document, reason: str) -> DocumentEnd:
    """Another paper takes its place. Raises AlreadyEnded."""
    return _end(actor, document_id, DocumentEnd.Why.SUPERSEDED, reason, successor)


def _end(actor: Actor, document_id: object, why: str, reason: str, successor: Document | None) -> DocumentEnd:
    with transaction.atomic(), locks.locked(f"{KIND}:{document_id}"):
        document = access.get(actor, Document, pk=document_id)
        if not (actor.is_system or document.department in actor.departments_as(*DESK)):
            raise NotFound
        if DocumentEnd.objects.filter(document=document).exists():
            raise AlreadyEnded
        data = {"number": document.number, "why": why, "successor": successor.number if successor else ""}
        leaf = audit.record(f"documents.document.{why}", actor=str(actor), object=f"{KIND}:{document.pk}", data=data)
        return DocumentEnd.objects.create(
            document=document,
            why=why,
            reason=reason.strip(),
            successor=successor,
            by=str(actor),
            by_name=actor.name,
            at=clock.now(),
            leaf=leaf.index,
        )
