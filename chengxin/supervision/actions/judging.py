"""What the check showed: an officer's verdict on a clue. It moves the clue nowhere; it counts in the detector's figures."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.detection.learning.models import CONFIRMED, UNKNOWN
from chengxin.detection.learning.verdicts import Told, keep
from chengxin.jobs import outbox
from chengxin.supervision.actions.steps import CLUE, check_mine, check_reason, do_step, outcome, roles_at
from chengxin.supervision.errors import UnknownVerdict
from chengxin.supervision.events import ClueDismissed, ClueJudged
from chengxin.supervision.models import Clue, ClueStep

SAID = (CONFIRMED, UNKNOWN)  # harmless is said by dismissing the clue


def judge(actor: Actor, clue_id: object, said: str, wrong_reasons: Sequence[str], reason: str) -> Clue:
    """Record whether the check confirmed the clue or could not tell, and which reasons were wrong. The clue stays where it is."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        wrong = check_verdict(clue, said, wrong_reasons)
        taken = outcome(CLUE, clue.state, "judge", roles_at(actor, clue), {"reason": reason})
        step = do_step(clue, actor, "judge", taken.state, reason=reason, verdict=said, wrong_reasons=wrong)
        outbox.emit(ClueJudged(str(step.id)))
        return clue


def check_verdict(clue: Clue, said: str, wrong_reasons: Sequence[str]) -> list[str]:
    """The codes of the wrong reasons, sorted. Raises UnknownVerdict for an outcome or reason that the clue does not have."""
    codes = set(clue.reasons.values_list("code", flat=True))
    if said not in SAID or not set(wrong_reasons) <= codes:
        raise UnknownVerdict
    return sorted(set(wrong_reasons))


def tell_verdict(event: ClueJudged) -> None:
    """Hand a verdict down to detection's figures."""
    step = ClueStep.objects.select_related("clue").get(pk=event.step_id)
    keep(_told(step, step.data["verdict"], wrong_reasons=step.data["wrong_reasons"]))


def tell_dismissal(event: ClueDismissed) -> None:
    """A dismissal says: harmless, and by which pattern."""
    step = ClueStep.objects.select_related("clue").filter(clue_id=UUID(event.clue_id), action="dismiss").latest("at")
    keep(_told(step, "dismissed", pattern=event.pattern))


def _told(step: ClueStep, said: str, pattern: str = "", wrong_reasons: Sequence[str] = ()) -> Told:
    """The step as detection keeps it. How the clue came to the desk stands in the step that opened it, when the desk said so."""
    clue = step.clue
    opening = clue.steps.filter(action="open").first()
    came = opening.data if opening else {}
    return Told(
        step_id=step.id,
        clue_id=clue.id,
        number=clue.number,
        finding_ids=list(clue.sightings.order_by("at", "id").values_list("finding_id", flat=True)) or [clue.finding_id],
        detector=clue.detector,
        detector_version=clue.detector_version,
        outcome=said,
        score=clue.score,
        opened_at=clue.opened_at,
        decided_at=step.at,
        pattern=pattern,
        wrong_reasons=wrong_reasons,
        reasons=list(clue.reasons.values_list("code", flat=True)),
        origin=came.get("origin", "detector"),
        inclusion=came.get("inclusion", 1.0),
    )
