"""What can go wrong with commitments."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "commitment_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class SamePerson(ChengxinError):
    code = "commitment_same_person"
    status = 403
    what = {"zh": "须由另一人办理。", "en": "Another person does this step."}
    why = {"zh": "提出的人不能自己决定。", "en": "Who proposed it does not decide it."}
    next = {"zh": "请由本部门的另一位同事办理。", "en": "Have a colleague of the department do it."}


class AlreadyDone(Conflict):
    code = "commitment_already_done"
    what = {"zh": "该事项已经处理。", "en": "This has been done already."}
    why = {"zh": "每一事项只能处理一次。", "en": "Each is done once."}


class InForce(Conflict):
    code = "commitment_in_force"
    what = {"zh": "您已有同一事项的有效承诺（{number}）。", "en": "You have such a commitment in force ({number})."}
    why = {
        "zh": "同一事项一次只有一份有效承诺；到期前三十日起可以续签。",
        "en": "One commitment of a kind is in force at a time; it can be renewed in its last thirty days.",
    }
    next = {"zh": "请在“我的承诺”中查看。", "en": "See it under “My commitments”."}


class Barred(ChengxinError):
    code = "commitment_barred"
    status = 403
    what = {"zh": "不能适用告知承诺。", "en": "A commitment cannot stand in place of proof here."}
    why = {
        "zh": "被列入严重违法失信名单的，列入期间不适用告知承诺制（市场监管总局令第44号第十五条）。",
        "en": "Who is on the list of the seriously dishonest may not use notification and commitment (order 44 art. 15).",
    }
    next = {
        "zh": "请按一般程序提交材料；移出名单后可以使用。",
        "en": "Hand in the papers by the ordinary way; it is open again after removal from the list.",
    }


class Early(Conflict):
    code = "commitment_early"
    what = {"zh": "陈述期限尚未届满。", "en": "The period for the statement is not over."}
    why = {"zh": "承诺人可以陈述至 {due}。", "en": "The maker may state until {due}."}
    next = {"zh": "请在收到陈述或者期限届满后办理。", "en": "Go on when the statement is in or the period over."}


class TooLate(Conflict):
    code = "commitment_too_late"
    what = {"zh": "陈述期限已经届满。", "en": "The period for the statement is over."}
    why = {"zh": "陈述应在 {due} 前提出。", "en": "The statement was due by {due}."}
    next = {"zh": "认定后可以对信用记录提出异议。", "en": "You may still object to the credit record once it is made."}
