"""What can go wrong with channels, mismatches, risk events and claims."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "payment_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class CardNumber(ChengxinError):
    code = "payment_card_number"
    status = 422
    what = {"zh": "内容中有疑似银行卡号，未保存。", "en": "The text holds what looks like a card number. Nothing was kept."}
    why = {
        "zh": "本系统不保存银行卡号、账户余额（{where}：{masked}）。",
        "en": "No card number or balance is kept here ({where}: {masked}).",
    }
    next = {
        "zh": "请删去卡号或者只留后四位，改填支付单号。",
        "en": "Take it out or keep the last four digits, and give the payment number instead.",
    }


class NumberTaken(Conflict):
    code = "payment_number_taken"
    what = {"zh": "编号 {number} 已用于另一内容。", "en": "The number {number} was used for something else."}
    why = {"zh": "同一编号只能对应同一内容。", "en": "One number stands for one content."}
    next = {"zh": "请核对编号。", "en": "Check the number."}


class AlreadyDone(Conflict):
    code = "payment_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每一步只能办理一次。", "en": "Each step is taken once."}


class AlreadyClaimed(Conflict):
    code = "payment_already_claimed"
    what = {"zh": "该笔支付已有申诉。", "en": "There is a claim on this payment already."}
    why = {"zh": "重复申诉不重新计算期限。", "en": "Claiming again does not start the clock anew."}
    next = {"zh": "请用首次申诉取得的查询码查询办理情况。", "en": "Follow it by the code you got the first time."}


class NoProof(ChengxinError):
    code = "payment_no_proof"
    status = 422
    what = {"zh": "没有证据，不能认定用户过错。", "en": "Without proof the user's fault cannot be found."}
    why = {
        "zh": "未经授权的支付损失由支付机构承担，能证明用户过错的除外（电子商务法第五十七条）。",
        "en": "The loss is the provider's unless it proves the user's fault (e-commerce law art. 57).",
    }
    next = {"zh": "请支付机构提交证据，或者由支付机构承担。", "en": "The provider hands in proof, or bears the loss."}


class WrongList(ChengxinError):
    code = "payment_wrong_list"
    status = 422
    what = {"zh": "名单未导入。", "en": "The list was not imported."}
    why = {"zh": "第 {row} 行：{why_zh}。", "en": "Row {row}: {why_en}."}
    next = {"zh": "请更正后重新导入；未导入任何一行。", "en": "Correct it and import again. No row was taken in."}
