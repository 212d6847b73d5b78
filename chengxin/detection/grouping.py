"""Findings into groups: one clue per ring or per shop, however many windows, weightings and rules saw it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from chengxin.detectors import Finding, Reason

# Two sightings are one ring when the smaller shares this part of its accounts. Below a half, two campaigns that hire the same studio melt
# into one clue; measured on the fictional city's campaigns with a shared studio.
SAME_RING = 0.5
REASONS_KEPT = 12


def group(findings: Iterable[Finding]) -> list[Finding]:
    """Merged findings, strongest first, in an order that depends on their content only."""
    merged: list[Finding] = []
    by_detector: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_detector[finding.detector].append(finding)
    for name in sorted(by_detector):
        merged.extend(_merge(sorted(by_detector[name], key=_order)))
    return sorted(merged, key=_order)


def key(finding: Finding) -> str:
    """32 hex characters: a shop keeps its key from run to run; a ring is named by its shops, or its accounts when it names no shop,
    or by the outlet or platform it is about."""
    members: list[Any] = sorted(finding.shops or finding.accounts) or [one["name"] for one in finding.about]
    return hashlib.sha256(json.dumps([finding.detector, members]).encode()).hexdigest()[:32]


def digest(finding: Finding) -> str:
    """SHA-256 of the finding's canonical JSON; what a clue freezes."""
    return hashlib.sha256(canonical(finding).encode()).hexdigest()


def canonical(finding: Finding) -> str:
    return json.dumps(asdict(finding), sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))


def plain(finding: Finding) -> Finding:
    """The finding as it reads after it was written down: only plain values in reasons and picture, instants in UTC."""
    return from_plain(json.loads(canonical(finding)))


def from_plain(given: dict[str, Any]) -> Finding:
    """A finding from its canonical JSON, read."""
    return Finding(
        **{
            **given,
            "shops": tuple(given["shops"]),
            "accounts": tuple(given["accounts"]),
            "evidence": {kind: tuple(facts) for kind, facts in given["evidence"].items()},
            "reasons": tuple(Reason(**reason) for reason in given["reasons"]),
            "since": datetime.fromisoformat(given["since"]).astimezone(UTC),
            "until": datetime.fromisoformat(given["until"]).astimezone(UTC),
            "benign": tuple(given["benign"]),
        }
    )


def _order(finding: Finding) -> tuple[Any, ...]:
    return (-finding.score, finding.detector, finding.shops, finding.since, finding.accounts)


def _merge(findings: list[Finding]) -> list[Finding]:
    groups: list[list[Finding]] = []
    led_by: dict[tuple[str, int], list[int]] = defaultdict(list)  # member → groups whose first sighting has it: only these can be the home
    for finding in findings:  # strongest first: the strongest sighting names the group
        members = _members(finding)
        near = sorted({place for member in members for place in led_by.get(member, ())})
        home = next((groups[place] for place in near if _same(groups[place][0], finding)), None)
        if home:
            home.append(finding)
            continue
        for member in members:
            led_by[member].append(len(groups))
        groups.append([finding])
    return _one_each([_union(one) for one in groups])


def _members(finding: Finding) -> list[tuple[str, int]]:
    return [*(("shop", shop) for shop in finding.shops), *(("account", account) for account in finding.accounts)]


def _one_each(findings: list[Finding]) -> list[Finding]:
    """Two rings of other accounts around the very same shops are one matter: the clue is about the shops, and its key names them."""
    by_key: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_key[key(finding)].append(finding)
    return [_union(one) for one in by_key.values()]


def _same(left: Finding, right: Finding) -> bool:
    if not (left.accounts and right.accounts):
        return bool(set(left.shops) & set(right.shops))
    shared = len(set(left.accounts) & set(right.accounts))
    return shared >= SAME_RING * min(len(left.accounts), len(right.accounts))


def _union(findings: list[Finding]) -> Finding:
    first = findings[0]
    if len(findings) == 1:
        return replace(first, reasons=_strongest(first.reasons))
    evidence: dict[str, set[int]] = defaultdict(set)
    for finding in findings:
        for kind, facts in finding.evidence.items():
            evidence[kind].update(facts)
    return replace(
        first,
        shops=tuple(sorted({shop for finding in findings for shop in finding.shops})),
        accounts=tuple(sorted({account for finding in findings for account in finding.accounts})),
        evidence={kind: tuple(sorted(facts)) for kind, facts in sorted(evidence.items())},
        reasons=_strongest(reason for finding in findings for reason in finding.reasons),
        since=min(finding.since for finding in findings),
        until=max(finding.until for finding in findings),
        benign=tuple(dict.fromkeys(pattern for finding in findings for pattern in finding.benign)),
    )


def _strongest(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The strongest reason of each code, strongest first."""
    best: dict[str, Reason] = {}
    for reason in reasons:
        if reason.code not in best or reason.weight > best[reason.code].weight:
            best[reason.code] = reason
    return tuple(sorted(best.values(), key=lambda reason: (-reason.weight, reason.code)))[:REASONS_KEPT]
