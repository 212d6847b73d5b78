"""What can go wrong with lists."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class NotListable(ChengxinError):
    code = "list_not_listable"
    status = 422
    what = {"zh": "不符合列入条件，不能提出列入建议。", "en": "The conditions of the list are not met; it cannot be proposed."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请核对处罚记录与认定因素。", "en": "Check the penalty on file and the factors."}


class AlreadyListed(Conflict):
    code = "list_already"
    what = {"zh": "该主体已在此名单的列入程序中或者已被列入。", "en": "The subject is on this list, or on the way to it."}
    why = {"zh": "同一主体同一名单同时只能有一项。", "en": "A subject has one living entry of a list."}


class WrongState(Conflict):
    code = "list_wrong_state"
    what = {"zh": "当前状态下不能进行这一步。", "en": "This step cannot be taken now."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}


class SamePerson(ChengxinError):
    code = "list_same_person"
    status = 403
    what = {"zh": "不能由同一人办理。", "en": "One person may not do both."}
    why = {
        "zh": "提出、同意、决定和发布须由不同的人员办理。",
        "en": "Proposing, agreeing, deciding and publishing are done by different people.",
    }
    next = {"zh": "请由其他有权限的人员办理。", "en": "Have another person with the power do it."}


class TooEarly(Conflict):
    code = "list_too_early"
    what = {"zh": "尚未到时间。", "en": "It is too early."}
    why = {"zh": "最早为{on}（{article}）。", "en": "Not before {on} ({article})."}
    next = {"zh": "请在该日之后再办理。", "en": "Come back on or after that day."}


class TooLate(Conflict):
    code = "list_too_late"
    what = {"zh": "期限已过。", "en": "The period is over."}
    why = {"zh": "期限为{on}（{article}）。", "en": "The last day was {on} ({article})."}
    next = {"zh": "可以依法申请行政复议或者提起行政诉讼。", "en": "You may still ask for administrative review or go to court."}


class NotRepairable(Conflict):
    code = "list_not_repairable"
    what = {"zh": "目前不能申请修复。", "en": "Repair cannot be applied for now."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请查看“修复条件”中各项的状态和日期。", "en": "See the state and date of each condition."}


class SignatureNeeded(ChengxinError):
    code = "list_signature_needed"
    status = 422
    what = {"zh": "解除回执须签名。", "en": "A removal receipt has to be signed."}
    why = {
        "zh": "回执用于证明措施已经解除，须由客户端私钥签名（RFC 9421）。",
        "en": "It proves that nothing stands any more: sign the request (RFC 9421).",
    }


class ConsentMissing(ChengxinError):
    code = "list_consent_missing"
    status = 403
    what = {"zh": "没有有效授权或者法定目的，不能查询。", "en": "No consent in force and no legal purpose: this cannot be asked."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请先取得主体的书面或者电子签名授权。", "en": "Get the subject's written or e-signed consent first."}
