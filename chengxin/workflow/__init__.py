"""Declarative workflows: one table per workflow, kept in its room. `from chengxin import workflow`."""

from chengxin.workflow.drawing import as_markdown, as_svg
from chengxin.workflow.errors import (
    EvidenceMissing,
    StateUnknown,
    StepNotAllowed,
    StepNotYours,
    StepUnknown,
    WorkflowBroken,
    WorkflowUnknown,
)
from chengxin.workflow.table import FormField, Outcome, State, Step, Workflow
from chengxin.workflow.telling import brings_about
from chengxin.workflow.workflow import every, form_fields, json_schema, load, take

__all__ = [
    "EvidenceMissing",
    "FormField",
    "Outcome",
    "State",
    "StateUnknown",
    "Step",
    "StepNotAllowed",
    "StepNotYours",
    "StepUnknown",
    "Workflow",
    "WorkflowBroken",
    "WorkflowUnknown",
    "as_markdown",
    "as_svg",
    "brings_about",
    "every",
    "form_fields",
    "json_schema",
    "load",
    "take",
]
