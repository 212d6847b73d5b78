"""The draw: lists are frozen and logged, two departments commit and reveal before the day of a public value, the rest is arithmetic."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.inspection import queries
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.access import DESK
from chengxin.inspection.actions.assigning import do_put, team_size
from chengxin.inspection.actions.planning import approved
from chengxin.inspection.actions.steps import DECISION, note, step
from chengxin.inspection.catalogue import GENERAL, item
from chengxin.inspection.errors import AlreadyDone, DrawWrong, NobodyLeft, SamePerson, SecretWrong
from chengxin.inspection.models import Conflict, Draw, Inspector, Member, Plan, Share, Task
from chengxin.inspection.models.plans import DRAWN, FAILED, FROZEN, JOINS, LEAD
from chengxin.inspection.models.visits import ASSIGNED
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound

CAP_ZH = "“{item}”为一般检查事项，全年随机抽查不超过对象的 {cap}%（共 {listed} 户，已抽 {before} 户，本次 {take} 户）"
CAP_EN = "“{item}” is a general item: at most {cap} % of {listed} objects a year by lot; {before} were drawn, {take} more now"
HEX32, SECRET = re.compile(r"[0-9a-f]{64}"), re.compile(r"(?:[0-9a-f]{2}){16,64}")


def freeze(actor: Actor, number: str, source: str, public_on: date) -> Draw:
    """Freeze the plan's lists as salted commitments, log their hash, and say which public value of which later day will be used.

    Raises DrawWrong (no later day, caps, classes that would be told), NobodyLeft, AlreadyDone when a draw runs or was made.
    """
    with transaction.atomic():
        plan = approved(actor, number)
        step(DECISION, "NONE", "propose", actor, plan.of_part(LEAD)[0])
        if plan.draws.exclude(state=FAILED).exists():
            raise AlreadyDone
        if public_on <= clock.today() or not source.strip():
            _wrong("公开数值的来源须写明，其日期须晚于今天", "name the source of the public value, of a day after today")
        lists, opening = _lists(plan)
        draw = Draw(plan=plan, attempt=plan.draws.count() + 1, lists=lists, opening=opening, source=source.strip(), public_on=public_on)
        draw.lists_hash = lot.lists_hash(queries.announced(draw))
        draw.frozen_by, draw.frozen_at = str(actor), clock.now()
        said = {"draw": draw.name, "lists_hash": draw.lists_hash, "source": draw.source, "day": public_on.isoformat()}
        draw.leaf = note(actor, "draw.frozen", draw, said).index
        draw.save(force_insert=True)
    return draw


def _lists(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """(public lists of commitments, what is behind each). Strata carry no name of a class, and stand in the order of their commitments."""
    opening: dict[str, Any] = {"strata": {}, "names": {}}
    units = _units(plan, opening)
    if len(units) < 2:
        _wrong(
            "对象只属于一个风险类别，抽取比例会透露其类别；请扩大对象范围",
            "all objects are of one class, which the rate would tell; widen the plan",
        )
    strata: list[dict[str, Any]] = []
    for place, (code, those) in enumerate(sorted(units.items(), key=lambda one: one[1][0]), 1):
        take = queries.to_take(len(those), plan.shares[code], queries.rates(clock.today())[code])
        strata.append({"name": str(place), "take": take, "units": those})
        opening["strata"][str(place)] = code
    _check_caps(plan, sum(one["take"] for one in strata))
    teams = [_team(name, opening) for name in plan.of_part(LEAD, JOINS)]
    lists = {"strata": strata, "teams": teams, "conflicts": _conflicts(opening)}
    _check_teams(lists)
    return lists, opening


def _units(plan: Plan, opening: dict[str, Any]) -> dict[str, list[str]]:
    """Class -> commitments, ascending. Firms that were drawn as often as their class may be this year are left out."""
    units: dict[str, list[str]] = {}
    for subject, risk_class in queries.population(plan, clock.today()):
        text = f"{subject.name} {subject.uscc or subject.pk}"
        units.setdefault(risk_class, []).append(_entry(opening, text, "subject", subject.pk))
    return {code: sorted(those) for code, those in units.items()}


def _team(department: str, opening: dict[str, Any]) -> dict[str, Any]:
    people = queries.inspectors_on(department, clock.today()).select_related("user")
    entries = sorted(_entry(opening, f"{one.user} {one.certificate}", "inspector", one.pk) for one in people)
    return {"department": department, "size": team_size(), "inspectors": entries}


def _entry(opening: dict[str, Any], text: str, kind: str, pk: object) -> str:
    salt = secrets.token_hex(32)
    name = lot.entry(salt, text)
    opening["names"][name] = {"salt": salt, "text": text, kind: str(pk)}
    return name


def _conflicts(opening: dict[str, Any]) -> list[list[str]]:
    names = opening["names"].items()
    units = {one["subject"]: name for name, one in names if "subject" in one}
    people = {one["inspector"]: name for name, one in names if "inspector" in one}
    known = Conflict.objects.filter(inspector__in=people).values_list("subject", "inspector")
    return sorted([units[str(a)], people[str(b)]] for a, b in known if str(a) in units)


def _check_caps(plan: Plan, take: int) -> None:
    """General items: of all their objects at most the cap a year by lot."""
    if take == 0:
        _wrong("按比例和上限计算，没有可抽取的对象", "by rates and limits there is nothing to draw")
    for code in plan.items:
        one = item(code, clock.today())
        if one.kind == GENERAL and one.cap_percent is not None:
            listed, before = queries.year_of_item(code, clock.today())
            if (before + take) * 100 > one.cap_percent * listed:
                said = {"cap": one.cap_percent, "listed": listed, "before": before, "take": take}
                _wrong(CAP_ZH.format(item=one.zh, **said), CAP_EN.format(item=one.en, **said))


def _check_teams(lists: dict[str, Any]) -> None:
    """Whoever is drawn can be visited: every department has enough inspectors without a conflict for each object."""
    barred: dict[str, set[str]] = {}
    for unit, inspector in lists["conflicts"]:
        barred.setdefault(unit, set()).add(inspector)
    for team in lists["teams"]:
        people = set(team["inspectors"])
        worst = max((len(those & people) for those in barred.values()), default=0)
        if len(people) - worst < team["size"]:
            raise NobodyLeft(department=team["department"])


def _running(actor: Actor, draw_id: object, department: str) -> Draw:
    """A frozen draw in which the department has one of the two secrets, locked. Raises NotFound, AlreadyDone."""
    with locks.locked(f"inspection.draw:{draw_id}"):
        draw = access.get(actor, Draw, pk=draw_id)
        draw = Draw.objects.select_for_update(of=("self",)).select_related("plan").get(pk=draw.pk)
    if department not in queries.secret_holders(draw.plan) or department not in actor.departments_as(*DESK):
        raise NotFound
    if draw.state != FROZEN:
        raise AlreadyDone
    return draw


def commit(actor: Actor, draw_id: object, department: str, commitment: str) -> Share:
    """Publish a department's commitment. Raises DrawWrong from the day of the public value on, AlreadyDone, SamePerson."""
    with transaction.atomic():
        draw = _running(actor, draw_id, department)
        _check_before(draw)
        if draw.shares.filter(department=department).exists():
            raise AlreadyDone
        if draw.shares.filter(committed_by=str(actor)).exists():
            raise SamePerson
        if not HEX32.fullmatch(commitment):
            raise SecretWrong
        who = {"committed_by": str(actor), "committed_at": clock.now()}
        share = Share.objects.create(draw=draw, department=department, commitment=commitment, **who)
        note(actor, "draw.committed", draw, {"draw": draw.name, "department": department, "commitment": commitment})
    return share


def reveal(actor: Actor, draw_id: object, department: str, secret: str) -> Share:
    """Reveal the secret, after both have committed and before the day of the public value: nobody then knows what it will do."""
    with transaction.atomic():
        draw = _running(actor, draw_id, department)
        _check_before(draw)
        shares = {one.department: one for one in draw.shares.all()}
        if len(shares) < 2:
            _wrong("须两部门都已提交承诺后才能揭示", "secrets are revealed after both departments have committed")
        share = shares[department]
        if share.revealed_at:
            raise AlreadyDone
        if not SECRET.fullmatch(secret) or lot.commitment(draw.name, department, secret) != share.commitment:
            raise SecretWrong
        share.secret, share.revealed_by, share.revealed_at = secret, str(actor), clock.now()
        share.save()
        note(actor, "draw.revealed", draw, {"draw": draw.name, "department": department, "secret": secret})
    return share


def _check_before(draw: Draw) -> None:
    if clock.today() >= draw.public_on:
        _wrong("承诺和揭示须在公开数值之日以前完成", "commitments and secrets must be in before the day of the public value")


def say_value(actor: Actor, draw_id: object, department: str, value: str) -> Draw:
    """Enter the public value as its source gives it; when the other department enters the same, the draw is made.

    When they differ both start again: the draw comes back without a value. Raises DrawWrong before its day or while a secret is missing,
    SamePerson.
    """
    with transaction.atomic():
        draw, said = _running(actor, draw_id, department), value.strip()
        if clock.today() < draw.public_on or not said:
            _wrong("公开数值之日尚未到来", "the day of the public value has not come")
        if draw.shares.filter(revealed_at__isnull=False).count() < 2:
            _wrong("有部门未按时揭示随机数，须重新抽取", "a department has not revealed its secret; a new draw is needed")
        if not draw.value:
            draw.value, draw.value_by, draw.value_department = said, str(actor), department
            draw.save()
            note(actor, "draw.value_entered", draw, {"draw": draw.name, "value": said, "department": department})
            return draw
        if draw.value_by == str(actor) or draw.value_department == department:
            raise SamePerson
        if draw.value != said:
            # One of the two was mistyped; both start again, and the log keeps what was entered.
            draw.value = draw.value_by = draw.value_department = ""
            draw.save()
            note(actor, "draw.value_differs", draw, {"draw": draw.name, "value": said, "department": department})
            return draw
        draw.value_confirmed_by = str(actor)
        _do_draw(actor, draw)
    return draw


def _do_draw(actor: Actor, draw: Draw) -> None:
    pairs = [(one.department, one.secret) for one in draw.shares.order_by("department")]
    draw.seed = lot.seed_of(draw.lists_hash, pairs, draw.value)
    draw.drawn, draw.state, draw.drawn_at = lot.draw(draw.seed, draw.lists), DRAWN, clock.now()
    names = draw.opening["names"]
    people = Inspector.objects.in_bulk([one["inspector"] for one in names.values() if "inspector" in one])
    by_key = {str(pk): one for pk, one in people.items()}
    for one in draw.drawn:
        team = [by_key[names[each]["inspector"]] for those in one["inspectors"].values() for each in those]
        do_put(actor, draw.plan, names[one["unit"]]["subject"], team, one["unit"])
    _do_seal(actor, draw, "inspection.draw.drawn")


def _do_seal(actor: Actor, draw: Draw, action: str) -> None:
    """Sign and log the digest of the file as it stands now, and keep the draw."""
    body = {"draw": draw.name, "digest": queries.bundle(draw)["digest"]}
    draw.receipt = audit.sign_document(
        "inspection.draw", body, actor=str(actor), object=f"inspection.draw:{draw.pk}", public=body, action=action
    )
    draw.save()


def fail_late(actor: Actor) -> list[Draw]:
    """End every draw whose public day has come without both secrets. Commitments stay on record, and who did not reveal is named."""
    ended = []
    with transaction.atomic():
        for draw in Draw.objects.select_for_update(of=("self",)).filter(state=FROZEN, public_on__lte=clock.today()).select_related("plan"):
            known = {one.department: one for one in draw.shares.all()}
            missing = [name for name in queries.secret_holders(draw.plan) if name not in known or not known[name].revealed_at]
            if not missing:
                continue
            draw.state, draw.failed_department = FAILED, missing[0]
            draw.failed_because = "not_committed" if any(name not in known for name in missing) else "not_revealed"
            draw.save()
            note(actor, "draw.failed", draw, {"draw": draw.name, "departments": missing, "why": draw.failed_because})
            ended.append(draw)
    return ended


def replace_inspector(actor: Actor, number: str, inspector_id: object, reason: str) -> Member:
    """Somebody cannot come: another is drawn from the same seed and recorded. Before the visit only, and of visits by lot only."""
    with transaction.atomic(), locks.locked(f"inspection.task:{number}"):
        task = access.get(actor, Task, number=number)
        draw = Draw.objects.select_for_update().filter(plan=task.plan, state=DRAWN).first()
        inspector = access.get(actor, Inspector, pk=inspector_id)
        gone = task.members.filter(inspector=inspector, replaced_at__isnull=True).select_related("inspector").first()
        if draw is None or gone is None:
            raise NotFound
        if task.state != ASSIGNED:
            raise AlreadyDone
        step(DECISION, "NONE", "propose", actor, gone.inspector.department)
        made = _do_replace(draw, task, gone)
        gone.replaced_at, gone.replaced_reason = clock.now(), reason
        gone.save()
        _do_seal(actor, draw, "inspection.draw.replaced")
        note(actor, "task.replaced", task, {"out": str(gone.inspector_id), "in": str(made.inspector_id), "reason": reason})
    return made


def _do_replace(draw: Draw, task: Task, gone: Member) -> Member:
    names = draw.opening["names"]
    out = next(name for name, one in names.items() if one.get("inspector") == str(gone.inspector_id))
    try:
        one = lot.replace(draw.seed, draw.lists, draw.drawn, draw.replacements, task.unit, out)
    except lot.Fails as cause:
        raise NobodyLeft(department=gone.inspector.department) from cause
    draw.replacements = [*draw.replacements, one]
    return Member.objects.create(task=task, inspector_id=names[one["in"]]["inspector"])


def _wrong(zh: str, en: str) -> None:
    raise DrawWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
