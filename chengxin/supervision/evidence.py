"""Freezing evidence: which facts, what their rows said, one root hash over both."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

Row = Mapping[str, Any]


def rows_hash(rows: Iterable[Row]) -> str:
    """SHA-256 over the rows' canonical JSON, ordered by fact id: equal if and only if every value is as it was."""
    ordered = sorted(rows, key=lambda row: int(row.get("fact", 0)))
    lines = [json.dumps(dict(row), sort_keys=True, ensure_ascii=False, default=_plain, separators=(",", ":")) for row in ordered]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def root_hash(parts: Iterable[tuple[str, Sequence[int], str]]) -> str:
    """One hash over (kind, fact ids, hash of the rows) of everything a clue holds, in an order that depends on content only."""
    lines = sorted(f"{kind}:{','.join(map(str, sorted(ids)))}:{digest}" for kind, ids, digest in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def shared_devices(rows: Iterable[Row]) -> list[int]:
    """Device tokens that two or more buyers of these order rows used."""
    users: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.get("device") and row.get("buyer"):
            users[int(row["device"])].add(int(row["buyer"]))
    return sorted(device for device, buyers in users.items() if len(buyers) > 1)
