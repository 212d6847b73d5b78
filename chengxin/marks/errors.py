"""What can go wrong with marks."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class HostWrong(ChengxinError):
    code = "mark_host"
    status = 422
    what = {"zh": "该网址不能申请标识。", "en": "No mark can be asked for on this address."}
    why = {"zh": "{why_zh}。", "en": "{why_en}."}
    next = {"zh": "请填写店铺自己的网站域名，例如 shop.example。", "en": "Give the host of the shop's own site, such as shop.example."}


class HolderKeyWrong(ChengxinError):
    code = "mark_holder_key"
    status = 422
    what = {"zh": "公钥格式有误。", "en": "The public key is not valid."}
    why = {
        "zh": "需要 Ed25519 公钥的 JWK，且不得含私钥。",
        "en": "It has to be the JWK of an Ed25519 public key, without the private part.",
    }
    next = {"zh": "请重新导出公钥，或者留空。", "en": "Export the public key again, or leave it out."}


class RequestOpen(Conflict):
    code = "mark_request_open"
    what = {"zh": "该店铺在该网站上已有办理中的申请。", "en": "A request for this shop and host is open already."}
    why = {"zh": "申请号 {number}。", "en": "It is request {number}."}
    next = {"zh": "请继续办理该申请，或者先撤回。", "en": "Go on with it, or withdraw it first."}


class NotVerified(Conflict):
    code = "mark_identity"
    what = {
        "zh": "店铺身份未核验或者已过期，不能发放标识。",
        "en": "The shop's identity is not verified and current, so no mark is issued.",
    }
    why = {
        "zh": "标识只说明身份事实，身份须在核验有效期内。",
        "en": "A mark states identity facts; they have to be verified within the law's term.",
    }
    next = {"zh": "请先由平台完成核验。", "en": "Have the platform verify the shop first."}


class ProofOld(Conflict):
    code = "mark_proof_old"
    what = {"zh": "域名证明已超过{days}天。", "en": "The proof of the domain is more than {days} days old."}
    next = {"zh": "请申请人重新点击“检查域名”。", "en": "Have the applicant check the domain again."}


class NotIssuer(ChengxinError):
    code = "mark_not_issuer"
    status = 403
    what = {"zh": "您的部门不办理可信标识。", "en": "Your department does not issue marks."}
    why = {"zh": "可信标识由{departments}办理。", "en": "Marks are issued by {departments}."}
    next = {"zh": "请转请上述部门办理。", "en": "Pass it on to one of them."}


class NoReason(ChengxinError):
    code = "mark_reason"
    status = 422
    what = {"zh": "须说明理由。", "en": "A reason is needed."}
    why = {
        "zh": "理由过短，或者疑似含有证件号、电话、账号。",
        "en": "It is too short, or seems to hold an identity, telephone or account number.",
    }


class LinkWrong(ChengxinError):
    code = "permit_link"
    status = 422
    what = {"zh": "该链接不能登记。", "en": "This link cannot be put on file."}
    why = {
        "zh": "须为 http 或 https 网址，且同一许可、同一产品只登记一次。",
        "en": "It has to be an http or https address, once for a licence and product.",
    }


class NotCaptured(Conflict):
    code = "imitation_not_captured"
    what = {"zh": "核实前须先固定网页证据。", "en": "The page has to be captured before it is confirmed."}
    why = {
        "zh": "认定仿冒须有网页取证和对方说明两方面材料。",
        "en": "An imitation is confirmed on the captured page and on what the other side says.",
    }
    next = {"zh": "请先点击“固定网页”。", "en": "Capture the page first."}
