"""Sent = accepted = published: the upper platform's lists laid beside our rows, by SQL over both; differences with what is to be done.

LOST accepted, stands, not shown; ALTERED shown with other content; DUPLICATE shown more than once; STALE shown although replaced or
withdrawn by us; TAKEN_DOWN withdrawn there although it stands; UNKNOWN shown, and not ours; UNANSWERED shown, and no receipt came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import duckdb
import pyarrow as pa
from django.db import transaction

from chengxin.exchange import folders, formats
from chengxin.exchange.models import Difference, ExchangeRow, Reconciliation
from chengxin.exchange.models.outbound import ACCEPTED, PUT
from chengxin.exchange.models.reconciling import GONE
from chengxin.exchange.steps import NUMBERS, next_number
from chengxin.kernel import clock, locks

Found = list[tuple[str, str, str, str]]  # kind, row number, department, detail

TODO: dict[str, dict[str, str]] = {
    "LOST": {
        "zh": "已入库而未公示：重报该行，仍未公示的与上级平台核对",
        "en": "Accepted, not shown: send the row again, then ask the platform",
    },
    "DUPLICATE": {"zh": "重复公示：请上级平台删除重复", "en": "Shown more than once: ask the platform to delete the copy"},
    "ALTERED": {"zh": "内容不一致：重报该行，以本市记录为准", "en": "Other content than ours: send the row again"},
    "STALE": {
        "zh": "本市已撤回或更正而仍公示：重报撤回，并电话催办",
        "en": "Withdrawn or corrected by us, still shown: send again and call",
    },
    "TAKEN_DOWN": {
        "zh": "上级平台已撤下：查明原因，属实的办理本市撤回",
        "en": "Taken down there: find out why, withdraw it here if it is right",
    },
    "UNKNOWN": {"zh": "本市没有该行：请上级平台查明来源", "en": "No such row here: ask the platform where it comes from"},
    "UNANSWERED": {"zh": "已公示而无回执：索要回执", "en": "Shown, but no receipt came: ask for the receipt"},
}
NAMES: dict[str, dict[str, str]] = {
    "LOST": {"zh": "未公示", "en": "Not shown"},
    "DUPLICATE": {"zh": "重复", "en": "Duplicate"},
    "ALTERED": {"zh": "内容不一致", "en": "Altered"},
    "STALE": {"zh": "撤回后仍公示", "en": "Shown after withdrawal"},
    "TAKEN_DOWN": {"zh": "上级撤下", "en": "Taken down there"},
    "UNKNOWN": {"zh": "来源不明", "en": "Unknown to us"},
    "UNANSWERED": {"zh": "无回执", "en": "No receipt"},
}
RESENDABLE = ("LOST", "ALTERED", "STALE")

SQL = """
WITH seen AS (SELECT number, count(*) FILTER (status = 'shown') AS times, any_value(digest) AS digest,
                     bool_or(status = 'shown') AS shown FROM theirs GROUP BY number)
SELECT CASE WHEN o.number IS NULL THEN 'UNKNOWN'
            WHEN o.state = 'SENT' AND s.shown THEN 'UNANSWERED'
            WHEN o.stands AND s.number IS NULL THEN 'LOST'
            WHEN o.stands AND NOT s.shown THEN 'TAKEN_DOWN'
            WHEN o.stands AND s.digest <> o.digest THEN 'ALTERED'
            WHEN NOT o.stands AND o.accepted AND s.shown THEN 'STALE' END AS kind,
       coalesce(o.number, s.number) AS number, coalesce(o.department, '') AS department, '' AS detail
FROM ours o FULL JOIN seen s ON o.number = s.number
WHERE kind IS NOT NULL
UNION ALL
SELECT 'DUPLICATE', s.number, coalesce(o.department, ''), s.times::VARCHAR FROM seen s LEFT JOIN ours o ON o.number = s.number
WHERE s.times > 1
ORDER BY 1, 2
"""


def compare(theirs: pa.Table) -> tuple[Found, dict[str, int]]:
    """(differences, counts). theirs: columns number, status, digest as text."""
    kept = ExchangeRow.objects.exclude(sent_at=None).values_list("number", "state", "digest", "department", "act", "accepted_at")
    rows = list(kept.iterator(chunk_size=5000))
    columns = list(zip(*rows, strict=True)) or [()] * 6
    numbers, states, digests, departments, acts, accepted = columns
    ours = pa.table(
        {
            "number": pa.array(numbers, pa.string()),
            "state": pa.array(states, pa.string()),
            "digest": pa.array(digests, pa.string()),
            "department": pa.array(departments, pa.string()),
            "stands": pa.array([state == ACCEPTED and act == PUT for state, act in zip(states, acts, strict=True)], pa.bool_()),
            "accepted": pa.array([at is not None for at in accepted], pa.bool_()),
        }
    )
    with duckdb.connect() as lake:
        lake.register("ours", ours)
        lake.register("theirs", theirs)
        found: Found = lake.execute(SQL).fetchall()
        counted = lake.execute("SELECT count(*), count(*) FILTER (accepted), count(*) FILTER (stands) FROM ours").fetchone()
        shown = lake.execute("SELECT count(*) FILTER (status = 'shown') FROM theirs").fetchone()
    sent, taken, standing = counted or (0, 0, 0)
    return found, {"sent": sent, "accepted": taken, "standing": standing, "published": shown[0] if shown else 0}


def read_lists(paths: list[Path]) -> tuple[pa.Table, str]:
    """All parts of the upper platform's lists as one table, and the SHA-256 over them. Raises FileTooHard."""
    parts, sha = [], hashlib.sha256()
    for path in paths:
        sha.update(path.read_bytes())
        parts += formats.shown(path)
    numbers, states, digests = zip(*parts, strict=True) if parts else ((), (), ())
    text = pa.string()
    table = pa.table({"number": pa.array(numbers, text), "status": pa.array(states, text), "digest": pa.array(digests, text)})
    return table, sha.hexdigest()


def reconcile(by: str = "system:exchange") -> Reconciliation | None:
    """Compare with the lists in the folder; None when there are none. The same lists again change nothing but the time of the look."""
    paths = folders.waiting(folders.SHOWN)
    if not paths:
        return None
    theirs, sha = read_lists(paths)
    found, counts = compare(theirs)
    with transaction.atomic(), locks.locked("exchange.reconcile"), locks.locked(NUMBERS):
        number, name = next_number(Reconciliation, "DZ"), f"{paths[0].name} … {paths[-1].name}"
        run = Reconciliation.objects.create(number=number, at=clock.now(), file=name[:120], sha256=sha, found=len(found), by=by, **counts)
        _keep(run, found)
    return run


def _keep(run: Reconciliation, found: Found) -> None:
    """Differences that stood before stand on, new ones are opened, those not found any more are gone."""
    open_ones = {(one.kind, one.row_number): one for one in Difference.objects.exclude(state=GONE)}
    keys = {(kind, number) for kind, number, _, _ in found}
    still = [one.pk for key, one in open_ones.items() if key in keys]
    gone = [one.pk for key, one in open_ones.items() if key not in keys]
    _update(still, last=run)
    _update(gone, state=GONE)
    fresh = [one for one in found if (one[0], one[1]) not in open_ones]
    Difference.objects.bulk_create(
        [
            Difference(
                number=f"CY{run.number[8:21]}-{place}",
                kind=kind,
                row_number=number,
                department=department,
                first=run,
                last=run,
                detail=detail,
            )
            for place, (kind, number, department, detail) in enumerate(fresh, start=1)
        ],
        batch_size=500,
    )


def _update(keys: Sequence[UUID], **values: object) -> None:
    for start in range(0, len(keys), 500):
        Difference.objects.filter(pk__in=keys[start : start + 500]).update(**values)
