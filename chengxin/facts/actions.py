"""What may be done with reports: accept a batch or a file, hold a snapshot, keep the lake."""

from __future__ import annotations

from django.db import transaction

from chengxin.facts.importing import import_file
from chengxin.facts.intake import accept_batch
from chengxin.facts.models import Hold
from chengxin.facts.snapshots import Snapshot
from chengxin.facts.upkeep import compact, drop_expired, sweep_replaced
from chengxin.kernel import clock

__all__ = ["accept_batch", "compact", "drop_expired", "hold", "import_file", "release", "sweep_replaced"]


def hold(snapshot: Snapshot, holder: str) -> int:
    """Keep the snapshot's files for as long as `holder` ("detection.run:<id>") rests on them. Returns how many are held; safe to repeat."""
    now = clock.now()
    with transaction.atomic():
        Hold.objects.bulk_create(
            [Hold(holder=holder, segment_id=segment.number, root=snapshot.root, since=now) for segment in snapshot.segments],
            ignore_conflicts=True,
            batch_size=1000,
        )
    return len(snapshot.segments)


def release(holder: str) -> int:
    """The holder rests on nothing any more; files go with the next clean-up. Returns how many holds ended."""
    return Hold.objects.filter(holder=holder).delete()[0]
