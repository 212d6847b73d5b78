"""What may go wrong at the door, and in the giving of rights."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict, Forbidden, Invalid


class WrongScope(Forbidden):
    code = "wrong_scope"
    why = {"zh": "令牌没有所需的权限范围：{scope}。", "en": "The token lacks the scope {scope}."}
    next = {
        "zh": "请以该范围重新申请令牌，或联系安全管理员增加范围。",
        "en": "Ask for a token with it, or ask the security administrator to add it.",
    }


class WrongNetwork(Forbidden):
    code = "wrong_network"
    why = {"zh": "请求的网络地址不在该客户端的许可名单内。", "en": "The request comes from a network the client does not list."}
    next = {"zh": "请从登记的网络发送，或联系安全管理员更新名单。", "en": "Send from a listed network, or have the list updated."}


class TooManyRequests(ChengxinError):
    code = "too_many_requests"
    status = 429
    what = {"zh": "请求过于频繁。", "en": "Too many requests."}
    why = {"zh": "该客户端的速率等级为每秒 {rate} 次请求。", "en": "The client's rate class allows {rate} requests a second."}
    next = {
        "zh": "请在 {seconds} 秒后重试，把多行数据合并为一批报送，或联系安全管理员调整速率等级。",
        "en": "Try again in {seconds} seconds, report more rows in one batch, or ask the security administrator for a higher class.",
    }


class PurposeNeeded(ChengxinError):
    code = "purpose_needed"
    status = 428
    what = {"zh": "查看个人信息前需要说明目的。", "en": "Personal data open only for a stated purpose."}
    why = {
        "zh": "个人信息的每次查看都要记录目的和案号（个人信息保护法第六条）。",
        "en": "Each read is logged with its purpose and case number (PIPL art. 6).",
    }
    next = {
        "zh": "请填写目的和案号，或在接口请求头 X-Purpose 中给出。",
        "en": "Give a purpose and case number, or send the header X-Purpose.",
    }


class EstatesMixed(Conflict):
    code = "estates_mixed"
    what = {"zh": "这些角色不能由同一人担任。", "en": "One person may not hold these roles together."}
    why = {
        "zh": "系统、安全、审计三类管理员相互分离，且都不得同时经办业务（等保2.0三级）。",
        "en": "System, security and audit administration are kept apart from each other and from business (MLPS 2.0 level 3).",
    }
    next = {"zh": "请先撤销原有角色，或另行指定人员。", "en": "Revoke the other role first, or name another person."}


class SamePerson(Conflict):
    code = "same_person"
    what = {"zh": "经办与复核不能是同一人。", "en": "Maker and checker may not be the same person."}
    why = {
        "zh": "授权须由另一人复核后生效，本人也不得为自己授权。",
        "en": "A grant takes effect when another confirms it; nobody grants to himself.",
    }
    next = {"zh": "请由另一名管理员或该部门负责人办理。", "en": "Another administrator or the head of the department must do it."}


class NotWaiting(Conflict):
    code = "grant_not_waiting"
    why = {"zh": "该授权已经生效或已经撤销。", "en": "The grant is already in force or revoked."}


class BadScope(Invalid):
    code = "bad_grant_scope"


class BadKey(Invalid):
    code = "bad_public_key"


class LastAdministrator(Conflict):
    code = "last_administrator"
    why = {
        "zh": "这是最后一名安全管理员。",
        "en": "This is the last security administrator; nobody could grant any more.",
    }
    next = {"zh": "请先授权并复核另一名安全管理员。", "en": "Grant and confirm another security administrator first."}


class AlreadyBegun(Conflict):
    code = "already_begun"
    why = {"zh": "系统已有安全管理员。", "en": "There is a security administrator already."}
    next = {"zh": "请由安全管理员在网页上授权。", "en": "Let the security administrator grant roles on the web pages."}


class NameTaken(Conflict):
    code = "name_taken"
    what = {"zh": "该用户名、邮箱或证号已被使用。", "en": "The user name, e-mail or certificate number is taken."}
    why = {"zh": "每人一个账户。", "en": "One account a person."}
    next = {"zh": "请换一个，或找到已有的账户。", "en": "Choose another, or find the existing account."}


class InvitationSpent(ChengxinError):
    code = "invitation_spent"
    status = 404
    what = {"zh": "该链接无效。", "en": "This link does not work."}
    why = {"zh": "链接只能使用一次，可能已用过、过期或被收回。", "en": "A link works once; it was used, has expired or was withdrawn."}
    next = {"zh": "请联系安全管理员重新发送。", "en": "Ask the security administrator for a new one."}


class SignatureRefused(ChengxinError):
    code = "signature_refused"
    status = 401
    what = {"zh": "报文签名未通过验证。", "en": "The signature of the message does not hold."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {
        "zh": "请按 RFC 9421 对 @method、@target-uri、content-digest 签名（Ed25519），并检查公钥登记与时钟。",
        "en": "Sign @method, @target-uri and content-digest by RFC 9421 with Ed25519; check the registered key and the clock.",
    }


class OnlyInDemo(Forbidden):
    code = "only_in_demo"
    why = {"zh": "演示人员只能在演示模式下创建。", "en": "Demo people exist in demo mode only."}


class NoSecondFactor(ChengxinError):
    code = "no_second_factor"
    status = 409
    what = {"zh": "还没有绑定验证器。", "en": "No authenticator is enrolled."}
    why = {"zh": "以动态验证码签署须先绑定本人的验证器。", "en": "Signing by a one-time code needs the person's own authenticator."}
    next = {"zh": "请在“我的账户—双重验证”中绑定后再签署。", "en": "Enrol it under “My account – Second factor”, then sign."}


class CodeWrong(ChengxinError):
    code = "code_wrong"
    status = 403
    what = {"zh": "动态验证码不正确。", "en": "The one-time code is wrong."}
    why = {
        "zh": "验证码输入有误、已经使用、已经过期，或者连续输错次数过多。",
        "en": "It is mistyped, used, expired, or too many were wrong in a row.",
    }
    next = {
        "zh": "请等待验证器显示下一个验证码后重试；连续输错的，十五分钟后再试。",
        "en": "Wait for the next code; after many wrong ones, try again in fifteen minutes.",
    }
