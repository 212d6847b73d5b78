"""The steps of a clue's chain that an officer enters: online check, source, jurisdiction."""

from __future__ import annotations

import re

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection.actions.steps import DECISION, note, step
from chengxin.inspection.errors import ReportWrong
from chengxin.inspection.models import ChainStep
from chengxin.inspection.models.chain import CHAIN, CHECKED, PLACED
from chengxin.kernel import clock, ids
from chengxin.law import law
from chengxin.supervision.access import on_desk
from chengxin.supervision.models import Clue

HASH = re.compile(r"[0-9a-f]{64}")


def enter_step(actor: Actor, number: str, what: str, given: dict[str, str]) -> ChainStep:
    """given: said, and by step url and sha256 of the evidence that was fixed, or the division in charge. On the clue's own desk only.

    Raises ReportWrong when the evidence of an online check or the division is missing, NotFound.
    """
    with transaction.atomic():
        clue = access.get(actor, Clue, number=number)
        if not on_desk(actor, clue):
            access.get(actor, Clue, pk=None)
        step(DECISION, "NONE", "propose", actor, clue.department)
        _check(what, given)
        one = ChainStep(
            id=ids.new_id(), clue=clue, step=what, department=clue.department, by=str(actor), by_name=actor.name, at=clock.now()
        )
        one.said, one.url, one.sha256, one.division = (given.get(name, "").strip() for name in ("said", "url", "sha256", "division"))
        one.leaf = note(
            actor, "chain.entered", one, {"clue": clue.number, "step": what, "sha256": one.sha256, "division": one.division}
        ).index
        one.save(force_insert=True)
    return one


def _check(what: str, given: dict[str, str]) -> None:
    if what not in CHAIN or not given.get("said", "").strip():
        raise ReportWrong(why_zh="须写明查到的情况。", why_en="Say what was found.")
    if what == CHECKED and not HASH.fullmatch(given.get("sha256", "")):
        raise ReportWrong(why_zh="网上抽查须固定证据（SHA-256 摘要）。", why_en="An online check fixes its evidence (SHA-256).")
    if what == PLACED:
        law.at(clock.today()).division(given.get("division", ""))
