"""One row made to say nothing of anybody: its personal columns get a mark, its file goes, the log hears of it, and a list outside the
database remembers, so that an older backup put back forgets again (`replay_after_restore`)."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models, transaction

from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.audit import forgetting
from chengxin.audit.models import PersonalPart
from chengxin.kernel import clock, vault
from chengxin.persons.models import PERSON, Forgotten
from chengxin.persons.stores import MARK, Store
from chengxin.subjects.models import Shop, Subject
from chengxin.subjects.names import index_shop, index_subject

LIST = "forgotten.jsonl"


@dataclass
class Emptied:
    """What came of some rows. `paths` are removed after the commit."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    keys: list[str] = field(default_factory=list)


def empty(store: Store, keys: Iterable[Any], *, why: str, actor: str, reason: str) -> Emptied:
    """Empty rows of one store, in the caller's transaction."""
    made = Emptied()
    for row in store.table._base_manager.filter(pk__in=list(keys)):
        _one(store, row, why, actor, reason, made)
    remember([{"store": store.model, "row": key, "why": why} for key in made.keys])
    return made


def _one(store: Store, row: models.Model, why: str, actor: str, reason: str, made: Emptied) -> None:
    if isinstance(row, PersonalPart):
        audit.forget(row.pk, actor=actor, reason=reason)
    else:
        _file(store, row, actor, reason, made)
        forgetting.rewrite(row, values_of(store, row, why), actor=actor, reason=reason)
        _around(row, why)
    Forgotten.objects.get_or_create(store=store.model, row=str(row.pk), defaults={"why": why, "at": clock.now()})
    made.rows += 1
    made.keys.append(str(row.pk))


def values_of(store: Store, row: models.Model, why: str) -> dict[str, Any]:
    """Column -> what stands there afterwards."""
    values: dict[str, Any] = {one.name: store.blank.get(one.name, MARK) for one in store.fields if getattr(row, one.attname)}
    more = {**store.also, **(store.person if why == PERSON else {})}
    return {**values, **{name: _other(row, name, what) for name, what in more.items() if getattr(row, name) not in ("", None)}}


def _other(row: models.Model, name: str, what: Any) -> Any:
    """A value that says nothing: random where the column has to be unlike others."""
    if what == "mark":
        return MARK
    length = getattr(row._meta.get_field(name), "max_length", None) or 32
    return secrets.token_hex(16)[:length] if what == "random" else what


def _file(store: Store, row: models.Model, actor: str, reason: str, made: Emptied) -> None:
    """The row's file: its hash and size stay in the log, the bytes go after the commit."""
    name = f"public-{row.pk}" if store.model == "documents.Redaction" else str(row.pk)
    path = vault.path_of(store.files, name) if store.files else None
    if path is None or not path.exists():
        return
    data = path.read_bytes()
    forgetting.note_file(store.files, name, hashlib.sha256(data).hexdigest(), len(data), actor=actor, reason=reason)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    made.files += 1
    made.bytes += len(data)


def _around(row: models.Model, why: str) -> None:
    """What stands beside a row and is made from it: the name index, sessions and second factors."""
    index_again(row)
    if isinstance(row, User) and why == PERSON:
        Authenticator.objects.filter(user=row).delete()
        end_sessions(row)


def index_again(row: models.Model) -> None:
    """The name index as the row stands now."""
    fresh = type(row)._base_manager.get(pk=row.pk)
    if isinstance(fresh, Subject):
        index_subject(fresh)
    elif isinstance(fresh, Shop):
        index_shop(fresh)


def end_sessions(user: User) -> int:
    """Sign a person out everywhere. Returns how many sessions there were."""
    mine = [one.pk for one in Session.objects.iterator() if one.get_decoded().get("_auth_user_id") == str(user.pk)]
    return int(Session.objects.filter(pk__in=mine).delete()[0])


# ---- the list outside the database


def path() -> Path:
    """The list of what was forgotten: keep it beside the backups, never inside them."""
    return Path(settings.DATA_DIR) / LIST


def remember(lines: list[Mapping[str, Any]]) -> None:
    """Append to the list once the caller's transaction is committed."""
    if lines:
        transaction.on_commit(lambda: remember_now(lines))


def remember_now(lines: Iterable[Mapping[str, Any]]) -> None:
    """Append to the list, flushed to disk. Row keys and keys of facts say nothing of a person; nothing else is written."""
    path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.writelines(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def remembered() -> list[dict[str, Any]]:
    """The lines of the list; a torn last one (power cut) is left out."""
    if not path().exists():
        return []
    found = []
    for line in path().read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def mend_list() -> int:
    """Write down what the database knows and the list lacks: a power cut fell between the commit and the file."""
    listed = {(one.get("store"), one.get("row")) for one in remembered()}
    missing = [one for one in Forgotten.objects.values("store", "row", "why") if (one["store"], one["row"]) not in listed]
    remember_now(missing)
    return len(missing)
