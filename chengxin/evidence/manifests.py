"""Chains of hashes: the links of custody, the records of a capture; and the check of all that an exhibit is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chengxin.audit import forgetting
from chengxin.audit.canonical import canonical
from chengxin.audit.models import Leaf
from chengxin.evidence.models import Custody, Exhibit
from chengxin.kernel import jail, vault
from chengxin.kernel.encryption import Unreadable

START = "0" * 64


def chained(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records of a capture, each with `chain`: SHA-256 over the chain before it and what it says."""
    made: list[dict[str, Any]] = []
    for record in records:
        before = made[-1]["chain"] if made else START
        said = {name: value for name, value in record.items() if name != "chain"}
        made.append({**said, "chain": _digest({**said, "before": before})})
    return made


def of_link(before: str, link: Custody) -> str:
    """The hash of a link of custody: over the one before and what the link says."""
    names = ("place", "from_actor", "from_name", "to_actor", "to_name", "reason", "seal")
    said = {name: getattr(link, name) for name in names}
    return _digest({**said, "exhibit": str(link.exhibit_id), "at": link.at.isoformat(timespec="microseconds"), "before": before})


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(said).encode()).hexdigest()


FILE, HASH, LOG, CUSTODY, CHAIN, RECORD = FAULTS = ("file", "hash", "log", "custody", "chain", "record")


def faults(exhibit: Exhibit) -> list[tuple[str, str]]:
    """What does not hold of an exhibit, as (fault, detail); empty when every byte is as it was logged.

    file: it cannot be opened; hash: it is another file; log: the log says another hash; custody, chain: a link was changed; record: an
    answer inside the capture is another one.
    """
    found = [*_of_custody(exhibit), *_of_log(exhibit)]
    try:
        data = vault.read("evidence", str(exhibit.pk))
    except Unreadable:
        return found if forgetting.file_is_removed("evidence", str(exhibit.pk)) else [*found, (FILE, "")]
    if hashlib.sha256(data).hexdigest() != exhibit.sha256:
        found.append((HASH, hashlib.sha256(data).hexdigest()))
    return [*found, *(of_capture(exhibit.manifest, data) if exhibit.manifest else [])]


def check_exhibits() -> list[str]:
    """What does not hold of any exhibit, a line each; and exhibits that the log knows and the register does not. For `chengxin check`."""
    found = [
        f"{one.number}: 证据校验不符 / evidence does not hold ({fault} {detail})"
        for one in Exhibit.objects.iterator()
        for fault, detail in faults(one)
    ]
    logged = Leaf.objects.filter(action="evidence.exhibit.kept").values_list("object", flat=True)
    kept = {f"evidence.exhibit:{pk}" for pk in Exhibit.objects.values_list("pk", flat=True)}
    return found + [f"{name}: 证据已不在登记中 / the exhibit is no longer on record" for name in logged if name not in kept]


def _of_custody(exhibit: Exhibit) -> list[tuple[str, str]]:
    before = START
    for place, link in enumerate(exhibit.custody.order_by("place"), start=1):
        if link.place != place or link.hash != of_link(before, link):
            return [(CUSTODY, str(place))]
        before = link.hash
    passed = Leaf.objects.filter(action="evidence.custody.passed", object=f"evidence.exhibit:{exhibit.pk}").count()
    return [] if passed == exhibit.custody.count() else [(CUSTODY, str(passed))]


def _of_log(exhibit: Exhibit) -> list[tuple[str, str]]:
    leaf = Leaf.objects.filter(index=exhibit.leaf).first()
    said = json.loads(leaf.body)["data"] if leaf else {}
    last = exhibit.manifest[-1]["chain"] if exhibit.manifest else ""
    return [] if (said.get("sha256"), said.get("chain")) == (exhibit.sha256, last) else [(LOG, str(exhibit.leaf))]


def of_capture(manifest: list[dict[str, Any]], data: bytes) -> list[tuple[str, str]]:
    """What does not hold of a capture: its chain, and each record against its answer in the file."""
    found = [(CHAIN, one["url"]) for one, again in zip(manifest, chained(manifest), strict=True) if one["chain"] != again["chain"]]
    try:
        inside = jail.run("chengxin.evidence.warc:listed", data, memory_mb=512)
    except jail.FileTooHard:
        return [*found, (FILE, "")]
    wanted = [one for one in manifest if "error" not in one]
    if len(inside) != len(wanted):
        found.append((RECORD, str(len(inside))))
    return [*found, *((RECORD, one["url"]) for one, there in zip(wanted, inside, strict=False) if _differs(one, there))]


def _differs(one: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    return any(one[name] != there[name] for name in ("url", "size", "sha256"))
