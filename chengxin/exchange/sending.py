"""What the program does with approved batches: pack, send, take receipts, send again. Each step in its own transaction, each repeatable.

A worker may die between any two lines here. The file is kept before the batch says it is packed; it is put out before the batch says it is
sent; a receipt is applied before it is put away. Whatever is done twice has the same effect: same file name, same bytes, same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from chengxin.exchange import fieldmaps, folders, formats
from chengxin.exchange.events import BatchAnswered
from chengxin.exchange.formats import Line
from chengxin.exchange.models import BatchRow, ExchangeBatch, ExchangeRow, Transmission
from chengxin.exchange.models.outbound import (
    ACCEPTED,
    ACKED,
    APPROVED,
    BUNDLED,
    FIXED,
    ON_THE_WAY,
    PACKED,
    REJECTED,
    REPLACED,
    SENT,
)
from chengxin.exchange.steps import HOUSE, SYSTEM, moved
from chengxin.jobs import outbox
from chengxin.jobs.target import backoff
from chengxin.kernel import clock, locks, vault
from chengxin.kernel.jail import FileTooHard
from chengxin.law import law

ROOM = "exchange"
CHUNK = 500


def tick() -> dict[str, int]:
    """One round of everything that is due; returns what was done."""
    return {
        "packed": _each(ExchangeBatch.objects.filter(state=APPROVED), pack),
        "sent": _each(ExchangeBatch.objects.filter(state__in=[BUNDLED, FIXED]), send),
        "receipts": take_receipts(),
        "again": _each(late(), send_again),
    }


def _each(batches: QuerySet[ExchangeBatch], step: Callable[[ExchangeBatch], None]) -> int:
    keys = list(batches.order_by("collected_at").values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic(), locks.locked(f"exchange.batch:{key}"):
            step(ExchangeBatch.objects.select_for_update().get(pk=key))
    return len(keys)


# ---- out


def pack(batch: ExchangeBatch) -> None:
    """Write the file once and keep it; its bytes are what is sent, however often."""
    if batch.state != APPROVED:
        return
    _bundle(batch)
    moved(batch, "batch", "pack", SYSTEM, HOUSE)
    batch.save()


def _bundle(batch: ExchangeBatch) -> Transmission:
    known = Transmission.objects.filter(batch=batch, round=batch.round).first()
    if known:
        return known
    lines = [_line(one.row) for one in batch.lines.filter(round=batch.round).select_related("row")]
    form = fieldmaps.of_version(batch.kind, batch.map_version)
    data = formats.write(batch.format, form.columns, lines)
    name = f"{batch.number}-{batch.round}.{batch.format}"
    vault.keep(ROOM, name, data)
    sha = hashlib.sha256(data).hexdigest()
    return Transmission.objects.create(batch=batch, round=batch.round, file=name, sha256=sha, rows=len(lines))


def _line(row: ExchangeRow) -> Line:
    return {"number": row.number, "act": row.act, **row.content}


def send(batch: ExchangeBatch) -> None:
    """Put the file out: the first of a batch, or the one with the fixed rows."""
    if batch.state not in (BUNDLED, FIXED):
        return
    sent = _bundle(batch)
    _put_out(sent)
    moved(batch, "batch", "send" if batch.state == BUNDLED else "resend", SYSTEM, HOUSE)
    batch.save()
    of_round = BatchRow.objects.filter(batch=batch, round=batch.round).values("row")
    ExchangeRow.objects.filter(pk__in=of_round, state=PACKED).update(state=SENT, errors=[])
    ExchangeRow.objects.filter(pk__in=of_round, sent_at=None).update(sent_at=clock.now())
    if sent.received_at is not None:  # the receipt came before the note that it was sent: a worker died in between
        _close(batch, sent)


def _put_out(sent: Transmission) -> None:
    folders.drop(folders.folder(folders.OUT) / sent.file, vault.read(ROOM, sent.file))
    sent.attempts += 1
    sent.last_at = clock.now()
    sent.next_at = sent.last_at + timedelta(seconds=waits()["first_wait"]) + timedelta(seconds=backoff(sent.attempts))
    sent.save()


def waits() -> dict[str, int]:
    """How long a receipt may take and how often a file is put out, by the table of today."""
    found: dict[str, int] = law.at(clock.today()).value("exchange_retries")
    return found


def late() -> QuerySet[ExchangeBatch]:
    """Batches whose file has no full receipt when it should."""
    due = Transmission.objects.filter(received_at=None, given_up=False, next_at__lte=clock.now(), batch__state__in=ON_THE_WAY)
    return ExchangeBatch.objects.filter(pk__in=due.values("batch"))


def send_again(batch: ExchangeBatch) -> None:
    """The same file once more; after the attempts of the table it is given up and stands on the desk."""
    sent = Transmission.objects.filter(batch=batch, round=batch.round, received_at=None, given_up=False).first()
    if sent is None:
        return
    if sent.attempts >= waits()["most_attempts"]:
        sent.given_up = True
        sent.save()
    elif not (folders.folder(folders.OUT) / sent.file).exists():
        _put_out(sent)
    else:  # the other side has not even taken it: waiting is all that helps
        sent.next_at = clock.now() + timedelta(seconds=backoff(sent.attempts + 1))
        sent.save()


# ---- receipts


def take_receipts() -> int:
    """Every receipt in the folder, in any order, any number of times; what cannot be read is laid aside."""
    taken = 0
    for path in folders.waiting(folders.RECEIPTS):
        try:
            lines = formats.rows(path)
            known = take_receipt(path.name, lines)
        except FileTooHard:
            known = False
        folders.put_away(path, folders.DONE if known else folders.BAD)
        taken += known
    return taken


@transaction.atomic
def take_receipt(name: str, lines: list[Line]) -> bool:
    """Apply a receipt; False for one that is about no file of ours. A row that was accepted once stays so, with its first receipt."""
    sent = Transmission.objects.filter(file=name.split(".receipt", maxsplit=1)[0]).select_related("batch").first()
    if sent is None:
        return False
    with locks.locked(f"exchange.batch:{sent.batch_id}"):
        batch = ExchangeBatch.objects.select_for_update().get(pk=sent.batch_id)
        answers = {line.get("number", ""): line for line in lines if line.get("answer") in ("accepted", "rejected")}
        open_lines = list(batch.lines.filter(round=sent.round, answer="").select_related("row"))
        answered = [one for one in open_lines if one.row.number in answers]
        _apply(answered, answers)
        if len(answered) == len(open_lines) and sent.received_at is None:
            sent.received_at, sent.receipt = clock.now(), next((one.get("receipt", "")[:64] for one in lines), "")
            sent.save()
            _close(batch, sent)
    return True


def _apply(lines: list[BatchRow], answers: dict[str, Line]) -> None:
    accepted = [one for one in lines if answers[one.row.number]["answer"] == "accepted"]
    rejected = [one for one in lines if answers[one.row.number]["answer"] == "rejected"]
    now = clock.now()
    for start in range(0, len(accepted), CHUNK):
        part = accepted[start : start + CHUNK]
        BatchRow.objects.filter(pk__in=[one.pk for one in part]).update(answer="accepted")
        receipt = answers[part[0].row.number].get("receipt", "")[:64]
        of_part = ExchangeRow.objects.filter(pk__in=[one.row_id for one in part])
        of_part.filter(accepted_at=None).update(accepted_at=now, receipt=receipt)
        of_part.exclude(state=REPLACED).update(state=ACCEPTED, errors=[])
    _replace([one.row for one in accepted])
    for one in rejected:
        told = answers[one.row.number]
        one.answer, one.code, one.text = "rejected", told.get("code", "")[:40], told.get("text", "")[:300]
        one.save()
        errors = [{"field": told.get("field", "")[:40], "code": one.code, "zh": one.text, "en": one.text}]
        ExchangeRow.objects.filter(pk=one.row_id, accepted_at=None).update(state=REJECTED, errors=errors)


def _replace(rows: list[ExchangeRow]) -> None:
    """Of facts with several versions only the newest accepted one stands, in whatever order they were accepted."""
    facts = [row.fact for row in rows]
    several: set[str] = set()
    for start in range(0, len(facts), CHUNK):
        later = ExchangeRow.objects.filter(fact__in=facts[start : start + CHUNK], version__gt=1)
        several.update(later.values_list("fact", flat=True))
    for fact in several:
        accepted = ExchangeRow.objects.filter(fact=fact, state=ACCEPTED).order_by("-version")
        newest = accepted.first()
        if newest:
            accepted.exclude(pk=newest.pk).update(state=REPLACED)


def _close(batch: ExchangeBatch, sent: Transmission) -> None:
    """Every row of the file was answered. A receipt may be faster than our own note that the file was sent, after a crash."""
    if batch.state not in ON_THE_WAY or sent.round != batch.round:
        return
    back = batch.lines.filter(round=batch.round, answer="rejected").exists()
    moved(batch, "batch", "reject" if back else "acknowledge", SYSTEM, HOUSE)
    batch.save()
    outbox.emit(BatchAnswered(str(batch.pk), batch.number, REJECTED if back else ACKED))
