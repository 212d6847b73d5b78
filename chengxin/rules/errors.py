"""What can go wrong with rules and decisions."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class EventInvalid(ChengxinError):
    code = "decision_event_invalid"
    status = 422
    what = {"zh": "事件数据有误，未作决策。", "en": "The event is not valid; nothing was decided."}
    why = {"zh": "{why}", "en": "{why}"}
    next = {"zh": "请按接口说明修改后重新发送整个请求。", "en": "Correct it as the API document says and send the whole request again."}
