"""What can go wrong with funds, claims, deposits and bank statements."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "compensation_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class FundShort(Conflict):
    code = "compensation_fund_short"
    what = {"zh": "资金不足，未记账。", "en": "There is not enough money. Nothing was booked."}
    why = {
        "zh": "“{account}”余额 {held} 分，需 {asked} 分；资金账户不得为负。",
        "en": "“{account}” holds {held} fen, {asked} are asked for; an account of money never goes below nothing.",
    }
    next = {"zh": "请先补足资金或者核对金额。", "en": "Top up first, or check the amount."}


class BookedOtherwise(Conflict):
    code = "compensation_booked_otherwise"
    what = {"zh": "该业务已按其他内容记账。", "en": "This was booked already, with another content."}
    why = {"zh": "同一业务（{key}）只记一次账。", "en": "One thing ({key}) is booked once."}
    next = {"zh": "请核对凭证编号。", "en": "Check the number of the paper."}


class CapReached(Conflict):
    code = "compensation_cap"
    what = {"zh": "超过本基金规则的赔付上限。", "en": "It is over a cap of the fund's rule."}
    why = {"zh": "{cap_zh}上限尚余 {left} 分。", "en": "Of the cap {cap_en}, {left} fen are left."}
    next = {"zh": "请在余额内核定金额；其余部分可以依法另行主张。", "en": "Approve what is left; the rest can be claimed by other ways."}


class AlreadyDone(Conflict):
    code = "compensation_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每一步只能办理一次。", "en": "Each step is taken once."}


class AlreadyPaid(Conflict):
    code = "compensation_already_paid"
    what = {"zh": "该订单已经赔付，不得重复支付。", "en": "This order was compensated already; it is not paid twice."}
    why = {"zh": "一笔订单只先行赔付一次。", "en": "An order is compensated once."}
    next = {"zh": "请核对订单号和原赔付记录。", "en": "Check the order's number and the first payment."}


class AnotherPerson(Conflict):
    code = "compensation_another_person"
    what = {"zh": "须由另一人办理。", "en": "Another person has to do this."}
    why = {"zh": "前一步由您办理，本步须由他人复核。", "en": "You took the step before; it is checked by somebody else."}
    next = {"zh": "请转交同事办理。", "en": "Hand it to a colleague."}


class NoRule(Conflict):
    code = "compensation_no_rule"
    what = {"zh": "基金在该日没有已公布的规则。", "en": "On that day the fund has no published rule."}
    why = {"zh": "先行赔付依申请当日的规则办理。", "en": "A claim is decided by the rule of its day."}
    next = {"zh": "请先公布规则。", "en": "Publish a rule first."}


class NotAStatement(ChengxinError):
    code = "compensation_statement"
    status = 422
    what = {"zh": "银行对账单未导入。", "en": "The bank statement was not imported."}
    why = {"zh": "{why_zh}。", "en": "{why_en}."}
    next = {"zh": "请核对文件和余额后重新导入；未导入任何一行。", "en": "Check file and balances and import again. No line was taken in."}


class StillOpen(Conflict):
    code = "compensation_still_open"
    what = {"zh": "该基金不能关闭。", "en": "The fund cannot be closed."}
    why = {
        "zh": "还有未办结的申请、未完成的追偿、未退的保证金或者账户余额，或者已经关闭。",
        "en": "Claims, recoveries, deposits or money are still open, or it is closed already.",
    }
    next = {
        "zh": "请先办结并退还出资，账户余额为零后再关闭。",
        "en": "Finish them and give contributions back; close it when nothing is left.",
    }
