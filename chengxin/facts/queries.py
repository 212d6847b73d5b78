"""What may be asked of the reports and the lake."""

from __future__ import annotations

from chengxin.facts.snapshots import Snapshot, SnapshotSegment, rows, snapshot

__all__ = ["Snapshot", "SnapshotSegment", "rows", "snapshot"]
