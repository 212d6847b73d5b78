"""Editions of the open data: made aside, checked, signed and bound into the log, then served; or stopped, and the last good one stays.

Files of older editions are deleted with the publication of a new one: an old dump serves no fact that has come down.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.audit.canonical import canonical
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.kernel.locks import locked
from chengxin.publicity import checks, files, reviews, standing, watching
from chengxin.publicity.checks import Fault
from chengxin.publicity.datasets import Dataset, catalogue
from chengxin.publicity.errors import BeingCleared, EditionTaken
from chengxin.publicity.models import OUT, STOPPED, Edition

FORMAT = "chengxin-opendata/1"
LOCK = "publicity.editions"
SYSTEM = "system:publicity"
RETRY = 60  # seconds: what ended is cleared by a job that needs less
DERIVED = {files.ENTITIES: ("records", "lists"), files.PROOFS: files.PROVEN}


def home() -> Path:
    """Where editions lie."""
    return Path(settings.DATA_DIR) / "opendata"


def current() -> Edition | None:
    """The edition that is out."""
    return Edition.objects.filter(outcome=OUT).first()


def publish(actor: str = SYSTEM, only: Collection[str] = ()) -> Edition:
    """Make an edition; it is out, or stopped with its faults. only: sets to make anew, the others are those of today's edition before.

    Raises EditionTaken when another one came out meanwhile.
    """
    before, day = current(), clock.today()
    home().mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="making-", dir=home()))
    try:
        whole = before is None or before.day != day or not (home() / before.number).exists()
        _write(aside, day, before, () if whole else only)
        faults, gone = _compare(aside, day, before)
        with transaction.atomic(), locked(LOCK):
            if current() != before:
                raise EditionTaken
            return _keep_stopped(actor, day, faults) if faults else _keep(actor, day, before, aside, gone)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(aside: Path, day: date, before: Edition | None, only: Collection[str]) -> None:
    for dataset in catalogue().values():
        if before and only and dataset.code not in only:
            files.carry_over(dataset, home() / before.number, aside)
        else:
            files.write(dataset, aside, day)
    files.write_entities(aside)
    files.write_proofs(aside)
    files.write_licence(aside)


def _compare(aside: Path, day: date, before: Edition | None) -> tuple[list[Fault], dict[str, list[str]]]:
    """(what is wrong, set → keys that went) against the assertions and the edition before."""
    faults, gone = [], {}
    ended = standing.ended(before.day) if before else {}
    for dataset in catalogue().values():
        now = aside / f"{dataset.code}.parquet"
        faults += checks.check(dataset, now, day)
        old = home() / before.number / now.name if before else None
        if old is None or not old.exists():
            continue
        went = files.vanished(old, now)
        unexplained = sum(key not in ended.get(dataset.code, ()) and last >= day for key, _subject, last in went)
        faults += checks.check_drop(dataset, files.count(old), unexplained, day)
        if dataset.tracked and went:
            gone[dataset.code] = [key for key, _subject, _last in went]
    return faults, gone


def _keep_stopped(actor: str, day: date, faults: list[Fault]) -> Edition:
    """Why it did not go out; items with a text that the redaction check found wait for a named human from now on."""
    for one in faults:
        if one.check == "redaction" and catalogue()[one.dataset].reviewed:
            for key in one.keys:
                reviews.flag(one.dataset, key, checks.NAMES["redaction"]["zh"])
    made = Edition(number=_number(day), day=day, outcome=STOPPED, faults=[one.as_json() for one in faults], made_by=actor)
    made.made_at = clock.now()
    told = {"faults": [f"{one.dataset}.{one.check}" for one in faults]}
    return rows.put(made, "publicity.edition.stopped", actor=actor, object=f"publicity.edition:{made.number}", data=told)


def _keep(actor: str, day: date, before: Edition | None, aside: Path, gone: dict[str, list[str]]) -> Edition:
    number, now = _number(day), clock.now()
    manifest = _manifest(number, day, aside, before, gone)
    sha256 = hashlib.sha256(canonical(manifest).encode()).hexdigest()
    told = {"edition": number, "sha256": sha256}
    receipt = audit.sign_document("publicity.manifest", manifest, actor=actor, object=f"publicity.edition:{number}", public=told)
    made = Edition(number=number, day=day, outcome=OUT, manifest=manifest, receipt=receipt, gone=gone, made_by=actor, made_at=now)
    old = home() / before.number if before else None
    watching.note(aside, old, day)
    aside.rename(home() / number)
    rows.put(made, "publicity.edition.published", actor=actor, object=f"publicity.edition:{number}", data=told)
    transaction.on_commit(lambda: _tidy(number))
    return made


def _manifest(number: str, day: date, aside: Path, before: Edition | None, gone: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "edition": number,
        "day": day.isoformat(),
        "publisher": settings.PUBLIC_ORIGIN,
        "replaces": before.number if before else "",
        "datasets": [_described(dataset, aside) for dataset in catalogue().values()],
        "files": [files.describe(aside / name) for name in (files.ENTITIES, files.PROOFS, files.LICENCE)],
        "removed": gone,
    }


def _described(dataset: Dataset, aside: Path) -> dict[str, Any]:
    parquet = aside / f"{dataset.code}.parquet"
    ends = pq.read_table(parquet, columns=["valid_until"])["valid_until"]
    first = pc.min(ends).as_py()
    return {
        "name": dataset.code,
        "zh": dataset.zh,
        "en": dataset.en,
        "rows": len(ends),
        "first_end": first.isoformat() if first else None,
        "fields": [{"name": one.name, "type": one.type, "zh": one.zh, "en": one.en} for one in dataset.fields],
        "files": [files.describe(aside / f"{dataset.code}.{form}") for form in files.FORMATS],
    }


def _number(day: date) -> str:
    start = f"KF{day:%Y%m%d}"
    return f"{start}{Edition.objects.filter(number__startswith=start).count() + 1:04d}"


def _tidy(number: str) -> None:
    """Delete what is not of this edition and not being made."""
    for one in home().iterdir():
        if one.name != number and not one.name.startswith("making-"):
            shutil.rmtree(one, ignore_errors=True)


# ---- serving


def lacking(edition: Edition) -> dict[str, list[str]]:
    """set → keys in an edition that hold no longer; sets without any are left out. All sets when its files are gone, as after a restore."""
    today, ended = clock.today(), standing.ended(edition.day)
    if not (home() / edition.number).exists():
        return {one["name"]: [] for one in edition.manifest["datasets"]}
    found = {}
    for one in edition.manifest["datasets"]:
        keys = ended.get(one["name"], set())
        over = one["first_end"] is not None and one["first_end"] < today.isoformat()
        if (keys or over) and (gone := standing.gone_of(home() / edition.number / f"{one['name']}.parquet", keys, today)):
            found[one["name"]] = gone
    return found


def clear(actor: str = SYSTEM) -> Edition | None:
    """Make the sets anew in which a fact holds no longer; None when there is none. When it is stopped, those sets stay unserved."""
    edition = current()
    gone = lacking(edition) if edition else {}
    return publish(actor, frozenset(gone)) if gone else None


def served(name: str) -> tuple[Path, str]:
    """(file, media type) of the edition that is out. Raises NotFound, BeingCleared for a file with a fact that holds no longer."""
    edition = current()
    stem, _dot, form = name.rpartition(".")
    mime = files.MIMES.get(name) or (files.FORMATS.get(form) if stem in catalogue() else None)
    if edition is None or mime is None:
        raise NotFound
    if set(DERIVED.get(name, (stem,))) & set(lacking(edition)):
        raise BeingCleared(seconds=RETRY)
    path = home() / edition.number / name
    if not path.exists():
        raise BeingCleared(seconds=RETRY)  # a newer edition has just taken its place
    return path, mime


def removals(most: int = 500) -> list[dict[str, str]]:
    """What went down, newest first: set, id, day. Nothing else of it."""
    found: list[dict[str, str]] = []
    for edition in Edition.objects.filter(outcome=OUT).exclude(gone={}).only("day", "gone", "number").iterator():
        for code, keys in edition.gone.items():
            found += [{"dataset": code, "id": key, "day": edition.day.isoformat(), "edition": edition.number} for key in keys]
        if len(found) >= most:
            break
    return found[:most]
