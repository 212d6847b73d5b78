"""Tasks of a campaign's departments: given by the lead, reported done by the department they were given to."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns.actions.steps import NUMBERS, check_text, held, moved, next_number, roles_in, wrong
from chengxin.campaigns.models import Campaign, CampaignTask
from chengxin.campaigns.models.campaigns import APPROVED, RUNNING
from chengxin.kernel import clock, locks


def give_task(actor: Actor, number: str, department: str, what: str, due_on: date) -> CampaignTask:
    """The lead gives one of its departments something to do. Raises NotFound, ContentWrong."""
    with transaction.atomic(), locks.locked(NUMBERS):
        campaign = access.get(actor, Campaign, number=number)
        roles = roles_in(actor, campaign.department)
        if campaign.state not in (APPROVED, RUNNING):
            wrong("行动未在进行", "the campaign is not running")
        if department not in campaign.departments:
            wrong("该部门没有参加本次行动", "this department takes no part")
        if not clock.today() <= due_on <= campaign.ends_on:
            wrong(f"完成期限应在今天至 {campaign.ends_on} 之间", f"it is due from today until {campaign.ends_on}")
        made = CampaignTask(number=next_number(CampaignTask, "RW"), campaign=campaign, department=department, due_on=due_on)
        made.what = check_text(what, "任务", "the task")
        moved("task", made, "give", roles, actor, before="NONE")
        made.save(force_insert=True)
    return made


def finish_task(actor: Actor, number: str, result: str) -> CampaignTask:
    """The department reports what came of it."""
    with transaction.atomic():
        found = held(actor, CampaignTask, number)
        roles = roles_in(actor, found.department)
        found.result = check_text(result, "完成情况", "the result")
        found.done_on, found.done_by_name = clock.today(), actor.name
        moved("task", found, "finish", roles, actor, {"result": found.result})
        found.save()
    return found


def drop_task(actor: Actor, number: str, reason: str) -> CampaignTask:
    """The lead takes it back."""
    with transaction.atomic():
        found = held(actor, CampaignTask, number)
        roles = roles_in(actor, found.campaign.department)
        moved("task", found, "drop", roles, actor, {"reason": check_text(reason, "理由", "the reason")})
        found.save()
    return found
