"""Which facts of an edition hold no longer: looked up when a file is asked for, so that a late job shows nothing.

Small questions only: what ended since the edition's day, not what is public; that was asked when it was made.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import duckdb

from chengxin.commitments.models import CommitmentEnd
from chengxin.kernel import clock
from chengxin.lists.models import ListEntry, RedEntry, RepairApplication
from chengxin.lists.models.official import DROPPED
from chengxin.lists.models.repair import GRANTED
from chengxin.marks.models import MarkStep
from chengxin.marks.models.marks import VALID
from chengxin.products.models import Recall
from chengxin.products.models.recalls import DROPPED as NOT_ISSUED
from chengxin.publicity import reviews
from chengxin.records.models import RecordEnd


def ended(since: date) -> dict[str, set[str]]:
    """set → keys of facts that ended, were repaired, removed or held back on or after a day."""
    start, today = datetime.combine(since, time.min, clock.CITY), clock.today()
    records = set(RecordEnd.objects.filter(at__gte=start).values_list("record__number", flat=True))
    repaired = RepairApplication.objects.filter(record__isnull=False, state=GRANTED, decided_on__gte=since)
    removed = ListEntry.objects.filter(removed_on__gte=since, removed_on__lte=today) | ListEntry.objects.filter(state=DROPPED)
    red = RedEntry.objects.filter(ended_on__gte=since, ended_on__lte=today)
    marks = MarkStep.objects.filter(at__gte=start).exclude(after=VALID)
    commitments = CommitmentEnd.objects.filter(at__gte=start, on__lte=today) | CommitmentEnd.objects.filter(on__gte=since, on__lte=today)
    return {
        "records": records | set(repaired.values_list("record__number", flat=True)) | reviews.held("records"),
        "lists": set(removed.values_list("number", flat=True)) | reviews.held("lists"),
        "red_lists": set(red.values_list("number", flat=True)) | reviews.held("red_lists"),
        "marks": set(marks.values_list("mark__serial", flat=True)),
        "commitments": set(commitments.values_list("commitment__number", flat=True)),
        "recalls": set(Recall.objects.filter(state=NOT_ISSUED).values_list("number", flat=True)),
    }


def gone_of(parquet: Path, keys: set[str], day: date) -> list[str]:
    """Keys in a file that are among these or whose last day is over."""
    with duckdb.connect() as connection:
        sql = "SELECT key FROM read_parquet(?) WHERE valid_until < ? OR list_contains(?::VARCHAR[], key) ORDER BY key"
        return [key for (key,) in connection.execute(sql, [str(parquet), day, sorted(keys)]).fetchall()]
