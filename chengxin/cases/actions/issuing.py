"""The papers that steps make: the official form of the table's `document`, filled from the case, issued in the step's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chengxin.cases import papers, penalties
from chengxin.cases.actions.defending import argument_text
from chengxin.cases.actions.taking import Taking, Upload, effect
from chengxin.cases.models import DECIDED, NOTIFIED, PROPOSED, Case, CaseStep
from chengxin.documents import actions as documents
from chengxin.documents.filling import UNITS
from chengxin.documents.models import Document
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.entries import PublicityTerm

ELECTRONIC = "4"
UNREGISTERED = "未登记"
Values = dict[str, Any]


def issue(taking: Taking, step: CaseStep, form: str, more: Values | None = None) -> Document:
    """One paper of the case in the name of the department that acts. Raises FieldsMissing for what the form needs and nobody gave."""
    values = {**common(taking.case), **(more or {})}
    return documents.issue(taking.actor, form, values, department=step.department, matter=taking.case.matter, on=taking.today)


def common(case: Case) -> Values:
    """What every form may ask of a case."""
    subject, members = case.subject, list(case.members.filter(left_on__isnull=True))
    report, check = papers.last(case, "end_investigation"), papers.last(case.lead or case, "finish_check")
    filing = case.steps.filter(action="file_case").last()
    said, found = (report.texts if report else {}), (check.texts if check else {})
    return {
        "party": subject.person_name or subject.name,
        "party_uscc": subject.uscc or "",
        "party_id_number": subject.id_doc_no,
        "legal_representative": subject.legal_rep,
        "party_address": subject.address or subject.person_address or UNREGISTERED,
        "matter_number": case.number,
        "matter_title": case.title,
        "source": law.at(case.received_on).codes("case_source")[case.source]["zh"],
        "received_on": case.received_on,
        "filed_on": case.filed_on,
        "officers": [one.name for one in members],
        "certificates": [one.certificate for one in members],
        "facts": said.get("facts") or found.get("result", ""),
        "provisions": said.get("provisions", ""),
        "basis": said.get("basis", ""),
        "discretion": said.get("weighing", ""),
        "evidence": [f"{one.title}（{one.number}）" for one in papers.exhibits_of(case)],
        "unit": law.at(clock.today()).department(case.department).zh,
        "contact": members[0].name if members else "",
        "contact_phone": filing.data.get("contact_phone", "") if filing else "",
    }


def penalty_text(case: Case, stage: str) -> str:
    """The newest list of a stage in words: 1. 罚款人民币20,000.00元；2. …"""
    kinds = law.at(clock.today()).codes("penalty_kind")
    told = []
    for place, one in enumerate(penalties.latest(case, stage), start=1):
        amount = f"人民币{papers.yuan(one.amount_fen)}元" if one.amount_fen else ""
        by = f"（于{one.perform_by:%Y年%m月%d日}前履行）" if one.perform_by else ""
        told.append(f"{place}. {kinds[one.kind]['zh']}{amount}{('，' + one.detail) if one.detail else ''}{by}")
    return "；".join(told)


# ---- forms that ask for nothing but the case and the step


def _filing(taking: Taking, step: CaseStep) -> Values:
    check = papers.last(taking.case.lead or taking.case, "finish_check")
    given = taking.given
    people = {"officers": [check.name], "certificates": [check.certificate]} if check and taking.action == "not_file" else {}
    proposal = {"file": "建议立案", "not_file": "建议不予立案"}[check.data["proposal"]] if check else ""
    basis = "《中华人民共和国行政处罚法》第五十四条、《市场监督管理行政处罚程序规定》第十八条、第十九条"
    filing = "open" if taking.action == "file_case" else "not"
    return {**people, "filing": filing, "basis": basis, "opinion": proposal, "head_opinion": given["reason"], "head": taking.actor.name}


def issue_filing(taking: Taking, step: CaseStep) -> Document:
    """The approval to file, also for a party that is brought into a matter."""
    return issue(taking, step, "penalty_07", _filing(taking, step))


def _inquiry(taking: Taking, step: CaseStep) -> Values:
    given, contact = taking.given, papers.last(taking.case, "contact")
    return {
        **_held(taking),
        "round": taking.case.steps.filter(action="inquire").count(),
        "asked": given["whom"],
        "asked_id_number": given["id_number"],
        "asked_role": given["role"],
        "told_rights": contact.texts["rights_notice"] if contact else "",
        "record_text": given["record"],
    }


def _held(taking: Taking) -> Values:
    given = taking.given
    place = {"place": given["place"]} if given.get("place") else {}
    return {**place, "began_at": given["began_at"], "ended_at": given["ended_at"], "recorder": taking.actor.name}


def _report(taking: Taking, step: CaseStep) -> Values:
    text = penalty_text(taking.case, PROPOSED)
    return {"opinion": f"建议给予以下行政处罚：{text}。" if text else "建议不予行政处罚。"}


def _review(taking: Taking, step: CaseStep) -> Values:
    return {**_report(taking, step), "reviewer_opinion": taking.given["opinion"], "reviewer": taking.actor.name}


def _notice(taking: Taking, step: CaseStep) -> Values:
    rows = penalties.latest(taking.case, NOTIFIED)
    right = "yes" if penalties.hearing_is_due(taking.case, rows, taking.today) else "no"
    return {"penalty": penalty_text(taking.case, NOTIFIED), "hearing_right": right}


def _statement(taking: Taking, step: CaseStep) -> Values:
    return {**_held(taking), "asked": taking.given["whom"], "statement": taking.given["arguments"]}


def _call(taking: Taking, step: CaseStep) -> Values:
    from chengxin.cases.actions.people import name_of

    given = taking.given
    return {
        "hearing_at": given["held_at"], "place": given["place"], "hearing_open": given["publicly"], "host": name_of(given["chair"])
    }  # fmt: skip


def _hearing(taking: Taking, step: CaseStep) -> Values:
    call = papers.last(taking.case, "call_hearing")
    place = {"place": call.texts["place"], "hearing_open": call.data["publicly"]} if call else {}
    return {
        **_held(taking),
        **place,
        "host": taking.actor.name,
        "investigators": [one.name for one in taking.case.members.filter(left_on__isnull=True)],
        "investigator_case": f"{common(taking.case)['facts']}\n{penalty_text(taking.case, NOTIFIED)}",
        "party_case": taking.given.get("arguments") or "无",
        "record_text": taking.given["minutes"],
    }


def _exempt(taking: Taking, step: CaseStep) -> Values:
    return {"no_penalty_reason": taking.given["reason"], "rectify": taking.given["education"]}


def _close(taking: Taking, step: CaseStep) -> Values:
    case, done = taking.case, papers.last(taking.case, "perform")
    return {
        "decided_on": case.decision.decided_on,
        "decision_number": case.decision.number,
        "result": penalty_text(case, DECIDED),
        "performance": done.texts["proof"] if done else "",
        "opinion": "处罚已履行完毕，建议结案。",
        "head_opinion": taking.given["reason"],
    }


def _police(taking: Taking, step: CaseStep) -> Values:
    report = papers.last(taking.case, "report_crime")
    return {
        "addressee": taking.given["police"],
        "facts": report.texts["report"] if report else "",
        "evidence": common(taking.case)["evidence"] or ["见卷宗"],
        "basis": "《行政执法机关移送涉嫌犯罪案件的规定》第三条、第五条",
    }


FILLED: dict[str, Callable[[Taking, CaseStep], Values]] = {
    "file_case": _filing,
    "not_file": _filing,
    "inquire": _inquiry,
    "end_investigation": _report,
    "review": _review,
    "notify": _notice,
    "hear_statement": _statement,
    "call_hearing": _call,
    "hold_hearing": _hearing,
    "exempt": _exempt,
    "close": _close,
    "hand_to_police": _police,
}


@effect(*FILLED)
def issue_form(taking: Taking, step: CaseStep) -> None:
    form = taking.outcome.document
    assert form
    issue(taking, step, form, FILLED[taking.action](taking, step))


# ---- evidence: the exhibit in its room, and the slip; electronic data from a medium have their own form


@effect("add_evidence")
def keep_exhibit(taking: Taking, step: CaseStep) -> None:
    given, file = taking.given, taking.given["file"]
    assert isinstance(file, Upload)
    about = {name: given[name] for name in ("origin", "place", "shows", "medium", "medium_state") if given.get(name)}
    exhibit = evidence.keep(
        taking.actor,
        taking.case.matter,
        step.department,
        given["evidence_kind"],
        given["title"],
        file.data,
        content_type=file.content_type,
        about={**about, "began_at": given["began_at"].isoformat(), "certificate": step.certificate},
    )
    medium = given["evidence_kind"] == ELECTRONIC and given.get("medium") and given.get("medium_state")
    issue(taking, step, "penalty_12" if medium else "penalty_11", _slip(taking, exhibit))


def _slip(taking: Taking, exhibit: Any) -> Values:
    given = taking.given
    case = common(taking.case)
    return {
        "evidence_title": given["title"],
        "evidence_source": given["origin"],
        "evidence_shows": given["shows"],
        "place": given["place"],
        "began_at": given["began_at"],
        "ended_at": clock.now(),
        "extracted_by": taking.actor.name,
        "checked": case["party"],
        "medium": given.get("medium") or "",
        "medium_state": given.get("medium_state") or "",
        "method": given["origin"],
        "process": given["origin"],
        "data_content": given["shows"],
        "files": [{"name": given["title"], "size": str(exhibit.size), "sha256": exhibit.sha256}],
        "integrity": exhibit.sha256,
        "log_leaf": str(exhibit.leaf),
    }


# ---- the decision and its service


def decision(taking: Taking, step: CaseStep) -> Document:
    """The penalty decision with the party's arguments, the answer to each, and the remedies of the day's law."""
    case, rows = taking.case, penalties.latest(taking.case, DECIDED)
    notice = papers.last(case, "notify")
    paper = papers.newest(case, "penalty_37")
    arguments = list(case.arguments.select_related("raised", "answered"))
    answers = [
        f"{one.number}. {'采纳' if one.adopted else '不予采纳'}：{one.answered.texts['reason']}" for one in arguments if one.answered
    ]
    total = {kind: sum(one.amount_fen or 0 for one in rows if one.kind == kind) for kind in (penalties.FINE, penalties.INCOME)}
    more = {
        "penalty": penalty_text(case, DECIDED),
        "fine": total[penalties.FINE] or None,
        "confiscated": total[penalties.INCOME] or None,
        "pay_to": "持本决定书到指定银行缴纳" if total[penalties.FINE] else "",
        "statement": "；".join(f"{one.number}. {argument_text(one)}" for one in arguments) or "当事人在规定期限内未提出陈述、申辩意见",
        "answer": "；".join(answers),
        "hearing_held": f"已于{case.hearing_on:%Y年%m月%d日}举行听证" if case.state == "DECIDED" and case.hearing_on else "",
        "notice_number": paper.number if paper else "",
        "notice_served_on": papers.day_of(notice, "told_on") if notice else None,
    }
    return issue(taking, step, "penalty_45", more)


def _shown_for(term: PublicityTerm, day: date) -> str:
    """How long a category is public by the law of a day, e.g. 依法公示，最短3个月，最长1年."""
    if not term.publish:
        return "不予公示"
    told = ["依法公示"]
    for word, id in (("最短", term.min_clock), ("最长", term.max_clock)):
        if id:
            rule = law.at(day).clock(id)
            told.append(f"{word}{rule.n}{UNITS[rule.unit]}")
    return "，".join(told)


def two_letters(taking: Taking, step: CaseStep, term: str) -> None:
    """The decision and the notice of publicity and repair, served together: one record of service names both."""
    case, given = taking.case, taking.given
    found = papers.newest(case, "penalty_45")
    assert found
    shown = law.at(case.decision.decided_on).publicity(term)
    notice = issue(
        taking,
        step,
        "publicity_notice",
        {
            "decision_number": case.decision.number,
            "decided_on": case.decision.decided_on,
            "result": f"{shown.zh}：{_shown_for(shown, case.decision.decided_on)}",
            "repair_conditions": shown.early_when["zh"],
        },
    )
    more = common(case)
    served = {
        "served_to": more["party"], "party_uscc": more["party_uscc"], "served_place": given["place"], "served_how": given["manner"],
        "receiver": given["receiver"], "officers": more["officers"], "certificates": more["certificates"],
    }  # fmt: skip
    documents.serve(taking.actor, [found, notice], served, on=taking.today)
