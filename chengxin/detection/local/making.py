"""A run inside the platform: its own files through the city's checks and detectors, and a package of what may leave.

Pseudonyms are made with the platform's own key and stay. `evidence.jsonl` beside the package holds each evidence row with its salt, for the
day an officer asks for them; the lake made on the way is deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from chengxin.audit.canonical import canonical
from chengxin.detection import grouping, parts, plain, search
from chengxin.detection.local import package
from chengxin.detection.local.home import Home
from chengxin.detectors import Finding
from chengxin.facts import mapping
from chengxin.facts import plain as reports
from chengxin.facts.connection import MEMORY_MB
from chengxin.facts.oddities import EPOCH
from chengxin.kernel import clock, encryption

Rows = list[tuple[str, bytes]]  # (canonical text of a row, its salt)


@dataclass(frozen=True)
class Asked:
    """What to run over: a folder laid out as <kind>.<ending> or <kind>/<any name>.<ending>; city days [since, until); detectors, all when
    none is named; {kind: mapping}."""

    files: Path
    since: date | None = None
    until: date | None = None
    names: Sequence[str] = ()
    mappings: Mapping[str, mapping.Mapping] | None = None
    memory_mb: int = MEMORY_MB


def run(home: Home, asked: Asked) -> tuple[Path, reports.Made]:
    """Run, and write package.json and evidence.jsonl into a new folder under runs/, which is returned with what became of the rows.

    Nothing leaves the machine here. Raises NoReports, UnknownDetector, NothingToLookAt, RunWentMad, and what a file may be refused for.
    """
    now = clock.now()
    folder = home.folder / "runs" / now.strftime("%Y%m%d-%H%M%S-%f")
    lake = folder / "lake"
    try:
        made = reports.make(asked.files, lake, platform=home.platform, mappings=asked.mappings)
        found = plain.find(lake, asked.names, asked.since, asked.until, memory_mb=asked.memory_mb)
        with plain.opened(lake, asked.memory_mb) as (connection, seen):
            window = plain.window_of(seen, asked.since, asked.until)
            evidence = [_rows(connection, finding) for finding in found]
    finally:
        shutil.rmtree(lake, ignore_errors=True)
    shops = {token: number for number, token in reports.shop_tokens(home.platform, made.shops).items()}
    findings = [_finding(one, rows, shops) for one, rows in zip(found, evidence, strict=True)]
    body = {
        "format": package.FORMAT,
        "platform": home.platform,
        "made_at": _moment(now),
        "since": _moment(window.since),
        "until": _moment(window.until),
        "libraries": list(parts.libraries()),
        "inputs": [_input(one) for one in made.inputs],
        "detectors": _detectors(asked.names),
        "findings": findings,
        "root": package.findings_root(findings),
    }
    parts.publish(folder / "evidence.jsonl", _kept(findings, evidence))
    parts.publish(folder / "package.json", canonical(body).encode())
    return folder, made


def _finding(found: Finding, rows: Rows, shops: Mapping[int, str]) -> dict[str, Any]:
    """What leaves of a finding: see package.FindingOut."""
    kinds = sorted(found.evidence)
    digests = sorted({package.row_digest(salt, text) for text, salt in rows})
    return {
        "key": _key(found),
        "detector": found.detector,
        "shops": sorted(shops[token] for token in found.shops if token in shops),
        "about": [one for one in map(_about, found.about) if package.is_code(one["name"]) and package.is_code(one["of"])],
        "accounts": len(found.accounts),
        "score": found.score,
        "since": _moment(found.since),
        "until": _moment(found.until),
        "reasons": [{"code": one.code, "weight": one.weight, "numbers": package.narrowed(one.numbers)} for one in found.reasons],
        "benign": list(found.benign),
        "rows": {kind: sum(json.loads(text)["kind"] == kind for text, _ in rows) for kind in kinds},
        "digests": digests,
        "root": package.rows_root(digests),
    }


def _about(one: Mapping[str, str]) -> dict[str, str]:
    return {name: str(one.get(name, "")) for name in ("kind", "name", "of")}


def _key(found: Finding) -> str:
    """The same ring keeps its key from run to run; keyed, because the detector's own key is a hash over tokens."""
    return hmac.new(encryption.secret("salts"), f"key\0{grouping.key(found)}".encode(), hashlib.sha256).hexdigest()[:32]


def _rows(connection: search.Connection, found: Finding) -> Rows:
    """The finding's evidence rows as canonical texts with their salts. A row has another salt in another finding, so that nobody sees
    from digests which findings share it."""
    name, rows = _key(found), []
    for kind, facts in sorted(found.evidence.items()):
        asked = f'SELECT * FROM "{kind}" WHERE fact IN (SELECT unnest($facts)) ORDER BY fact'  # noqa: S608 - names of our own kinds
        result = connection.execute(asked, {"facts": list(facts)})
        columns = [column[0] for column in result.description or ()]
        for row in result.fetchall():
            text = canonical({"kind": kind, **{name: value for name, value in zip(columns, row, strict=True) if value is not None}})
            rows.append((text, _salt(name, text)))
    return rows


def _salt(finding: str, text: str) -> bytes:
    return hmac.new(encryption.secret("salts"), f"row\0{finding}\0{text}".encode(), hashlib.sha256).digest()


def _kept(findings: Sequence[Mapping[str, Any]], evidence: Sequence[Rows]) -> bytes:
    lines = (
        json.dumps({"root": finding["root"], "salt": salt.hex(), "row": text}, ensure_ascii=False)
        for finding, rows in zip(findings, evidence, strict=True)
        for text, salt in rows
    )
    return "".join(f"{line}\n" for line in lines).encode()


def rows_of(folder: Path, root: str) -> list[dict[str, str]]:
    """The kept rows of the finding with this root, as they are handed to an officer who asks: [{row, salt}]."""
    with (folder / "evidence.jsonl").open(encoding="utf-8") as lines:
        kept = (json.loads(line) for line in lines)
        return [{"row": one["row"], "salt": one["salt"]} for one in kept if one["root"] == root]


def _input(one: reports.Input) -> dict[str, Any]:
    span = {"first": one.first, "last": one.last}
    at = {name: None if moment is None else _moment(EPOCH + timedelta(microseconds=moment)) for name, moment in span.items()}
    return {"kind": one.kind, "sha256": one.sha256, "rows": one.rows, "kept": one.kept, **at}


def _detectors(names: Sequence[str]) -> dict[str, Any]:
    chosen = search.choose(names)
    used = search.parameters(chosen)
    return {one.name: {"version": one.version, "code": parts.code(one.name), "parameters": used[one.name]} for one in chosen}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
