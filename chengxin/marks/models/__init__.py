"""What this room keeps: marks with their steps, reports of imitation, official links of permits. Steps and checks are written once."""

from chengxin.audit import protection, rows
from chengxin.marks.models.imitation import ImitationReport
from chengxin.marks.models.marks import DomainCheck, Mark, MarkRequest, MarkStep
from chengxin.marks.models.permits import PermitCheck, PermitLink

__all__ = ["DomainCheck", "ImitationReport", "Mark", "MarkRequest", "MarkStep", "PermitCheck", "PermitLink"]

rows.bind(Mark, MarkStep)
protection.keep(marks_mark='"id"', marks_markstep='"id"', marks_domaincheck='"id"', marks_permitcheck='"id"')
