"""The receipt a platform gets: what was accepted, under which leaf of the log, signed by the city."""

from __future__ import annotations

import json
from typing import Any

from chengxin.audit.models import Leaf
from chengxin.facts.models import Receipt, Segment
from chengxin.kernel import encryption

KEY = "receipts"
FORM = "chengxin.receipt/1"


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


def seal(receipt: Receipt, segment: Segment | None, leaf: Leaf) -> None:
    """Set `leaf` and the signed `document`: canonical JSON (sorted keys, no spaces), Ed25519 (RFC 8032) over its bytes in UTF-8."""
    receipt.leaf = leaf.index
    body = {"form": FORM, "id": str(receipt.id), **facts_of(receipt, segment), "audit_leaf": leaf.index}
    text = canonical(body)
    signature = encryption.signing_key(KEY).sign(text.encode()).hex()
    receipt.document = canonical({"receipt": body, "signature": {"key": encryption.public_key_hex(KEY), "ed25519": signature}})


def canonical(value: Any) -> str:
    """One text per value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_genuine(document: str, key: str | None = None) -> bool:
    """Whether a receipt's text was signed by this city (or by the given public key, in hex)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        given = json.loads(document)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or encryption.public_key_hex(KEY)))
        public.verify(bytes.fromhex(given["signature"]["ed25519"]), canonical(given["receipt"]).encode())
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True
