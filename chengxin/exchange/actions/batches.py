"""A batch by two people: collect and validate, approve or drop; fix what came back. What the program does then is in sending.py."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.exchange import collecting, fieldmaps
from chengxin.exchange.access import DESK
from chengxin.exchange.errors import NothingToSend, SamePerson
from chengxin.exchange.models import BatchRow, ExchangeBatch, ExchangeRow
from chengxin.exchange.models.outbound import FAULTY, PACKED, PUT, REJECTED, REPLACED, WAITING
from chengxin.exchange.steps import NUMBERS, check_text, moved, named, next_number, roles_in
from chengxin.kernel import clock, locks

MOST_ROWS = 10_000  # of one file: a receipt of that size is read and applied in a few seconds
DECIDERS = ("reviewer", "head")


def collect(actor: Actor, department: str, kind: str, format: str = "xml") -> ExchangeBatch:
    """Put the rows that wait into a batch, validated, for another person to approve. Raises NothingToSend."""
    roles = roles_in(actor, department, DESK)
    with transaction.atomic(), locks.locked(f"exchange.rows:{department}"), locks.locked(NUMBERS):
        waiting = ExchangeRow.objects.filter(department=department, kind=kind, state=WAITING).order_by("fact", "version")
        version = waiting.values_list("map_version", flat=True).first()
        chosen = list(waiting.filter(map_version=version)[:MOST_ROWS]) if version else []
        rows = [row for row in chosen if not _faulty(row)]
        if not rows:
            raise NothingToSend
        by, name = named(actor)
        number = next_number(ExchangeBatch, "SB")
        given = {"kind": kind, "map_version": rows[0].map_version, "department": department, "format": format, "round": 1}
        batch = ExchangeBatch(number=number, state="NONE", collected_by=by, collected_by_name=name, collected_at=clock.now(), **given)
        moved(batch, "batch", "collect", roles, (by, name))
        moved_to_valid(batch, roles, (by, name))
        put_lines(batch, rows)
    return batch


def moved_to_valid(batch: ExchangeBatch, roles: set[str], by: tuple[str, str]) -> None:
    """Every row was checked against its map once more: the batch may be approved."""
    moved(batch, "batch", "validate", roles, by)
    batch.save()


def _faulty(row: ExchangeRow) -> bool:
    """Check a row again, by the map it was made with; a fault keeps it out."""
    row.errors = fieldmaps.check(fieldmaps.of_version(row.kind, row.map_version), row.content) if row.act == PUT else []
    if row.errors:
        ExchangeRow.objects.filter(pk=row.pk).update(state=FAULTY, errors=row.errors)
    return bool(row.errors)


def put_lines(batch: ExchangeBatch, rows: list[ExchangeRow]) -> None:
    """The rows of the batch's present round, in this order; the caller holds the transaction."""
    lines = [BatchRow(batch=batch, row=row, round=batch.round, place=place) for place, row in enumerate(rows, start=1)]
    BatchRow.objects.bulk_create(lines, batch_size=500)
    ExchangeRow.objects.filter(pk__in=BatchRow.objects.filter(batch=batch, round=batch.round).values("row")).update(state=PACKED)


def _locked(actor: Actor, number: str) -> ExchangeBatch:
    found = access.get(actor, ExchangeBatch, number=number)
    with locks.locked(f"exchange.batch:{found.pk}"):
        return ExchangeBatch.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def approve(actor: Actor, number: str) -> ExchangeBatch:
    """The supplying department answers for the content: another of its people approves. Raises SamePerson."""
    batch = _locked(actor, number)
    roles = roles_in(actor, batch.department, DESK)
    if batch.collected_by == str(actor):
        raise SamePerson
    moved(batch, "batch", "approve", roles, named(actor))
    batch.approved_by, batch.approved_by_name = named(actor)
    batch.approved_at = clock.now()
    batch.save()
    return batch


@transaction.atomic
def drop(actor: Actor, number: str, reason: str) -> ExchangeBatch:
    """Not to be sent: its rows wait again for another batch, but for those that a newer version has replaced."""
    batch = _locked(actor, number)
    reason = check_text(reason, "理由", "the reason")
    moved(batch, "batch", "drop", roles_in(actor, batch.department, DESK), named(actor), reason)
    batch.save()
    for row in ExchangeRow.objects.filter(lines__batch=batch, state=PACKED):
        newest = collecting.latest(row.fact)
        row.state = WAITING if newest and newest.pk == row.pk else REPLACED
        row.save(update_fields=["state"])
    return batch


@transaction.atomic
def fix(actor: Actor, number: str, reason: str) -> ExchangeBatch:
    """Read the rejected rows anew from their facts and send only those again: corrected as a new version, or as they are when nothing
    in the fact was wrong. A row that is still faulty stays behind with its errors."""
    batch = _locked(actor, number)
    reason = check_text(reason, "理由", "the reason")
    moved(batch, "batch", "fix", roles_in(actor, batch.department, DESK), named(actor), reason)
    back = list(ExchangeRow.objects.filter(lines__batch=batch, lines__round=batch.round, state=REJECTED).select_related("subject"))
    again = [row for one in back if (row := _again(one)) is not None]
    if not again:
        raise NothingToSend
    batch.round += 1
    batch.save()
    put_lines(batch, again)
    return batch


def _again(row: ExchangeRow) -> ExchangeRow | None:
    """What goes out for a rejected row: its newest version, when that is not on its way already."""
    fresh = collecting.read_again(row)
    if fresh is None or fresh.state == FAULTY:
        return None
    if fresh.pk != row.pk:
        ExchangeRow.objects.filter(pk=row.pk).update(state=REPLACED)
        return fresh if fresh.state == WAITING else None
    return row
