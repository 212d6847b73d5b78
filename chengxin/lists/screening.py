"""Is this party on a list? By exact identifiers, with an explanation for every match: which identifier met, which list, until when, why.

Only with the subject's consent in force or for a purpose the law names; every question is logged, and who was found reads in the own read
log who asked and why. Names are compared whole: a likeness is no match, for nobody may be taken for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.kernel.locks import locked
from chengxin.lists import catalogue
from chengxin.lists.actions.pushing import FEED, entry_as_data, subscription_of
from chengxin.lists.errors import ConsentMissing
from chengxin.lists.models import Change, Delivery, FinanceConsent
from chengxin.lists.models.measures import ADDED
from chengxin.lists.queries import Listing, public_of_subject, red_as_data, red_public
from chengxin.subjects.models import PaymentOrg, Platform, Subject

CONSENT, PLATFORM_CHECK, PUBLIC_DUTY = ("CONSENT", "ACCESS", "PUBLIC_DUTY")
MOST = 100


@dataclass(frozen=True)
class Party:
    """Who is asked about: one or more of these."""

    name: str = ""
    uscc: str = ""
    identifier: str = ""


def check_purpose(actor: Actor, purpose: str) -> None:
    """Whether this asker may use this purpose: a bank only with consent, a platform for sellers on it, a department for its duty."""
    code = actor.client.platform_code if actor.client else ""
    allowed = {
        CONSENT: PaymentOrg.objects.filter(code=code).exists(),
        PLATFORM_CHECK: Platform.objects.filter(code=code).exists(),
        PUBLIC_DUTY: actor.has("officer", "reviewer", "head") or not (code and _is_market(code)),
    }
    if not allowed.get(purpose, False):
        raise ConsentMissing(why_zh="该目的不适用于查询方。", why_en="This purpose is not the asker's.")


def _is_market(code: str) -> bool:
    return PaymentOrg.objects.filter(code=code).exists() or Platform.objects.filter(code=code).exists()


def screen(actor: Actor, parties: Sequence[Party], purpose: str) -> list[dict[str, Any]]:
    """For each party its matches, in the order asked. Raises ConsentMissing when the purpose is not the asker's."""
    check_purpose(actor, purpose)
    with transaction.atomic(), locked(FEED):
        answers = [_answer(actor, one, purpose) for one in parties]
        told = {
            "purpose": purpose,
            "asked": len(parties),
            "matched": sum(bool(one["matches"]) for one in answers),
            "tokens": [keyed_token("lists.screening", f"{one.name}|{one.uscc}|{one.identifier}") for one in parties],
        }
        audit.record("lists.screened", actor=str(actor), object=f"lists.screening:{purpose.lower()}", data=told)
    return answers


def _answer(actor: Actor, party: Party, purpose: str) -> dict[str, Any]:
    matches, refused = [], 0
    for subject, by in _found(party):
        if purpose == CONSENT and not _consented(actor, subject):
            refused += 1
            continue
        matches += _matches(actor, subject, by)
        audit.record_read(str(actor), f"subjects.subject:{subject.pk}", ["lists"], _said(purpose))
    # whether a party is known is itself nothing to tell without consent: unknown and refused look alike
    consented = purpose != CONSENT or (refused == 0 and bool(_found(party)))
    return {"name": party.name, "uscc": party.uscc, "identifier": party.identifier, "answered": consented, "matches": matches}


def _said(purpose: str) -> str:
    return str(catalogue.purposes()[purpose]["zh"])


def _found(party: Party) -> list[tuple[Subject, str]]:
    """(subject, which identifier met) by exact comparison; the strongest identifier given decides."""
    if party.uscc:
        return [(one, "uscc") for one in Subject.objects.filter(uscc=party.uscc.strip().upper())]
    if party.identifier:
        rows = Subject.objects.filter(identifiers__value=party.identifier.strip()).exclude(identifiers__kind__in=["old_name", "brand"])
        return [(one, "identifier") for one in rows.distinct()]
    if len(party.name.strip()) < 2:
        return []
    name = party.name.strip()
    rows = Subject.objects.filter(Q(name=name) | Q(identifiers__kind="old_name", identifiers__value=name)).exclude(kind__in=["5", "6"])
    return [(one, "name" if one.name == name else "old_name") for one in rows.distinct()]


def _consented(actor: Actor, subject: Subject) -> bool:
    bank = actor.client.platform_code if actor.client else ""
    return any(one.holds(clock.today()) for one in FinanceConsent.objects.filter(subject=subject, bank=bank))


BY = {
    "uscc": {"zh": "统一社会信用代码相同", "en": "same unified social credit code"},
    "identifier": {"zh": "曾用登记号等标识相同", "en": "same secondary number"},
    "name": {"zh": "名称完全相同", "en": "same full name"},
    "old_name": {"zh": "与曾用名完全相同", "en": "same as an earlier name"},
}


def _matches(actor: Actor, subject: Subject, by: str) -> list[dict[str, Any]]:
    """Each list the subject is on today, with why it was found and what it rests on."""
    official = [_official(actor, one, by) for one in public_of_subject(subject)]
    red = [{"family": "red", "by": by, "because": BY[by], "entry": red_as_data(one)} for one in red_public().filter(subject=subject)]
    return [*official, *red]


def _official(actor: Actor, one: Listing, by: str) -> dict[str, Any]:
    """An official match; a machine that is told of it has received the entry and will be told of its removal."""
    if actor.client is not None:
        change = Change.objects.filter(entry=one.entry, round=one.entry.round, what=ADDED).first()
        if change:
            subscription = subscription_of(actor.client)
            Delivery.objects.get_or_create(subscription=subscription, change=change, defaults={"at": clock.now(), "way": "screen"})
    return {"family": "official", "by": by, "because": BY[by], "entry": entry_as_data(one.entry)}
