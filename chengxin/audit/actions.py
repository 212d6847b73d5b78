"""What may be done to the log: add to it, sign it, have it witnessed, and erase a person from beside it. Nothing changes a leaf."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from chengxin.audit import merkle, tree
from chengxin.audit.canonical import canonical
from chengxin.audit.errors import LogUnwritable
from chengxin.audit.models import Leaf, PersonalPart
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.locks import locked

READ = "audit.personal.read"
FORGOTTEN = "audit.personal.forgotten"
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
    return record_many([Entry(action, actor, object, data, personal)])[0]


def record_many(entries: Sequence[Entry]) -> list[Leaf]:
    """Add many leaves at once (about 1,000 is best), in order, like `record`."""
    if not entries:
        return []
    with _or_nothing(), locked(LOCK):
        now = clock.now()
        leaves, parts = [], []
        for entry in entries:
            leaf, part = _leaf_of(entry, now)
            leaves.append(leaf)
            if part:
                parts.append(part)
        tree.append(leaves)
        for part in parts:
            part.leaf_id = part.leaf.index
        PersonalPart.objects.bulk_create(parts)
    return leaves


def record_read(actor: str, subject: str, fields: Sequence[str], purpose: str) -> Leaf:
    """Leave the trace of a read of personal data before showing it. subject: "<kind>:<our id>"; its owner reads it by queries.reads_of."""
    return record(READ, actor=actor, object=subject, data={"fields": sorted(fields), "purpose": purpose})


def forget(personal_id: object, *, actor: str, reason: str) -> Leaf:
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


def _leaf_of(entry: Entry, now: datetime) -> tuple[Leaf, PersonalPart | None]:
    check_entry(entry)
    hash_name = str(getattr(settings, "LOG_HASH", merkle.SHA256))
    salt = content = promised = None
    if entry.personal is not None:
        salt, content = secrets.token_bytes(32), canonical(entry.personal)
        promised = commitment(salt, content, hash_name)
    body = canonical(
        {
            "action": entry.action,
            "actor": entry.actor,
            "at": now.isoformat(timespec="microseconds"),
            "data": entry.data,
            "object": entry.object,
            "personal_commitment": promised,
        }
    )
    leaf = Leaf(action=entry.action, actor=entry.actor, object=entry.object, at=now, body=body, hash_name=hash_name)
    return leaf, PersonalPart(leaf=leaf, salt=salt, content=content) if content is not None else None


def check_entry(entry: Entry) -> None:
    """ValueError for a name that would not be findable later: a programming error, not a user's."""
    if not ACTION.fullmatch(entry.action) or len(entry.action) > 80:
        raise ValueError(f"action {entry.action!r} is not a dotted name")
    for what, text, most in (("actor", entry.actor, 120), ("object", entry.object, 160)):
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


def nonce_digest(nonce: str, document: str) -> str:
    """Hex of SHA-256(nonce bytes || document)."""
    return hashlib.sha256(bytes.fromhex(nonce) + document.encode()).hexdigest()
