"""A campaign: drafted by one, approved by a head of the lead, changed or ended early with a reason, closed with a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.campaigns import papers
from chengxin.campaigns.actions.steps import (
    NUMBERS,
    SYSTEM,
    check_departments,
    check_period,
    check_text,
    held,
    moved,
    next_number,
    plain,
    roles_in,
    wrong,
)
from chengxin.campaigns.errors import SamePerson
from chengxin.campaigns.indicators import INDICATORS
from chengxin.campaigns.models import Campaign
from chengxin.campaigns.models.campaigns import APPROVED, RUNNING
from chengxin.inspection.models import Plan
from chengxin.kernel import clock, locks
from chengxin.law import law


def draft_campaign(actor: Actor, department: str, given: Mapping[str, Any]) -> Campaign:
    """given: title, members, behaviours, goods, plans, targets, basis, starts_on, ends_on. Raises NotFound, ContentWrong."""
    roles = roles_in(actor, department)
    plan = _checked(department, given)
    with transaction.atomic(), locks.locked(NUMBERS):
        made = Campaign(number=next_number(Campaign, "ZX"), department=department, **plan)
        made.drafted_by, made.drafted_by_name = str(actor), actor.name
        moved("campaign", made, "draft", roles, actor, before="NONE")
        made.save(force_insert=True)
    return made


def _checked(department: str, given: Mapping[str, Any]) -> dict[str, Any]:
    check_period(given["starts_on"], given["ends_on"])
    book = law.at(clock.today())
    behaviours, goods, plans = (list(dict.fromkeys(given.get(name) or [])) for name in ("behaviours", "goods", "plans"))
    if not behaviours or set(behaviours) - {one.code for one in book.behaviours()}:
        wrong("请选择要整治的失信行为", "choose the conduct it is aimed at")
    if set(goods) - set(book.codes("complaint_category")):
        wrong("商品类别不在代码表内", "a kind of goods is not on the list")
    unknown = set(plans) - set(Plan.objects.filter(number__in=plans).values_list("number", flat=True))
    if unknown:
        wrong(f"没有检查计划 {sorted(unknown)[0][:24]}", f"there is no inspection plan {sorted(unknown)[0][:24]}")
    return {
        "title": check_text(given["title"], "名称", "the name", most=120, public=True),
        "members": [one for one in check_departments(given.get("members") or []) if one != department],
        "behaviours": behaviours,
        "goods": goods,
        "plans": plans,
        "targets": _targets(given.get("targets") or {}),
        "basis": check_text(given["basis"], "依据", "the basis", most=300),
        "starts_on": given["starts_on"],
        "ends_on": given["ends_on"],
    }


def _targets(given: Mapping[str, Any]) -> dict[str, int]:
    if set(given) - set(INDICATORS) or any(number < 0 for number in given.values() if number):
        wrong("目标须为已有指标的非负整数", "targets are whole numbers of known indicators")
    return {code: int(number) for code, number in given.items() if number}


def approve_campaign(actor: Actor, number: str) -> Campaign:
    """A head of the lead who did not draft it; it runs at once when its first day has come. Raises SamePerson, StepNotYours."""
    with transaction.atomic():
        found = held(actor, Campaign, number)
        roles = roles_in(actor, found.department)
        if found.drafted_by == str(actor):
            raise SamePerson
        found.approved_by, found.approved_by_name = str(actor), actor.name
        moved("campaign", found, "approve", roles, actor)
        if found.starts_on <= clock.today():
            moved("campaign", found, "start", SYSTEM, actor)
        found.save()
    return found


def refuse_campaign(actor: Actor, number: str, reason: str) -> Campaign:
    """The head sends it back, saying why."""
    return _simple(actor, number, "refuse", reason)


def end_campaign(actor: Actor, number: str, reason: str) -> Campaign:
    """The head ends it before its last day; today is the last day that counts."""
    with transaction.atomic():
        found = _simple(actor, number, "end_early", reason)
        found.ended_on = max(found.starts_on, min(found.ends_on, clock.today()))
        found.save()
    return found


def _simple(actor: Actor, number: str, action: str, reason: str) -> Campaign:
    with transaction.atomic():
        found = held(actor, Campaign, number)
        moved("campaign", found, action, roles_in(actor, found.department), actor, {"reason": check_text(reason, "理由", "the reason")})
        found.save()
    return found


def change_campaign(actor: Actor, number: str, given: Mapping[str, Any], reason: str) -> Campaign:
    """The head changes plan, members or targets; what stood before stays in the history. The first day stays once it has come."""
    with transaction.atomic():
        found = held(actor, Campaign, number)
        roles = roles_in(actor, found.department)
        plan = _checked(found.department, given)
        if found.starts_on <= clock.today() and plan["starts_on"] != found.starts_on:
            wrong("行动已经开始，不能更改开始日期", "it has begun: its first day stays")
        was = {name: getattr(found, name) for name, value in plan.items() if getattr(found, name) != value}
        data = {name: {"from": plain(value), "to": plain(plan[name])} for name, value in was.items()}
        if not data:
            wrong("没有任何改动", "nothing has changed")
        for name, value in plan.items():
            setattr(found, name, value)
        action = "change" if found.state == RUNNING else "replan"
        moved("campaign", found, action, roles, actor, {"reason": check_text(reason, "理由", "the reason")}, data=data)
        found.save()
    return found


def start_due(actor: Actor) -> int:
    """Start what is approved and whose first day has come; returns how many."""
    started = 0
    for number in list(Campaign.objects.filter(state=APPROVED, starts_on__lte=clock.today()).values_list("number", flat=True)):
        with transaction.atomic():
            found = held(actor, Campaign, number)
            if found.state == APPROVED:
                moved("campaign", found, "start", SYSTEM, actor)
                found.save()
                started += 1
    return started


def close_campaign(actor: Actor, number: str, summary: str) -> Campaign:
    """Close it with the report as a paper: the figures are those of this moment. Not before its last day, unless it was ended early."""
    with transaction.atomic():
        found = held(actor, Campaign, number)
        roles = roles_in(actor, found.department)
        summary = check_text(summary, "工作总结", "the summary", most=2000)
        if found.state == RUNNING and clock.today() < found.ends_on:
            wrong(f"行动至 {found.ends_on} 结束；提前结束须由负责人决定", f"it runs until {found.ends_on}; the head may end it early")
        paper = papers.report(actor, found, summary)
        found.report, found.report_number = paper.pk, paper.number
        moved("campaign", found, "close", roles, actor, {"summary": summary}, data={"paper": paper.number})
        found.save()
    return found
