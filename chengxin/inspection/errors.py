"""What can go wrong with inspections."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class SamePerson(ChengxinError):
    code = "inspection_same_person"
    status = 403
    what = {"zh": "不能审批本人提出或者经办的事项。", "en": "You may not decide what you proposed or did."}
    why = {"zh": "提出与审批须由不同的人完成。", "en": "Proposing and deciding are done by two people."}
    next = {"zh": "请由另一位同事审批。", "en": "Have another colleague decide."}


class AlreadyDone(Conflict):
    code = "inspection_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每一步只能办理一次。", "en": "Each step is done once."}


class PlanWrong(ChengxinError):
    code = "inspection_plan"
    status = 422
    what = {"zh": "检查计划不能这样制定。", "en": "An inspection cannot be planned like this."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请调整事项、比例或者部门后重新提交。", "en": "Change items, rates or departments and send it again."}


class DrawWrong(Conflict):
    code = "inspection_draw"
    what = {"zh": "抽取不能继续。", "en": "The draw cannot go on."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class SecretWrong(ChengxinError):
    code = "inspection_secret"
    status = 422
    what = {"zh": "随机数与承诺不符。", "en": "The secret is not the one that was committed to."}
    why = {"zh": "由该随机数算出的承诺值不同。", "en": "Another commitment follows from it."}
    next = {"zh": "请使用提交承诺时保存的随机数。", "en": "Use the secret that was saved with the commitment."}


class NobodyLeft(Conflict):
    code = "inspection_nobody"
    what = {"zh": "没有可以派出的检查人员。", "en": "No inspector can be sent."}
    why = {
        "zh": "{department} 名录库中持证且无须回避的人员不足。",
        "en": "Too few certified inspectors without a conflict in {department}.",
    }
    next = {"zh": "请先补充检查人员名录库。", "en": "Add inspectors to the register first."}


class NotOnTeam(ChengxinError):
    code = "inspection_not_on_team"
    status = 403
    what = {"zh": "您不是该项检查的检查人员。", "en": "You are not on the team of this inspection."}
    why = {"zh": "检查结果由被派出的检查人员填写和签名。", "en": "Those who were sent report and sign."}


class ReportWrong(ChengxinError):
    code = "inspection_report"
    status = 422
    what = {"zh": "检查结果不完整。", "en": "The report is not complete."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class WarningWrong(ChengxinError):
    code = "inspection_warning"
    status = 422
    what = {"zh": "风险提示不能这样办理。", "en": "The warning cannot be made like this."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
