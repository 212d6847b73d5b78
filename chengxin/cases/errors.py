"""What can go wrong in a case."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class CaseRule(ChengxinError):
    """A step that the law does not allow as it was asked for."""

    code = "case_rule"
    status = 422
    what = {"zh": "该步骤不符合法定程序。", "en": "The law does not allow this step as it was asked for."}


class NotAHandler(ChengxinError):
    code = "case_not_handler"
    status = 403
    what = {"zh": "您不是本案的办案人员。", "en": "You are not an officer of this case."}
    why = {"zh": "立案后的调查、告知和送达由指定的两名办案人员办理。", "en": "After filing, the two appointed officers do this."}
    next = {"zh": "如需参加办案，请由部门负责人指派。", "en": "Ask the head to appoint you."}


class NotTwoOfficers(Conflict):
    code = "case_not_two_officers"
    what = {"zh": "本案现有办案人员不是两名。", "en": "This case does not have two officers at present."}
    why = {"zh": "执法人员不得少于两人（行政处罚法第四十二条）。", "en": "At least two officers act (Administrative Penalty Law 42)."}
    next = {"zh": "请由部门负责人指派办案人员。", "en": "Have the head appoint another officer."}


class TwoDifferentOfficers(CaseRule):
    code = "case_two_different_officers"
    why = {"zh": "须指定两名不同的办案人员。", "en": "Two different officers are needed."}
    next = {"zh": "请选择两名持有有效执法证件的人员。", "en": "Choose two persons with valid certificates."}


class NoCertificate(ChengxinError):
    code = "case_no_certificate"
    status = 403
    what = {"zh": "执法证件缺失、过期或者不属于本部门。", "en": "The enforcement certificate is missing, expired or of another department."}
    why = {"zh": "{name}没有在当日有效的执法证件。", "en": "{name} has no certificate that is valid today."}
    next = {"zh": "请由部门负责人在“执法证件”中核对登记。", "en": "Have the head check the register of certificates."}


class NotDeclared(Conflict):
    code = "case_not_declared"
    what = {"zh": "办案人员尚未申明有无利害关系。", "en": "An officer has not declared the relations to the party yet."}
    why = {"zh": "两名办案人员申明后方可开展调查。", "en": "Both officers declare before the investigation begins."}


class ConflictOfInterest(ChengxinError):
    code = "case_conflict_of_interest"
    status = 403
    what = {"zh": "您已申明与当事人有利害关系，不得办理本案。", "en": "You declared a relation to the party and take no part in this case."}
    why = {"zh": "依据行政处罚法第四十三条。", "en": "Administrative Penalty Law, article 43."}
    next = {"zh": "请由其他人员办理。", "en": "Somebody else acts."}


class Recused(ChengxinError):
    code = "case_recused"
    status = 403
    what = {"zh": "您已回避本案。", "en": "You stepped back from this case."}
    why = {"zh": "决定回避后不得再参与本案。", "en": "Who was recused takes no further part."}
    next = {"zh": "请由其他办案人员办理。", "en": "Somebody else acts."}


class SamePersonInCase(ChengxinError):
    code = "case_same_person"
    status = 403
    what = {"zh": "这一步须由另一人办理。", "en": "Another person takes this step."}
    why = {"zh": "调查、审核、决定须由不同的人员承担。", "en": "Investigation, review and decision are done by different people."}
    next = {"zh": "请由本部门其他人员办理。", "en": "Have somebody else of the department do it."}


class NotChair(ChengxinError):
    code = "case_not_chair"
    status = 403
    what = {"zh": "听证由指定的主持人记录。", "en": "The appointed chair records the hearing."}
    why = {"zh": "听证主持人不得是本案调查人员。", "en": "The chair is none of those who investigated."}


class NotLegalReviewer(ChengxinError):
    code = "case_legal_review"
    status = 403
    what = {"zh": "本案属于重大案件，须由法制审核人员审核。", "en": "This case is major: a legal reviewer reviews it."}
    why = {
        "zh": "拟处罚内容达到重大案件标准（行政处罚法第五十八条）。",
        "en": "The intended penalty reaches the threshold (Administrative Penalty Law 58).",
    }
    next = {"zh": "请由登记为法制审核的人员办理。", "en": "Have somebody do it who is registered for legal reviews."}


class NoEvidence(CaseRule):
    code = "case_no_evidence"
    why = {"zh": "本案尚无证据。", "en": "The case has no evidence yet."}
    next = {"zh": "请先添加证据，再终结调查。", "en": "Add evidence before the investigation ends."}


class PenaltiesWrong(CaseRule):
    code = "case_penalties"
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class DayWrong(CaseRule):
    code = "case_day"
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class TooEarly(Conflict):
    code = "case_too_early"
    what = {"zh": "期限尚未届满。", "en": "The period is not over."}
    why = {"zh": "须在{due}之后（{article}）。", "en": "Not before the end of {due} ({article})."}
    next = {"zh": "请等待期限届满，或者先登记当事人书面放弃。", "en": "Wait for its end, or enter the party's written waiver."}


class TooLateInCase(Conflict):
    code = "case_too_late"
    what = {"zh": "已超过法定期限。", "en": "The legal period is over."}
    why = {"zh": "最后一日为{due}（{article}）。", "en": "Its last day was {due} ({article})."}
    next = {"zh": "请按规定延长期限或者集体讨论。", "en": "Have it extended as the law provides."}


class NoHearingDue(CaseRule):
    code = "case_no_hearing"
    why = {"zh": "拟处罚内容未达到听证标准。", "en": "The intended penalty gives no right to a hearing."}
    next = {"zh": "当事人仍可陈述、申辩。", "en": "The party may still state and defend."}


class Unanswered(Conflict):
    code = "case_unanswered"
    what = {"zh": "还有{count}条陈述、申辩意见没有答复。", "en": "{count} arguments of the party have no answer yet."}
    why = {"zh": "每条意见是否采纳及理由须在决定前写明。", "en": "Each is adopted or not, with reasons, before the decision."}
    next = {"zh": "请办案人员逐条答复。", "en": "Have the officers answer each."}


class Heavier(CaseRule):
    code = "case_heavier"
    why = {
        "zh": "处罚内容重于告知的内容；不得因陈述、申辩给予更重的处罚（行政处罚法第四十五条）。",
        "en": "It is heavier than what was notified; a defence never makes it heavier (Administrative Penalty Law 45).",
    }
    next = {
        "zh": "如有新的事实和证据，请退回补充调查并重新告知。",
        "en": "If there are new facts, go back to the investigation and notify again.",
    }


class NotConferred(Conflict):
    code = "case_not_conferred"
    what = {"zh": "重大案件须先集体讨论。", "en": "A major case is discussed collectively first."}
    why = {
        "zh": "拟处罚内容达到重大案件标准（行政处罚法第五十七条）。",
        "en": "The penalty reaches the threshold (Administrative Penalty Law 57).",
    }
    next = {"zh": "请先登记集体讨论记录。", "en": "Enter the minutes of the discussion first."}


class NotCleared(Conflict):
    code = "case_not_cleared"
    what = {"zh": "公示文本尚未通过保密审查和脱敏复核。", "en": "The public text has not passed the secrecy review."}
    why = {"zh": "公示内容须经另一人复核后随决定送达。", "en": "Another person checks it before the decision is served."}
    next = {"zh": "请先拟定公示文本并由另一人复核。", "en": "Draft it and have another person check it."}


class TextNotRedacted(CaseRule):
    code = "case_not_redacted"
    why = {"zh": "文本中疑似有证件号、电话、账号或者自然人姓名。", "en": "The text seems to hold a personal number or a person's name."}
    next = {"zh": "请脱敏后重新提交。", "en": "Redact it and send it again."}


class BothLetters(CaseRule):
    code = "case_both_letters"
    why = {"zh": "决定书须与公示和信用修复告知书同时送达。", "en": "The notice of publicity and repair is served with the decision."}
    next = {"zh": "请确认“两书同达”。", "en": "Serve both and say so."}


class NotPaid(Conflict):
    code = "case_not_paid"
    what = {"zh": "罚没款尚未缴清。", "en": "Not all is paid."}
    why = {"zh": "尚欠{left}元（含加处罚款）。", "en": "{left} yuan is still owed, late fee included."}


class NotOut(Conflict):
    code = "case_not_published"
    what = {"zh": "“双公示”尚未完成。", "en": "The double publicity is not done yet."}


class AlreadyExtendedCase(Conflict):
    code = "case_already_extended"
    what = {"zh": "期限已经延长过一次。", "en": "The period was extended once already."}
    why = {"zh": "再次延长须集体讨论决定。", "en": "A further extension is decided collectively."}


class NothingToDo(Conflict):
    code = "case_nothing_to_do"
    what = {"zh": "没有可以办理的对应事项。", "en": "There is nothing this step could be about."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
