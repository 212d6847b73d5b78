"""Rows that the log knows: each is put in with a keyed digest of its values in its log entry, so that one changed, added or gone is found.

The database's triggers (protection.py) can be dropped by who owns the database; the log's signed heads cannot be forged. The digest is
keyed, for the entry is public and what stands in a row may be easy to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Field, ForeignKey, JSONField, Model

from chengxin.audit import actions
from chengxin.audit.canonical import canonical
from chengxin.audit.models import Leaf
from chengxin.kernel import encryption

M = TypeVar("M", bound=Model)
ROW = "row"
CHUNK = 500
BOUND: dict[str, type[Model]] = {}  # by table


def put(row: M, action: str, *, actor: str, object: str, data: Mapping[str, Any]) -> M:
    """Insert an unsaved row that has a field `leaf`, with the log entry that binds it; the caller holds the transaction."""
    bound = {"table": row._meta.db_table, "digest": digest(row)}
    leaf = actions.record(action, actor=actor, object=object, data={**data, ROW: bound})
    row.leaf = leaf.index  # type: ignore[attr-defined]
    row.save(force_insert=True)
    return row


def digest(row: Model) -> str:
    """HMAC-SHA-256 over the row's values, but for the number of its log entry."""
    values = {field.attname: _plain(field, row) for field in row._meta.concrete_fields if field.attname != "leaf"}
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


def check_rows() -> list[str]:
    """What does not hold, a line each in both languages; empty when every bound row is the one the log knows."""
    return [fault for _, model in sorted(BOUND.items()) for fault in _faults(model)]


def _faults(model: type[Model]) -> Iterator[str]:
    table, name = model._meta.db_table, str(model._meta.verbose_name)
    logged = dict(_logged(table))
    for row in model._default_manager.order_by("pk").iterator(chunk_size=CHUNK):
        known = logged.pop(row.leaf, None)  # type: ignore[attr-defined]
        if known is None:
            yield f"{table} {row.pk}: 日志中没有对应记录 / the log does not know this {name}"
        elif not hmac.compare_digest(known, digest(row)):
            yield f"{table} {row.pk}: 内容与日志不符 / {name} is not the one the log knows"
    yield from (f"{table}: 日志第 {index} 条的记录已不存在 / the {name} of log entry {index} is gone" for index in sorted(logged))


def _logged(table: str) -> Iterable[tuple[int, str]]:
    """(entry, digest) of every row of a table that the log knows."""
    for index, body in Leaf.objects.filter(body__contains=f'"table":"{table}"').values_list("index", "body").iterator():
        bound = json.loads(body)["data"].get(ROW)
        if isinstance(bound, dict) and bound.get("table") == table:
            yield index, bound["digest"]
