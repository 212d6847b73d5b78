"""Inspections: registers, plans with their draws, visits, risk classes and warnings, the five-step chain of a clue."""

from chengxin.audit import protection, rows
from chengxin.inspection.models.chain import ChainStep
from chengxin.inspection.models.plans import Draw, Plan, PlanPart, Share
from chengxin.inspection.models.registers import Conflict, Inspector, ListedObject, RateTable
from chengxin.inspection.models.risk import Assessment, Correction, RiskWarning
from chengxin.inspection.models.visits import Member, Photo, Task

__all__ = [
    "Assessment",
    "ChainStep",
    "Conflict",
    "Correction",
    "Draw",
    "Inspector",
    "ListedObject",
    "Member",
    "Photo",
    "Plan",
    "PlanPart",
    "RateTable",
    "RiskWarning",
    "Share",
    "Task",
]

rows.bind_keyed(ChainStep, Photo)
protection.keep(inspection_assessment='"id"', inspection_chainstep='"id"', inspection_photo='"id"')
