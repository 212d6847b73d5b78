"""Do the reports agree with each other? Looked at per batch over what the batch touches, after a grace in which the other reports may
arrive."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml
from django.db import transaction

from chengxin.facts import lake
from chengxin.facts.models import CrossIssue, Receipt, Segment
from chengxin.facts.snapshots import snapshot
from chengxin.kernel import clock

FOLDER = Path(__file__).parent / "crosschecks"
EXAMPLES = 10
KINDS = ("order", "payment", "refund", "parcel", "scan")


@cache
def checks() -> Mapping[str, Mapping[str, Any]]:
    """Code → {of, by, needs, zh, en}."""
    return dict(yaml.load((FOLDER / "crosschecks.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


@cache
def _sql(code: str) -> str:
    return (FOLDER / f"{code}.sql").read_text(encoding="utf-8")


def cross_check(receipt: Receipt) -> list[CrossIssue]:
    """Look at one batch now; what was found before and has been put right since goes. Returns the issues that stand."""
    wanted = [code for code, check in checks().items() if receipt.kind in check["of"] and _reported(receipt.platform, check["needs"])]
    found = _search(receipt, wanted) if wanted and receipt.accepted else {}
    issues = [
        CrossIssue(
            platform=receipt.platform, check_code=code, receipt=receipt, count=count, examples=examples, found_at=clock.now()
        )
        for code, (count, examples) in found.items()
    ]  # fmt: skip
    with transaction.atomic():
        CrossIssue.objects.filter(receipt=receipt).delete()
        CrossIssue.objects.bulk_create(issues)
    return issues


def _reported(platform: str, needed: list[str]) -> bool:
    """Whether the platform reports all these kinds at all."""
    have = set(Segment.objects.filter(platform__in=(platform, ""), kind__in=needed, dropped_at=None).values_list("kind", flat=True))
    return have >= set(needed)


def _search(receipt: Receipt, codes: list[str]) -> dict[str, tuple[int, list[dict[str, Any]]]]:
    with lake.connect(snapshot(KINDS), memory_mb=512, threads=1) as connection:
        found = {}
        for code in codes:
            _touch(connection, receipt, checks()[code]["by"])
            hits = f"({_sql(code)})"
            count = connection.execute(f"SELECT count(*) FROM {hits}", {"platform": receipt.platform}).fetchone()  # noqa: S608
            if count and count[0]:
                rows = connection.execute(f"FROM {hits} ORDER BY number LIMIT {EXAMPLES}", {"platform": receipt.platform}).fetchall()
                found[code] = (int(count[0]), [{"fact": str(fact), "number": number, "kind": kind} for fact, number, kind in rows])
    return found


def _touch(connection: duckdb.DuckDBPyConnection, receipt: Receipt, by: str) -> None:
    """The orders or parcels that the batch names."""
    connection.execute(
        f'CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT "{by}" AS token FROM "{receipt.kind}" WHERE batch = ?',  # noqa: S608
        [str(receipt.id)],
    )
