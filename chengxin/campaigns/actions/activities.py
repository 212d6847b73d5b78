"""Activities for the occasions of the year: planned, held or cancelled, with the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.campaigns.actions.steps import NUMBERS, check_departments, check_text, held, moved, next_number, roles_in, wrong
from chengxin.campaigns.models import Activity
from chengxin.campaigns.occasions import occasions
from chengxin.kernel import locks


def plan_activity(actor: Actor, department: str, given: Mapping[str, Any]) -> Activity:
    """given: occasion, title, members, on, place, plan. It is public at once: plan and place are said for everybody."""
    roles = roles_in(actor, department)
    if given["occasion"] not in occasions():
        wrong("没有这个时间节点", "there is no such occasion")
    with transaction.atomic(), locks.locked(NUMBERS):
        made = Activity(number=next_number(Activity, "HD"), department=department, occasion=given["occasion"], on=given["on"])
        made.title = check_text(given["title"], "名称", "the name", most=100, public=True)
        made.plan = check_text(given["plan"], "活动方案", "the plan", most=1000, public=True)
        made.place = str(given.get("place") or "").strip()[:100]
        made.members = [one for one in check_departments(given.get("members") or []) if one != department]
        moved("activity", made, "plan", roles, actor, before="NONE")
        made.save(force_insert=True)
    return made


def end_activity(actor: Actor, number: str, result: str, held_it: bool) -> Activity:
    """What came of it, or why it did not take place."""
    with transaction.atomic():
        found = held(actor, Activity, number)
        roles = roles_in(actor, found.department)
        found.result = check_text(result, "结果", "the result", most=1000, public=True)
        moved("activity", found, "finish" if held_it else "cancel", roles, actor, {"result": found.result})
        found.save()
    return found
