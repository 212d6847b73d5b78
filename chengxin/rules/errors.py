"""What can go wrong with rules and decisions."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class EventInvalid(ChengxinError):
    code = "decision_event_invalid"
    status = 422
    what = {"zh": "事件数据有误，未作决策。", "en": "The event is not valid; nothing was decided."}
    why = {"zh": "{why}", "en": "{why}"}
    next = {"zh": "请按接口说明修改后重新发送整个请求。", "en": "Correct it as the API document says and send the whole request again."}


class ConditionWrong(ChengxinError):
    code = "rule_condition_wrong"
    status = 422
    what = {"zh": "条件有误。", "en": "A condition is not valid."}
    why = {"zh": "“{what}”不能用于此类事件，或不是有效数值。", "en": "“{what}” does not fit this kind of event, or is no number."}
    next = {"zh": "请从列表选择指标，并填写不小于 0 的数值。", "en": "Choose a figure from the list and give a number of at least 0."}


class RuleIncomplete(ChengxinError):
    code = "rule_incomplete"
    status = 422
    what = {"zh": "规则尚不完整。", "en": "The rule is not complete."}
    why = {"zh": "{what_zh}", "en": "{what_en}"}


class DryRunNeeded(Conflict):
    code = "rule_dry_run_needed"
    what = {"zh": "提请签发前须先试算。", "en": "A rule is tried on the past before it is proposed."}
    why = {"zh": "该版本的当前内容还没有完成的试算。", "en": "There is no finished dry run of exactly this content."}
    next = {"zh": "请先试算，看过差异后再提请签发。", "en": "Make a dry run, look at the difference, then propose it."}


class OwnRule(Conflict):
    code = "rule_own"
    what = {"zh": "须由另一人签发。", "en": "Another person has to sign."}
    why = {"zh": "起草人或提请人不得签发自己的规则。", "en": "Whoever wrote or proposed a version does not sign it."}
    next = {"zh": "请由本部门其他审核人员或负责人签发。", "en": "Ask another reviewer or the head."}


class OpenVersion(Conflict):
    code = "rule_open_version"
    what = {"zh": "该规则已有一个未签发的版本。", "en": "The rule has a version that is not signed yet."}
    why = {"zh": "同一规则一次只能有一个草稿或待签发版本。", "en": "A rule has one draft or proposal at a time."}
    next = {"zh": "请先处理该版本。", "en": "Finish that version first."}


class DayPassed(ChengxinError):
    code = "rule_day_passed"
    status = 422
    what = {"zh": "生效日期已过。", "en": "The first day has passed."}
    why = {"zh": "规则不溯及既往：{day}。", "en": "A rule does not reach back: {day}."}
    next = {"zh": "请退回修改生效日期。", "en": "Send it back and choose a later day."}


class NothingToReview(Conflict):
    code = "decision_nothing_to_review"
    what = {"zh": "该决策为放行，无须复核。", "en": "The decision was a pass; there is nothing to review."}
    why = {"zh": "只有“复核”或“转人工”的决策可以申请人工复核。", "en": "A review may be asked of decisions that were not a pass."}


class AlreadyAsked(Conflict):
    code = "decision_review_asked"
    what = {"zh": "已申请人工复核。", "en": "A review by a person has been asked for."}
    why = {"zh": "同一决策只需申请一次。", "en": "Once is enough for a decision."}
    next = {"zh": "请等待答复。", "en": "Wait for the answer."}


class AlreadyAnswered(Conflict):
    code = "decision_answered"
    what = {"zh": "该决策已有人工结论。", "en": "A person has already answered."}
    why = {"zh": "结论记入日志，不再更改。", "en": "The answer is in the log and is not changed."}
