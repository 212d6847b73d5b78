"""What can go wrong with official papers."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class FormUnknown(ChengxinError):
    code = "form_unknown"
    status = 422
    what = {"zh": "没有可用的文书格式“{id}”。", "en": "There is no form “{id}”."}
    why = {"zh": "该格式不存在，或在{day}尚未启用、已经停用。", "en": "It does not exist, or was not in use on {day}."}
    next = {"zh": "请选用当日有效的文书格式。", "en": "Choose a form that was in use on that day."}


class FieldsMissing(ChengxinError):
    """Required blanks of a form are empty; `fields` names them."""

    code = "form_fields_missing"
    status = 422
    what = {"zh": "文书有必填项未填写。", "en": "The paper is not complete."}
    why = {"zh": "《{form_zh}》缺少：{names_zh}。", "en": "“{form_en}” lacks: {names_en}."}
    next = {"zh": "请补充后重新制作；可以先预览草稿。", "en": "Fill them in and make it again; a draft can be previewed at any time."}


class FieldsUnknown(ChengxinError):
    """A value was given under a name that no form has: a slip that would otherwise leave the blank empty."""

    code = "form_fields_unknown"
    status = 422
    what = {"zh": "文书内容中有无法识别的项目。", "en": "The paper was given blanks that no form has."}
    why = {"zh": "无法识别：{names}。", "en": "Unknown: {names}."}


class ValueWrong(ChengxinError):
    code = "form_value"
    status = 422
    what = {"zh": "“{name_zh}”的填写内容不符合要求。", "en": "“{name_en}” cannot be filled in like this."}
    why = {"zh": "该项应为{kind}，实际为“{given}”。", "en": "It takes {kind}, not “{given}”."}


class AlreadyEnded(Conflict):
    code = "document_already_ended"
    what = {"zh": "该文书已被撤销或者替换。", "en": "This paper has been revoked or superseded."}
    why = {"zh": "每份文书只能被撤销或者替换一次。", "en": "A paper is revoked or superseded once."}


class SamePerson(ChengxinError):
    code = "document_same_person"
    status = 403
    what = {"zh": "不能确认本人提交的事项。", "en": "You may not confirm what you prepared yourself."}
    why = {"zh": "制作与确认须由不同的人完成。", "en": "Preparing and confirming are done by two people."}
    next = {"zh": "请由另一位同事确认。", "en": "Have another colleague confirm it."}


class AlreadyDecided(Conflict):
    code = "redaction_already_decided"
    what = {"zh": "该公开版本已经处理。", "en": "This version has been decided already."}
    why = {"zh": "每一版本只能确认或者退回一次。", "en": "Each is confirmed or sent back once."}


class RedactionWaiting(Conflict):
    code = "redaction_waiting"
    what = {"zh": "该文书已有待确认的公开版本。", "en": "A version for publication waits to be confirmed."}
    why = {"zh": "同一文书一次只能有一个待确认的公开版本。", "en": "One version of a paper waits at a time."}
    next = {"zh": "请先由另一位同事确认或者退回。", "en": "Have a colleague confirm it or send it back first."}


class MustStrike(ChengxinError):
    code = "redaction_must_strike"
    status = 422
    what = {"zh": "有依法不得公开的内容未隐去。", "en": "Something that may never be published was left in."}
    why = {
        "zh": "身份证件号码、电话号码、电子邮箱不得公开（law/redaction.yaml）。",
        "en": "Identity numbers, telephone numbers and e-mail addresses are never public (law/redaction.yaml).",
    }
    next = {"zh": "请保留对这些内容的勾选。", "en": "Leave them ticked."}
