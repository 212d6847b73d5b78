"""Reports of unlawful conduct by platforms: routed to the department in charge, checked there within the clock of clues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.platforms.access import DESK
from chengxin.platforms.actions.steps import NUMBERS, check_texts, digest_of, moved, named, next_numbers, roles_in, staff_of, wrong
from chengxin.platforms.errors import AlreadyDecided, NumberTaken
from chengxin.platforms.events import ClueReported
from chengxin.platforms.models import ClueReport, Measure
from chengxin.platforms.models.measures import OVER, RECEIVED, SENT
from chengxin.subjects.models import Platform, Shop

TABLE = "platforms/clue_report"


def department_for(behaviour: str) -> str:
    """Who is in charge of this conduct today: the first department its entry names."""
    book = law.at(clock.today())
    return book.in_charge(book.behaviour(behaviour).departments[0]).code


def report_clue(actor: Actor, platform: Platform, given: Mapping[str, Any]) -> ClueReport:
    """Report a shop's unlawful conduct. given: report_no, shop_id, behaviour, facts, measure_no (of the measure taken, or empty).

    The same report_no with the same content is the same report. Raises ContentWrong, NumberTaken.
    """
    roles = staff_of(actor, platform.code)
    content = {name: str(given.get(name) or "").strip() for name in ("report_no", "shop_id", "behaviour", "facts", "measure_no")}
    digest = digest_of(content)
    with transaction.atomic(), locks.locked(f"platforms.clues:{platform.pk}"), locks.locked(NUMBERS):
        known = ClueReport.objects.filter(platform=platform, report_no=content["report_no"]).first()
        if known:
            if known.digest != digest:
                raise NumberTaken(number=content["report_no"])
            return known
        shop, measure = _checked(platform, content)
        today = clock.today()
        outcome = workflow.take(workflow.load(TABLE), "NONE", "send", roles, {}, today)
        assert outcome.due  # the table starts the clock of clues with it
        by, name = named(actor)
        found = ClueReport(
            number=next_numbers(ClueReport, "PC", today)[0],
            platform=platform,
            shop=shop,
            measure=measure,
            report_no=content["report_no"],
            behaviour=content["behaviour"],
            facts=content["facts"],
            department=department_for(content["behaviour"]),
            late=bool(measure and measure.report_due_on and today > measure.report_due_on),
            digest=digest,
            made_by=by,
            made_by_name=name,
            made_at=clock.now(),
            due_on=outcome.due,
        )
        moved("clue", found, "send", roles, actor, before="NONE")
        found.save(force_insert=True)
        if measure:
            _note_on(measure, roles, actor)
        outbox.emit(ClueReported(str(found.pk), platform.code, found.department))
        return found


def _checked(platform: Platform, content: Mapping[str, str]) -> tuple[Shop, Measure | None]:
    check_texts(content, {"facts": ("事实", "the facts")})
    if not content["report_no"]:
        wrong("缺少报送编号", "the number of the report is missing")
    shop = Shop.objects.filter(platform=platform, shop_id=content["shop_id"]).first()
    if shop is None:
        wrong(f"本平台没有登记网店 {content['shop_id']}", f"the platform has registered no shop {content['shop_id']}")
    if content["behaviour"] not in {one.code for one in law.at(clock.today()).behaviours()}:
        wrong("行为代码未知", "the code of the conduct is unknown")
    measure = Measure.objects.select_for_update().filter(platform=platform, measure_no=content["measure_no"]).first()
    if content["measure_no"] and (measure is None or measure.shop_id != getattr(shop, "pk", None)):
        wrong("没有对该网店的这一措施", "there is no such measure against this shop")
    if measure and measure.reported_at:
        wrong("该措施的线索已经报送", "the conduct behind this measure was reported already")
    assert shop is not None
    return shop, measure


def _note_on(measure: Measure, roles: set[str], actor: Actor) -> None:
    measure.reported_at = clock.now()
    if measure.state not in (*OVER, "PROPOSED"):
        moved("measure", measure, "report", roles, actor)
    measure.save()


def _mine(actor: Actor, number: str) -> ClueReport:
    """A report on the actor's own desk, locked."""
    with locks.locked(f"platforms.clue:{number}"):
        found = access.get(actor, ClueReport, number=number, department__in=actor.departments_as(*DESK))
        found = ClueReport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if found.state not in (SENT, RECEIVED):
        raise AlreadyDecided
    return found


def receive_clue(actor: Actor, number: str) -> ClueReport:
    """An officer takes it up."""
    with transaction.atomic():
        found = _mine(actor, number)
        moved("clue", found, "receive", roles_in(actor, found.department, DESK), actor)
        found.save()
        return found


def forward_clue(actor: Actor, number: str, department: str, reason: str) -> ClueReport:
    """Send it on to the department that is in charge; its clock begins there."""
    with transaction.atomic():
        found = _mine(actor, number)
        outcome = moved("clue", found, "forward", roles_in(actor, found.department, DESK), actor, {"reason": reason.strip()})
        found.department = law.at(clock.today()).in_charge(department).code
        assert outcome.due
        found.due_on = outcome.due
        found.save()
        outbox.emit(ClueReported(str(found.pk), found.platform.code, found.department))
        return found


def decide_clue(actor: Actor, number: str, follow: bool, answer: str) -> ClueReport:
    """Say whether the department follows it up, with reasons; the platform reads them."""
    with transaction.atomic():
        found = _mine(actor, number)
        roles = roles_in(actor, found.department, DESK)
        moved("clue", found, "follow" if follow else "dismiss", roles, actor, {"reason": answer.strip()})
        found.answer = answer.strip()
        found.decided_by, found.decided_by_name = named(actor)
        found.save()
        return found
