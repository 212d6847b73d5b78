"""Platforms' duties: checks and self-reports, measures against shops and appeals, clue reports, interviews and circulars, rules and events.

Check results, steps and rule versions are written once; the database refuses to change them (migration 0001, chengxin.audit.protection).
"""

from chengxin.audit import protection
from chengxin.platforms.models.duties import DutyCheck, SelfReport, Step
from chengxin.platforms.models.measures import Appeal, ClueReport, Measure
from chengxin.platforms.models.rules import MajorEvent, RuleVersion
from chengxin.platforms.models.talks import Interview, Notice, NoticeRead

__all__ = [
    "Appeal",
    "ClueReport",
    "DutyCheck",
    "Interview",
    "MajorEvent",
    "Measure",
    "Notice",
    "NoticeRead",
    "RuleVersion",
    "SelfReport",
    "Step",
]

protection.keep(platforms_dutycheck='"id"', platforms_step='"id"', platforms_ruleversion='"id"', platforms_majorevent='"id"')
