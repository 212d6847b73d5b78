"""What can go wrong when somebody is to be forgotten, or a city's settings are moved."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class NothingToLookFor(ChengxinError):
    code = "erasure_nothing_to_look_for"
    status = 422
    what = {"zh": "无法据此查找。", "en": "Nothing can be looked for with this."}
    why = {"zh": "仅有姓名不能确定是本人。", "en": "A name alone is nobody's proof."}
    next = {
        "zh": "请填写电话、证件号码、平台账号或者投诉举报编号中的至少一项。",
        "en": "Give a telephone, a document number, an account or the number of a matter.",
    }


class HoldWrong(ChengxinError):
    code = "retention_hold"
    status = 422
    what = {"zh": "暂缓删除不能这样办理。", "en": "The hold cannot be made like this."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class HeldAlready(Conflict):
    code = "retention_held_already"
    what = {"zh": "已有未解除的暂缓删除。", "en": "There is a hold that stands."}
    why = {"zh": "同一部门对同一对象只设一项，可以延长。", "en": "A department has one hold of a matter; renew it."}


class NoGround(ChengxinError):
    code = "erasure_no_ground"
    status = 422
    what = {"zh": "决定缺少依据。", "en": "The decision has no ground."}
    why = {
        "zh": "接受须有法定情形，拒绝须有依据并说明理由。",
        "en": "Accepting needs a case of the law, refusing a ground and reasons for the person.",
    }
    next = {"zh": "请选择依据并写明理由。", "en": "Choose a ground and write the reasons."}


class NotVerified(ChengxinError):
    code = "erasure_identity_not_checked"
    status = 422
    what = {"zh": "尚未核实请求人身份。", "en": "It was not verified who asks."}
    why = {"zh": "错误的删除不能恢复。", "en": "What is erased for the wrong person cannot be brought back."}
    next = {"zh": "请写明核实方式。", "en": "Write how it was verified."}


class Decided(Conflict):
    code = "erasure_decided"
    what = {"zh": "该请求已经决定。", "en": "This request was decided."}
    next = {"zh": "请刷新页面查看结果。", "en": "Open the page anew to see the result."}


class NotSigned(ChengxinError):
    code = "settings_not_signed"
    status = 422
    what = {"zh": "文件签名不成立。", "en": "The file's signature does not hold."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请向对方城市重新索取文件和公钥。", "en": "Ask the other city for the file and its key again."}


class NoPart(ChengxinError):
    code = "settings_no_part"
    status = 422
    what = {"zh": "没有可导入的部分。", "en": "There is nothing to take."}
    why = {"zh": "{part}不在文件中，或者不能导入。", "en": "{part} is not in the file or cannot be taken."}
    next = {"zh": "请选择文件中列出的部分。", "en": "Choose among the parts that the file lists."}


class SamePerson(Conflict):
    code = "settings_same_person"
    what = {"zh": "须由另一人确认。", "en": "Another person has to confirm."}
    next = {"zh": "请由另一名管理员办理。", "en": "Ask another administrator."}


class KeyInUse(Conflict):
    code = "key_in_use"
    what = {"zh": "该密钥仍在使用，不能销毁。", "en": "The key is still in use and cannot be destroyed."}
    why = {"zh": "{places}", "en": "{places}"}
    next = {
        "zh": "请先运行 chengxin keys rotate 并等待重新加密完成。",
        "en": "Run chengxin keys rotate and wait until all is encrypted anew.",
    }
