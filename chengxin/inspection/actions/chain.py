"""The steps of a clue's chain that an officer enters: online check, source, jurisdiction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.evidence import actions as evidence
from chengxin.inspection.actions.steps import DECISION, note, step
from chengxin.inspection.errors import ReportWrong
from chengxin.inspection.models import ChainStep
from chengxin.inspection.models.chain import CHAIN, CHECKED, PLACED
from chengxin.kernel import clock, ids
from chengxin.law import law
from chengxin.law.errors import LawUnknown
from chengxin.supervision.models import Clue

ELECTRONIC = "4"


def enter_step(actor: Actor, number: str, what: str, given: Mapping[str, Any]) -> ChainStep:
    """given: said; of an online check url and file (bytes) with its content_type, of the jurisdiction division. On the clue's own desk.

    Raises ReportWrong when the evidence of an online check or the division is missing, NotFound, StepNotYours.
    """
    with transaction.atomic():
        clue = access.get(actor, Clue, number=number)
        step(DECISION, "NONE", "propose", actor, clue.department)
        _check(what, given)
        one = ChainStep(
            id=ids.new_id(), clue=clue, step=what, department=clue.department, by=str(actor), by_name=actor.name, at=clock.now()
        )
        one.said, one.url, one.division = (str(given.get(name) or "").strip() for name in ("said", "url", "division"))
        if given.get("file"):
            title, kind = f"网上抽查 {clue.number}", given.get("content_type") or "application/octet-stream"
            matter, about = f"inspection.chain:{clue.pk}", {"url": one.url, "said": one.said}
            one.exhibit = evidence.keep(actor, matter, clue.department, ELECTRONIC, title, given["file"], content_type=kind, about=about)
        fixed = one.exhibit.sha256 if one.exhibit else ""
        one.leaf = note(actor, "chain.entered", one, {"clue": clue.number, "step": what, "sha256": fixed, "division": one.division}).index
        one.save(force_insert=True)
    return one


def _check(what: str, given: Mapping[str, Any]) -> None:
    if what not in CHAIN or not str(given.get("said") or "").strip():
        raise ReportWrong(why_zh="须写明查到的情况。", why_en="Say what was found.")
    if what == CHECKED and not given.get("file"):
        raise ReportWrong(
            why_zh="网上抽查须固定证据：请上传截图或者保存的网页。", why_en="An online check fixes its evidence: give the file."
        )
    if what == PLACED:
        try:
            law.at(clock.today()).division(str(given.get("division") or ""))
        except LawUnknown as cause:
            raise ReportWrong(why_zh="请填写属地的行政区划代码。", why_en="Give the division in charge by its code.") from cause
