"""Rows that are kept from change and files that the log knows, made to say nothing of a person any more, with the proof that they once did.

The leaf that bound a row or a file stays where it is. Beside it comes a leaf that says which columns were emptied, or which file is gone
(with its hash), and why; the whole-log check (rows.check_rows, the rooms' own checks) compares with the latest word. Nothing here
touches a leaf.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

from chengxin.audit import actions, protection, rows
from chengxin.audit.models import Leaf

EMPTIED = "audit.row.emptied"
REMOVED = "audit.file.removed"


def rewrite(row: Model, values: Mapping[str, Any], *, actor: str, reason: str) -> None:
    """Give columns of one row other values, in the caller's transaction, whatever triggers keep the table; a bound row is bound anew."""
    model = type(row)
    table = model._meta.db_table
    with opened(table):
        model._base_manager.filter(pk=row.pk).update(**values)
    if table not in rows.BOUND:
        return
    fresh = model._base_manager.get(pk=row.pk)
    key = str(fresh.pk if rows.keyed(table) else fresh.leaf)  # type: ignore[attr-defined]
    bound = {"table": table, "key": key, "digest": rows.digest(fresh)}
    data = {rows.ROW: bound, "columns": sorted(values), "reason": reason}
    actions.record(EMPTIED, actor=actor, object=f"{table}:{key}", data=data)


def note_file(room: str, name: str, sha256: str, size: int, *, actor: str, reason: str) -> None:
    """Record that a file is removed: name, hash of what lay on disk, bytes and reason. The caller removes it after the commit."""
    data = {"sha256": sha256, "bytes": size, "reason": reason}
    actions.record(REMOVED, actor=actor, object=f"file:{room}/{name}", data=data)


def file_is_removed(room: str, name: str) -> bool:
    """Whether the log says that this file was removed on purpose: then its absence is no fault."""
    return Leaf.objects.filter(action=REMOVED, object=f"file:{room}/{name}").exists()


@contextmanager
def opened(table: str) -> Iterator[None]:
    """The table takes changes inside the block; only in a transaction, so that no other connection ever finds it open."""
    if not connection.in_atomic_block:
        raise RuntimeError("a kept table opens inside a transaction only")
    key = protection.ROOMS.get(table)
    if key is None:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # deferred checks of this transaction would stand in the way of the triggers' change
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        protection.remove_from([table], cursor.execute, connection.vendor)
        yield
        protection.install_on({table: key}, cursor.execute, connection.vendor)
