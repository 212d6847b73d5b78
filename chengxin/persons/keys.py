"""The house's keys: what uses which, new ones, everything encrypted anew with the newest, and old ones destroyed when nothing uses them.

Encrypting anew selects what is not under the newest key, so it goes on where a kill left it. A value is replaced only while it is what was
read: what somebody saves meanwhile is under the newest key already.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from chengxin.accounts.adapters import SECRET_FIELD
from chengxin.audit import actions as audit
from chengxin.audit.forgetting import opened
from chengxin.audit.models import Leaf
from chengxin.detection.local.models import SEALED, SeededSet
from chengxin.kernel import clock, encryption
from chengxin.persons.errors import KeyInUse
from chengxin.persons.finding import SEALED_TEXT
from chengxin.persons.stores import HERE, encrypted
from chengxin.subjects.evidence import FIELD as IMAGES

BATCH = 500
GRACE = timedelta(minutes=15)  # a transaction that read the ring before the rotation has ended by then
CHANGED = "persons.key.changed"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Column:
    """A column of encrypted text: its table, its name there, and the name it is sealed under."""

    model: type[models.Model]
    name: str
    context: str

    @property
    def place(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


def columns() -> list[Column]:
    """Every column of encrypted text."""
    found = [Column(model, str(one.column), one._context) for model in apps.get_models() for one in encrypted(model)]
    return [*found, Column(SeededSet, "sealed", SEALED)]


def described() -> list[dict[str, str]]:
    """keys.yaml."""
    found: list[dict[str, str]] = yaml.load((HERE / "keys.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


# ---- what uses which key


def usage() -> dict[str, Counter[str]]:
    """Key id -> place -> values under it, read from what is stored; files under "files"."""
    found: dict[str, Counter[str]] = {key: Counter() for key in encryption.ring_ids()}
    for one in columns():
        for key, many in _column_usage(one):
            found.setdefault(key, Counter())[one.place] += many
    for text in _second_factors():
        found.setdefault(_key_of(text), Counter())["mfa.Authenticator.data"] += 1
    for path in _files():
        found.setdefault(_file_key(path), Counter())["files"] += 1
    return found


def _column_usage(one: Column) -> Iterator[tuple[str, int]]:
    table, name = connection.ops.quote_name(one.model._meta.db_table), connection.ops.quote_name(one.name)
    head = f"split_part({name}, '.', 1)" if connection.vendor == "postgresql" else f"substr({name}, 1, instr({name}, '.') - 1)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {head}, count(*) FROM {table} WHERE {name} <> '' GROUP BY 1")  # noqa: S608  names of our tables
        yield from cursor.fetchall()


def _second_factors() -> Iterator[str]:
    for data in Authenticator.objects.values_list("data", flat=True):
        yield from (value for value in data.values() if isinstance(value, str) and _key_of(value))


def _key_of(text: str) -> str:
    head = text.split(".", 1)[0]
    return head if "." in text and head.startswith("k") and head[1:].isdigit() else ""


def _files() -> Iterator[Path]:
    root = Path(settings.FILES_DIR)
    yield from (path for path in sorted(root.rglob("*")) if path.is_file() and _file_key(path))


def _file_key(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    end = min((at for at in (head.find(b"\n"), head.find(b".")) if at > 0), default=0)
    name = head[:end].decode("ascii", "replace")
    return name if name.startswith("k") and name[1:].isdigit() else ""


# ---- the ring


def rotate(actor: str) -> str:
    """A new key for new data; returns its id. What lies under older keys is encrypted anew by `encrypt_anew`."""
    with transaction.atomic():
        key = encryption.rotate()
        audit.record(CHANGED, actor=actor, object="persons.key:ring", data={"new": key})
    return key


def encrypt_anew(progress: Progress = lambda done, total: None) -> int:
    """Bring everything under the newest key. Returns how many values and files were written; a second call finds nothing to do."""
    newest = encryption.newest()
    total = sum(many for key, places in usage().items() if key != newest for many in places.values())
    done = 0
    for one in columns():
        while many := _batch(one, newest):
            done += many
            progress(done, total)
    done += _authenticators(newest)
    for path in _files():
        if _file_key(path) != newest:
            _file_anew(path)
            done += 1
            progress(done, total)
    return done


def _batch(one: Column, newest: str) -> int:
    """Some values of one column, in a transaction of their own."""
    table, name = connection.ops.quote_name(one.model._meta.db_table), connection.ops.quote_name(one.name)
    key = connection.ops.quote_name(str(one.model._meta.pk.column))
    with transaction.atomic(), opened(one.model._meta.db_table), connection.cursor() as cursor:
        old = f"SELECT {key}, {name} FROM {table} WHERE {name} <> '' AND {name} NOT LIKE %s LIMIT {BATCH}"  # noqa: S608  names of our tables
        cursor.execute(old, [f"{newest}.%"])
        rows = cursor.fetchall()
        for pk, text in rows:
            fresh = encryption.encrypt(encryption.decrypt(text, one.context), one.context)
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s", [fresh, pk, text])  # noqa: S608
    return len(rows)


def _authenticators(newest: str) -> int:
    done = 0
    for one in Authenticator.objects.all():
        old = {name: text for name, text in one.data.items() if isinstance(text, str) and _key_of(text) not in ("", newest)}
        if old:
            one.data |= {name: encryption.encrypt(encryption.decrypt(text, SECRET_FIELD), SECRET_FIELD) for name, text in old.items()}
            one.save(update_fields=["data"])
            done += len(old)
    return done


def _file_anew(path: Path) -> None:
    """One file, put in place whole: a kill leaves the old one or the new one."""
    data = path.read_bytes()
    name = path.relative_to(settings.FILES_DIR).as_posix()
    if b"\n" in data[:16]:
        fresh = encryption.seal(encryption.unseal(data, name), name)
    else:
        field = SEALED_TEXT.get(path.parent.name, IMAGES)
        fresh = encryption.encrypt(encryption.decrypt(data.decode(), field), field).encode()
    encryption.replace_file(path, fresh)


def retire(key: str, actor: str) -> None:
    """Destroy an older key. Raises KeyInUse while anything is under it, or while a transaction that began before the rotation may run."""
    places = usage().get(key, Counter())
    changed = clock.now().timestamp() - (Path(settings.KEYS_DIR) / "ring").stat().st_mtime
    if places:
        raise KeyInUse(places=", ".join(f"{name} {many}" for name, many in sorted(places.items())))
    if changed < GRACE.total_seconds():
        raise KeyInUse(places=f"钥匙圈刚刚变动，请在{GRACE}后再试 / the ring was changed just now, try again after {GRACE}")
    with transaction.atomic():
        audit.record("persons.key.retired", actor=actor, object="persons.key:ring", data={"old": key})
        transaction.on_commit(lambda: encryption.retire(key))


# ---- the log's key, the session key


def rotate_log(actor: str) -> tuple[str, str]:
    """A new key for the log: an entry under the old key's signature names the new one. Broken off anywhere it is taken up again.

    Returns (old, new) public keys in hex: publish the new one where the old one is published.
    """
    ahead = encryption.key_path("sign_log_next")
    if not ahead.exists():
        encryption.draw("sign_log_next")
    old, new = encryption.public_key_hex("log"), encryption.public_key_hex("log_next")
    named = f'"new":"{new}"'
    if old == new:  # the last step was done and its draft remained
        ahead.unlink()
        return encryption.kept_lines("log_old_keys")[-1], new
    encryption.keep_line("log_old_keys", old)
    if not Leaf.objects.filter(action=CHANGED, body__contains=named).exists():
        with transaction.atomic():
            audit.record(CHANGED, actor=actor, object="persons.key:log", data={"old": old, "new": new})
        audit.sign_head()
    encryption.replace_file(encryption.key_path("sign_log"), ahead.read_bytes())
    ahead.unlink()
    audit.sign_head()
    return old, new


def rotate_secret_key(actor: str) -> None:
    """A new key for sessions; what the old one signed stays good. Serving processes take it at their next start."""
    path = Path(settings.KEYS_DIR) / "secret_key"
    if path.exists():
        encryption.keep_line("secret_key_fallbacks", path.read_text().strip())
    encryption.replace_file(path, secrets.token_urlsafe(48).encode())
    with transaction.atomic():
        audit.record(CHANGED, actor=actor, object="persons.key:secret_key", data={})


def as_json() -> str:
    """The list for the command: the ring with what uses it, and every other key with how it is changed."""
    used = {key: dict(places) for key, places in usage().items()}
    lying = {path.name for path in Path(settings.KEYS_DIR).glob("*")}
    others: list[dict[str, Any]] = [{**one, "here": one["name"] in lying} for one in described()]
    return json.dumps({"newest": encryption.newest(), "ring": used, "keys": others}, ensure_ascii=False, indent=2)
