"""Self-reports on duties that no program can check: the platform's words and evidence, an officer's verification with a term."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.platforms import checking, papers
from chengxin.platforms.access import DESK
from chengxin.platforms.actions.steps import check_person, check_texts, named, roles_in, staff_of
from chengxin.platforms.errors import AlreadyDecided, ReportWaiting, SamePerson
from chengxin.platforms.models import SelfReport
from chengxin.platforms.models.duties import SUBMITTED
from chengxin.platforms.papers import File
from chengxin.subjects.models import Platform

TABLE = "platforms/self_report"


def self_report(actor: Actor, platform: Platform, duty: str, statement: str, evidence: File) -> SelfReport:
    """Say how a duty is fulfilled, with a file that shows it, kept as evidence. NotFound for a duty that is checked automatically."""
    roles = staff_of(actor, platform.code)
    check_person(actor)
    with transaction.atomic(), locks.locked(f"platforms.self_report:{platform.pk}.{duty}"):
        one = next((each for each in law.at(clock.today()).duties() if each.code == duty), None)
        if one is None or one.code in checking.checks():
            raise NotFound
        if SelfReport.objects.filter(platform=platform, duty=duty, state=SUBMITTED).exists():
            raise ReportWaiting
        check_texts({"statement": statement}, {"statement": ("履行情况", "the statement")})
        workflow.take(workflow.load(TABLE), "NONE", "submit", roles, {"statement": statement, "evidence": evidence.name}, clock.today())
        by, by_name = named(actor)
        made = SelfReport(
            platform=platform,
            duty=duty,
            statement=statement.strip(),
            evidence_name=evidence.name[:200],
            evidence_hash=evidence.sha256,
            reported_by=by,
            reported_by_name=by_name,
            reported_at=clock.now(),
        )
        matter = f"platforms.report:{made.pk}"
        made.exhibit = papers.keep_evidence(actor, matter, papers.caretaker(), f"{platform.name} {duty}", evidence)
        made.save(force_insert=True)
        _note(made, "submitted", actor)
    return made


def verify_self_report(actor: Actor, report_id: object, department: str, reason: str) -> SelfReport:
    """An officer has looked at the evidence: the report counts for the duty's period from today."""
    with transaction.atomic():
        found = _decided(actor, report_id, department, "verify", reason)
        duty = law.at(clock.today()).duty(found.duty)
        found.valid_until = clock.today() + timedelta(days=duty.period_days)
        found.save()
        _note(found, "verified", actor)
        return found


def refuse_self_report(actor: Actor, report_id: object, department: str, reason: str) -> SelfReport:
    """The evidence does not show it; the duty turns red until a better report comes."""
    with transaction.atomic():
        found = _decided(actor, report_id, department, "refuse", reason)
        found.save()
        _note(found, "refused", actor)
        return found


def _decided(actor: Actor, report_id: object, department: str, action: str, reason: str) -> SelfReport:
    """The report, locked, with the decision in it, unsaved."""
    with locks.locked(f"platforms.self_report:{report_id}"):
        found = access.get(actor, SelfReport, pk=report_id)
        found = SelfReport.objects.select_for_update(of=("self",)).select_related("platform").get(pk=found.pk)
    if found.state != SUBMITTED:
        raise AlreadyDecided
    if found.reported_by == str(actor):
        raise SamePerson
    given = {"reason": reason.strip()}
    found.state = workflow.take(workflow.load(TABLE), found.state, action, roles_in(actor, department, DESK), given, clock.today()).state
    found.verified_by, found.verified_by_name = named(actor)
    found.verified_at, found.reason, found.department = clock.now(), given["reason"], department
    return found


def _note(one: SelfReport, what: str, actor: Actor) -> None:
    data = {"platform": one.platform.code, "duty": one.duty, "evidence": one.evidence_hash, "state": one.state}
    audit.record(f"platforms.self_report.{what}", actor=str(actor), object=f"platforms.self_report:{one.pk}", data=data)
