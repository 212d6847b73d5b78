"""The papers of this room: a campaign's report, the letter with a clue, the certificate of a course."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chengxin.accounts.access import Actor, system
from chengxin.campaigns import indicators
from chengxin.campaigns.models import Campaign, Handover
from chengxin.campaigns.models.campaigns import DROPPED
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects.models import Subject

HOUSE = system("campaigns.courses")
TEACHER = "COM"  # the lead of measure (十九); its seal stands on certificates
STATES = {"OPEN": "未完成", "DONE": "完成"}


def names(codes: Iterable[str]) -> str:
    """The departments' names of today, in Chinese: papers are Chinese."""
    book = law.at(clock.today())
    return "、".join(book.department(code).zh for code in codes)


def report(actor: Actor, campaign: Campaign, summary: str) -> Document:
    """The report with the figures of this moment, each with the digest of the rows that it counts."""
    book = law.at(clock.today())
    goods = "、".join(book.codes("complaint_category")[one]["zh"] for one in campaign.goods)
    conduct = "、".join(book.behaviour(one).zh for one in campaign.behaviours)
    last = campaign.ended_on or campaign.ends_on
    values: dict[str, Any] = {
        "campaign_number": campaign.number,
        "campaign_title": campaign.title,
        "campaign_period": f"{campaign.starts_on} 至 {last}" + ("（提前结束）" if campaign.ended_on else ""),
        "campaign_departments": names(campaign.departments),
        "campaign_scope": conduct + (f"；{goods}" if goods else ""),
        "campaign_figures": [
            {
                "name": one.indicator.zh,
                "number": str(one.number),
                "target": str(one.target or "—"),
                "rows_hash": one.indicator.digest(campaign) if one.number else "—",
            }
            for one in indicators.figures(campaign)
        ],
        "campaign_tasks": [
            {"department": names([one.department]), "what": one.what, "result": one.result or STATES[one.state]}
            for one in campaign.tasks.exclude(state=DROPPED)
        ],
        "campaign_summary": summary,
    }
    values = {name: value for name, value in values.items() if value}
    matter = f"campaigns.campaign:{campaign.pk}"
    return documents.issue(actor, "campaign_report", values, department=campaign.department, matter=matter, on=clock.today())


def letter(actor: Actor, handover: Handover, subject: Subject, contact: tuple[str, str]) -> Document:
    """The letter to the authority elsewhere."""
    book = law.at(clock.today())
    values = {
        "handover_authority": handover.authority,
        "handover_number": handover.number,
        "handover_clue": handover.clue.number,
        "party": subject.name,
        "party_uscc": subject.uscc or "",
        "party_address": subject.address,
        "handover_facts": handover.facts,
        "basis": book.cited(*book.clock("CLUE_CHECK").provisions)["zh"],
        "handover_answer_by": handover.due_on,
        "contact": contact[0],
        "contact_phone": contact[1],
    }
    filled = {name: value for name, value in values.items() if value}
    matter = f"campaigns.handover:{handover.pk}"
    return documents.issue(actor, "clue_handover", filled, department=handover.department, matter=matter, on=clock.today())


def certificate(pk: object, title: str, version: str, person: tuple[str, str], score: str) -> Document:
    """The certificate with its verify code. person: name, and USCC for a business. The house issues it: nobody decides a quiz."""
    values = {
        "course_title": title,
        "course_version": version,
        "course_person": person[0],
        "party_uscc": person[1],
        "course_passed_on": clock.today(),
        "course_score": score,
    }
    filled = {name: value for name, value in values.items() if value}
    return documents.issue(HOUSE, "course_certificate", filled, department=TEACHER, matter=f"campaigns.completion:{pk}", on=clock.today())
