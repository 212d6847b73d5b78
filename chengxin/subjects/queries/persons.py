"""Personal data of the register: every function here leaves the trace of the read first. Names of people who acted, for the read log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.access import Actor
from chengxin.accounts.models import PlatformClient, User
from chengxin.audit import actions as audit
from chengxin.audit import queries as log
from chengxin.subjects import identifiers
from chengxin.subjects.models import Shop, Subject
from chengxin.subjects.names import id_index, name_index

PERSONAL = ("person_name", "id_doc_no", "person_address", "phone")


@transaction.atomic
def personal_of(subject: Subject, actor: Actor, purpose: str) -> dict[str, str]:
    """A subject's personal data in the clear; the read is logged for its owner before anything is shown."""
    fields = [name for name in PERSONAL if getattr(subject, name)]
    audit.record_read(str(actor), f"subjects.subject:{subject.pk}", fields, purpose)
    return {name: getattr(subject, name) for name in fields}


@transaction.atomic
def personal_of_shop(shop: Shop, actor: Actor, purpose: str) -> dict[str, str]:
    """What a platform's form needs of a shop's person."""
    subject = shop.subject
    found = {"address": shop.person_address, "phone": shop.contact}
    if subject is not None:
        found |= {"person_name": subject.person_name, "id_doc_no": subject.id_doc_no}
        audit.record_read(str(actor), f"subjects.subject:{subject.pk}", sorted(name for name, value in found.items() if value), purpose)
    return found


@transaction.atomic
def find_person(text: str, actor: Actor, purpose: str) -> list[Subject]:
    """Natural persons of this whole name or resident number, by blind index; each find is logged as a read of the name or number."""
    number = identifiers.compact(text)
    by_number = list(Subject.objects.filter(id_doc_index=id_index("11", number)))
    found = by_number or list(Subject.objects.filter(person_name_index=name_index(text))[:50])
    for one in found:
        audit.record_read(str(actor), f"subjects.subject:{one.pk}", ["id_doc_no" if by_number else "person_name"], purpose)
    return found


def readers_of(subject: Subject) -> list[dict[str, Any]]:
    """Who has read a subject's personal data, when, what and why, with names people know."""
    reads = log.reads_of(f"subjects.subject:{subject.pk}")[:100]
    names = names_of({read.actor for read in reads})
    return [{"at": read.at, "who": names[read.actor], "fields": read.fields, "purpose": read.purpose} for read in reads]


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The display name of each actor id of the log; a part of the system by its own name, and the id itself when it has none."""
    system = _("System")
    found = {actor: f"{system} · {actor.removeprefix('system:')}" if actor.startswith("system:") else actor for actor in actors}
    ids = {kind: [one.split(":", 1)[1] for one in found if one.startswith(f"{kind}:") and len(one) > 36] for kind in ("user", "client")}
    found |= {one.actor: str(one) for one in User.objects.filter(pk__in=ids["user"])}
    return found | {one.actor: str(one) for one in PlatformClient.objects.filter(pk__in=ids["client"])}
