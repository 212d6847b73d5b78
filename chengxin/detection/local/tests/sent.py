"""Packages as platforms send them, made by hand."""

from __future__ import annotations

import hashlib
from typing import Any

from chengxin.accounts import clients
from chengxin.accounts.beginning import INSTALLER
from chengxin.accounts.models import PlatformClient, SignatureRecord
from chengxin.audit.canonical import canonical
from chengxin.detection.local import intake, package
from chengxin.detection.local.models import LocalPackage
from chengxin.kernel import clock
from chengxin.subjects.models import Platform

SALT = bytes(32)
ROWS = [f'{{"fact":{n},"kind":"price","shown":8000}}' for n in range(3)]
DIGESTS = sorted(package.row_digest(SALT, row) for row in ROWS)


def finding(**changed: Any) -> dict[str, Any]:
    """A finding in form."""
    reason = {"code": "many_comparisons", "weight": 0.9, "numbers": {"compared": 2, "wrong": 2, "share": 100, "items": 2}}
    moment = "2026-11-20T00:00:00+00:00"
    return {
        "key": "0" * 32, "detector": "price_fraud", "shops": ["S1"], "about": [], "accounts": 4, "score": 0.6, "since": moment,
        "until": moment, "reasons": [reason], "benign": ["msrp"], "rows": {"price": 3}, "digests": DIGESTS,
        "root": package.rows_root(DIGESTS), **changed,
    }  # fmt: skip


def body(findings: list[dict[str, Any]], **changed: Any) -> bytes:
    """A package in form with these findings."""
    moment = "2026-11-{}T00:00:00+00:00"
    told = {
        "format": package.FORMAT, "platform": "shanhuo", "made_at": moment.format(25), "since": moment.format("01"),
        "until": moment.format(24), "libraries": ["duckdb==2.0.1"],
        "inputs": [{"kind": "price", "sha256": "0" * 64, "rows": 9, "kept": 9, "first": None, "last": None}],
        "detectors": {name: {"version": "2", "code": "0" * 64, "parameters": {}} for name in ("courier_breach", "price_fraud")},
        "findings": findings, "root": package.findings_root(findings), **changed,
    }  # fmt: skip
    return canonical(told).encode()


def arrive(platform: Platform, sent: bytes) -> LocalPackage:
    """The package, taken in as if the platform's machine had signed it."""
    machine = PlatformClient.objects.filter(platform_code=platform.code, name="own detection").first()
    if machine is None:
        machine = clients.create_client(platform.code, "own detection", ["findings:write"], by=INSTALLER).client
    key, _ = machine.keys.get_or_create(key_id="k", defaults={"public_key": "0" * 64})
    told = {"public_key": "0" * 64, "signed_text": "", "content_digest": hashlib.sha256(sent).hexdigest(), "signed_at": clock.now()}
    record, _ = SignatureRecord.objects.get_or_create(client=machine, key=key, signature=hashlib.sha256(sent).hexdigest(), defaults=told)
    return intake.accept(platform, package.read(sent), sent, record, f"client:{machine.pk}")
