"""The five steps of a clue as one page reads them: 风险监测 → 网上抽查 → 源头追溯 → 属地查处 → 信用管理."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection.models import ChainStep, Plan
from chengxin.inspection.models.chain import CHECKED, PLACED, SOURCED
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.records.queries import Line, public_of
from chengxin.subjects.models import Subject
from chengxin.supervision.models import Clue


@dataclass
class Stage:
    """One step: its code, its name, whether it is done, what was entered, and links to where its work is done."""

    code: str
    name: str
    done: bool
    entered: list[ChainStep] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)


def of(actor: Actor, clue: Clue) -> list[Stage]:
    """The chain of a clue that is the actor's."""
    entered: dict[str, list[ChainStep]] = {}
    for one in ChainStep.objects.filter(clue=clue).select_related("exhibit"):
        entered.setdefault(one.step, []).append(one)
    tokens = clue.members.values("shop")
    subjects = list(Subject.objects.filter(shops__in=tokens).distinct())
    return [
        _monitored(clue),
        Stage(CHECKED, _("Online check"), CHECKED in entered, entered.get(CHECKED, [])),
        Stage(SOURCED, _("Source traced"), SOURCED in entered, entered.get(SOURCED, []), subjects=subjects),
        _placed(actor, clue, entered.get(PLACED, [])),
        _credited(clue, subjects),
    ]


def _monitored(clue: Clue) -> Stage:
    facts = [f"{clue.detector} {clue.detector_version}".strip(), *(language.pick(one) for one in clue.reasons.all()[:3])]
    return Stage("monitored", _("Risk found"), True, facts=facts, links=[(clue.number, clue.page_url)])


def _placed(actor: Actor, clue: Clue, entered: list[ChainStep]) -> Stage:
    plans = access.all(actor, Plan).filter(clue=clue.number)
    book = law.at(clock.today())
    facts = [book.division(one.division).zh for one in entered[-1:]]
    return Stage(PLACED, _("Handled where it belongs"), bool(entered), entered, facts, [(one.number, one.page_url) for one in plans])


def _credited(clue: Clue, subjects: list[Subject]) -> Stage:
    """What is public on the files since the clue was opened; the whole file is read with a purpose."""
    since = clock.city_day(clue.opened_at)
    lines = [one for subject in subjects for one in public_of(subject) if one.record.decided_on >= since]
    return Stage("credited", _("On the credit file"), bool(lines), lines=lines, subjects=subjects)
