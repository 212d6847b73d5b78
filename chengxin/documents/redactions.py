"""A paper's version for publication: prepared by one person, confirmed by another, sealed like the paper itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import sealed
from chengxin.documents import filling, official, paper, redacting
from chengxin.documents.access import DESK
from chengxin.documents.actions import ROOM, check_url
from chengxin.documents.errors import AlreadyDecided, MustStrike, RedactionWaiting, SamePerson
from chengxin.documents.models import CONFIRMED, REFUSED, WAITING, Document, Redaction
from chengxin.documents.official import Form
from chengxin.documents.redacting import Hit
from chengxin.kernel import clock, locks, vault
from chengxin.kernel.errors import NotFound
from chengxin.kernel.paper import new_code

KIND = "documents.redaction"
PUBLIC = "（公开版本）"


@dataclass(frozen=True)
class Struck:
    """What one person wants struck out: hits left in (by their place in the list) with the reason, and further words."""

    left_in: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    reason: str = ""


def filled(document: Document) -> tuple[Form, dict[str, Any]]:
    """A paper's form as of its day, and what was filled in."""
    form = official.form(document.form, document.made_on)
    return form, filling.from_json(form, document.values)


def prepare(actor: Actor, document_id: object, struck: Struck = Struck()) -> Redaction:
    """Propose what the public will see. Raises MustStrike when something is left in that the law never lets out, RedactionWaiting."""
    with transaction.atomic(), locks.locked(f"{KIND}:{document_id}"):
        document = _mine(actor, access.get(actor, Document, pk=document_id))
        if Redaction.objects.filter(document=document, state=WAITING).exists():
            raise RedactionWaiting
        form, values = filled(document)
        found = redacting.hits(form, values)
        if any(found[place].fixed for place in struck.left_in if place < len(found)):
            raise MustStrike
        kept = [one.as_data() for place, one in enumerate(found) if place not in struck.left_in]
        content = {"hits": kept, "words": list(struck.words), "left_in": len(found) - len(kept)}
        made = Redaction.objects.create(
            document=document,
            content=json.dumps(content, ensure_ascii=False),
            reason=struck.reason.strip(),
            prepared_by=str(actor),
            prepared_by_name=actor.name,
            prepared_at=clock.now(),
        )
        _note(made, "prepared", str(actor), {"struck": len(kept), "left_in": content["left_in"], "words": len(struck.words)})
    return made


def public_values(redaction: Redaction) -> tuple[Form, dict[str, Any]]:
    """The form, and the values as the public will see them."""
    form, values = filled(redaction.document)
    content: Mapping[str, Any] = json.loads(redaction.content)
    found = [Hit(**one) for one in content["hits"]]
    return form, redacting.struck(form, values, clock.today(), found, content["words"])


def confirm(actor: Actor, redaction_id: object) -> Redaction:
    """A second person has read it; now the public version exists. Raises SamePerson, AlreadyDecided."""
    with transaction.atomic():
        redaction = _decided(actor, redaction_id, CONFIRMED)
        redaction.code = new_code()
        data = _sealed(redaction)
        redaction.sha256 = hashlib.sha256(data).hexdigest()
        vault.keep(ROOM, f"public-{redaction.pk}", data)
        redaction.save()
    return redaction


def refuse(actor: Actor, redaction_id: object, reason: str) -> Redaction:
    """A second person sends it back, saying what is wrong."""
    with transaction.atomic():
        redaction = _decided(actor, redaction_id, REFUSED)
        redaction.reason = reason.strip()
        redaction.save()
        _note(redaction, "refused", str(actor), {})
    return redaction


def _decided(actor: Actor, redaction_id: object, state: str) -> Redaction:
    with locks.locked(f"{KIND}:{redaction_id}"):
        found = access.get(actor, Redaction, pk=redaction_id)
        redaction = Redaction.objects.select_for_update(of=("self",)).select_related("document").get(pk=found.pk)
    _mine(actor, redaction.document)
    if redaction.state != WAITING:
        raise AlreadyDecided
    if redaction.prepared_by == str(actor):
        raise SamePerson
    redaction.state, redaction.decided_at = state, clock.now()
    redaction.decided_by, redaction.decided_by_name = str(actor), actor.name
    return redaction


def _mine(actor: Actor, document: Document) -> Document:
    if not (actor.is_system or document.department in actor.departments_as(*DESK)):
        raise NotFound
    return document


def _sealed(redaction: Redaction) -> bytes:
    document = redaction.document
    form, values = public_values(redaction)
    authority = official.authority(document.department, document.made_on)
    heading = paper.Heading(authority, f"{document.number}{PUBLIC}", redaction.code, check_url(redaction.code))
    pdf = paper.pdf(form, values, document.made_on, heading, clock.now())
    body = {
        "form": form.id,
        "title": form.zh,
        "number": document.number,
        "version": PUBLIC,
        "code": redaction.code,
        "authority": authority,
        "on": document.made_on.isoformat(),
        "of": document.sha256,
        "url": heading.url,
        sealed.DIGEST: hashlib.sha256(pdf).hexdigest(),
    }
    public = {"number": document.number, "of": document.sha256}
    receipt = audit.sign_document(KIND, body, actor=redaction.decided_by, object=f"{KIND}:{redaction.pk}", public=public)
    redaction.leaf = receipt["leaf"]["index"]
    return sealed.close(pdf, receipt)


def public_file(document: Document) -> bytes | None:
    """The newest confirmed version for publication; None as long as nobody has confirmed one."""
    found = document.redactions.filter(state=CONFIRMED).order_by("-decided_at").first()
    return version_of(found) if found else None


def version_of(redaction: Redaction) -> bytes:
    """The file of a confirmed version. Raises Unreadable."""
    return vault.read(ROOM, f"public-{redaction.pk}")


def marked(form: Form, values: Mapping[str, Any], found: Iterable[Hit]) -> list[dict[str, Any]]:
    """Free text for a person to read through: per field, stretches of {"text", "hit": place or None}."""
    by_piece: dict[tuple[str, str], list[tuple[int, Hit]]] = {}
    for place, hit in enumerate(found):
        by_piece.setdefault((hit.field, hit.piece), []).append((place, hit))
    return [
        {"field": form.fields[name], "parts": _parts(text, by_piece.get((name, piece), []))}
        for name, piece, text in redacting.pieces(form, values)
        if text.strip()
    ]


def _parts(text: str, found: list[tuple[int, Hit]]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    at = 0
    for place, hit in found:
        parts += [{"text": text[at : hit.start], "hit": None}, {"text": hit.text, "hit": place, "kind": hit.kind, "fixed": hit.fixed}]
        at = hit.end
    return [*parts, {"text": text[at:], "hit": None}]


def _note(redaction: Redaction, what: str, actor: str, data: dict[str, Any]) -> None:
    said = {"number": redaction.document.number, **data}
    audit.record(f"documents.redaction.{what}", actor=actor, object=f"{KIND}:{redaction.pk}", data=said)
