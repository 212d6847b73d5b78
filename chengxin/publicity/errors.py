"""What can go wrong with publicity."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class BeingCleared(ChengxinError):
    code = "open_data_being_cleared"
    status = 503
    what = {"zh": "该数据集正在更新，暂不提供。", "en": "This set is being made anew and is not served for the moment."}
    why = {
        "zh": "其中有事实的公示已经停止；旧文件不再提供。",
        "en": "A fact in it is public no longer, and the old file is not served any more.",
    }
    next = {"zh": "请在 {seconds} 秒后重试。", "en": "Ask again in {seconds} seconds."}


class EditionTaken(Conflict):
    code = "open_data_edition_taken"
    what = {"zh": "另一版开放数据刚刚发布。", "en": "Another edition of the open data has just been published."}
    why = {"zh": "本版以更早的一版为依据。", "en": "This one was made on an older one."}


class NotYours(ChengxinError):
    code = "publicity_same_person"
    status = 403
    what = {"zh": "须由另一人决定。", "en": "Another person decides this."}
    why = {"zh": "暂停公示或者开始审查的人不能自己作出决定。", "en": "Who held an item or began its review does not decide it."}
    next = {"zh": "请由本部门的另一位同事办理。", "en": "Have a colleague of the department do it."}
