"""What upper levels decided about subjects of this city: files of the incoming folder, row by row, matched by social credit code.

Only the columns of the form are kept; for natural persons the name is masked and the personal columns are left out. A file or row that
comes again is counted and changes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.exchange import fieldmaps, folders, formats, reading
from chengxin.exchange.fieldmaps import KINDS, LICENCE, PENALTY, FieldMap
from chengxin.exchange.formats import Line
from chengxin.exchange.models import InboundFile, InboundRow
from chengxin.exchange.models.inbound import MATCHED, UNMATCHED
from chengxin.kernel import clock, locks, masking
from chengxin.kernel.jail import FileTooHard
from chengxin.records.content import PERSONAL
from chengxin.subjects.models import Subject

SHOWN_ERRORS = 200  # of a file; a file with more is sent back whole
RUNNING = 200  # characters; shorter columns hold numbers of papers, which may look like a person's
PREFIX = {PENALTY: "CF_", LICENCE: "XK_"}


def take_files() -> int:
    """Every whole file in the folder; returns how many were taken."""
    taken = 0
    for path in folders.waiting(folders.INCOMING):
        found = take_file(path)
        folders.put_away(path, folders.BAD if found.failed else folders.DONE)
        taken += 1
    return taken


def take_file(path: Path) -> InboundFile:
    """Take one file in. The same bytes again are the file that was taken first."""
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    known = InboundFile.objects.filter(sha256=sha).first()
    if known:
        return known
    try:
        lines = formats.rows(path)
        kind = _kind(lines)
    except FileTooHard as error:
        return _file(path.name, sha, PENALTY, failed=str(error)[:300])
    if kind is None:
        return _file(path.name, sha, PENALTY, failed="表头不是双公示字段 / the columns are not those of the form")
    return _take(path.name, sha, kind, lines)


def _kind(lines: list[Line]) -> str | None:
    columns = set(lines[0]) if lines else set()
    return next((kind for kind in KINDS if fieldmaps.versions(kind)[-1].key in columns), None)


def _file(name: str, sha: str, kind: str, **values: Any) -> InboundFile:
    return InboundFile.objects.create(name=name[:120], sha256=sha, kind=kind, taken_at=clock.now(), **values)


@transaction.atomic
def _take(name: str, sha: str, kind: str, lines: list[Line]) -> InboundFile:
    with locks.locked("exchange.inbound"):
        form = fieldmaps.versions(kind)[-1]
        file = _file(name, sha, kind)
        known = set(InboundRow.objects.filter(kind=kind).values_list("authority", "reference", "digest"))
        subjects: dict[str | None, Any] = dict(Subject.objects.filter(uscc__in=_codes(lines, form)).values_list("uscc", "pk"))
        made: list[InboundRow] = []
        for place, line in enumerate(lines, start=1):
            content = _kept(form, line)
            errors = fieldmaps.check(form, content)
            if errors:
                file.wrong += 1
                file.errors += [{"row": str(place), **one} for one in errors][: SHOWN_ERRORS - len(file.errors)]
                continue
            row = _row(file, form, content, subjects)
            key = (row.authority, row.reference, row.digest)
            file.known += key in known
            if key not in known:
                known.add(key)
                made.append(row)
        InboundRow.objects.bulk_create(made, batch_size=500)
        file.rows, file.fresh = len(lines), len(made)
        file.save()
        counts = {"rows": file.rows, "fresh": file.fresh, "known": file.known, "wrong": file.wrong, "sha256": sha}
        audit.record("exchange.inbound.taken", actor="system:exchange", object=f"exchange.inboundfile:{file.pk}", data=counts)
    return file


def _codes(lines: list[Line], form: FieldMap) -> set[str]:
    return {line.get(form.uscc, "") for line in lines} - {""}


def _kept(form: FieldMap, line: Line) -> dict[str, str]:
    """The form's columns: of a natural person only what may stay, of nobody documents' numbers, in no text a person's number."""
    natural = line.get(form.party) == fieldmaps.PERSON
    content = {one.code: line.get(one.code, "").strip() for one in form.fields}
    for one in form.fields:
        if one.personal and (natural or not one.source):
            content[one.code] = ""
        elif one.most >= RUNNING:
            content[one.code] = PERSONAL.sub("****", content[one.code])
    if natural:
        content[_name(form)] = masking.mask("name", content[_name(form)], "public")
    return content


def _name(form: FieldMap) -> str:
    return next(one.code for one in form.fields if one.source == "party_name")


def _row(file: InboundFile, form: FieldMap, content: dict[str, str], subjects: dict[str | None, Any]) -> InboundRow:
    prefix, digest = PREFIX[form.kind], reading.digest(content)
    authority = content["CF_CFJG" if form.kind == PENALTY else "XK_XKJG"]
    subject = subjects.get(content[form.uscc])
    return InboundRow(
        number=f"RK{hashlib.blake2b(f'{form.kind}:{authority}:{content[form.key]}:{digest}'.encode(), digest_size=8).hexdigest()}",
        file=file,
        kind=form.kind,
        authority=authority,
        reference=content[form.key],
        party=content[_name(form)],
        uscc=content[form.uscc],
        decided_on=date.fromisoformat(content[f"{prefix}JDRQ"]),
        content=content,
        digest=digest,
        state=MATCHED if subject else UNMATCHED,
        subject_id=subject,
    )
