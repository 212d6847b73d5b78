"""What other rooms tell cases: a problem found in an inspection, demands of an interview not met, a report that was checked, a violation
that came up in a complaint, what an insider's handler wrote down. Each becomes a source, once."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from chengxin.accounts.access import system
from chengxin.cases import actions
from chengxin.cases.actions.sources import COMPLAINT, INSPECTION, OTHER
from chengxin.insiders import queries as insiders
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Platform, Subject

JOB = system("cases.sources")


class Found(Protocol):
    """inspection.events.ProblemFound"""

    task_id: str
    subject_id: str
    department: str


class Unmet(Protocol):
    """platforms.events.NotRectified"""

    interview_id: str
    platform: str
    department: str


class Written(Protocol):
    """insiders.events.ReportWritten"""

    number: str
    subject_id: str
    department: str


class Filed(Protocol):
    """consumers.events.ReportFiled"""

    report_id: str
    subject_id: str
    department: str
    behaviour: str
    received_on: str


class Violation(Protocol):
    """consumers.events.ViolationFound"""

    complaint_id: str
    subject_id: str
    department: str
    behaviour: str
    facts: str


def register_source(event: Found) -> None:
    """An inspection found an infringement: it is a source of its department's (source 1, 监督检查)."""
    subject = Subject.objects.get(pk=event.subject_id)
    ref = f"inspection.task:{event.task_id}"
    actions.register_source(JOB, subject.pk, event.department, INSPECTION, f"{subject.name}：检查发现涉嫌违法", ref=ref)


def register_source_of_interview(event: Unmet) -> None:
    """A platform did not put right what an interview demanded: a source against its operator (source 5). Raises NotFound while the register
    does not know who operates the platform; the outbox tries again and shows it when it gives up."""
    platform = Platform.objects.select_related("subject").get(code=event.platform)
    if platform.subject is None:
        raise NotFound
    ref = f"platforms.interview:{event.interview_id}"
    actions.register_source(JOB, platform.subject.pk, event.department, OTHER, f"{platform.name}：约谈后逾期未整改", ref=ref)


def register_source_of_insider(event: Written) -> None:
    """A handler wrote down what is to be looked into: a source of its department's (source 2, a report). The reporter is in none of it."""
    subject = Subject.objects.get(pk=event.subject_id)
    ref, facts = f"insiders.report:{event.number}", insiders.text_of(event.number)
    actions.register_source(JOB, subject.pk, event.department, COMPLAINT, f"{subject.name}：内部人士举报", ref=ref, facts=facts)


def register_source_of_report(event: Filed) -> None:
    """A report was checked and is to be filed (source 2). Its clock is that of the report; who reported and in which words stays sealed."""
    subject = Subject.objects.get(pk=event.subject_id)
    ref, title = f"consumers.report:{event.report_id}", f"{subject.name}：举报反映涉嫌违法"
    received = date.fromisoformat(event.received_on)
    actions.register_source(JOB, subject.pk, event.department, COMPLAINT, title, ref=ref, behaviour=event.behaviour, received_on=received)


def register_source_of_violation(event: Violation) -> None:
    """A suspected violation came up while a complaint was mediated (source 2, order 121 art. 27), in the officer's own words."""
    subject = Subject.objects.get(pk=event.subject_id)
    ref, title = f"consumers.complaint:{event.complaint_id}", f"{subject.name}：处理投诉中发现涉嫌违法"
    actions.register_source(JOB, subject.pk, event.department, COMPLAINT, title, ref=ref, behaviour=event.behaviour, facts=event.facts)
