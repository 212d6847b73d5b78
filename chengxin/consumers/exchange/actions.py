"""Taking in what other systems send, and putting on record what they have of ours.

A number of theirs is taken in once. Again the same: the first receipt. Again with other words: a conflict for an officer, nothing moves.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from chengxin.accounts import access
from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.audit import rows as official
from chengxin.consumers import actions as consumers
from chengxin.consumers.actions.steps import check_text
from chengxin.consumers.exchange import dialects, queries, reading
from chengxin.consumers.exchange.dialects import Peer, Version
from chengxin.consumers.exchange.errors import AlreadyDecided, NothingNew, NotWaiting, SheetUnfit
from chengxin.consumers.exchange.models import (
    ADDED,
    API,
    DROPPED,
    NOTED,
    OPEN,
    SHEET,
    TAKEN_BACK,
    Arrival,
    BadRow,
    Batch,
    Conflict,
    PeerList,
    RowStep,
    Taken,
)
from chengxin.consumers.exchange.reading import Read
from chengxin.consumers.models.complaints import EXCHANGE
from chengxin.jobs import actions as jobs
from chengxin.jobs.models import Job
from chengxin.kernel import clock, jail, locks
from chengxin.kernel.encryption import decrypt, encrypt
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.subjects import sheets

Progress = Callable[[int, int], None]
HOUSE = system("complaint_exchange")
MOST_BYTES = 20 * 1024 * 1024
TOGETHER = 50  # rows in one transaction, so that a long import does not hold the database
AT_ONCE = 100  # rows that a person waits for at the page; more become a job
HELD = "complaint_exchange.held_sheet"
TAKEN, REPEATED, CONFLICT, REFUSED = "taken", "repeated", "conflict", "refused"


@dataclass(frozen=True)
class Receipt:
    """What became of a row. numbers: ours; received_on: the day that starts the clocks; code: for the complainant, only when just taken."""

    number: str
    outcome: str
    numbers: tuple[str, ...] = ()
    received_on: date | None = None
    code: str = ""
    problems: tuple[dict[str, Any], ...] = ()


def import_or_queue(actor: Actor, peer: Peer, file_name: str, content: bytes) -> Batch | Job:
    """Import a small sheet at once; a larger one waits, encrypted, for the worker, with its progress on the job's page. The same sheet
    again is the first batch. Raises SheetUnfit, NotASheet, FileTooHard."""
    digest = hashlib.sha256(content).hexdigest()
    known = Batch.objects.filter(peer=peer.code, sha256=digest).first()
    if known is not None:
        return known
    rows = _rows_of(peer, content)
    if len(rows) <= AT_ONCE:
        return take_rows(actor, peer, rows, digest, SHEET, file_name)[0]
    path = held(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(encrypt(base64.b64encode(content).decode(), HELD))
    return jobs.enqueue(
        "chengxin.consumers.exchange.tasks:import_held",
        title={"zh": f"导入投诉举报：{file_name}", "en": f"Import complaints: {file_name}"},
        owner=str(actor),
        key=f"complaint_exchange:{peer.code}:{digest}",
        peer=peer.code,
        file_name=file_name,
        digest=digest,
        actor=str(actor),
        actor_name=actor.name,
    )


def import_held(by: tuple[str, str], peer: Peer, file_name: str, digest: str, progress: Progress | None = None) -> Batch:
    """Import what `import_or_queue` kept, then delete it. by: the log's name of who uploaded it, and the one people read."""
    path = held(digest)
    if not path.exists():
        return Batch.objects.get(peer=peer.code, sha256=digest)
    content = base64.b64decode(decrypt(path.read_text(), HELD))
    actor = Actor(id=by[0], name=by[1])
    batch = take_rows(actor, peer, _rows_of(peer, content), digest, SHEET, file_name, progress)[0]
    path.unlink(missing_ok=True)
    return batch


def held(digest: str) -> Path:
    """Where a waiting sheet lies."""
    return Path(settings.FILES_DIR) / "complaint-sheets" / digest


def version_of(peer: Peer) -> Version:
    """The field map of today. Raises SheetUnfit."""
    try:
        return peer.on(clock.today())
    except LookupError as error:
        raise SheetUnfit(why_zh=f"{peer.zh}没有今天适用的字段对照表", why_en=f"{peer.en} has no field map for today") from error


def _rows_of(peer: Peer, content: bytes) -> list[dict[str, str]]:
    version = version_of(peer)
    if len(content) > MOST_BYTES:
        raise SheetUnfit(why_zh="文件超过 20 MB", why_en="The file has more than 20 MB")
    table = jail.run("chengxin.subjects.sheets:read_rows", content, titles=version.titles())
    lacking = [one.names[0] for name, one in version.columns.items() if one.required and name not in table["columns"]]
    if lacking:
        words = "、".join(lacking)
        raise SheetUnfit(why_zh=f"缺少必填列：{words}", why_en=f"Required columns are missing: {words}")
    if not table["rows"]:
        raise SheetUnfit(why_zh="表内没有数据行", why_en="It has no row below the headings")
    rows: list[dict[str, str]] = table["rows"]
    return rows


def take_call(actor: Actor, peer: Peer, rows: Sequence[Mapping[str, Any]]) -> tuple[Batch, list[Receipt]]:
    """Rows of a client program, by the peer's headings or our names; numbered from 1. The same call again gives the same receipts."""
    titles = version_of(peer).titles()
    plain = [_titled(row, titles) for row in rows]
    digest = hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    numbered = [{"_row": str(place), **row} for place, row in enumerate(plain, 1)]
    return take_rows(actor, peer, numbered, digest, API)


def _titled(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, str]:
    """By our fields; what no heading names is left out. No database keeps a NUL, and no text half a surrogate pair."""
    found = {titles.get(sheets.plain_heading(name), ""): value for name, value in row.items()}
    return {name: _sound(value) for name, value in found.items() if name and value is not None}


def _sound(value: Any) -> str:
    text = repr(value) if isinstance(value, float) else str(value)
    return text.removesuffix(".0").replace("\0", "").encode("utf-8", "replace").decode()


def take_rows(
    actor: Actor,
    peer: Peer,
    rows: Sequence[Mapping[str, str]],
    digest: str,
    way: str,
    file_name: str = "",
    progress: Progress | None = None,
) -> tuple[Batch, list[Receipt]]:
    """Take in rows, some in one transaction; a bad one is listed and the others go in. Killed in between, it is simply sent again."""
    sheet = _Sheet(actor, peer, version_of(peer), digest)
    for start in range(0, len(rows), TOGETHER):
        with transaction.atomic(), locks.locked(f"complaint_exchange:{peer.code}"):
            for raw in rows[start : start + TOGETHER]:
                sheet.take(raw)
        if progress:
            progress(min(start + TOGETHER, len(rows)), len(rows))
    with transaction.atomic(), locks.locked(f"complaint_exchange:{peer.code}"):
        known = Batch.objects.filter(peer=peer.code, sha256=digest).first()
        return known or sheet.close(way, file_name), sheet.receipts


@dataclass
class _Sheet:
    """One import under way."""

    actor: Actor
    peer: Peer
    version: Version
    digest: str
    receipts: list[Receipt] = field(default_factory=list)
    bad: list[Read] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, raw: Mapping[str, str]) -> None:
        """One row in its own savepoint, or on the list of rows to mend."""
        row = reading.read(raw, self.version)
        if row.number and self.seen.setdefault(row.number, row.row) != row.row:
            row.wrong(self.version.heading("number"), "twice", row=self.seen[row.number])
        known = Arrival.objects.filter(peer=self.peer.code, number=row.number).select_related("filing").first() if row.number else None
        if row.problems:
            self._refuse(row)
        elif known is not None:
            self.receipts.append(self._again(row, known))
        else:
            self._first(row)

    def _refuse(self, row: Read) -> None:
        self.bad.append(row)
        self.receipts.append(Receipt(row.number, REFUSED, problems=tuple(row.problems)))

    def _first(self, row: Read) -> None:
        try:
            with transaction.atomic():
                self.receipts.append(self._arrive(row))
        except ChengxinError as error:
            if error.status >= 500:
                raise
            told = {"why_zh": str(error.data.get("why_zh") or error), "why_en": str(error.data.get("why_en") or error)}
            row.wrong("", "refused", **told)
            self._refuse(row)

    def _arrive(self, row: Read) -> Receipt:
        at = row.starts
        filed = consumers.file(row.given, actor=HOUSE, channel=EXCHANGE, received_at=at)
        numbers = [one.number for one in (filed.complaint, filed.report) if one]
        made = Arrival(peer=self.peer.code, number=row.number, filing=filed.filing, numbers=" ".join(numbers), row=row.row)
        made.batch_sha, made.marks, made.at = self.digest, row.marks, clock.now()
        made.submitted_on, made.forwarded_on = reading.day_of(row, "submitted_at"), clock.city_day(at)
        data = {"peer": self.peer.code, "number": row.number, "ours": numbers}
        official.put(
            made, "complaint_exchange.row.arrived", actor=str(self.actor), object=f"complaint_exchange:{self.peer.code}", data=data
        )
        self._no_longer(row.number)
        return Receipt(row.number, TAKEN, tuple(numbers), made.forwarded_on, filed.code)

    def _no_longer(self, number: str) -> None:
        """Earlier rows of this number wait no more, nor are they dropped: it has arrived, or is listed anew."""
        waiting = Q(over_at=None) | Q(dropped=True)
        BadRow.objects.filter(waiting, peer=self.peer.code, number=number).update(over_at=clock.now(), content="", dropped=False)

    def _again(self, row: Read, known: Arrival) -> Receipt:
        """The same words: the first receipt. Others: beside it, once, for an officer."""
        fields = reading.changed(row, known.marks)
        told = tuple(known.numbers.split()), known.forwarded_on
        if not fields:
            return Receipt(row.number, REPEATED, *told)
        words = {name: text for name, text in row.said.items() if name in fields and name not in dialects.of_who()}
        given = {"peer": known.peer, "changed": fields, "content": json.dumps(words, ensure_ascii=False), "at": clock.now()}
        Conflict.objects.get_or_create(arrival=known, digest=row.digest, defaults=given)
        return Receipt(row.number, CONFLICT, *told)

    def close(self, way: str, file_name: str) -> Batch:
        """The batch, its log entry, and its rows to mend."""
        told = Counter(one.outcome for one in self.receipts)
        made = Batch(peer=self.peer.code, way=way, file_name=file_name[:200], sha256=self.digest, dialect_from=self.version.valid_from)
        made.rows, made.taken, made.repeated = len(self.receipts), told[TAKEN], told[REPEATED]
        made.conflicts, made.refused = told[CONFLICT], told[REFUSED]
        made.by, made.by_name, made.at = str(self.actor), self.actor.name, clock.now()
        data = {"peer": self.peer.code, "sha256": self.digest, "rows": made.rows, **told}
        official.put(made, "complaint_exchange.batch.taken", actor=made.by, object=f"complaint_exchange:{self.peer.code}", data=data)
        for row in self.bad:
            if row.number:
                self._no_longer(row.number)
        BadRow.objects.bulk_create(_bad(made, row) for row in self.bad)
        return made


def _bad(batch: Batch, row: Read) -> BadRow:
    content = json.dumps(reading.kept(row), ensure_ascii=False)
    return BadRow(peer=batch.peer, batch=batch, row=row.row, number=row.number, problems=row.problems, content=content)


def decide(actor: Actor, conflict_id: UUID | str, decision: str, note: str) -> Conflict:
    """An officer has read the changed words. noted: nothing follows; added: the officer takes them up when handling the file. Neither
    changes the complaint, its clock or its state. Raises NotFound, AlreadyDecided."""
    text = check_text(note, "说明", "the note")[:300]
    if decision not in (NOTED, ADDED):
        raise NotFound
    with transaction.atomic():
        found = access.get(actor, Conflict, pk=conflict_id)
        with locks.locked(f"complaint_exchange.conflict:{found.pk}"):
            found = Conflict.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if found.state != OPEN:
            raise AlreadyDecided
        found.state, found.note, found.decided_at = decision, text, clock.now()
        found.decided_by, found.decided_by_name = str(actor), actor.name
        found.save()
        data = {"decision": decision, "changed": found.changed, "ours": found.arrival.numbers}
        audit.record("complaint_exchange.conflict.decided", actor=str(actor), object=f"complaint_exchange:{found.peer}", data=data)
        return found


def drop_row(actor: Actor, row_id: UUID | str, reason: str) -> RowStep:
    """A row that can never be mended waits no longer; it is counted apart. Raises NotFound, NotWaiting, ContentWrong."""
    return _step(actor, row_id, DROPPED, reason)


def take_row_back(actor: Actor, row_id: UUID | str, reason: str) -> RowStep:
    """A dropped row waits again to be mended. Raises NotFound, NotWaiting (it has arrived since), ContentWrong."""
    return _step(actor, row_id, TAKEN_BACK, reason)


def _step(actor: Actor, row_id: UUID | str, action: str, reason: str) -> RowStep:
    text = check_text(reason, "理由", "the reason")[:300]
    found = access.get(actor, BadRow, pk=row_id)
    with transaction.atomic(), locks.locked(f"complaint_exchange:{found.peer}"):
        row = BadRow.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if (row.over_at is not None) if action == DROPPED else not row.dropped:
            raise NotWaiting
        row.dropped = action == DROPPED
        row.over_at = clock.now() if row.dropped else None
        row.save()
        made = RowStep(bad_row=row, place=row.steps.count(), action=action, reason=text, by=str(actor), by_name=actor.name, at=clock.now())
        data = {"peer": row.peer, "number": row.number, "row": row.row}
        return official.put(made, f"complaint_exchange.row.{action}", actor=made.by, object=f"complaint_exchange:{row.peer}", data=data)


def tell_taken(actor: Actor, peer: Peer, upto: int, way: str) -> Taken:
    """The other system has our answers up to a place of the log that we gave out. Raises NothingNew for one beyond, or confirmed before."""
    with transaction.atomic(), locks.locked(f"complaint_exchange:{peer.code}"):
        before = queries.taken_upto(peer.code)
        if upto <= before or not queries.results(peer.code).filter(leaf=upto).exists():
            raise NothingNew
        made = Taken(peer=peer.code, upto=upto, way=way, by=str(actor), by_name=actor.name, at=clock.now())
        data = {"peer": peer.code, "upto": upto}
        return official.put(made, "complaint_exchange.results.taken", actor=made.by, object=f"complaint_exchange:{peer.code}", data=data)


def state_numbers(actor: Actor, peer: Peer, since: date, until: date, numbers: Sequence[str], way: str) -> PeerList:
    """The numbers that the other system says it sent us on these days. Raises SheetUnfit."""
    if until < since or until > clock.today():
        raise SheetUnfit(why_zh="期间应当从前到后，且不晚于今天", why_en="The days run forward and end today at the latest")
    plain = sorted({_sound(one).strip()[:64] for one in numbers} - {""})
    with transaction.atomic():
        made = PeerList(peer=peer.code, since=since, until=until, numbers=plain, way=way, by=str(actor), by_name=actor.name, at=clock.now())
        data = {"peer": peer.code, "since": since.isoformat(), "until": until.isoformat(), "n": len(plain)}
        return official.put(made, "complaint_exchange.numbers.stated", actor=made.by, object=f"complaint_exchange:{peer.code}", data=data)


def state_sheet(actor: Actor, peer: Peer, since: date, until: date, content: bytes) -> PeerList:
    """The same from a sheet that has the column of the numbers. Raises NotASheet without it."""
    heads = sorted(sheets.plain_heading(name) for name in (*version_of(peer).columns["number"].names, "number"))
    if len(content) > MOST_BYTES:
        raise SheetUnfit(why_zh="文件超过 20 MB", why_en="The file has more than 20 MB")
    read = jail.run("chengxin.consumers.exchange.numbers:read", content, heads=heads)
    return state_numbers(actor, peer, since, until, read, SHEET)
