"""Where a person stands: every text column of every table, every encrypted column opened, the files, the lake, the sessions.

A row is the person's own when a telephone, number, address or account of theirs stands in it as its owner (stores.yaml); then its whole
matter is. Elsewhere only the words go. The name alone is nobody's proof: such places are taken when the officer says so.
"""

from __future__ import annotations

import base64
import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models

from chengxin.facts import erasing as lake
from chengxin.insiders.models import Mailbox
from chengxin.kernel import encryption
from chengxin.persons.models import ErasureRequest, Forgotten, Removal
from chengxin.persons.person import Dress, Person, dresses
from chengxin.persons.stores import Store, encrypted, matters, stores

# Tables that are the log or our own list of what was forgotten: nothing in them may name anybody, and nothing may change them.
NEVER = {"audit.Leaf", "audit.Node", "audit.Tip", "audit.SignedHead", "audit.Cosignature", "sessions.Session"}
OWN = {ErasureRequest._meta.label, Forgotten._meta.label, Removal._meta.label}
SEALED_TEXT = {"shop-sheets": "subjects.held_sheet", "complaint-sheets": "complaint_exchange.held_sheet"}
MOST_MEMBER = 64 * 1024 * 1024  # of a file inside a zip: more is no sheet of a platform
TEXT = (models.CharField, models.TextField, models.JSONField)


@dataclass
class Hit:
    """A row in which the person stands. whole: it belongs to the person; else only `columns` hold words of the person."""

    label: str
    key: Any
    columns: set[str] = field(default_factory=set)
    whole: bool = False
    sure: bool = False

    @property
    def model(self) -> type[models.Model]:
        found: type[models.Model] = apps.get_model(self.label)
        return found


@dataclass
class Found:
    """All places of a person."""

    rows: dict[tuple[str, str], Hit] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    lake: list[lake.Place] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    mailboxes: list[Any] = field(default_factory=list)
    in_log: int = 0

    def hit(self, label: str, key: Any) -> Hit:
        return self.rows.setdefault((label, str(key)), Hit(label, key))


def find(person: Person) -> Found:
    """Every place. Reads all tables: a job, not a page."""
    found, worn = Found(), dresses(person)
    for model in apps.get_models():
        if model._meta.label not in OWN and not model._meta.proxy and model._meta.managed:
            _plain(model, worn, person, found)
            _sealed(model, worn, found)
    _own_matters(person, found)
    found.sessions = [one.pk for one in Session.objects.iterator() if _holds(repr(one.get_decoded()), worn)]
    found.files = list(_files(worn))
    found.lake = lake.find(person.wanted)
    found.mailboxes = list(Mailbox.objects.filter(number__in=person.matters).values_list("pk", flat=True))
    return found


def text_columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that hold plain words."""
    sealed = {one.name for one in encrypted(model)}
    return [one for one in model._meta.concrete_fields if isinstance(one, TEXT) and one.name not in sealed]


def _plain(model: type[models.Model], worn: list[Dress], person: Person, found: Found) -> None:
    """Rows whose plain columns hold a word or a pseudonym of the person; one pass a table."""
    columns = text_columns(model)
    if not columns or model._meta.label == "sessions.Session" or not worn:
        return
    quoted = [_quoted(one) for one in columns]
    tokens = [str(one) for some in person.wanted.tokens.values() for one in some]
    looked = [(one.text, one.sure) for one in worn] + [(one, True) for one in tokens]
    key = _quoted(model._meta.pk)
    where = " OR ".join([_holding(quoted)] * len(looked))
    said = f"SELECT {key}, {', '.join(quoted)} FROM {connection.ops.quote_name(model._meta.db_table)} WHERE {where}"  # noqa: S608  names of our tables
    with connection.cursor() as cursor:
        cursor.execute(said, [text for text, _sure in looked])
        rows = cursor.fetchall()
    if model._meta.label in NEVER:
        found.in_log += len(rows)
        return
    for pk, *values in rows:
        hit = found.hit(model._meta.label, model._meta.pk.to_python(pk))
        for column, value in zip(columns, values, strict=True):
            seen = [sure for text, sure in looked if value is not None and text in str(value)]
            if seen:
                hit.columns.add(column.name)
                hit.sure |= any(seen)


def _sealed(model: type[models.Model], worn: list[Dress], found: Found) -> None:
    """Rows whose encrypted columns hold a word of the person."""
    fields = encrypted(model)
    if not fields:
        return
    names = ", ".join(_quoted(one) for one in (model._meta.pk, *fields))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  names of our tables
        for pk, *values in cursor.fetchall():
            for one, value in zip(fields, values, strict=True):
                seen = [dress.sure for dress in worn if value and dress.text in _opened(value, one)]
                if seen:
                    hit = found.hit(model._meta.label, model._meta.pk.to_python(pk))
                    hit.columns.add(one.name)
                    hit.sure |= any(seen)


def _holding(columns: list[str]) -> str:
    """SQL that is true of a row in any of whose columns a text stands: the columns as one text, for a table has up to sixty."""
    if connection.vendor == "postgresql":
        return f"strpos(concat_ws(chr(1), {', '.join(f'{name}::text' for name in columns)}), %s) > 0"
    whole = " || char(1) || ".join(f"coalesce({name}, '')" for name in columns)
    return f"instr({whole}, %s) > 0"


def _quoted(column: models.Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(column.column))


def _opened(value: str, column: encryption.EncryptedTextField) -> str:
    with contextlib.suppress(encryption.Unreadable):
        return encryption.decrypt(value, column._context)
    return ""


# ---- whole matters


def _own_matters(person: Person, found: Found) -> None:
    """Who owns a matter owns its rows: answers, promises, papers, exhibits, versions."""
    owned = set(_named_matters(person))
    for hit in list(found.rows.values()):
        store = stores().get(hit.label)
        if store is not None and store.owner and hit.sure and hit.columns & {one.name for one in store.fields}:
            hit.whole = True
            owned |= set(_roots(store, hit.key))
    owned |= {twin for label, key in owned for twin in _twins(label, key)}
    for store in stores().values():
        if store.root is not None and owned:
            for key in _rows_of(store, owned):
                hit = found.hit(store.model, key)
                hit.whole = hit.sure = True


def _named_matters(person: Person) -> Iterator[tuple[str, str]]:
    """Matters by the number that the person gave and the officer checked."""
    for label in ("consumers.Complaint", "consumers.Report", "payments.Claim", "compensation.AdvanceClaim", "delivery.Incident"):
        for key in apps.get_model(label)._base_manager.filter(number__in=person.matters).values_list("pk", flat=True):
            yield label, str(key)


def _roots(store: Store, key: Any) -> Iterator[tuple[str, str]]:
    for path in str(store.root or "").split("|"):
        if not path:
            yield store.model, str(key)
            continue
        row = store.table._base_manager.filter(pk=key).values_list(f"{path}__pk", flat=True).first()
        if row is not None:
            yield _end_of(store.table, path)._meta.label, str(row)


def _twins(label: str, key: str) -> Iterator[tuple[str, str]]:
    """The report made from the same form as a complaint, and the other way round."""
    store = stores().get(label)
    if store is None or not store.twin:
        return
    row = store.table._base_manager.filter(pk=key).values_list(f"{store.twin}__pk", flat=True).first()
    if row is not None:
        yield _end_of(store.table, store.twin)._meta.label, str(row)


def _end_of(model: type[models.Model], path: str) -> type[models.Model]:
    """The table at the end of a path of relations."""
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def _rows_of(store: Store, owned: set[tuple[str, str]]) -> list[Any]:
    """The rows of a store that belong to matters."""
    asked = models.Q(pk__in=[])
    for path in str(store.root).split("|"):
        if path.endswith("matter"):
            way = path.removesuffix("matter")
            for kind, matter in matters().items():
                keys = [key for label, key in owned if label == matter.model]
                asked |= models.Q(**{f"{way}matter_kind": kind, f"{way}matter_id__in": keys})
        elif not path:
            asked |= models.Q(pk__in=[key for label, key in owned if label == store.model])
        else:
            end = _end_of(store.table, path)._meta.label
            asked |= models.Q(**{f"{path}__in": [key for label, key in owned if label == end]})
    return list(store.table._base_manager.filter(asked).values_list("pk", flat=True))


# ---- files


def _files(worn: list[Dress]) -> Iterator[Path]:
    """Files that hold a word of the person, opened where they are sealed; papers and exhibits go with their rows."""
    files = Path(settings.FILES_DIR)
    for root in (files, Path(settings.EXCHANGE_DIR)):
        for path in sorted(root.rglob("*")) if root.exists() else ():
            if path.is_file() and path.parent.name not in ("documents",) and _holds_bytes(_content(path, files), worn):
                yield path


def _content(path: Path, files: Path) -> bytes:
    """A file's bytes, unsealed, and unpacked when it is a spreadsheet or another zip."""
    data = path.read_bytes()
    if path.is_relative_to(files):
        with contextlib.suppress(encryption.Unreadable, UnicodeDecodeError):
            name = path.relative_to(files).as_posix()
            field = SEALED_TEXT.get(path.parent.name)
            data = base64.b64decode(encryption.decrypt(data.decode(), field)) if field else encryption.unseal(data, name)
    if data.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile, OSError, RuntimeError), zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"\0".join(archive.read(one) for one in archive.infolist() if one.file_size < MOST_MEMBER)
    return data


def _holds(text: str, worn: list[Dress]) -> bool:
    return any(one.text in text for one in worn)


def _holds_bytes(data: bytes, worn: list[Dress]) -> bool:
    return any(one.text.encode() in data for one in worn)
