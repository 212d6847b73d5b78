"""What can go wrong with evaluation."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class RuleWrong(ChengxinError):
    code = "rating_rule"
    status = 422
    what = {"zh": "评价规则内容有误。", "en": "The rating rule is not valid."}
    why = {"zh": "请检查：{term}", "en": "See: {term}"}
    next = {"zh": "请对照现行规则的各项名称和取值范围修改。", "en": "Compare it with the names and ranges of the rule in force."}


class NoRule(Conflict):
    code = "rating_rule_missing"
    what = {"zh": "尚未发布评价规则。", "en": "No rating rule has been published."}
    why = {"zh": "没有生效的规则就不计算评分。", "en": "Without a rule in force no score is computed."}
    next = {"zh": "请由两名工作人员发布一个规则版本。", "en": "Two people publish a version of the rule."}


class SamePerson(ChengxinError):
    code = "rating_same_person"
    status = 403
    what = {"zh": "不能处理本人经办的事项。", "en": "You may not decide what you did yourself."}
    why = {"zh": "经办与决定须由不同的人完成。", "en": "Two people are needed."}
    next = {"zh": "请由另一位同事办理。", "en": "Have another colleague do it."}


class AlreadyDecided(Conflict):
    code = "rating_already_decided"
    what = {"zh": "该事项已经处理。", "en": "This has been decided already."}
    why = {"zh": "每一事项只能处理一次。", "en": "Each is decided once."}


class ReviewUnknown(ChengxinError):
    code = "review_unknown"
    status = 422
    what = {"zh": "找不到这条评价。", "en": "There is no such review."}
    why = {"zh": "该店最近一次计算中没有编号为 {review_no} 的评价。", "en": "The shop's last computation has no review {review_no}."}
    next = {"zh": "请核对平台的评价编号。", "en": "Check the platform's number of the review."}


class AlreadyThere(Conflict):
    code = "review_already_treated"
    what = {"zh": "这条评价已有同类记录。", "en": "There is one of this kind for the review already."}
    why = {
        "zh": "一条评价只能有一个回复、一项在办异议和一项同类处理。",
        "en": "A review has one reply, one open objection, one treatment of a kind.",
    }
