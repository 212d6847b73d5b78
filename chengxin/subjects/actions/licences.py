"""Licences: adding, checking against the issuer's register, and what an expired one does to a shop."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.subjects.errors import LicenceOfAnother
from chengxin.subjects.models import Licence, LicenceVerification, Shop, Subject
from chengxin.subjects.readers import Permit
from chengxin.subjects.vocabulary import categories


@transaction.atomic
def add_licence(subject: Subject, permit: Permit, actor: Actor | str, official_query_url: str = "", image_hash: str = "") -> Licence:
    """Add a licence or renew one (same kind and number). Shops follow at once: their licence date, and NEEDS_FIX when it has expired."""
    stated = {
        "name": permit.name,
        "scope": permit.scope,
        "issuer": permit.issuer,
        "issued_on": permit.issued_on,
        "expires_on": permit.expires_on,
        "official_query_url": official_query_url,
        "image_hash": image_hash,
    }
    licence = Licence.objects.select_for_update().filter(kind=permit.kind, number=permit.number).first()
    if licence is not None and licence.subject_id != subject.pk:
        raise LicenceOfAnother(kind=permit.kind, number=permit.number)
    if licence is None:
        licence = Licence(subject=subject, kind=permit.kind, number=permit.number, created_at=clock.now(), created_by=str(actor))
        changed = sorted(name for name, value in stated.items() if value)
    else:
        changed = sorted(name for name, value in stated.items() if value and getattr(licence, name) != value)
        if not changed:
            return licence
    for name in changed:
        setattr(licence, name, stated[name])
    if licence.status in ("valid", "expired"):
        licence.status = "expired" if licence.expires_on and licence.expires_on < clock.today() else "valid"
    licence.save()
    data = {"kind": licence.kind, "number": licence.number, "fields": changed, "expires_on": _iso(licence.expires_on)}
    audit.record("subjects.licence.recorded", actor=str(actor), object=f"subjects.subject:{subject.pk}", data=data)
    follow_licences(subject)
    return licence


@transaction.atomic
def check_licence(
    licence: Licence, method: str, result: str, actor: Actor | str, *, evidence_hash: str = "", note: str = ""
) -> LicenceVerification:
    """Record one look at a licence: result pass, fail, or unreached (the issuer's site did not answer; the last good look stays)."""
    look = LicenceVerification.objects.create(
        licence=licence,
        method=method,
        result=result,
        verifier=str(actor),
        evidence_hash=evidence_hash,
        note=note,
        checked_at=clock.now(),
    )
    if result != "unreached":
        licence.last_checked_at, licence.last_check_result = look.checked_at, result
        licence.save(update_fields=["last_checked_at", "last_check_result"])
    data = {"licence": str(licence.pk), "method": method, "result": result}
    audit.record("subjects.licence.checked", actor=str(actor), object=f"subjects.subject:{licence.subject_id}", data=data)
    return look


def needed_kinds(shop: Shop) -> list[set[str]]:
    """The licences a shop must show: each set is "one of"; the business licence for registered subjects."""
    wanted = [{"BL"}] if shop.registered else []
    known = categories()
    return [*wanted, *(set(known[code]["any_of"]) for code in shop.categories if known.get(code, {}).get("any_of"))]


def valid_kinds(licences: list[Licence], day: date) -> set[str]:
    """The kinds of which one licence is in force on the day."""
    return {one.kind for one in licences if one.status in ("valid", "expired") and (one.expires_on is None or one.expires_on >= day)}


def expired_needs(shop: Shop, licences: list[Licence], day: date) -> list[Licence]:
    """The expired licences that leave a need of the shop unmet."""
    valid = valid_kinds(licences, day)
    unmet = [kinds for kinds in needed_kinds(shop) if not kinds & valid]
    return [one for one in licences if one.kind not in valid and any(one.kind in kinds for kinds in unmet) and _over(one, day)]


def first_expiry(shop: Shop, licences: list[Licence], day: date) -> date | None:
    """The day on which the first licence that the shop needs ends; None when they have no term."""
    ends = []
    for kinds in needed_kinds(shop):
        having = [one for one in licences if one.kind in kinds and one.status in ("valid", "expired")]
        if having and all(one.expires_on for one in having):
            ends.append(max(one.expires_on for one in having if one.expires_on))
    return min(ends, default=None)


def follow_licences(subject: Subject) -> None:
    """Set the licence date of the subject's shops and flip those that lost a needed licence."""
    from chengxin.subjects.actions.lapse import flip_expired

    for shop in Shop.objects.filter(subject=subject):
        licences = list(Licence.objects.filter(subject=subject))
        ends = first_expiry(shop, licences, clock.today())
        if ends != shop.licence_expires_on:
            shop.licence_expires_on = ends
            shop.save(update_fields=["licence_expires_on"])
        flip_expired(shop, licences, clock.today())


def _over(licence: Licence, day: date) -> bool:
    return bool(licence.expires_on and licence.expires_on < day) or licence.status in ("revoked", "cancelled", "suspended")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
