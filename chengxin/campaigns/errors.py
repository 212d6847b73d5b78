"""What can go wrong with campaigns, stories and courses."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "campaign_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class SamePerson(ChengxinError):
    code = "campaign_same_person"
    status = 403
    what = {"zh": "须由另一人办理。", "en": "Another person does this step."}
    why = {"zh": "起草的人不能自己批准。", "en": "Who drafted it does not approve it."}
    next = {"zh": "请由本部门的另一位同事办理。", "en": "Have a colleague of the department do it."}


class NotPublic(Conflict):
    code = "story_not_public"
    what = {"zh": "该记录现在不公示，不能作为失信典型。", "en": "The record is not public now, so it cannot be shown as a bad example."}
    why = {
        "zh": "失信典型只能来自正在公示的决定；修复、期满或者撤销后即须撤下。",
        "en": "A bad example rests on a decision in publicity; it ends with repair, expiry or revocation.",
    }


class NoConsent(Conflict):
    code = "story_no_consent"
    what = {"zh": "当事人没有同意宣传。", "en": "The subject has not consented."}
    why = {
        "zh": "诚信典型须经当事人同意，同意可以随时撤回。",
        "en": "A good example needs the subject's consent, which may be withdrawn at any time.",
    }
    next = {"zh": "请先征求同意。", "en": "Ask for the consent first."}


class NotClean(ChengxinError):
    code = "story_not_clean"
    status = 422
    what = {"zh": "文中仍有不得公开的内容。", "en": "The text still holds what must not be public."}
    why = {"zh": "自动检查发现：{found}。", "en": "The check found: {found}."}
    next = {"zh": "请退回修改后重新脱敏。", "en": "Send it back, change it and redact it again."}


class NotElsewhere(Conflict):
    code = "clue_is_ours"
    what = {"zh": "该线索没有外地当事人。", "en": "No subject of this clue sits in another region."}
    why = {"zh": "跨区域移交只适用于登记住所地在外地的当事人。", "en": "A clue is handed over only for a subject registered elsewhere."}


class AlreadyRevoked(Conflict):
    code = "completion_already_revoked"
    what = {"zh": "该证明已经撤销。", "en": "It has been revoked already."}
    why = {"zh": "每份证明只能撤销一次。", "en": "A certificate is revoked once."}


class NotPassed(ChengxinError):
    code = "course_not_passed"
    status = 422
    what = {
        "zh": "测验未通过：答对 {right} 题，共 {questions} 题，须答对 {needed} 题。",
        "en": "Not passed: {right} of {questions} right, {needed} needed.",
    }
    next = {"zh": "请再读一遍课程后重新作答，不限次数。", "en": "Read the course again and try once more; there is no limit."}
