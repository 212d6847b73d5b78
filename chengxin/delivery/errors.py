"""What can go wrong with parcels, incidents, traces, ratings and bans."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "delivery_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class FormatUnknown(ChengxinError):
    code = "delivery_format"
    status = 422
    what = {"zh": "没有这种推送格式。", "en": "There is no such format of events."}
    why = {"zh": "“{format}”不在已登记的承运人格式之中。", "en": "“{format}” is not among the carriers' formats."}
    next = {"zh": "可用的格式：{known}。", "en": "There are: {known}."}


class ParcelUnknown(ChengxinError):
    code = "delivery_parcel_unknown"
    status = 404
    what = {"zh": "没有查到这件快件。", "en": "This parcel was not found."}
    why = {
        "zh": "运单号与订单号须同时相符，且承运企业或者平台已经报送。",
        "en": "Waybill and order number have to agree, and the carrier or the platform has to have reported it.",
    }
    next = {"zh": "请核对两个号码；刚寄出的快件请次日再查。", "en": "Check both numbers; ask about a fresh parcel tomorrow."}


class SamePerson(ChengxinError):
    code = "delivery_same_person"
    status = 403
    what = {"zh": "须由另一人办理。", "en": "Another person does this step."}
    why = {"zh": "提出的人不能自己决定。", "en": "Who proposed or entered it does not decide it."}
    next = {"zh": "请由另一位同事办理。", "en": "Have a colleague do it."}


class WrongState(Conflict):
    code = "delivery_state"
    what = {"zh": "现在不能办理这一步。", "en": "This step is not open now."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class AlreadyDone(Conflict):
    code = "delivery_already"
    what = {"zh": "已经办理过。", "en": "This has been done already."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class NoDecision(ChengxinError):
    code = "delivery_no_decision"
    status = 422
    what = {"zh": "没有可以依据的决定。", "en": "There is no decision to rest on."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {
        "zh": "请先在该企业的信用档案中确认有效的处罚决定。",
        "en": "A penalty decision that stands has to be on the firm's credit file first.",
    }


class SharesWrong(ChengxinError):
    code = "delivery_shares"
    status = 422
    what = {"zh": "责任份额有误。", "en": "The shares of liability are not valid."}
    why = {"zh": "各节点份额合计为{sum}%，应为100%，每一份额为整数。", "en": "The shares make {sum} %, not 100 %; each is a whole number."}
    next = {"zh": "请调整各节点份额。", "en": "Adjust the shares."}
