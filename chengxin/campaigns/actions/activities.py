"""Activities for the occasions of the year: planned, changed or withdrawn with a reason, held or cancelled with the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.campaigns.actions.steps import NUMBERS, check_departments, check_text, held, moved, next_number, plain, roles_in, wrong
from chengxin.campaigns.models import Activity
from chengxin.campaigns.occasions import occasions
from chengxin.kernel import locks


def plan_activity(actor: Actor, department: str, given: Mapping[str, Any]) -> Activity:
    """given: occasion, title, members, on, place, plan. It is public at once: plan and place are said for everybody."""
    roles = roles_in(actor, department)
    plan = _checked(department, given)
    with transaction.atomic(), locks.locked(NUMBERS):
        made = Activity(number=next_number(Activity, "HD"), department=department, **plan)
        moved("activity", made, "plan", roles, actor, before="NONE")
        made.save(force_insert=True)
    return made


def _checked(department: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if given["occasion"] not in occasions():
        wrong("没有这个时间节点", "there is no such occasion")
    return {
        "occasion": given["occasion"],
        "title": check_text(given["title"], "名称", "the name", most=100, public=True),
        "on": given["on"],
        "place": str(given.get("place") or "").strip()[:100],
        "members": [one for one in check_departments(given.get("members") or []) if one != department],
        "plan": check_text(given["plan"], "活动方案", "the plan", most=1000, public=True),
    }


def change_activity(actor: Actor, number: str, given: Mapping[str, Any], reason: str) -> Activity:
    """The lead changes what is planned; what stood before stays in the history. Raises NotFound, ContentWrong, StepNotPossible."""
    with transaction.atomic():
        found = held(actor, Activity, number)
        roles = roles_in(actor, found.department)
        plan = _checked(found.department, given)
        data = {name: {"from": plain(getattr(found, name)), "to": plain(new)} for name, new in plan.items() if getattr(found, name) != new}
        if not data:
            wrong("没有任何改动", "nothing has changed")
        for name in data:
            setattr(found, name, plan[name])
        moved("activity", found, "change", roles, actor, {"reason": check_text(reason, "理由", "the reason")}, data=data)
        found.save()
    return found


def withdraw_activity(actor: Actor, number: str, reason: str) -> Activity:
    """The plan is taken back: it leaves the public calendar, and stays here with its reason and history."""
    with transaction.atomic():
        found = held(actor, Activity, number)
        roles = roles_in(actor, found.department)
        moved("activity", found, "withdraw", roles, actor, {"reason": check_text(reason, "理由", "the reason")})
        found.save()
    return found


def end_activity(actor: Actor, number: str, result: str, held_it: bool) -> Activity:
    """What came of it, or why it did not take place."""
    with transaction.atomic():
        found = held(actor, Activity, number)
        roles = roles_in(actor, found.department)
        found.result = check_text(result, "结果", "the result", most=1000, public=True)
        moved("activity", found, "finish" if held_it else "cancel", roles, actor, {"result": found.result})
        found.save()
    return found
