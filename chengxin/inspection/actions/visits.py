"""A visit: reported and signed by its team, reviewed and published by another person; a problem goes on the credit file by both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit.canonical import canonical
from chengxin.inspection import catalogue, queries
from chengxin.inspection.actions.exhibits import basis_of, issue_record, keep_photo, keep_signature
from chengxin.inspection.actions.steps import TASK, note, step
from chengxin.inspection.errors import AlreadyDone, NotOnTeam, ReportWrong, SamePerson
from chengxin.inspection.events import ProblemFound
from chengxin.inspection.models import Member, Photo, Task
from chengxin.inspection.models.visits import SIGNED
from chengxin.jobs import outbox
from chengxin.kernel import clock, language, locks
from chengxin.law import law
from chengxin.records import actions as records
from chengxin.records.models import WAITING as RECORD_WAITING
from chengxin.records.models import Proposal

ANSWERS = YES, NO, NOT_APPLICABLE = ("yes", "no", "na")
NO_LINE_NEEDED = ("UNREACHABLE", "REFUSED", "CEASED")  # outcomes for which the lines could not be looked at


def _locked(actor: Actor, number: str) -> Task:
    with locks.locked(f"inspection.task:{number}"):
        task = access.get(actor, Task, number=number)
        return Task.objects.select_for_update(of=("self",)).select_related("plan", "subject").get(pk=task.pk)


def _member(actor: Actor, task: Task) -> Member:
    found = queries.team(task).filter(inspector__user=actor.user).first()
    if found is None:
        raise NotOnTeam
    return found


def report(actor: Actor, number: str, given: Mapping[str, Any]) -> Task:
    """given: version (the report's, as it was read), answers {item: {line: yes|no|na}}, outcome, summary, place.

    A new report takes back the signatures. Raises NotOnTeam, ReportWrong, AlreadyDone when a colleague reported in the meantime.
    """
    with transaction.atomic():
        task = _locked(actor, number)
        member = _member(actor, task)
        outcome = step(TASK, task.state, "report", actor, member.inspector.department)
        if given["version"] != task.version:
            raise AlreadyDone
        _check_report(task, given)
        task.answers, task.outcome, task.place = given["answers"], given["outcome"], (given.get("place") or "").strip()
        task.summary, task.state, task.version = given["summary"].strip(), outcome.state, task.version + 1
        task.reported_by, task.ended_on, task.publish_by = str(actor), clock.today(), outcome.due
        task.save()
        note(actor, "task.reported", task, {"number": task.number, "version": task.version, "report": report_hash(task)})
    return task


def _check_report(task: Task, given: Mapping[str, Any]) -> None:
    outcomes, outcome, answers = catalogue.outcomes(), given["outcome"], given["answers"]
    if outcome not in outcomes or not given["summary"].strip():
        _wrong("须选择检查结果并写明情况", "choose the result and say what was seen")
    said = []
    for code in task.plan.items:
        one = catalogue.item(code, clock.city_day(task.plan.proposed_at))
        said += [answers.get(code, {}).get(line["code"]) for line in one.checklist]
    if outcome not in NO_LINE_NEEDED and any(one not in ANSWERS for one in said):
        _wrong("检查表须逐项填写", "every line of the checklist is answered")
    if outcome not in NO_LINE_NEEDED and outcomes[outcome]["problem"] != (NO in said):
        _wrong("检查结果与检查表不一致", "the result and the checklist do not agree")


def add_photo(actor: Actor, number: str, data: bytes, shows: str) -> Photo:
    """A photo by one of the team, before all have signed."""
    with transaction.atomic():
        task = _locked(actor, number)
        made = keep_photo(actor, task, _member(actor, task), data, shows.strip())
        note(actor, "task.photo", task, {"number": task.number, "sha256": made.exhibit.sha256})
    return made


def report_hash(task: Task) -> str:
    """SHA-256 of the report as it is signed."""
    said = {name: getattr(task, name) for name in ("number", "version", "answers", "outcome", "summary", "place")}
    return hashlib.sha256(canonical({**said, "subject": str(task.subject_id)}).encode()).hexdigest()


def sign(actor: Actor, number: str, version: int, signature: bytes) -> Task:
    """An inspector signs the report as it stands. The last signature completes it, and proposes a problem for the credit file."""
    with transaction.atomic():
        task = _locked(actor, number)
        member = _member(actor, task)
        outcome = step(TASK, task.state, "sign", actor, member.inspector.department)
        if version != task.version or member.signed_version == version:
            raise AlreadyDone
        member.signed_at, member.signed_version = clock.now(), version
        member.signature = keep_signature(actor, task, member, signature)
        member.save()
        note(
            actor,
            "task.signed",
            task,
            {"number": task.number, "version": version, "report": report_hash(task), "signature": member.signature.sha256},
        )
        if all(one.signed_version == version for one in queries.team(task)):
            task.state, task.paper = outcome.state, issue_record(actor, task, member.inspector.department)
            if catalogue.outcomes()[task.outcome]["problem"]:
                task.proposal = _propose(actor, task).pk
            task.save()
    return task


def _propose(actor: Actor, task: Task) -> Proposal:
    """Who signed last enters the finding; the reviewer confirms it with the publication."""
    today = clock.today()
    item = catalogue.item(task.plan.items[0], today)
    assert task.paper  # issued with the last signature
    content = {
        "item": "INSPECTION",
        "term": "INSPECTION",
        "summary": f"{catalogue.outcomes()[task.outcome]['zh']}：{task.summary}"[:500],
        "basis": basis_of(item),
        "maker": language.pick(law.at(today).department(task.department), "zh"),
        "document_number": task.paper.number,
        "document_hash": task.paper.sha256,
        "decided_on": today,
    }
    return records.propose_record(actor, task.subject_id, task.department, content)


def _review(actor: Actor, number: str, action: str, reason: str = "") -> Task:
    task = _locked(actor, number)
    if task.state != SIGNED:
        raise AlreadyDone
    if task.members.filter(inspector__user=actor.user).exists() or task.reported_by == str(actor):
        raise SamePerson
    given = {"reason": reason} if reason else {}
    task.state = step(TASK, task.state, action, actor, task.department, given).state
    return task


def publish(actor: Actor, number: str) -> Task:
    """Another person reviews and publishes: a problem goes on the credit file, one to be dealt with becomes the source of a case."""
    with transaction.atomic():
        task = _review(actor, number, "publish")
        task.decided_by, task.decided_by_name, task.published_at = str(actor), actor.name, clock.now()
        task.save()
        waiting = Proposal.objects.filter(pk=task.proposal, state=RECORD_WAITING).first() if task.proposal else None
        if waiting:
            records.confirm(actor, waiting.pk)
        if catalogue.outcomes()[task.outcome].get("case"):
            outbox.emit(ProblemFound(str(task.pk), str(task.subject_id), task.department))
        note(actor, "task.published", task, {"number": task.number, "outcome": task.outcome, "report": report_hash(task)})
    return task


def send_back(actor: Actor, number: str, reason: str) -> Task:
    """The team has to report again; what was proposed for the file is refused with the same reason."""
    with transaction.atomic():
        task = _review(actor, number, "send_back", reason.strip())
        waiting = Proposal.objects.filter(pk=task.proposal, state=RECORD_WAITING).first() if task.proposal else None
        if waiting:
            records.refuse(actor, waiting.pk, reason.strip())
        task.proposal = None
        task.save()
        note(actor, "task.sent_back", task, {"number": task.number, "reason": reason.strip()})
    return task


def _wrong(zh: str, en: str) -> None:
    raise ReportWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
