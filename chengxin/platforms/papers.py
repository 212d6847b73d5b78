"""The official papers of this room, filled from its records, and the evidence files that platforms hand in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.platforms.models import Interview, Notice
from chengxin.platforms.queries import Line
from chengxin.subjects.models import Platform

INTERVIEW_BASIS = "order116.38"
ELECTRONIC = "4"  # of the code list evidence_kind: electronic data
INTAKE = access.system("platforms.intake")
RESULTS = {"green": "正常", "amber": "需关注", "red": "未履行", "grey": "情况不明"}
CARE = "M14"  # the measure of the plan whose first lead department looks after platforms


def caretaker() -> str:
    """The department that looks after platforms' duties today: the first lead of the plan's measure."""
    measure = next(one for one in law.at(clock.today()).measures() if one.code == CARE)
    return measure.lead_now[0]


def cited(provision: str) -> str:
    """A provision as papers cite it."""
    return law.at(clock.today()).cited(provision)["zh"]


def _party(platform: Platform) -> dict[str, Any]:
    subject = platform.subject
    return {"platform": subject.name if subject else platform.name, **({"party_uscc": subject.uscc} if subject and subject.uscc else {})}


def _issues(talk: Interview) -> list[str]:
    book = law.at(clock.today())
    return [f"{code} {book.duty(code).zh}" for code in talk.duties] or [talk.matters]


def interview_notice(actor: Actor, talk: Interview, contact: str, contact_phone: str) -> Document:
    """The notice that asks the platform to come."""
    values = {
        **_party(talk.platform),
        "about": talk.matters.rstrip("。；"),
        "basis": cited(INTERVIEW_BASIS),
        "meeting_at": talk.at,
        "place": talk.place,
        "issues": _issues(talk),
        "attendees": [talk.persons],
        "contact": contact,
        "contact_phone": contact_phone,
    }
    return _interview_paper(actor, talk, "interview_notice", values)


def interview_minutes(actor: Actor, talk: Interview) -> Document:
    """The minutes with what is demanded and by when."""
    values = {
        **_party(talk.platform),
        "about": talk.matters,
        "meeting_at": talk.at,
        "place": talk.place,
        "chair": talk.held_by_name,
        "recorder": talk.recorder,
        "attendees": [talk.signed_by],
        "issues": _issues(talk),
        "record_text": talk.minutes,
        "demands": talk.demands.splitlines(),
        "rectify_by": talk.due_on,
    }
    return _interview_paper(actor, talk, "interview_minutes", values)


def _interview_paper(actor: Actor, talk: Interview, form: str, values: Mapping[str, Any]) -> Document:
    matter = f"platforms.interview:{talk.pk}"
    made = documents.issue(actor, form, values, department=talk.department, matter=matter, on=clock.today())
    talk.papers = [*talk.papers, kept(made)]
    return made


def circular(actor: Actor, notice: Notice) -> Document:
    """The paper of a circular that is issued."""
    values = {
        "circular_title": notice.title,
        "circular_text": notice.text,
        "recipients": list(notice.platforms.values_list("name", flat=True)),
    }
    matter = f"platforms.notice:{notice.pk}"
    made = documents.issue(actor, "circular", values, department=notice.department, matter=matter, on=clock.today())
    notice.papers = [*notice.papers, kept(made)]
    return made


def kept(paper: Document) -> dict[str, str]:
    """What a matter keeps of its paper, to link to it."""
    return {"name": paper.title, "number": paper.number, "id": str(paper.pk)}


@dataclass(frozen=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def keep_evidence(actor: Actor, matter: str, department: str, title: str, file: File) -> str:
    """Keep a file that a platform handed in; returns the exhibit's id. The house takes it in, `about` says from whom."""
    about = {"from": actor.name, "actor": str(actor), "file": file.name}
    named = f"{title}：{file.name}"
    made = evidence.keep(INTAKE, matter, department, ELECTRONIC, named, file.data, content_type=file.content_type, about=about)
    return str(made.pk)


def scorecard(actor: Actor, platform: Platform, department: str, lines: Sequence[Line]) -> Document:
    """The scorecard as it stands, as a signed paper of the department, to take along to an inspection."""
    rows = [
        {
            "duty": f"{line.duty.code} {line.duty.zh}",
            "result": RESULTS[line.colour],
            "finding": line.said["zh"],
            "evidence": "；".join(one["zh"] for one in line.links),
            "until": line.check.valid_until.isoformat() if line.check else "",
        }
        for line in lines
    ]
    values = {**_party(platform), "inspected_on": clock.today(), "duty_lines": rows}
    matter = f"platforms.platform:{platform.pk}"
    return documents.issue(actor, "duty_scorecard", values, department=department, matter=matter, on=clock.today())
