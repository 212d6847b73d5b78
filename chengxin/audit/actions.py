"""What may be done to the log: add to it, sign it, have it witnessed, and erase a person from beside it. Nothing changes a leaf."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from chengxin.audit import merkle, note, outside, tree, verify
from chengxin.audit.canonical import canonical
from chengxin.audit.errors import LogUnwritable, NotWitnessed
from chengxin.audit.models import Cosignature, Leaf, PersonalPart, SignedHead, Witness
from chengxin.kernel import clock, encryption
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.locks import locked

READ = "audit.personal.read"
FORGOTTEN = "audit.personal.forgotten"
SIGNED = "audit.document.signed"
LOCK = "audit.log"
ACTION = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


@dataclass(frozen=True)
class Entry:
    """One thing to record; the arguments of `record`."""

    action: str
    actor: str
    object: str
    data: Mapping[str, Any]
    personal: Mapping[str, Any] | None = None


def record(action: str, *, actor: str, object: str, data: Mapping[str, Any], personal: Mapping[str, Any] | None = None) -> Leaf:
    """Add one leaf in the caller's transaction and return it; call it last, the log is locked from here to the commit.

    action: dotted stable name ("facts.batch.accepted"); actor: "user:<id>", "client:<id>" or "system:<job>"; object: "<kind>:<id>", never a
    person's own number; data: JSON, nothing personal; personal: kept outside the leaf under a salted commitment, see `forget`.
    Raises LogUnwritable, and the caller's transaction cannot commit then, even when the caller swallows the error.
    """
    draft, made, index, at = _written([Entry(action, actor, object, data, personal)])
    return Leaf(index=index, at=at, hash=made[0], **draft[0]._asdict())


def record_many(entries: Sequence[Entry]) -> range:
    """Add many leaves at once (about 1,000 is best), in order, like `record`; returns their numbers."""
    if not entries:
        return range(0)
    _, made, index, _ = _written(entries)
    return range(index, index + len(made))


def _written(entries: Sequence[Entry]) -> tuple[list[tree.Draft], list[bytes], int, datetime]:
    """(drafts, hashes, the first one's number, time) of leaves that are in the database now."""
    with _or_nothing(), locked(LOCK):
        at = clock.now()
        drafts, parts = [], []
        for place, entry in enumerate(entries):
            draft, part = _draft(entry, at)
            drafts.append(draft)
            if part:
                parts.append((place, part))
        first, made = tree.append(drafts, at)
        for place, part in parts:
            part.leaf_id = first + place
        if parts:
            PersonalPart.objects.bulk_create(part for _, part in parts)
    return drafts, made, first, at


def record_read(actor: str, subject: str, fields: Sequence[str], purpose: str) -> Leaf:
    """Leave the trace of a read of personal data before showing it. subject: "<kind>:<our id>"; its owner reads it by queries.reads_of.

    A page that only reads has no transaction; then this makes its own.
    """
    data = {"fields": sorted(fields), "purpose": purpose}
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return record(READ, actor=actor, object=subject, data=data)


def forget(personal_id: UUID, *, actor: str, reason: str) -> Leaf:
    """Erase a personal part with its salt. The leaf stays, its commitment says nothing any more, every proof still holds. Idempotent."""
    with transaction.atomic():
        part = PersonalPart.objects.select_for_update().filter(id=personal_id).only("leaf_id").first()
        if part is None:
            return Leaf.objects.get(action=FORGOTTEN, object=f"audit.personal:{personal_id}")
        index = part.leaf_id
        PersonalPart.objects.filter(id=personal_id).delete()
        return record(FORGOTTEN, actor=actor, object=f"audit.personal:{personal_id}", data={"leaf": index, "reason": reason})


def commitment(salt: bytes, content: str, hash_name: str) -> str:
    """Hex of H(salt || content): 32 random bytes of salt make it say nothing about the content once they are gone."""
    return merkle.digest(hash_name, salt + content.encode()).hex()


def _draft(entry: Entry, at: datetime) -> tuple[tree.Draft, PersonalPart | None]:
    _check_names(entry.action, entry.actor, entry.object)
    hash_name, part, promised = str(settings.LOG_HASH), None, None
    if entry.personal is not None:
        salt, content = secrets.token_bytes(32), canonical(entry.personal)
        part, promised = PersonalPart(salt=salt, content=content), commitment(salt, content, hash_name)
    body = canonical(
        {
            "action": entry.action,
            "actor": entry.actor,
            "at": at.isoformat(timespec="microseconds"),
            "data": entry.data,
            "object": entry.object,
            "personal_commitment": promised,
        }
    )
    return tree.Draft(entry.action, entry.actor, entry.object, body, hash_name), part


def _check_names(action: str, actor: str, object: str) -> None:
    """ValueError for a name that would not be findable later: a programming error, not a user's."""
    if not ACTION.fullmatch(action) or len(action) > 80:
        raise ValueError(f"action {action!r} is not a dotted name")
    for what, text, most in (("actor", actor, 120), ("object", object, 160)):
        if ":" not in text or len(text) > most:
            raise ValueError(f"{what} {text!r} is not <kind>:<id> of at most {most} characters")


@contextmanager
def _or_nothing() -> Iterator[None]:
    """Inside the caller's transaction; on any failure that transaction can only roll back."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the log is written in the transaction of what it records: use transaction.atomic()")
    try:
        yield
    except BaseException as cause:
        transaction.set_rollback(True)
        if isinstance(cause, ChengxinError | ValueError) or not isinstance(cause, Exception):
            raise
        raise LogUnwritable(reason=f"{type(cause).__name__}: {cause}"[:200]) from cause


def sign_head() -> SignedHead:
    """Keep the log's present head for witnesses, in the database and, after the commit, outside it. The same head is kept once."""
    with transaction.atomic(), _or_nothing(), locked(LOCK):
        head = tree.tip()[1]
        fields = {"note": head.note, "at": datetime.fromisoformat(head.at)}
        kept, _ = SignedHead.objects.get_or_create(size=head.size, root=head.root, defaults=fields)
        transaction.on_commit(lambda: outside.keep_once(kept.note))
    return kept


def sign_document(
    kind: str,
    body: Mapping[str, Any],
    *,
    actor: str = "system:documents",
    object: str = "",
    public: Mapping[str, Any] | None = None,
    action: str = SIGNED,
) -> dict[str, Any]:
    """Record a document and return its receipt, a chengxin-receipt/1 file (see verify.py) that proves it without our help.

    kind: what it is ("facts.receipt"); body: JSON, may hold personal data: the log gets only a salted digest of it; object: what it is
    about; public: what the leaf may say in the open; action: what the leaf records, when the document tells of an act. In the caller's
    transaction: hand the receipt out after the commit only.
    """
    nonce, document = secrets.token_bytes(32), canonical(body)
    digest = hashlib.sha256(nonce + document.encode()).hexdigest()
    data = {**(public or {}), "digest": digest, "kind": kind}
    leaf = record(action, actor=actor, object=object or f"{kind}:{digest[:16]}", data=data)
    head = tree.tip()[1]
    steps = tree.roots(merkle.inclusion_ranges(leaf.index, head.size))
    return {
        "format": verify.RECEIPT,
        "kind": kind,
        "document": document,
        "nonce": nonce.hex(),
        "signature": encryption.signing_key("log").sign(verify.document_statement(kind, nonce, document)).hex(),
        "leaf": {"index": leaf.index, "hash_name": leaf.hash_name, "body": leaf.body},
        "proof": [step.hex() for step in steps],
        "head": head.note,
        "key": encryption.public_key_hex("log"),
    }


def register_witness(name: str, key: bytes, *, actor: str) -> Witness:
    """Accept the signatures of a witness from now on. name: as in its signature lines; key: its 32-byte Ed25519 public key."""
    if len(key) != 32 or not name or any(sign in name for sign in " +\n"):
        raise NotWitnessed(reason="a witness has a name without blanks and a key of 32 bytes")
    with transaction.atomic():
        witness, fresh = Witness.objects.get_or_create(name=name, defaults={"key": key})
        if bytes(witness.key) != key:
            raise NotWitnessed(reason="this name has another key")
        if fresh:
            record("audit.witness.registered", actor=actor, object=f"audit.witness:{name}", data={"key": key.hex()})
    return witness


def add_cosignature(size: int, line: str) -> Cosignature:
    """Keep a witness's signature line on the kept head of this size. Raises NotWitnessed when it does not hold; idempotent."""
    name = line.removeprefix("— ").partition(" ")[0]
    with transaction.atomic():
        witness = Witness.objects.filter(name=name).first()
        head = SignedHead.objects.filter(size=size).order_by("id").first()
        if witness is None or head is None:
            raise NotWitnessed(reason="unknown witness or head")
        moment = note.cosigned_at(head.note + line, name, bytes(witness.key))
        if moment is None:
            raise NotWitnessed(reason="the signature does not hold for this head")
        at = datetime.fromtimestamp(moment, UTC)
        seal, _ = Cosignature.objects.get_or_create(head=head, witness=witness, defaults={"line": line, "at": at})
    return seal
