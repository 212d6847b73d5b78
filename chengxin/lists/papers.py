"""The official papers of a list: notice, decision, removal, and the decision on a repair, filled from the entry."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import actions as documents
from chengxin.documents.access import matter, party
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.lists import catalogue
from chengxin.lists.access import DESK
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.subjects.models import Subject

ENTRY, REPAIR = "lists.entry", "lists.repair"
HOUSE = Actor(id="system:lists", name="名单系统")
NO_MEASURE = "不附加联合惩戒措施"
WHYS = {"repaired": "信用修复申请已经准予。", "expired": "公示期限届满。", "revoked": "列入所依据的决定已不再有效，列入决定予以撤销。"}


@matter(ENTRY)
def entry_readers(actor: Actor, ids: Any) -> QuerySet[Any, Any]:
    """The desk that handles the entry, and the one above that consents."""
    here = actor.departments_as(*DESK)
    return ListEntry.objects.filter(Q(department__in=here) | Q(consent_department__in=here), pk__in=ids).values("pk")


@party(ENTRY)
def own_entries(actor: Actor, ids: Any) -> QuerySet[Any, Any]:
    return ListEntry.objects.filter(pk__in=ids, subject__in=actor.subjects).values("pk")


@party(REPAIR)
def own_repairs(actor: Actor, ids: Any) -> QuerySet[Any, Any]:
    return RepairApplication.objects.filter(pk__in=ids, subject__in=actor.subjects).values("pk")


@matter(REPAIR)
def repair_readers(actor: Actor, ids: Any) -> QuerySet[Any, Any]:
    return access.all(actor, RepairApplication).filter(pk__in=ids).values("pk")


def issue_notice(actor: Actor, entry: ListEntry, phone: str) -> Document:
    """The notice of an intended listing: facts, factors, basis, measures, how it ends, until when to answer and where to ask."""
    deadline = {"deadline": entry.due_on, "contact": actor.name, "contact_phone": phone.strip()}
    return _issue(actor, "list_notice", entry, {**_party(entry.subject), **_said(entry), **deadline})


def issue_decision(actor: Actor, entry: ListEntry) -> Document:
    """The decision to list, with each argument and its answer, terms and remedies."""
    arguments = list(entry.arguments.all())
    heard = {
        "statement": "；".join(f"{one.n}. {one.text}" for one in arguments) or "未提出陈述、申辩意见",
        "answer": "；".join(f"{one.n}. {'采纳' if one.adopted else '不采纳'}：{one.answer}" for one in arguments) or "无",
        "decision_number": entry.record.document_number,
        "list_from": entry.listed_on,
        "list_until": entry.until,
    }
    return _issue(actor, "list_decision", entry, {**_party(entry.subject), **_said(entry), **heard})


def issue_removal(entry: ListEntry) -> Document:
    """The notice of removal; the house makes it in the department's name, whoever's act it followed from."""
    kind = catalogue.kind(entry.kind, clock.today())
    values = {
        "list_name": kind.zh,
        "list_from": entry.listed_on,
        "list_basis": _cited(*kind.basis[:1]),
        "removal_reason": WHYS[entry.removed_why],
        "removed_on": entry.removed_on,
    }
    return _issue(HOUSE, "removal_notice", entry, {**_party(entry.subject), **values})


def issue_repair(actor: Actor, one: RepairApplication) -> Document:
    """The decision on a repair, with its reasons."""
    about = one.entry or one.record
    assert about is not None
    values = {
        "repair_applied_on": one.applied_on,
        "about": f"{about.number} 号信息",
        "repair_result": "granted" if one.state == "GRANTED" else "refused",
        "repair_reason": one.reason,
        "basis": _cited(law.at(clock.today()).clock("REPAIR_DECIDE").provision),
        "list_name": catalogue.kind(one.entry.kind, clock.today()).zh if one.entry else "",
    }
    given = {name: value for name, value in {**_party(one.subject), **values}.items() if value}
    return documents.issue(actor, "repair_decision", given, department=one.department, matter=f"{REPAIR}:{one.pk}", on=clock.today())


def _issue(actor: Actor, form: str, entry: ListEntry, values: dict[str, Any]) -> Document:
    given = {name: value for name, value in values.items() if value}
    return documents.issue(actor, form, given, department=entry.department, matter=f"{ENTRY}:{entry.pk}", on=clock.today())


def _party(subject: Subject) -> dict[str, str]:
    return {
        "party": subject.name,
        "party_uscc": subject.uscc or "",
        "legal_representative": subject.legal_rep,
        "party_address": subject.address,
    }


def _said(entry: ListEntry) -> dict[str, Any]:
    """What notice and decision have in common."""
    kind = catalogue.kind(entry.kind, clock.today())
    reasons = "；".join(f"{one['zh']}：{entry.factors[one['code']]}" for one in catalogue.factors())
    ends = [law.at(clock.today()).clock(name) for name in (kind.earliest_clock, kind.until_clock)]
    return {
        "list_name": kind.zh,
        "list_facts": f"{entry.facts}。综合考虑以下因素：{reasons}。",
        "list_basis": f"{entry.basis}；{_cited(*kind.basis)}",
        "list_measures": [catalogue.measure(code).zh for code in entry.measures] or [NO_MEASURE],
        "repair_conditions": "；".join(f"{one.zh}（{_cited(one.provision)}）" for one in ends),
    }


def _cited(*provisions: str) -> str:
    return law.at(clock.today()).cited(*provisions)["zh"]


def of_entry(entry: ListEntry) -> QuerySet[Document]:
    """The papers of an entry; the caller has checked that it is the reader's."""
    return Document.objects.filter(matter_kind=ENTRY, matter_id=entry.pk).select_related("end__successor")


def latest(entry: ListEntry, form: str) -> Document | None:
    """The newest paper of one form of an entry, e.g. to give its verify code to the party."""
    return of_entry(entry).filter(form=form).order_by("-made_at").first()
