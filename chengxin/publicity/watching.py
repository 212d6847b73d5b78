"""Watching a subject without an account: an unguessable code opens a feed of what came and went. Nothing of the watcher is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.publicity import files
from chengxin.publicity.datasets import catalogue
from chengxin.publicity.models import Change, Watch
from chengxin.subjects.models import Subject

BYTES = 16  # 128 bits: no code is guessed


def begin(subject: Subject) -> str:
    """The code of a new watch. It is told once; only its hash is kept."""
    code = secrets.token_urlsafe(BYTES)
    Watch.objects.create(code_hash=_hash(code), subject=subject, since=clock.today())
    return code


def watched(code: str) -> Watch:
    """The watch of a code. Raises NotFound."""
    found = Watch.objects.select_related("subject").filter(code_hash=_hash(code)).first()
    if found is None:
        raise NotFound
    return found


def end(code: str) -> None:
    """Forget a watch, and the subject's changes when nobody else watches it."""
    with transaction.atomic():
        one = watched(code)
        one.delete()
        if not Watch.objects.filter(subject=one.subject_id).exists():
            Change.objects.filter(subject=one.subject_id).delete()


def changes(one: Watch, most: int = 100) -> list[Change]:
    """What came and went since the watch began, newest first."""
    return list(Change.objects.filter(subject=one.subject_id, day__gte=one.since)[:most])


def told(one: Watch) -> list[dict[str, Any]]:
    """The changes as they are read. A fact that came is named only while it stands."""
    return [
        {
            "id": str(each.pk),
            "day": each.day,
            "set": {"zh": catalogue()[each.dataset].zh, "en": catalogue()[each.dataset].en},
            "key": each.key,
        }
        for each in changes(one)
    ]


def note(now: Path, before: Path | None, day: date) -> None:
    """Write down what came and went between two editions for subjects that somebody watches. The caller holds the transaction."""
    watched_ones = {str(key) for key in Watch.objects.values_list("subject_id", flat=True)}
    if before is None or not before.exists() or not watched_ones:
        return
    for dataset in catalogue().values():
        if dataset.tracked:
            old, new = before / f"{dataset.code}.parquet", now / f"{dataset.code}.parquet"
            went = [(key, subject) for key, subject, _last in files.vanished(old, new) if subject in watched_ones]
            came = [(key, subject) for key, subject, _last in files.appeared(old, new) if subject in watched_ones]
            Change.objects.filter(dataset=dataset.code, key__in=[key for key, _subject in went]).update(key="")
            Change.objects.bulk_create(Change(subject_id=one, dataset=dataset.code, key=key, day=day) for key, one in came)
            Change.objects.bulk_create(Change(subject_id=one, dataset=dataset.code, key="", day=day) for _key, one in went)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
