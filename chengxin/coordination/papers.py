"""The papers of this room: supervision letters, notices, referrals, minutes, quarter reports. The office issues them."""

from __future__ import annotations

from typing import Any

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.coordination.access import office
from chengxin.coordination.models import LEAD, Meeting, Task
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.law import law

FORMS = {"yellow": "task_supervision", "red": "task_supervision", "notify": "task_circular", "refer": "task_referral"}
CLOCKS = {"yellow": "SUPERVISE_YELLOW", "red": "SUPERVISE_RED"}
HOUSE = access.system("coordination.papers")


def name_of(code: str) -> str:
    return law.at(clock.today()).department(code).zh


def held_against(actor: Actor, task: Task, action: str, reason: str) -> Document:
    """The letter, notice or referral of one step."""
    book = law.at(clock.today())
    leads = [name_of(code) for code in task.parts.filter(part=LEAD, until__isnull=True).values_list("department", flat=True)]
    colour = {"yellow": "黄牌", "red": "红牌"}.get(action, "")
    values: dict[str, Any] = {
        "recipients": leads,
        "task_number": task.number,
        "task_title": task.title,
        "task_due_on": task.due_on,
        "task_state": workflow.load("coordination/task").states[task.state].zh,
        "task_departments": "、".join(leads),
        "supervision_colour": colour,
        "supervision_reason": reason,
        "basis": book.cited("plan2017.20")["zh"],
    }
    if clock_id := CLOCKS.get(action):
        values["deadline"] = book.due(clock_id, clock.today())
    matter = f"coordination.task:{task.pk}"
    return documents.issue(actor, FORMS[action], values, department=office(), matter=matter, on=clock.today())


def minutes(actor: Actor, meeting: Meeting, tasks: list[Task]) -> Document:
    """The minutes with what was resolved."""
    values = {
        "conference_title": meeting.title,
        "conference_at": meeting.at,
        "place": meeting.place,
        "conference_members": [name_of(code) for code in meeting.departments],
        "agenda_lines": [one["what"] for one in meeting.agenda],
        "conference_record": meeting.minutes,
        "resolution_lines": [
            {"number": one.number, "what": one.title, "lead": name_of(one.lead), "due": one.due_on.isoformat()} for one in tasks
        ],
    }
    matter = f"coordination.meeting:{meeting.pk}"
    return documents.issue(actor, "conference_minutes", values, department=office(), matter=matter, on=clock.today())


def quarter(actor: Actor, period: str, id: object, content: dict[str, Any]) -> Document:
    """The quarter's report. `content` as of actions.reporting; the leading group's may ask for it without a desk in the office."""
    values = {
        "report_period": period,
        "report_made_on": clock.today(),
        "measure_lines": content["measures"],
        "department_lines": content["departments"],
        "overdue_lines": content["overdue"],
        "report_source": f"指标目录 {content['catalogue'][:16]}，{content['sheets']} 份月度指标表，内容摘要 {content['digest'][:16]}",
    }
    by = actor if not actor.has("leader") else HOUSE
    return documents.issue(by, "quarter_report", values, department=office(), matter=f"coordination.quarter:{id}", on=clock.today())
