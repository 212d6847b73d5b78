"""Ids of rules and decisions for the access matrix; see samples.py."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.rules import actions, asked, starting, trying
from chengxin.rules.deciding import decide, desk
from chengxin.rules.models import Held, RuleVersion
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import shops_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}


def rules_of(city: City) -> list[RuleVersion]:
    """Two rules in force that apply to every order, and a draft of the next version of each."""
    officer, head = (of_user(city.person(role)) for role in ("officer", "head"))
    given = {**starting.rules()[0], "effective_from": clock.today(), "handler": officer.user.pk if officer.user else None}
    made = []
    for name in ("甲", "乙"):
        mine = {**given, "name_zh": f"门{name}的规则", "outcome": "refer", "conditions": [["amount", ">=", "0"]]}
        first = _tried(officer, actions.draft_rule(officer, mine))
        actions.propose(officer, first.pk)
        actions.sign(head, first.pk)
        made.append(_tried(officer, actions.draft_version(officer, first.rule.code, mine)))
    return made


def _tried(officer, version: RuleVersion) -> RuleVersion:
    today = clock.today()
    trying.run(actions.ask_dry_run(officer, version.pk, today.replace(day=1), today.replace(day=2)).pk)
    return version


def decisions_of(city: City) -> list[Held]:
    """A decision about a shop of each platform."""
    city.once(rules_of)
    desk.forget()
    made = []
    for shop in city.once(shops_of):
        event = asked.Order(order_no=f"G{shop.shop_id}", shop_id=shop.shop_id, buyer="U1", paid=asked.Yuan("18.50"), ordered_at=clock.now())
        decided = decide(shop.platform.code, "system:gate", "order", [event])
        made.append(Held.objects.get(number=decided[0].number))
    return made


@sample("rules:version", "rules:edit", "rules:try")
def versions(city: City) -> Sample:
    a, b = city.once(rules_of)
    return Sample({"code": a.rule.code, "number": a.number}, {"code": b.rule.code, "number": b.number}, DESK)


@sample("rules:step")
def steps(city: City) -> Sample:
    a, b = city.once(rules_of)
    return Sample(
        {"code": a.rule.code, "number": a.number, "action": "propose"}, {"code": b.rule.code, "number": b.number, "action": "propose"}, DESK
    )


@sample("rules:rule", "rules:next")
def codes(city: City) -> Sample:
    a, b = city.once(rules_of)
    return Sample({"code": a.rule.code}, {"code": b.rule.code}, DESK)


@sample("rules:dry_run")
def dry_runs(city: City) -> Sample:
    a, b = (one.dry_runs.get() for one in city.once(rules_of))
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


@sample("rules:new")
def kinds(city: City) -> Sample:
    """The kinds of events are the same for everybody; the path names no one's object."""
    return Sample({"kind": "order"}, {"kind": "parcel"}, EVERYBODY)


@sample("rules:decision", "rules:own", "api:decision", "api:ask_review")
def decisions(city: City) -> Sample:
    a, b = city.once(decisions_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)
