"""The files that the register names, room by room: without one of them a backup is not whole.

Read from the snapshot that is backed up, also when its tables are those of an older version: a table that is not there yet names nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections

Named = dict[str, str]  # path relative to the data directory → SHA-256 in hex, or "" where the register keeps none of the file itself
Rows = Iterator[tuple[str, str]]


def named(alias: str) -> Named:
    """Every file that the database behind an alias names."""
    tables = set(connections[alias].introspection.table_names())
    found: Named = {}
    for label, paths in ROOMS.items():
        model = apps.get_model(label)
        if model._meta.db_table in tables:
            found.update(paths(model._base_manager.using(alias)))
    return found


def _segments(rows: Any) -> Rows:
    # A file that compaction replaced is for readers of yesterday's snapshot and may have gone already.
    for path, sha256 in rows.filter(dropped_at=None, replaced_at=None).values_list("path", "sha256").iterator():
        yield f"lake/{path}", sha256


def _runs(rows: Any) -> Rows:
    return ((f"lake/{path}", "") for path in rows.values_list("path", flat=True).iterator())


def _error_sheets(rows: Any) -> Rows:
    return ((f"lake/{path}", "") for path in rows.exclude(errors_path="").values_list("errors_path", flat=True).iterator())


def _models(rows: Any) -> Rows:
    return ((f"models/{sha256}.json", sha256) for sha256 in rows.values_list("sha256", flat=True))


def _by_key(room: str, start: str = "") -> Callable[[Any], Rows]:
    """Files of the vault that carry their row's key."""
    return lambda rows: ((f"files/{room}/{start}{key}", "") for key in rows.values_list("pk", flat=True).iterator())


def _batches(rows: Any) -> Rows:
    return ((f"files/exchange/{name}", "") for name in rows.values_list("file", flat=True).iterator())


def _public(rows: Any) -> Rows:
    """Versions for publication: the hash on record is of the file before it was encrypted, so `chengxin check` compares it."""
    return ((f"files/documents/public-{key}", "") for key in rows.exclude(sha256="").values_list("pk", flat=True).iterator())


ROOMS: dict[str, Callable[[Any], Rows]] = {
    "facts.Segment": _segments,
    "facts.KeyRun": _runs,
    "facts.Receipt": _error_sheets,
    "detection.LearnedModel": _models,
    "documents.Document": _by_key("documents"),
    "documents.Redaction": _public,
    "evidence.Exhibit": _by_key("evidence"),
    "exchange.Transmission": _batches,
}
