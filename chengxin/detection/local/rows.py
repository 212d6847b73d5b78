"""Rows on demand: an officer asked, the platform hands over rows with their salts, the city compares each with what was promised."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.detection.local import package
from chengxin.detection.local.models import HeldFinding, HeldRows
from chengxin.kernel import clock
from chengxin.kernel.locks import locked


def take(finding: HeldFinding, request: UUID, rows: Sequence[tuple[str, str]], actor: str) -> HeldRows:
    """Keep rows (text, salt in hex) of a finding and say how many are the promised ones. A later answer replaces an earlier one unless that
    was whole."""
    with transaction.atomic(), locked(f"detection.held:{finding.id}"):
        earlier = HeldRows.objects.filter(finding=finding).first()
        if earlier and earlier.whole:
            return earlier
        if earlier:
            earlier.delete()
        promised = set(finding.digests)
        digests = [package.row_digest(bytes.fromhex(salt), text) for text, salt in rows]
        good = promised & set(digests)
        kept = HeldRows.objects.create(
            finding=finding,
            request=request,
            received_at=clock.now(),
            actor=actor,
            verified=len(good),
            failed=len(digests) - sum(digest in promised for digest in digests),
            missing=len(promised - good),
            rows=json.dumps([[digest in promised, text] for digest, (text, _) in zip(digests, rows, strict=True)], ensure_ascii=False),
        )
        object, data = f"detection.held:{finding.id}", {"root": finding.root, "request": str(request), **kept.told()}
        audit.record("detection.held.rows_received", actor=actor, object=object, data=data)
        return kept


def of_findings(found: Iterable[Any]) -> list[HeldFinding]:
    """The held findings behind ids of FoundRow, newest package first."""
    held = HeldFinding.objects.filter(found__in=list(found)).select_related("package", "answer")
    return list(held.order_by("-package__received_at", "place"))


def shown(kept: HeldRows, most: int) -> list[dict[str, Any]]:
    """The first rows that came: [{good, kind, values}]; the caller logs the reading first."""
    lines = []
    for good, text in json.loads(kept.rows)[:most]:
        try:
            told = json.loads(text)
        except ValueError:
            told = {}
        values = told if isinstance(told, dict) else {}
        lines.append({"good": good, "kind": str(values.pop("kind", "")), "values": values})
    return lines
