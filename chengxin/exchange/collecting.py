"""From confirmed facts to rows: a record of a penalty or a permit becomes a version in the form of the day, what ended a withdrawal.

Nothing is edited: a corrected record is the next version of the same fact. What was never sent is simply replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from chengxin.cases import penalties
from chengxin.cases.models import DECIDED, Case
from chengxin.exchange import fieldmaps, reading
from chengxin.exchange.fieldmaps import LICENCE, NO_END, PENALTY, PERSON
from chengxin.exchange.models import ExchangeRow
from chengxin.exchange.models.outbound import FAULTY, PUT, REPLACED, WAITING, WITHDRAW
from chengxin.kernel import clock, language, locks, money
from chengxin.law import law
from chengxin.records import publicity
from chengxin.records.models import Record
from chengxin.records.queries import chain
from chengxin.subjects.models import Licence, Subject
from chengxin.subjects.models.parties import GETIHU, NATURAL_KINDS

Values = dict[str, Any]
CLASSES = {GETIHU: "个体工商户", **dict.fromkeys(NATURAL_KINDS, PERSON)}
REGISTRATION = "BL"  # a business licence is a registration, not a permit (administrative licensing)
NEVER_SENT = (WAITING, FAULTY)


@cache
def authorities() -> dict[str, str]:
    """department -> unified social credit code, of those that supply data."""
    found: dict[str, str] = yaml.safe_load((Path(__file__).parent / "authorities.yaml").read_text(encoding="utf-8"))["authorities"]
    return found


# ---- what a fact says


def of_record(record: Record) -> Values:
    """A penalty's values by the names of maps/penalty.yaml; amounts and kinds of the decision where a case stands behind it."""
    decided = Case.objects.filter(proposal__made=record).first()
    kinds = [(one.kind, one.amount_fen, one.detail) for one in penalties.latest(decided, DECIDED)] if decided else []
    kinds = kinds or [(record.penalty_kind, record.amount_fen, "")]
    names = law.at(record.decided_on).codes("penalty_kind")
    sums = {code: sum(fen or 0 for kind, fen, _ in kinds if kind == code) or None for code in (penalties.FINE, penalties.INCOME)}
    said = [language.pick(names[kind], "zh") + (f"{money.yuan(fen)}元" if fen else "") for kind, fen, _ in kinds if kind in names]
    behaviour = law.at(record.decided_on).behaviour(record.behaviour).zh if record.behaviour else ""
    until = publicity.of(record).until
    return {
        **_party(record.subject),
        **_department(record.department, record.maker),
        "document_number": record.document_number,
        "violation": behaviour,
        "facts": record.summary,
        "basis": record.basis,
        "penalty_kind": "；".join(language.pick(names[kind], "zh") for kind, _, _ in kinds if kind in names),
        "penalty_text": "；".join(said),
        "fine_fen": sums[penalties.FINE],
        "confiscated_fen": sums[penalties.INCOME],
        "licence_affected": "；".join(detail for _, _, detail in kinds if detail),
        "decided_on": record.decided_on,
        "valid_until": record.valid_until,
        "shown_until": until or NO_END,
    }


def of_licence(licence: Licence) -> Values:
    """A permit's values by the names of maps/licence.yaml."""
    return {
        **_party(licence.subject),
        **_department(issued_by(licence) or "", licence.issuer),
        "licence_title": licence.name or _kind_of(licence),
        "document_number": licence.number,
        "licence_class": "普通",
        "licence_number": licence.number,
        "licence_scope": licence.scope or licence.name or _kind_of(licence),
        "decided_on": licence.issued_on,
        "valid_until": licence.expires_on,
        "licence_status": "1" if licence.status == "valid" else "2",
    }


@cache
def _licence_kinds() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent.parent / "subjects" / "licences.yaml"
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))["kinds"]
    return found


def _kind_of(licence: Licence) -> str:
    return _licence_kinds()[licence.kind]["zh"]


def issued_by(licence: Licence) -> str | None:
    """The department of this city that issued it, by its name in the issuer's; None for another authority's."""
    names = {one.zh: one.code for one in law.at(licence.issued_on or clock.today()).departments() if one.code in authorities()}
    return next((code for name, code in sorted(names.items(), key=lambda pair: -len(pair[0])) if name in licence.issuer), None)


def _party(subject: Subject) -> Values:
    numbers = {one.kind: one.value for one in subject.identifiers.all()}
    return {
        "party_name": subject.name,
        "party_class": CLASSES.get(subject.kind, "法人及非法人组织"),
        "party_uscc": subject.uscc,
        "party_registration": numbers.get("old_registration"),
        "party_organisation": numbers.get("organisation_code"),
        "party_tax": numbers.get("tax_number"),
        "party_legal_rep": subject.legal_rep,
    }


def _department(code: str, maker: str) -> Values:
    supplier = law.at(clock.today()).department(code).zh if code else ""
    uscc = authorities().get(code)
    return {"authority": maker, "authority_uscc": uscc, "supplier": supplier, "supplier_uscc": uscc}


# ---- rows


def fact_of(record: Record) -> str:
    """The name of a fact through all corrections: the number of the first record."""
    return f"records.record:{chain(record)[0].number}"


def take_record(record: Record) -> ExchangeRow | None:
    """The next version of a penalty's row; None for what is not published in this way. The same record again is the same row."""
    if record.item != "PENALTY" or record.published_on is None:
        return None
    values = of_record(record)
    shown = values["shown_until"] if isinstance(values["shown_until"], date) else None
    return _put(PENALTY, fact_of(record), record.number, record.department, record.subject, values, shown)


def take_licence(licence: Licence) -> ExchangeRow | None:
    """The next version of a permit's row when anything in it changed."""
    department = issued_by(licence)
    if licence.kind == REGISTRATION or licence.issued_on is None or department is None:
        return None
    return _put(LICENCE, f"subjects.licence:{licence.pk}", "", department, licence.subject, of_licence(licence), licence.expires_on)


def take_licences() -> int:
    """Every permit of the register that changed since its last row; returns how many rows were made."""
    before = ExchangeRow.objects.count()
    for licence in Licence.objects.exclude(kind=REGISTRATION).exclude(issued_on=None).select_related("subject").iterator():
        with transaction.atomic():
            take_licence(licence)
    return ExchangeRow.objects.count() - before


def _put(kind: str, fact: str, source: str, department: str, subject: Subject, values: Values, shown: date | None) -> ExchangeRow:
    form = fieldmaps.at(kind, values["decided_on"])
    content = fieldmaps.fill(form, values)
    with locks.locked(f"exchange.fact:{fact}"):
        last = latest(fact)
        if last and last.act == PUT and last.digest == reading.digest(content):
            return last
        # A correction has a clock of its own only when something was out already.
        again = last is not None and ExchangeRow.objects.filter(fact=fact, sent_at__isnull=False).exists()
        event = clock.today() if again else values["decided_on"]
        due = law.due(form.correct_clock if again else form.clock, event)
        return _next(last, form, fact, source, department, subject, content, PUT, event, due, shown, again)


def withdraw(fact: str, event_on: date) -> ExchangeRow | None:
    """A withdrawal of what was put, with the clock of the law; None when nothing of the fact was ever sent or it is withdrawn already."""
    with locks.locked(f"exchange.fact:{fact}"):
        last = latest(fact)
        if last is None or last.act == WITHDRAW:
            return None
        sent = ExchangeRow.objects.filter(fact=fact, act=PUT, sent_at__isnull=False).exists()
        _retire(fact)
        if not sent:
            return None
        form = fieldmaps.of_version(last.kind, last.map_version)
        due = law.due(form.withdraw_clock, event_on)
        return _next(last, form, fact, last.source, last.department, last.subject, last.content, WITHDRAW, event_on, due, None, again=True)


def clock_of(row: ExchangeRow) -> str:
    """The clock by which a row is due."""
    form = fieldmaps.of_version(row.kind, row.map_version)
    if row.act == WITHDRAW:
        return form.withdraw_clock
    return form.correct_clock if row.again else form.clock


def latest(fact: str) -> ExchangeRow | None:
    """The newest version of a fact."""
    return ExchangeRow.objects.filter(fact=fact).order_by("-version").first()


def _next(
    last: ExchangeRow | None,
    form: fieldmaps.FieldMap,
    fact: str,
    source: str,
    department: str,
    subject: Subject,
    content: dict[str, str],
    act: str,
    event_on: date,
    due_on: date,
    shown: date | None,
    again: bool = False,
) -> ExchangeRow:
    _retire(fact)
    errors = fieldmaps.check(form, content)
    version = last.version + 1 if last else 1
    return ExchangeRow.objects.create(
        number=number_of(form.kind, fact, version),
        kind=form.kind,
        map_version=form.version,
        fact=fact,
        source=source,
        version=version,
        act=act,
        again=again,
        department=department,
        subject=subject,
        content=content,
        digest=reading.digest(content),
        event_on=event_on,
        due_on=due_on,
        shown_until=shown,
        state=FAULTY if errors else WAITING,
        errors=errors,
        made_at=clock.now(),
    )


def _retire(fact: str) -> None:
    """What of a fact waits unsent is not sent any more."""
    ExchangeRow.objects.filter(fact=fact, state__in=NEVER_SENT).update(state=REPLACED)


def number_of(kind: str, fact: str, version: int) -> str:
    """The number of one version: the same fact and version has it everywhere and for ever, e.g. CF8c1f0a62d3be41-2."""
    return f"{'CF' if kind == PENALTY else 'XK'}{hashlib.blake2b(fact.encode(), digest_size=7).hexdigest()}-{version}"


def split_number(number: str) -> tuple[str, int]:
    """(what names the fact, version) of a row's number."""
    name, _, version = number.rpartition("-")
    return name, int(version)


def refresh(rows: Iterable[ExchangeRow]) -> int:
    """Rows with faults read anew from their facts after the register was corrected; returns how many are right now."""
    mended = 0
    for row in rows:
        fresh = read_again(row)
        mended += fresh is not None and fresh.state == WAITING
    return mended


def read_again(row: ExchangeRow) -> ExchangeRow | None:
    """The newest version after the fact was read once more; None when the fact is gone. The caller holds the transaction."""
    if row.act == WITHDRAW:
        return row
    if row.kind == PENALTY:
        record = Record.objects.filter(number=row.source, end__isnull=True).select_related("subject").first()
        return take_record(record) if record else None
    licence = Licence.objects.filter(pk=row.fact.removeprefix("subjects.licence:")).select_related("subject").first()
    return take_licence(licence) if licence else None
