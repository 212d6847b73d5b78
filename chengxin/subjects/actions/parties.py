"""Registering and changing subjects, and what makes a subject a platform, a courier firm or a payment firm."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, masking
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import Invalid
from chengxin.kernel.locks import locked
from chengxin.subjects import identifiers, names
from chengxin.subjects.entries import SubjectEntry
from chengxin.subjects.errors import ConsumerNotRegistrable, SameSubject
from chengxin.subjects.models import CourierFirm, CourierOutlet, PaymentOrg, Platform, Subject, SubjectIdentifier, SubjectRelation
from chengxin.subjects.models import SubjectVersion as Version
from chengxin.subjects.models.parties import CONSUMER, NATURAL_KINDS

PLAIN = ("name", "uscc", "legal_rep", "address", "division", "status", "kind")
SEALED = ("person_name", "id_doc_type", "id_doc_no", "person_address", "phone")


@transaction.atomic
def register_subject(entry: SubjectEntry, actor: Actor | str, source: str = "form") -> Subject:
    """Put a subject on the register. Raises ConsumerNotRegistrable, SameSubject, or the identifier's own refusal."""
    values = _checked(entry)
    with locked(_lock_of(values)):
        if _find(values) is not None:
            raise SameSubject()
        return _create(values, str(actor), source)


@transaction.atomic
def subject_of(entry: SubjectEntry, actor: Actor | str, source: str = "platform") -> tuple[Subject, list[str]]:
    """The subject of an entry, registered when it is new, and which of its identity fields differ from what the register holds.

    A platform's word does not change a subject that is already registered: the difference is returned, to be checked.
    """
    values = _checked(entry)
    with locked(_lock_of(values)):
        found = _find(values)
        if found is None:
            return _create(values, str(actor), source), []
    return found, _differences(found, values)


@transaction.atomic
def change_subject(subject: Subject, changes: dict[str, Any], reason: str, actor: Actor | str) -> Subject:
    """Change fields of a subject and keep what it was. Unknown fields are a ValueError; no difference changes nothing."""
    if not reason.strip():
        raise Invalid(reason_zh="变更须说明理由。", reason_en="A change needs a reason.")
    subject = Subject.objects.select_for_update().get(pk=subject.pk)
    unknown = set(changes) - {*PLAIN, *SEALED} | ({"kind"} & set(changes) if subject.is_natural else set())
    if unknown:
        raise ValueError(f"a subject's {sorted(unknown)} cannot be changed")
    wanted = _normal(subject, changes)
    changed = sorted(name for name, value in wanted.items() if getattr(subject, name) != value)
    if not changed:
        return subject
    _keep_version(subject, changed, reason, str(actor))
    for name in changed:
        setattr(subject, name, wanted[name])
    _derive(subject)
    subject.version += 1
    subject.updated_at = clock.now()
    subject.save()
    if "name" in changed and not subject.is_natural:
        _keep_old_name(subject)
    names.index_subject(subject)
    _record("subjects.subject.changed", actor, subject, {"fields": changed, "version": subject.version}, {"reason": reason})
    return subject


@transaction.atomic
def add_identifier(subject: Subject, kind: str, value: str, actor: Actor | str, valid_from: date | None = None) -> SubjectIdentifier:
    """Add a secondary number or an earlier name. The same one again changes nothing."""
    text = identifiers.old_registration_number(value) if kind == "old_registration" else value.strip()
    made, new = SubjectIdentifier.objects.get_or_create(subject=subject, kind=kind, value=text, defaults={"valid_from": valid_from})
    if new:
        names.index_subject(subject)
        _record("subjects.identifier.added", actor, subject, {"kind": kind, "value": text})
    return made


@transaction.atomic
def relate(
    source: Subject, target: Subject, kind: str, actor: Actor | str, *, since: date | None = None, said_by: str = "form"
) -> SubjectRelation:
    """Record that one subject is, e.g., a branch of another since a day."""
    relation = SubjectRelation.objects.create(from_subject=source, to_subject=target, kind=kind, since=since, source=said_by)
    _record("subjects.relation.added", actor, source, {"to": str(target.pk), "kind": kind, "since": since.isoformat() if since else None})
    return relation


@transaction.atomic
def end_relation(relation: SubjectRelation, until: date, actor: Actor | str) -> SubjectRelation:
    """Record the last day of a relation; it stays on the register."""
    relation.until = until
    relation.save(update_fields=["until"])
    _record("subjects.relation.ended", actor, relation.from_subject, {"relation": str(relation.pk), "until": until.isoformat()})
    return relation


@transaction.atomic
def register_platform(code: str, name: str, actor: Actor | str, **fields: Any) -> Platform:
    """Put a platform on the register, or change it: its code, name, kind, subject, addresses, regulator, contacts."""
    platform, new = Platform.objects.update_or_create(code=code, defaults={"name": name, **fields})
    audit.record(
        "subjects.platform.registered" if new else "subjects.platform.changed",
        actor=str(actor),
        object=f"subjects.platform:{code}",
        data={"name": name, "fields": sorted(fields)},
    )
    return platform


@transaction.atomic
def register_courier_firm(code: str, name: str, actor: Actor | str, **fields: Any) -> CourierFirm:
    """Put a courier firm on the register, or change it."""
    firm, _new = CourierFirm.objects.update_or_create(code=code, defaults={"name": name, **fields})
    audit.record("subjects.courier.registered", actor=str(actor), object=f"subjects.courier:{code}", data={"name": name})
    return firm


@transaction.atomic
def register_courier_outlet(firm: CourierFirm, code: str, name: str, actor: Actor | str, **fields: Any) -> CourierOutlet:
    """Put a courier firm's outlet on the register, or change it."""
    outlet, _new = CourierOutlet.objects.update_or_create(firm=firm, code=code, defaults={"name": name, **fields})
    data = {"outlet": code, "name": name}
    audit.record("subjects.outlet.registered", actor=str(actor), object=f"subjects.courier:{firm.code}", data=data)
    return outlet


@transaction.atomic
def register_payment_org(code: str, name: str, actor: Actor | str, **fields: Any) -> PaymentOrg:
    """Put a payment institution on the register, or change it."""
    org, _new = PaymentOrg.objects.update_or_create(code=code, defaults={"name": name, **fields})
    audit.record("subjects.payment_org.registered", actor=str(actor), object=f"subjects.payment_org:{code}", data={"name": name})
    return org


def _checked(entry: SubjectEntry) -> dict[str, Any]:
    if entry.kind == CONSUMER:
        raise ConsumerNotRegistrable()
    return _person_values(entry) if entry.kind in NATURAL_KINDS else _organisation_values(entry)


def _organisation_values(entry: SubjectEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "name": entry.name.strip(),
        "uscc": identifiers.uscc(entry.uscc) if entry.uscc else None,
        "legal_rep": entry.legal_rep.strip(),
        "address": entry.address.strip(),
        "division": entry.division,
        "phone": entry.phone,
    }


def _person_values(entry: SubjectEntry) -> dict[str, Any]:
    number = identifiers.compact(entry.id_doc_no or "")
    if entry.id_doc_type == "11":
        number = identifiers.resident_id(number)
    return {
        "kind": entry.kind,
        "name": masking.mask("name", entry.name.strip(), "public"),
        "person_name": entry.name.strip(),
        "id_doc_type": entry.id_doc_type,
        "id_doc_no": number,
        "id_doc_index": names.id_index(entry.id_doc_type, number) if number else None,
        "person_address": entry.address.strip(),
        "division": entry.division,
        "phone": entry.phone,
    }


def _lock_of(values: dict[str, Any]) -> str:
    return f"subjects.subject:{values.get('uscc') or values.get('id_doc_index') or values['name']}"


def _find(values: dict[str, Any]) -> Subject | None:
    if values.get("uscc"):
        return Subject.objects.filter(uscc=values["uscc"]).first()
    if values.get("id_doc_index"):
        return Subject.objects.filter(id_doc_index=values["id_doc_index"]).first()
    return Subject.objects.filter(kind=values["kind"], name=values["name"], uscc=None, id_doc_index=None).first()


def _create(values: dict[str, Any], actor: str, source: str) -> Subject:
    now = clock.now()
    subject = Subject(**values, source=source, created_at=now, created_by=actor, updated_at=now)
    _derive(subject)
    subject.save(force_insert=True)
    names.index_subject(subject)
    public = {"kind": subject.kind, "uscc": subject.uscc, "name": subject.name, "source": source}
    _record("subjects.subject.registered", actor, subject, public)
    return subject


def _derive(subject: Subject) -> None:
    if subject.person_name:
        subject.name = masking.mask("name", subject.person_name, "public")
        subject.person_name_index = names.name_index(subject.person_name)
    subject.phone_index = blind_index(subject.phone, "subjects.phone") if subject.phone else ""
    if subject.id_doc_no:
        subject.id_doc_index = names.id_index(subject.id_doc_type, subject.id_doc_no)


def _differences(subject: Subject, values: dict[str, Any]) -> list[str]:
    compared = ("person_name",) if subject.is_natural else ("name", "legal_rep")
    return [name for name in compared if values.get(name) and values[name] != getattr(subject, name)]


def _normal(subject: Subject, changes: dict[str, Any]) -> dict[str, Any]:
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if wanted.get("uscc"):
        wanted["uscc"] = identifiers.uscc(wanted["uscc"])
    if wanted.get("phone"):
        wanted["phone"] = identifiers.phone(wanted["phone"])
    if wanted.get("id_doc_no") and wanted.get("id_doc_type", subject.id_doc_type) == "11":
        wanted["id_doc_no"] = identifiers.resident_id(wanted["id_doc_no"])
    return {name: None if name == "uscc" and value == "" else value for name, value in wanted.items()}


def _keep_version(subject: Subject, changed: list[str], reason: str, actor: str) -> None:
    sealed = {name: getattr(subject, name) for name in SEALED if getattr(subject, name)}
    Version.objects.create(
        subject=subject,
        version=subject.version,
        values={name: getattr(subject, name) for name in PLAIN},
        sealed=json.dumps(sealed, ensure_ascii=False) if sealed else "",
        changed=changed,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=actor,
    )


def _keep_old_name(subject: Subject) -> None:
    before = Version.objects.filter(subject=subject).latest("version").values["name"]
    SubjectIdentifier.objects.get_or_create(subject=subject, kind="old_name", value=before, defaults={"valid_to": clock.today()})


def _record(action: str, actor: Actor | str, subject: Subject, data: dict[str, Any], private: dict[str, Any] | None = None) -> None:
    """Leaves are public: what is not goes beside them."""
    audit.record(action, actor=str(actor), object=f"subjects.subject:{subject.pk}", data=data, personal=private)
