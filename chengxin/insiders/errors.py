"""What can go wrong in the insiders' channel."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class NotSealed(ChengxinError):
    code = "insider_not_sealed"
    status = 422
    what = {"zh": "内容未按本渠道的格式加密，没有接收。", "en": "It is not sealed in this channel's format and was not taken."}
    why = {"zh": "本渠道只接收在浏览器中加密好的内容。", "en": "The channel takes only what was sealed in the browser."}
    next = {"zh": "请重新打开页面后再试，不要手工改动。", "en": "Open the page again and retry."}


class TooMuch(ChengxinError):
    code = "insider_too_large"
    status = 413
    what = {"zh": "内容过大。", "en": "It is too large."}
    why = {"zh": "一次发送的附件合计不超过3兆字节。", "en": "The files of one message may have 3 MB together."}
    next = {"zh": "请减少附件，分几次发送。", "en": "Send fewer files, or several messages."}


class ChannelClosed(Conflict):
    code = "insider_channel_closed"
    what = {"zh": "该渠道目前不能接收，或者密钥已经更换。", "en": "The channel takes nothing now, or its keys were replaced."}
    why = {
        "zh": "须有至少{least}名经办人（其中一名为副经办人）持有有效密钥。",
        "en": "At least {least} handlers, one of them the deputy, have to hold a live key.",
    }
    next = {"zh": "请重新打开页面后再试。", "en": "Open the page again and retry."}


class Taken(Conflict):
    code = "insider_taken"
    what = {"zh": "该内容已经收到过。", "en": "This was received before."}
    next = {"zh": "无需重复发送。", "en": "Do not send it again."}


class NotHandler(ChengxinError):
    code = "insider_not_handler"
    status = 403
    what = {"zh": "您不是该渠道的经办人。", "en": "You are not a handler of this channel."}
    why = {"zh": "经办人由部门负责人指定。", "en": "Handlers are named by the head of the department."}
    next = {"zh": "请联系部门负责人。", "en": "Ask the head of your department."}


class NoKey(Conflict):
    code = "insider_no_key"
    what = {"zh": "您目前没有有效密钥。", "en": "You hold no live key."}
    next = {"zh": "请先在“我的密钥”中生成密钥。", "en": "Make a key first, under “My key”."}


class NotOfDepartment(ChengxinError):
    code = "insider_not_of_department"
    status = 422
    what = {"zh": "不能指定该人员。", "en": "This person cannot be named."}
    why = {
        "zh": "经办人须为本部门在岗人员，且不得重复指定。",
        "en": "A handler works in the department, and is named once.",
    }
    next = {"zh": "请核对人员。", "en": "Check the person."}


class NothingWritten(ChengxinError):
    code = "insider_nothing_written"
    status = 422
    what = {"zh": "未写明内容。", "en": "Nothing is written."}
    why = {"zh": "转为线索须由经办人写明要查的事项。", "en": "The handler has to write down what is to be looked into."}
    next = {
        "zh": "请用自己的话写明，不要写可能暴露举报人的细节。",
        "en": "Write it in your own words, without what could give the reporter away.",
    }
