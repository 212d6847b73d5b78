"""The ten official forms of 2026-04, filled from the record. A matter is on the papers of the law it was received under: what came before
the forms were in force (order 20) gets none of them, and the page says so.

Papers that say who reported are of the matter consumers.sealed, which only the named handlers read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.consumers.models import Complaint, Identity, Report
from chengxin.documents import actions as documents
from chengxin.documents import official
from chengxin.documents.errors import FormUnknown
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.law import law

ANONYMOUS = "匿名举报人"


def in_force(matter: Complaint | Report) -> bool:
    """Whether the forms hold for a matter: by the day it was received."""
    try:
        official.form("complaint_05", matter.received_on)
    except FormUnknown:
        return False
    return True


def about(matter: Complaint | Report) -> str:
    """What it is about in the words of a paper, without anybody's personal data."""
    return f"{matter.respondent_name}{f'（{matter.product}）' if matter.product else ''}"


def _issue(actor: Actor, form: str, matter: Complaint | Report, kind: str, values: Mapping[str, Any]) -> Document | None:
    if not in_force(matter):
        return None
    named = f"consumers.{kind}:{matter.pk}"
    return documents.issue(actor, form, values, department=matter.department, matter=named, on=clock.today())


def registration(actor: Actor, complaint: Complaint) -> Document | None:
    """Form 1."""
    who = Identity.objects.get(complaint=complaint)
    values = {
        **_complainant(who),
        "publicise": "yes" if complaint.publicise else "no",
        "entrust": "yes" if complaint.entrust else "no",
        **_respondent(complaint),
        "dispute": _dispute(complaint),
        "request": complaint.request,
    }
    return _issue(actor, "complaint_01", complaint, "complaint", _given(values))


def sealed_registration(actor: Actor, report: Report) -> Document | None:
    """Form 2: sealed, it says who reported."""
    who = Identity.objects.filter(report=report).first()
    values = {"respondent": report.respondent_name, "respondent_address": report.respondent_address, "report_clue": report.text}
    if who:
        names = {"reporter": who.name, "reporter_phone": who.phone, "reporter_address": who.address, "reporter_id_number": who.id_number}
        values |= names
    return _issue(actor, "complaint_02", report, "sealed", _given(values))


def referral(actor: Actor, matter: Complaint | Report, to: str, answer_by: date) -> Document | None:
    """Form 3, to another department. A reporter's name is not on it: the identity goes by the sealed record."""
    kind = "complaint" if isinstance(matter, Complaint) else "report"
    values = {
        "addressee": law.at(clock.today()).department(to).zh,
        "complainant": _name(matter) if isinstance(matter, Complaint) else ANONYMOUS,
        "received_on": matter.received_on,
        "about": about(matter),
        "paper_kind": kind,
        "answer_by": answer_by,
    }
    return _issue(actor, "complaint_03", matter, kind, values)


def identity_notice(actor: Actor, complaint: Complaint, deadline: date, materials: str, contact: Mapping[str, str]) -> Document | None:
    """Form 4."""
    values = {"complainant": _name(complaint), "deadline": deadline, "materials": materials, **contact}
    return _issue(actor, "complaint_04", complaint, "complaint", values)


def acceptance(actor: Actor, complaint: Complaint, contact_phone: str) -> Document | None:
    """Form 5."""
    return _issue(
        actor, "complaint_05", complaint, "complaint", {**_told(complaint), "contact": actor.name, "contact_phone": contact_phone}
    )


def refusal(actor: Actor, complaint: Complaint) -> Document | None:
    """Form 6, with the other ways of cpl art. 39 in its own wording."""
    return _issue(actor, "complaint_06", complaint, "complaint", {**_told(complaint), "refuse_ground": complaint.ground})


def call(actor: Actor, complaint: Complaint, at: datetime, place: str, contact_phone: str) -> list[Document]:
    """Form 7, one to each side. The respondent's does not name the complainant."""
    values = {"about": about(complaint), "mediate_at": at, "place": place, "mediator": actor.name, "contact_phone": contact_phone}
    sides = (_name(complaint), complaint.respondent_name)
    made = [_issue(actor, "complaint_07", complaint, "complaint", {**values, "addressee": side}) for side in sides]
    return [one for one in made if one]


def ending(actor: Actor, complaint: Complaint) -> list[Document]:
    """Form 8, one to each side."""
    values = {"about": about(complaint), "end_ground": complaint.ground}
    sides = (_name(complaint), complaint.respondent_name)
    made = [_issue(actor, "complaint_08", complaint, "complaint", {**values, "addressee": side}) for side in sides]
    return [one for one in made if one]


def agreement(actor: Actor, complaint: Complaint) -> Document | None:
    """Form 9: both sides sign it, so it names the complainant."""
    who = Identity.objects.get(complaint=complaint)
    values = {
        "complainant": who.name,
        "complainant_phone": who.phone,
        "complainant_address": who.address,
        "respondent": complaint.respondent_name,
        "respondent_address": complaint.respondent_address,
        "dispute": _dispute(complaint),
        "request": complaint.request,
        "agreement": complaint.agreement,
    }
    return _issue(actor, "complaint_09", complaint, "complaint", _given(values))


def result(actor: Actor, report: Report, name: str, basis: str, text: str) -> Document | None:
    """Form 10: only where `basis` orders it; sealed, it names the reporter."""
    cited = law.at(clock.today()).cited(basis)["zh"]
    return _issue(actor, "complaint_10", report, "sealed", {"reporter": name, "about": about(report), "basis": cited, "result": text})


def _name(complaint: Complaint) -> str:
    return Identity.objects.get(complaint=complaint).name


def _told(complaint: Complaint) -> dict[str, Any]:
    return {"complainant": _name(complaint), "received_on": complaint.received_on, "about": about(complaint)}


def _complainant(who: Identity) -> dict[str, Any]:
    kind = law.at(clock.today()).codes("id_doc").get(who.id_kind)
    return {
        "complainant": who.name,
        "complainant_phone": who.phone,
        "complainant_address": who.address,
        "complainant_id_kind": kind["zh"] if kind else "",
        "complainant_id_number": who.id_number,
    }


def _respondent(complaint: Complaint) -> dict[str, Any]:
    return {"respondent": complaint.respondent_name, "respondent_address": complaint.respondent_address}


def _dispute(complaint: Complaint) -> str:
    """The facts with the order, the day and the sum in front, where they are known."""
    told = [
        f"商品或者服务：{complaint.product}" if complaint.product else "",
        f"订单号：{complaint.order_ref}" if complaint.order_ref else "",
        f"购买日期：{complaint.bought_on.isoformat()}" if complaint.bought_on else "",
        f"金额：{complaint.amount_fen / 100:.2f}元" if complaint.amount_fen is not None else "",
    ]
    head = "；".join(one for one in told if one)
    return f"{head}。{complaint.text}" if head else complaint.text


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty: a form shows a blank for it."""
    return {name: value for name, value in values.items() if value not in ("", None)}
