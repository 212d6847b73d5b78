"""What may be done with rules and decisions. Every step is in the log, in the transaction of its effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.jobs.actions import enqueue
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden
from chengxin.law import law
from chengxin.rules import book, errors
from chengxin.rules.access import DESK, SIGNERS
from chengxin.rules.deciding import desk
from chengxin.rules.models import DRAFT, SIGNED, DryRun, Held, Rule, RuleStep, RuleVersion

WORKFLOW = "rules/rule"
DRY_RUN = {"zh": "规则试算", "en": "Dry run of a rule"}
DONE = {
    "draft": "drafted",
    "edit": "edited",
    "propose": "proposed",
    "send_back": "sent_back",
    "sign": "signed",
    "retire": "retired",
    "drop": "dropped",
}
CONTENT = ("kind", "outcome", "match", "name_zh", "name_en", "text_zh", "text_en", "basis", "effective_from")


def draft_rule(actor: Actor, given: Mapping[str, Any]) -> RuleVersion:
    """A new rule with its first draft. given: CONTENT, `handler` (a user's id), `conditions`. Raises ConditionWrong, RuleIncomplete."""
    check_may(actor, DESK)
    with transaction.atomic(), locks.locked("rules.codes"):
        last = Rule.objects.order_by("-code").values_list("code", flat=True).first()
        rule = Rule.objects.create(code=f"R{int(last[1:]) + 1 if last else 1:03d}", created_at=clock.now())
        return _drafted(actor, rule, 1, given)


def draft_version(actor: Actor, code: str, given: Mapping[str, Any]) -> RuleVersion:
    """The next version of a rule, as a draft; what is in force stays in force. Raises OpenVersion."""
    check_may(actor, DESK)
    with transaction.atomic(), locks.locked(f"rules.rule:{code}"):
        latest = access.all(actor, RuleVersion).filter(rule__code=code).order_by("-number").first()
        latest = latest or access.get(actor, RuleVersion, rule__code=code)
        if latest.rule.versions.filter(state__in=("DRAFT", "PROPOSED")).exists():
            raise errors.OpenVersion
        return _drafted(actor, latest.rule, latest.number + 1, given)


def _drafted(actor: Actor, rule: Rule, number: int, given: Mapping[str, Any]) -> RuleVersion:
    made = RuleVersion(rule=rule, number=number, drafted_by=str(actor), drafted_by_name=actor.name, drafted_at=clock.now())
    _fill(made, given)
    made.save()
    _note(made, actor, "draft", DRAFT)
    return made


def edit(actor: Actor, version_id: object, given: Mapping[str, Any]) -> RuleVersion:
    """Change a draft. Whoever changes it counts as its writer, so that another person signs."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        check_may(actor, DESK)
        if version.state != DRAFT:
            workflow.take(workflow.load(WORKFLOW), version.state, "drop", set(DESK), {}, clock.today())  # raises: no longer a draft
        version.drafted_by, version.drafted_by_name = str(actor), actor.name
        _fill(version, given)
        version.save()
        _note(version, actor, "edit", DRAFT)
        return version


def _fill(version: RuleVersion, given: Mapping[str, Any]) -> None:
    """Content from a form or a file, checked."""
    for name in CONTENT:
        setattr(version, name, given[name])
    law.at(clock.today()).provision(version.basis)
    version.handler = _handler(given["handler"])
    conditions: Sequence[Sequence[str]] = given["conditions"]
    if not 0 < len(conditions) <= book.MOST_CONDITIONS:
        most = book.MOST_CONDITIONS
        raise errors.RuleIncomplete(what_zh=f"需要 1 至 {most} 个条件。", what_en=f"It needs 1 to {most} conditions.")
    version.conditions = [list(book.condition(version.kind, *one)) for one in conditions]


def _handler(user_id: Any) -> User:
    found = handlers().filter(pk=user_id).first()
    if found is None:
        raise errors.RuleIncomplete(what_zh="需要一名在岗的承办人。", what_en="It needs a handler who is in office.")
    return found


def handlers() -> QuerySet[User]:
    """The people who may be named as the handler of what a rule refers: officers, reviewers and heads in office."""
    from chengxin.accounts.models import RoleGrant

    holders = RoleGrant.objects.in_force().filter(role__in=DESK).values("user")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("display_name")


def propose(actor: Actor, version_id: object) -> RuleVersion:
    """Ask another person to sign. Needs a finished dry run of exactly this content."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        tried = version.dry_runs.filter(state=DryRun.State.DONE, digest=book.digest(version)).exists()
        if version.state == DRAFT and not tried:
            raise errors.DryRunNeeded
        after = _outcome(version, actor, "propose", {"dry_run": tried})
        version.digest, version.proposed_by, version.proposed_at = book.digest(version), str(actor), clock.now()
        return _step(version, actor, "propose", after)


def send_back(actor: Actor, version_id: object, reason: str) -> RuleVersion:
    """A proposal becomes a draft again, for a reason."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        after = _outcome(version, actor, "send_back", {"reason": reason})
        version.digest, version.proposed_by, version.proposed_at = "", "", None
        return _step(version, actor, "send_back", after, reason)


def sign(actor: Actor, version_id: object) -> RuleVersion:
    """Another person puts the version in force from its day; the rule's earlier version ends on that day. Raises OwnRule, DayPassed."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        after = _outcome(version, actor, "sign", {})
        if str(actor) in (version.drafted_by, version.proposed_by):
            raise errors.OwnRule
        if version.effective_from < clock.today():
            raise errors.DayPassed(day=version.effective_from.isoformat())
        version.signed_by, version.signed_by_name, version.signed_at = str(actor), actor.name, clock.now()
        earlier = version.rule.versions.filter(state=SIGNED, effective_until=None)
        earlier.update(effective_until=version.effective_from)
        return _step(version, actor, "sign", after)


def retire(actor: Actor, version_id: object, reason: str) -> RuleVersion:
    """Stop a signed version at once, for a reason."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        after = _outcome(version, actor, "retire", {"reason": reason})
        version.effective_until, version.closed_reason = clock.today(), reason.strip()
        return _step(version, actor, "retire", after, reason)


def drop(actor: Actor, version_id: object) -> RuleVersion:
    """Give a draft up."""
    with transaction.atomic():
        version = _locked(actor, version_id)
        return _step(version, actor, "drop", _outcome(version, actor, "drop", {}))


def check_may(actor: Actor, roles: Sequence[str]) -> None:
    """Raises Forbidden for who holds none of the roles."""
    if not actor.is_system and not actor.has(*roles):
        raise Forbidden


def _locked(actor: Actor, version_id: object) -> RuleVersion:
    with locks.locked(f"rules.version:{version_id}"):
        found = access.get(actor, RuleVersion, pk=version_id)
        return RuleVersion.objects.select_for_update(of=("self",)).select_related("rule", "handler").get(pk=found.pk)


def _outcome(version: RuleVersion, actor: Actor, action: str, given: dict[str, Any]) -> str:
    """The state this step leads to. Raises StepNotAllowed, StepNotYours, EvidenceMissing."""
    roles = {role for role in (*DESK, *SIGNERS) if actor.has(role)}
    return workflow.take(workflow.load(WORKFLOW), version.state, action, roles, given, clock.today()).state


def _step(version: RuleVersion, actor: Actor, action: str, after: str, reason: str = "") -> RuleVersion:
    version.state, before = after, version.state
    version.save()
    _note(version, actor, action, before, reason)
    transaction.on_commit(desk.forget_book)
    return version


def _note(version: RuleVersion, actor: Actor, action: str, before: str, reason: str = "") -> None:
    """History and log of a step."""
    RuleStep.objects.create(
        version=version,
        action=action,
        before=before,
        after=version.state,
        actor=str(actor),
        actor_name=actor.name,
        reason=reason,
        at=clock.now(),
    )
    audit.record(
        f"rules.version.{DONE[action]}",
        actor=str(actor),
        object=f"rules.version:{version.id}",
        data={"rule": version.rule.code, "version": version.number, "to": version.state, "content": book.digest(version)},
        personal={"reason": reason} if reason else None,
    )


def ask_dry_run(actor: Actor, version_id: object, since: date, until: date) -> DryRun:
    """Try a version on the days [since, until) in the background."""
    check_may(actor, DESK)
    if until <= since:
        raise errors.RuleIncomplete(what_zh="试算期间为空。", what_en="The period of the dry run is empty.")
    with transaction.atomic():
        version = access.get(actor, RuleVersion, pk=version_id)
        made = DryRun.objects.create(
            version=version,
            digest=book.digest(version),
            since=since,
            until=until,
            asked_by=str(actor),
            asked_by_name=actor.name,
            asked_at=clock.now(),
        )
        job = enqueue("chengxin.rules.tasks:dry_run", title=DRY_RUN, owner=str(actor), dry_run_id=str(made.pk))
        made.job = job.id
        made.save(update_fields=["job"])
        said = {"rule": version.rule.code, "version": version.number, "content": made.digest, "days": (until - since) // timedelta(days=1)}
        audit.record("rules.dry_run.asked", actor=str(actor), object=f"rules.dry_run:{made.pk}", data=said)
        return made


def ask_review(actor: Actor, number: str, why: str) -> Held:
    """The party concerned asks that a person looks at a decision. Raises AlreadyAsked, AlreadyAnswered."""
    with transaction.atomic():
        held = _held(actor, number)
        if held.verdict:
            raise errors.AlreadyAnswered
        if held.asked_at:
            raise errors.AlreadyAsked
        held.asked_by, held.asked_by_name, held.asked_why, held.asked_at = str(actor), actor.name, why.strip(), clock.now()
        held.save()
        _note_decision(held, actor, "review_asked", {"why": held.asked_why})
        return held


def answer(actor: Actor, number: str, verdict: str, text: str) -> Held:
    """A named person decides whether the decision stands, and says why. Raises AlreadyAnswered."""
    with transaction.atomic():
        held = _held(actor, number)
        check_may(actor, DESK)
        if held.verdict:
            raise errors.AlreadyAnswered
        held.verdict, held.answer = Held.Verdict(verdict), text.strip()
        held.answered_by, held.answered_by_name, held.answered_at = str(actor), actor.name, clock.now()
        held.save()
        _note_decision(held, actor, "answered", {"answer": held.answer}, verdict=held.verdict)
        return held


def _held(actor: Actor, number: str) -> Held:
    with locks.locked(f"rules.decision:{number}"):
        found = access.get(actor, Held, number=number)
        return Held.objects.select_for_update().get(pk=found.pk)


def _note_decision(held: Held, actor: Actor, action: str, personal: dict[str, str], **data: Any) -> None:
    audit.record(
        f"rules.decision.{action}",
        actor=str(actor),
        object=f"rules.decision:{held.id}",
        data={"number": held.number, "outcome": held.outcome, **data},
        personal=personal,
    )
