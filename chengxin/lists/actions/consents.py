"""A subject's consent that a bank may ask about it: for a purpose, until a day, signed here or on paper; taken back at any time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, ids
from chengxin.lists.errors import WrongState
from chengxin.lists.models import FinanceConsent
from chengxin.records.content import HASH
from chengxin.subjects.models import Subject

SIGNED, WRITTEN = FORMS = ("signed", "written")


def give_consent(actor: Actor, subject_id: object, given: dict[str, Any]) -> FinanceConsent:
    """The owner consents. given: bank (its code), purpose, until, form ("signed" here, or "written" with the paper's SHA-256)."""
    with transaction.atomic():
        subject = access.get(actor, Subject, pk=subject_id, pk__in=actor.subjects)
        until: date = given["until"]
        paper = given.get("document_hash", "").strip().lower()
        if until < clock.today() or not given["purpose"].strip() or (given["form"] == WRITTEN and not HASH.fullmatch(paper)):
            raise WrongState(
                why_zh="授权须有目的、期限；书面授权须有文件摘要。", why_en="A purpose, a last day, and for paper its SHA-256 are needed."
            )
        body = {
            "subject": {"id": str(subject.pk), "name": subject.name, "uscc": subject.uscc or ""},
            "bank": given["bank"],
            "purpose": given["purpose"].strip(),
            "from": clock.today().isoformat(),
            "until": until.isoformat(),
            "signed_by": actor.name,
        }
        key = ids.new_id()
        receipt = audit.sign_document(
            "lists.consent",
            body,
            actor=str(actor),
            object=f"lists.consent:{key}",
            public={"bank": given["bank"], "until": until.isoformat()},
        )
        return FinanceConsent.objects.create(
            id=key,
            subject=subject,
            bank=given["bank"],
            purpose=body["purpose"],
            form=given["form"],
            document_hash=paper,
            valid_from=clock.today(),
            until=until,
            signed_by=str(actor),
            signed_by_name=actor.name,
            signed_at=clock.now(),
            receipt=receipt,
        )


def take_back(actor: Actor, consent_id: object) -> FinanceConsent:
    """From this moment the bank is not answered any more."""
    with transaction.atomic():
        mine = access.get(actor, FinanceConsent, pk=consent_id)
        found = FinanceConsent.objects.select_for_update().get(pk=mine.pk)
        if found.revoked_at is None:
            found.revoked_at = clock.now()
            found.save()
            audit.record("lists.consent.taken_back", actor=str(actor), object=f"lists.consent:{found.pk}", data={"bank": found.bank})
        return found
