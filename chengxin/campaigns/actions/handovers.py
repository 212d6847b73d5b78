"""Clues of other regions: sent by letter to the authority where the subject sits, the answer recorded when its paper comes."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import papers
from chengxin.campaigns.actions.steps import NUMBERS, check_text, held, moved, next_number, roles_in, wrong
from chengxin.campaigns.errors import NotElsewhere
from chengxin.campaigns.models import Campaign, Handover
from chengxin.campaigns.models.campaigns import RUNNING, SENT
from chengxin.kernel import clock, ids, locks
from chengxin.law import law
from chengxin.subjects.models import Subject
from chengxin.supervision.access import on_desk
from chengxin.supervision.models import Clue

CITY = 4  # signs of a division code that name the city (GB/T 2260)


def elsewhere(clue: Clue) -> list[Subject]:
    """The clue's subjects that are registered outside this city."""
    found = Subject.objects.filter(pk__in=clue.shops.values("subject")).exclude(division="")
    return list(found.exclude(division__startswith=settings.CITY_DIVISION[:CITY]))


def hand_over(actor: Actor, clue_number: str, authority: str, facts: str, contact: tuple[str, str], campaign: str = "") -> Handover:
    """Send the clue to another region. contact: name and telephone of whom to ask. It stays on the desk until the answer is in.

    Raises NotFound (not on the actor's desk), NotElsewhere, ContentWrong.
    """
    clue = access.get(actor, Clue, number=clue_number)
    if not on_desk(actor, clue) or not clue.is_open:
        wrong("该线索不在您的工作台上", "the clue is not on your desk")
    there = elsewhere(clue)
    if not there:
        raise NotElsewhere
    roles = roles_in(actor, clue.department)
    with transaction.atomic(), locks.locked(f"campaigns.clue:{clue.pk}"), locks.locked(NUMBERS):
        if Handover.objects.filter(clue=clue, division=there[0].division, state=SENT).exists():
            wrong("该线索已经移交，正在等待回复", "it has been sent already and waits for the answer")
        part = access.get(actor, Campaign, number=campaign, state=RUNNING) if campaign else None
        made = Handover(id=ids.new_id(), number=next_number(Handover, "YJ"), clue=clue, campaign=part, department=clue.department)
        made.division, made.sent_on = there[0].division, clock.today()
        made.authority = check_text(authority, "接收机关", "the authority", most=100)
        made.facts = check_text(facts, "线索情况", "what the clue says", most=1000)
        outcome = moved("handover", made, "send", roles, actor, before="NONE")
        made.due_on = outcome.due or law.at(clock.today()).due("CLUE_CHECK", clock.today())
        paper = papers.letter(actor, made, there[0], contact)
        made.paper, made.paper_number = paper.pk, paper.number
        made.save(force_insert=True)
    return made


def answer_handover(actor: Actor, number: str, answer: str, reference: str, returned: bool = False) -> Handover:
    """Record the answer, or that it came back, by the paper's number."""
    with transaction.atomic():
        found = held(actor, Handover, number)
        roles = roles_in(actor, found.department)
        found.answer = check_text(answer, "回复内容", "the answer", most=1000)
        found.answer_ref, found.answered_on = reference.strip()[:100], clock.today()
        moved("handover", found, "send_back" if returned else "answer", roles, actor, {"answer": found.answer})
        found.save()
    return found
