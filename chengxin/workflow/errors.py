"""Refusals of a workflow, and what is wrong with a table."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError


class StepUnknown(ChengxinError):
    """The workflow has no such step in any state."""

    code = "step_unknown"
    status = 404
    what = {"zh": "“{workflow}”流程中没有“{action}”这一步。", "en": "The workflow “{workflow}” has no step “{action}”."}
    next = {"zh": "请从页面提供的操作中选择。", "en": "Choose one of the steps the page offers."}


class StepNotAllowed(ChengxinError):
    """The step exists, but not from this state."""

    code = "step_not_allowed"
    status = 409
    what = {"zh": "当前状态“{state}”下不能办理“{action}”。", "en": "“{action}” cannot be done in the state “{state}”."}
    why = {"zh": "该状态下可以办理：{possible}。", "en": "In this state these can be done: {possible}."}
    next = {"zh": "请刷新页面查看最新状态。", "en": "Reload the page to see the present state."}


class StepNotYours(StepNotAllowed):
    """The step can be taken from this state, but not by these roles."""

    code = "step_not_yours"
    status = 403
    what = {"zh": "您的角色不能办理“{action}”。", "en": "Your role may not do “{action}”."}
    why = {"zh": "该步骤由以下角色办理：{roles}。", "en": "It is done by: {roles}."}
    next = {"zh": "请交由有权限的人员办理。", "en": "Hand it to somebody with that role."}


class EvidenceMissing(ChengxinError):
    """Material, a reason or a field that the step needs was not given."""

    code = "evidence_missing"
    status = 422
    what = {"zh": "办理“{action}”缺少必需材料。", "en": "“{action}” lacks what it needs."}
    why = {"zh": "缺少：{missing_zh}。", "en": "Missing: {missing_en}."}
    next = {"zh": "请补充后重新提交。", "en": "Add it and submit again."}


class StateUnknown(ChengxinError):
    """A stored state is not in the table (the table changed, or the row is damaged)."""

    code = "state_unknown"
    status = 500
    what = {"zh": "“{workflow}”流程中没有状态“{state}”。", "en": "The workflow “{workflow}” has no state “{state}”."}
    next = {"zh": "请联系系统管理员核对数据。", "en": "Ask the system administrator to check the data."}


class WorkflowUnknown(ChengxinError):
    code = "workflow_unknown"
    status = 500
    what = {"zh": "没有名为“{name}”的流程。", "en": "There is no workflow “{name}”."}
    why = {"zh": "应有文件 {file}。", "en": "The file {file} is expected."}


class WorkflowBroken(ChengxinError):
    """The table does not hold together; `problems` lists everything found, not only the first."""

    code = "workflow_broken"
    status = 500
    what = {"zh": "流程“{name}”的定义有误。", "en": "The workflow “{name}” does not hold together."}
    why = {"zh": "{problems}", "en": "{problems}"}
    next = {"zh": "请修正该流程文件。", "en": "Correct the workflow file."}
