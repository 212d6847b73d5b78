"""Registering shops: one idempotent upsert behind the API, the sheet and the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.locks import locked
from chengxin.law import law
from chengxin.subjects import identifiers, names, queries
from chengxin.subjects.actions import identity, lapse
from chengxin.subjects.actions.licences import add_licence
from chengxin.subjects.actions.parties import subject_of
from chengxin.subjects.entries import ShopEntry, Stated
from chengxin.subjects.errors import ShopClosed
from chengxin.subjects.models import IdentityVerification, Platform, SelfDeclaration, Shop, Subject
from chengxin.subjects.models.shops import CHECKING, DRAFT, DUE, EXITED, NEEDS_FIX, REJECTED, SEEN, SUBMITTED, VERIFIED

# A change of one of these is another identity: it is verified before it shows again (order37.26). A new telephone or name is not.
IDENTITY = ("subject_id", "registered", "exemption", "operating_address", "person_address", "categories")
OTHERS = ("name", "url", "path_words", "division", "contact", "opened_on")


@dataclass(frozen=True)
class Upserted:
    """What an upsert did: outcome is created, changed or unchanged; differences are fields in which the register holds something else."""

    shop: Shop
    outcome: str
    changed: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()


@transaction.atomic
def upsert_shop(platform: Platform, entry: ShopEntry, actor: Actor | str) -> Upserted:
    """Register a shop or bring it up to date; the same entry again changes nothing and leaves no log entry.

    A stated verification is run through the checks and refused as a whole with ChecksFailed when one fails. Raises ShopClosed for a shop
    that left, ConsumerNotRegistrable, LicenceOfAnother, or an identifier's refusal.
    """
    token = queries.shop_token(platform, entry.shop_id)
    with locked(f"subjects.shop:{token}"):
        shop = Shop.objects.select_for_update().filter(token=token).first()
        if shop is not None and shop.state == EXITED:
            raise ShopClosed(closed_on=str(shop.closed_on))
        subject, differences = subject_of(entry.subject, actor)
        shop, outcome, changed = _store(platform, shop, entry, subject, actor)
        _declare(shop, entry.exemption, actor)
        for permit in entry.permits:
            add_licence(subject, permit, actor)
        shop = _move(shop, outcome, changed, actor)
        verified = entry.stated is not None and _state_verification(shop, entry.stated, tuple(differences), actor)
        shop = Shop.objects.select_related("platform", "subject").get(pk=shop.pk)
    return Upserted(shop, "changed" if verified and outcome == "unchanged" else outcome, tuple(changed), tuple(differences))


def _values(entry: ShopEntry, subject: Subject) -> dict[str, Any]:
    natural = subject.is_natural
    return {
        "subject_id": subject.pk,
        "name": entry.name,
        "url": entry.url,
        "path_words": entry.path_words,
        "division": entry.division,
        "operating_address": "" if natural else entry.address,
        "person_address": entry.address if natural else "",
        "contact": entry.contact,
        "categories": list(entry.categories),
        "registered": not natural,
        "exemption": entry.exemption,
        "opened_on": entry.opened_on,
    }


def _store(platform: Platform, shop: Shop | None, entry: ShopEntry, subject: Subject, actor: Actor | str) -> tuple[Shop, str, list[str]]:
    values, now = _values(entry, subject), clock.now()
    new = shop is None
    if shop is None:
        token, born = queries.shop_token(platform, entry.shop_id), {"state_since": now, "created_at": now, "created_by": str(actor)}
        shop = Shop(platform=platform, shop_id=entry.shop_id, token=token, state=DRAFT, **born)
    changed = [name for name in (*IDENTITY, *OTHERS) if getattr(shop, name) != values[name]]
    if not new and not changed:
        return shop, "unchanged", []
    for name in changed:
        setattr(shop, name, values[name])
    if values["registered"]:
        shop.over_100k, shop.over_100k_since = False, None  # registered now: the exemption's limit no longer concerns it
    shop.url_key = identifiers.url_key(shop.url)
    shop.updated_at, shop.version = now, 1 if new else shop.version + 1
    shop.save()
    names.index_shop(shop)
    _record("registered" if new else "changed", shop, actor, sorted(changed))
    return shop, "created" if new else "changed", changed


def _record(what: str, shop: Shop, actor: Actor | str, changed: list[str]) -> None:
    data = {"platform": shop.platform.code, "shop_id": shop.shop_id, "subject": str(shop.subject_id), "fields": changed}
    audit.record(f"subjects.shop.{what}", actor=str(actor), object=f"subjects.shop:{shop.pk}", data=data)


def _declare(shop: Shop, exemption: str, actor: Actor | str) -> None:
    """An exempt person shows one of the four texts, word for word (order37.12)."""
    standing = SelfDeclaration.objects.filter(shop=shop, withdrawn_at=None).first()
    if standing and standing.exemption == exemption:
        return
    if standing:
        standing.withdrawn_at = clock.now()
        standing.save(update_fields=["withdrawn_at"])
    if exemption:
        text = law.at(clock.today()).declarations()[exemption]["text"]
        SelfDeclaration.objects.create(shop=shop, exemption=exemption, text=text, declared_at=clock.now(), declared_by=str(actor))


def _move(shop: Shop, outcome: str, changed: list[str], actor: Actor | str) -> Shop:
    """A new or corrected entry is submitted; another identity takes a verified shop back to checking."""
    shop.refresh_from_db()
    if shop.state == REJECTED and changed:
        shop = identity.reopen_shop(shop, actor)
    if shop.state in (DRAFT, SEEN) or (shop.state == NEEDS_FIX and (changed or not _still_broken(shop))):
        return identity.submit_shop(shop, actor)
    if shop.state in (VERIFIED, DUE, CHECKING) and set(changed) & set(IDENTITY):
        return identity.step(shop, "identity_changed", actor)
    return shop


def _still_broken(shop: Shop) -> bool:
    """Whether a needed licence is still missing its term, so that nothing was repaired by the same entry coming again."""
    subject = shop.subject
    return subject is None or bool(lapse.expired_of(shop, list(subject.licences.all()), clock.today()))


def _state_verification(shop: Shop, stated: Stated, differences: tuple[str, ...], actor: Actor | str) -> bool:
    """Record the platform's own verification, once per day it was made. Returns whether it was new."""
    last = IdentityVerification.objects.filter(shop=shop, result="pass").first()
    made_at = identity.at_noon(stated.verified_on)
    if shop.state in (VERIFIED, DUE) and last and clock.city_day(last.verified_at) >= clock.city_day(made_at):
        return False
    if shop.state in (SUBMITTED, VERIFIED, DUE):
        shop = identity.start_check(shop, actor)
    shop = identity.pass_identity(
        shop,
        stated.method,
        actor,
        evidence_hash=stated.evidence_hash,
        verifier=f"staff:{stated.verifier}",
        second_verifier=f"staff:{stated.second_verifier}" if stated.second_verifier else "",
        verified_on=stated.verified_on,
        differences=differences,
    )
    lapse.lapse_one(shop, clock.today())
    return True
