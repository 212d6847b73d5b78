"""Ask a platform about a clue, and take its answer (e-commerce law art. 25; order 37 art. 34)."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.supervision.actions.steps import CLUE, check_mine, check_reason, do_step, outcome, roles_at
from chengxin.supervision.errors import AlreadyAnswered, AlreadyAsked, NotOnThisPlatform
from chengxin.supervision.events import PlatformAsked
from chengxin.supervision.models import Clue, PlatformRequest

ANSWER_DAYS = (3, 5, 10)  # working days an officer may give; the check itself has fifteen


def ask_platform(actor: Actor, clue_id: object, platform: str, question: str, days: int) -> PlatformRequest:
    """Send a question to a platform of the clue, to be answered in `days` working days. The clue's own clock goes on."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        question = check_reason(question)
        check_platform(clue, platform)
        taken = outcome(CLUE, clue.state, "ask_platform", roles_at(actor, clue), {"question": question})
        request = PlatformRequest.objects.create(
            clue=clue,
            platform=platform,
            question=question,
            asked_by=str(actor),
            asked_by_name=actor.name,
            asked_at=clock.now(),
            due_on=law.workdays.add(clock.today(), days if days in ANSWER_DAYS else ANSWER_DAYS[1]),
        )
        do_step(clue, actor, "ask_platform", taken.state, reason=question, platform=platform, request=str(request.id))
        outbox.emit(PlatformAsked(str(request.id), platform))
        return request


def check_platform(clue: Clue, platform: str) -> None:
    """Raises NotOnThisPlatform, or AlreadyAsked while an answer is outstanding."""
    if not clue.members.filter(platform=platform).exists() or not platform:
        raise NotOnThisPlatform
    if clue.requests.filter(platform=platform, answered_at__isnull=True).exists():
        raise AlreadyAsked


def answer(actor: Actor, request_id: object, text: str) -> PlatformRequest:
    """A platform's staff answer once. The clue goes on when no other platform's answer is outstanding."""
    with transaction.atomic(), locks.locked(f"supervision.request:{request_id}"):
        request = PlatformRequest.objects.select_for_update().get(pk=access.get(actor, PlatformRequest, pk=request_id).pk)
        if request.answered_at:
            raise AlreadyAnswered
        text = check_reason(text)
        clue = Clue.objects.select_for_update().get(pk=request.clue_id)
        request.answer, request.answered_at = text, clock.now()
        request.answered_by, request.answered_by_name = str(actor), actor.name
        request.save()
        do_step(clue, actor, "answer", _after_answer(clue, actor), reason=text, platform=request.platform, request=str(request.id))
        return request


def _after_answer(clue: Clue, actor: Actor) -> str:
    """ANSWERED once nothing is outstanding; a clue that was closed or handed over meanwhile stays where it is."""
    roles = {role for role in ("platform_staff",) if actor.has(role)}
    if clue.state != "ASKED_PLATFORM" or clue.requests.filter(answered_at__isnull=True).exists():
        return clue.state
    state: str = outcome(CLUE, clue.state, "answer", roles, {"answer": "given"}).state
    return state
