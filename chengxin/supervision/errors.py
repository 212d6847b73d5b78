"""What can go wrong at the clue desk."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ReasonNeeded(ChengxinError):
    code = "clue_reason_needed"
    status = 422
    what = {"zh": "需要填写理由。", "en": "A reason is needed."}
    why = {
        "zh": "该操作会影响线索的去向，须说明理由并记入日志。",
        "en": "This step decides where the clue goes; the reason is kept in the log.",
    }
    next = {"zh": "请用至少 {least} 个字写明理由。", "en": "Write the reason in at least {least} characters."}


class UnknownPattern(ChengxinError):
    code = "clue_unknown_pattern"
    status = 422
    what = {"zh": "没有这种已知无害情形。", "en": "There is no such known harmless pattern."}
    why = {"zh": "检测器没有声明“{pattern}”。", "en": "The detector does not declare “{pattern}”."}
    next = {"zh": "请从页面所列情形中选择，或选“其他”。", "en": "Choose one that the page lists, or “other”."}


class SameDepartment(ChengxinError):
    code = "clue_same_department"
    status = 422
    what = {"zh": "线索已在该部门。", "en": "The clue is already with that department."}
    why = {"zh": "移交须交给另一个部门。", "en": "A hand-over goes to another department."}
    next = {"zh": "请选择其他部门。", "en": "Choose another department."}


class NotOnThisPlatform(ChengxinError):
    code = "clue_not_on_platform"
    status = 422
    what = {"zh": "该平台与线索无关。", "en": "That platform is not part of the clue."}
    why = {"zh": "线索中的店铺不在该平台上。", "en": "None of the clue's shops is on it."}
    next = {"zh": "请从线索涉及的平台中选择。", "en": "Choose one of the clue's platforms."}


class AlreadyAsked(Conflict):
    code = "clue_already_asked"
    what = {"zh": "已向该平台发出协查，尚未答复。", "en": "This platform has been asked and has not answered yet."}
    why = {"zh": "同一线索对同一平台一次只能有一件未答复的协查。", "en": "One open request per platform and clue."}


class AlreadyAnswered(Conflict):
    code = "clue_already_answered"
    what = {"zh": "该协查已经答复。", "en": "This request has been answered."}
    why = {"zh": "答复提交后不能更改。", "en": "An answer cannot be changed once it is sent."}
    next = {"zh": "如需补充，请联系提问的监管人员重新发起。", "en": "To add something, ask the officer to send a new request."}


class AlreadyExtended(Conflict):
    code = "clue_already_extended"
    what = {"zh": "核查期限已经延长过一次。", "en": "The period has been extended once already."}
    why = {"zh": "程序规定第十八条只允许延长一次。", "en": "Order 2 art. 18 allows one extension."}
    next = {"zh": "请在期限内作出处理。", "en": "Decide before the period ends."}


class ExtensionNotAsked(Conflict):
    code = "clue_extension_not_asked"
    what = {"zh": "没有待批准的延期申请。", "en": "No extension has been asked for."}
    why = {"zh": "延期须先由办案人员申请，再由负责人批准。", "en": "An officer asks, the head approves."}


class OwnExtension(ChengxinError):
    code = "clue_own_extension"
    status = 403
    what = {"zh": "不能批准本人申请的延期。", "en": "You may not approve an extension you asked for."}
    why = {"zh": "申请与批准须由不同的人作出。", "en": "Asking and approving are done by two people."}
    next = {"zh": "请由部门的另一位负责人批准。", "en": "Have another head of the department decide."}


class UnknownVerdict(ChengxinError):
    code = "clue_unknown_verdict"
    status = 422
    what = {"zh": "结论或理由有误。", "en": "The verdict or a reason is not valid."}
    why = {
        "zh": "结论须为页面所列之一，所选理由须属于该线索。",
        "en": "The verdict must be one of those listed, and the reasons must be this clue's.",
    }
    next = {"zh": "请重新选择；无害的线索请用“排除线索”。", "en": "Choose again; a harmless clue is dismissed instead."}


class NoLongerWaiting(Conflict):
    code = "finding_no_longer_waiting"
    what = {"zh": "该发现已不在待办储备中。", "en": "This finding does not wait any more."}
    why = {"zh": "它已形成线索或者并入已有线索。", "en": "It became a clue, or joined one."}
    next = {"zh": "请在线索列表中查找。", "en": "Look for it among the clues."}
