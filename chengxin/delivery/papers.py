"""The official papers of a ban: the decision as it is served, and the notice of its end. Filled from the record, never typed in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts.access import Actor
from chengxin.delivery.access import DESK, own
from chengxin.delivery.models import Ban
from chengxin.delivery.models.bans import REVOKED
from chengxin.documents import actions as documents
from chengxin.documents.access import matter, party
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.law import law

BAN = "delivery.ban"
DECISION, END = "ban_decision", "ban_end"
HOUSE = Actor(id="system:delivery", name="寄递系统")


@matter(BAN)
def readers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The desk that handles the ban; the firm reads what was given to it."""
    return Ban.objects.filter(pk__in=ids, department__in=actor.departments_as(*DESK)).values("pk")


@party(BAN)
def own_bans(actor: Actor, ids: Any) -> QuerySet[Any]:
    return Ban.objects.filter(pk__in=ids, firm__subject__in=own(actor)).values("pk")


def issue_decision(actor: Actor, ban: Ban) -> Document:
    """The decision with facts, hearing, term and remedies, dated the day it is served. The term is on the ban already."""
    values = {
        "ban_facts": ban.facts,
        "decision_number": ban.record.document_number,
        "statement": ban.statement or "未在期限内提出陈述、申辩意见",
        "answer": ban.answer or "无",
        "ban_reason": ban.reason,
        "basis": law.at(clock.today()).cited(*law.at(clock.today()).clock("COURIER_BAN_TERM").provisions)["zh"],
        "ban_from": ban.since,
        "ban_until": ban.until,
        "ban_repair_from": ban.repair_from,
    }
    return _issue(actor, DECISION, ban, values)


def issue_end(ban: Ban) -> Document:
    """The notice of the end, by the house in the department's name; a decision that is revoked ends as a paper too."""
    if ban.state == REVOKED:
        for paper in of_ban(ban).filter(form=DECISION, end__isnull=True):
            documents.revoke(HOUSE, paper.pk, ban.end_reason[:500])
    values = {"ban_from": ban.since, "ban_end_how": ban.state, "ban_end_reason": ban.end_reason, "ban_ended_on": ban.ended_on}
    return _issue(HOUSE, END, ban, values)


def _issue(actor: Actor, form: str, ban: Ban, values: dict[str, Any]) -> Document:
    subject = ban.firm.subject
    whose = {"party": subject.name if subject else ban.firm.name, "ban_number": ban.number}
    if subject:
        whose |= {"party_uscc": subject.uscc or "", "legal_representative": subject.legal_rep, "party_address": subject.address}
    given = {name: value for name, value in {**whose, **values}.items() if value}
    return documents.issue(actor, form, given, department=ban.department, matter=f"{BAN}:{ban.pk}", on=clock.today())


def of_ban(ban: Ban) -> QuerySet[Document]:
    """The papers of a ban; the caller has checked that it is the reader's."""
    return Document.objects.filter(matter_kind=BAN, matter_id=ban.pk).select_related("end__successor")
