"""What can go wrong with complaints and reports."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict, Forbidden


class ContentWrong(ChengxinError):
    code = "complaint_content"
    status = 422
    what = {"zh": "填写内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class IdentityNeeded(ChengxinError):
    code = "complaint_identity_needed"
    status = 422
    what = {"zh": "投诉人身份信息不全，不能受理。", "en": "The complaint cannot be accepted: the complainant's identity is incomplete."}
    why = {
        "zh": "投诉应当提供真实姓名和联系方式（令121第十条）。",
        "en": "A complaint gives the true name and a telephone (order 121 art. 10).",
    }
    next = {"zh": "请先限期要求投诉人补充。", "en": "Ask the complainant for it within a term first."}


class RespondentUnknown(ChengxinError):
    code = "report_respondent_unknown"
    status = 422
    what = {"zh": "尚未查明被举报主体。", "en": "The business behind it is not known to the register yet."}
    why = {"zh": "立案审查须有明确的主体。", "en": "A case is about a known subject."}
    next = {"zh": "请先填写被举报主体的统一社会信用代码。", "en": "Enter its unified social credit code first."}


class NotAHandler(Forbidden):
    code = "report_not_a_handler"
    what = {"zh": "举报人信息已封存。", "en": "The reporter's identity is sealed."}
    why = {
        "zh": "只有指定的承办人可以查看，每次查看都要说明理由并留痕（令121第三十七条）。",
        "en": "Only the named handlers may open it; each reading gives a reason and is logged (order 121 art. 37).",
    }
    next = {"zh": "确有需要的，请部门负责人指定为承办人。", "en": "If your work needs it, ask the head to name you."}


class TooEarly(Conflict):
    code = "complaint_too_early"
    what = {"zh": "还不能办结。", "en": "It cannot be closed yet."}
    why = {"zh": "投诉人可以在 {until} 前确认或者要求重新办理。", "en": "The complainant may confirm or reopen it until {until}."}
    next = {"zh": "请等待投诉人表示意见，或者期满后办结。", "en": "Wait for the complainant's word or for the day."}


class AlreadyDone(Conflict):
    code = "complaint_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每项只能办理一次。", "en": "It is done once."}


class NoBasisToTell(ChengxinError):
    code = "report_no_basis_to_tell"
    status = 422
    what = {"zh": "没有应当告知的规定。", "en": "No provision orders the result to be told."}
    why = {
        "zh": "举报处理结果只依据法律、法规、规章的明确规定告知（第10号文书）。",
        "en": "The result of a report is told only where a law, regulation or rule orders it (form 10).",
    }
    next = {"zh": "请选择适用的条款；没有的，不制作告知书。", "en": "Choose the provision that applies; if none does, no paper is made."}
