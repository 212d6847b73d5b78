"""Rows that the log knows: each is put in with a keyed digest of its values in its log entry, so that one changed, added or gone is found.

The database's triggers (protection.py) can be dropped by who owns the database; the log's signed heads cannot be forged. The digest is
keyed, for the entry is public and what stands in a row may be easy to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Field, ForeignKey, JSONField, Model
from django.db.models.signals import post_save

from chengxin.audit import actions
from chengxin.audit.canonical import canonical
from chengxin.audit.models import Leaf
from chengxin.kernel import encryption

M = TypeVar("M", bound=Model)
ROW = "row"
CHUNK = 500
NOTED = "audit.row.noted"
BOUND: dict[str, type[Model]] = {}  # by table
KEYED: set[str] = set()


def put(row: M, action: str, *, actor: str, object: str, data: Mapping[str, Any]) -> M:
    """Insert an unsaved row that has a field `leaf`, with the log entry that binds it; the caller holds the transaction."""
    bound = {"table": row._meta.db_table, "digest": digest(row)}
    leaf = actions.record(action, actor=actor, object=object, data={**data, ROW: bound})
    row.leaf = leaf.index  # type: ignore[attr-defined]
    row.save(force_insert=True)
    return row


def keyed(table: str) -> bool:
    """Whether the log names a table's rows by their key: rows without a number of the entry, or with the number of another one."""
    return table in KEYED


def digest(row: Model) -> str:
    """HMAC-SHA-256 over the row's values; but for the number of the log entry, where that is the one that binds it."""
    left_out = () if keyed(row._meta.db_table) else ("leaf",)
    values = {field.attname: _plain(field, row) for field in row._meta.concrete_fields if field.attname not in left_out}
    return hmac.new(encryption.secret("audit.rows"), canonical(values).encode(), hashlib.sha256).hexdigest()


def _plain(field: Field[Any, Any], row: Model) -> Any:
    """A value as it is read back from the database, as JSON."""
    if isinstance(field, JSONField):
        return json.loads(json.dumps(getattr(row, field.attname), cls=field.encoder))
    kind = field.target_field if isinstance(field, ForeignKey) else field
    value = kind.to_python(getattr(row, field.attname))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, date | UUID) else value


def bind(*models: type[Model]) -> None:
    """Name models whose rows are put in by `put` and by nothing else."""
    BOUND.update((one._meta.db_table, one) for one in models)


def bind_keyed(*models: type[Model]) -> None:
    """Name models whose rows are written once, by whatever act: each row gets a log entry of its own beside that of the act. Rows put in by
    `bulk_create` are bound by `note_many`."""
    bind(*models)
    for model in models:
        KEYED.add(model._meta.db_table)
        post_save.connect(_note, sender=model, dispatch_uid="audit.rows")


def _note(sender: type[Model], instance: Model, created: bool, raw: bool = False, **rest: Any) -> None:
    if created and not raw:
        note_many([instance])


def note_many(rows: Sequence[Model]) -> None:
    """The log entries of rows that were just inserted, in the caller's transaction."""
    actions.record_many([_entry(row) for row in rows])


def _entry(row: Model) -> actions.Entry:
    table, key = row._meta.db_table, str(row.pk)
    return actions.Entry(NOTED, "system:audit", f"{table}:{key}", {ROW: {"table": table, "key": key, "digest": digest(row)}})


def check_rows(*tables: str) -> list[str]:
    """What does not hold in these tables, or in all of them, a line each in both languages; empty when every bound row is the one the
    log knows."""
    logged = _logged()
    return [fault for table in tables or sorted(BOUND) for fault in _faults(BOUND[table], logged.get(table, {}))]


def _faults(model: type[Model], logged: dict[str, str]) -> Iterator[str]:
    table, name = model._meta.db_table, str(model._meta.verbose_name)
    by = "pk" if keyed(table) else "leaf"
    for row in model._default_manager.order_by("pk").iterator(chunk_size=CHUNK):
        known = logged.pop(str(getattr(row, by)), None)
        if known is None:
            yield f"{table} {row.pk}: 日志中没有对应记录 / the log does not know this {name}"
        elif not hmac.compare_digest(known, digest(row)):
            yield f"{table} {row.pk}: 内容与日志不符 / {name} is not the one the log knows"
    yield from (f"{table}: 日志所载的 {key} 已不存在 / the {name} that the log knows as {key} is gone" for key in sorted(logged))


def _logged() -> dict[str, dict[str, str]]:
    """table -> key or number of the entry -> digest, of every row that the log knows; of one emptied since (forgetting.py), the last."""
    found: dict[str, dict[str, str]] = {}
    for index, body in Leaf.objects.filter(body__contains=f'"{ROW}":{{').order_by("index").values_list("index", "body").iterator():
        bound = json.loads(body)["data"].get(ROW)
        if isinstance(bound, dict) and bound.get("table") in BOUND:
            found.setdefault(bound["table"], {})[bound.get("key", str(index))] = bound["digest"]
    return found
