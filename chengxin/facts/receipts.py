"""The receipt a platform gets: what was accepted, under which leaf of the log, signed by the city."""

from __future__ import annotations

import json
from typing import Any

from chengxin.audit import actions as audit
from chengxin.audit import verify
from chengxin.audit.tree import log_keys
from chengxin.facts.models import Receipt, Segment

KIND = "facts.receipt"


def facts_of(receipt: Receipt, segment: Segment | None) -> dict[str, Any]:
    """What receipt and audit leaf both say."""
    return {
        "platform": receipt.platform,
        "kind": receipt.kind,
        "schema_version": receipt.schema_version,
        "correction": receipt.correction,
        "received_at": receipt.received_at.isoformat(),
        "rows": receipt.rows,
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "quarantined": receipt.quarantined,
        "reasons": receipt.reasons,
        "identity": receipt.identity,
        "file": {"format": receipt.format, "sha256": receipt.file_sha256, "bytes": receipt.file_bytes},
        "segment_sha256": segment.sha256 if segment else None,
        "errors_sha256": receipt.errors_sha256 or None,
    }


def seal(receipt: Receipt, segment: Segment | None) -> None:
    """Record the batch in the log and set `leaf` and `document`: a chengxin-receipt/1 file, which proves by itself what was accepted."""
    said = facts_of(receipt, segment)
    public = {"of" if name == "kind" else name: value for name, value in said.items()}
    body, object = {"id": str(receipt.id), **said}, f"facts.batch:{receipt.id}"
    file = audit.sign_document(KIND, body, actor=receipt.actor, object=object, public=public, action="facts.batch.accepted")
    receipt.leaf, receipt.document = file["leaf"]["index"], canonical(file)


def read(document: str) -> dict[str, Any]:
    """What a receipt's file says: the batch's id and counts, as they were signed."""
    said: dict[str, Any] = json.loads(json.loads(document)["document"])
    return said


def canonical(value: Any) -> str:
    """One text per value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_genuine(document: str, key: str | None = None) -> bool:
    """Whether this city's log (or the one of the given public key, in hex) signed and holds what the file says."""
    known = [key] if key else [one.hex() for one in log_keys()]
    return any(verify.verify(document.encode(), one).good for one in known)
