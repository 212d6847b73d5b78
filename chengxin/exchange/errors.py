"""What can go wrong with batches, files, requests and hooks."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict, Forbidden


class ContentWrong(ChengxinError):
    code = "exchange_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class NothingToSend(Conflict):
    code = "exchange_nothing"
    what = {"zh": "没有待报数据。", "en": "No row waits."}
    why = {"zh": "该部门该类数据均已报送，或者校验未通过。", "en": "Every row of the department and kind was sent, or is faulty."}
    next = {"zh": "请先处理有误数据。", "en": "See the rows with errors first."}


class SamePerson(Forbidden):
    code = "exchange_same_person"
    what = {"zh": "须由另一人办理。", "en": "Another person has to do this."}
    why = {"zh": "归集、申请、编制的人不能自己审核。", "en": "Who collected, filed or drafted does not approve."}
    next = {"zh": "请同部门的审核人员办理。", "en": "Ask a reviewer of the department."}


class AlreadyDone(Conflict):
    code = "exchange_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每一步只能办理一次。", "en": "Each step is taken once."}


class NotAssessed(Conflict):
    code = "exchange_not_assessed"
    what = {"zh": "尚未评估，不能列入目录。", "en": "Not assessed yet, so it cannot be listed."}
    why = {
        "zh": "数据列入目录前须作个人信息保护影响评估（个人信息保护法第五十五条）。",
        "en": "The impact on personal information is assessed before listing (PIPL art. 55).",
    }
    next = {"zh": "请先填写评估。", "en": "Fill in the assessment first."}


class UseRefused(Forbidden):
    code = "exchange_use_refused"
    what = {"zh": "本次使用被拒绝，已记录。", "en": "This use is refused, and was logged."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {
        "zh": "请按批准的用途、字段和期限使用，或者另行申请。",
        "en": "Keep to the granted purpose, fields and term, or file another request.",
    }


class AddressRefused(ChengxinError):
    code = "exchange_address"
    status = 422
    what = {"zh": "不能向该网址推送。", "en": "Nothing can be sent to this address."}
    why = {"zh": "{reason_zh}。", "en": "{reason_en}."}
    next = {"zh": "请提供公网 https 网址。", "en": "Give a public https address."}
