"""Verdicts of the two offline files in both languages; for verify.js's own codes see chengxin.audit.verdicts."""

from __future__ import annotations

from chengxin.audit.verdicts import TEXTS

CODES: dict[str, dict[str, str]] = {
    **{code: dict(pair) for code, pair in TEXTS.items()},
    "good": {
        "zh": "核验通过：收据由本城市签发、已记入公开日志，按所列规则和输入重新计算，评分一致。",
        "en": "Good: the receipt is the city's and stands in the public log, and its rule and inputs give exactly this score.",
    },
    "score": {"zh": "不一致：按所列规则和输入算出的不是这个评分。", "en": "Not equal: the rule and inputs give another score."},
    "other": {"zh": "这是有效的收据，但内容不是评分。", "en": "This receipt is good, but it is not of a score."},
}

REASONS: dict[str, dict[str, str]] = {
    "personal": {"zh": "含他人个人信息", "en": "Personal data of others"},
    "insult": {"zh": "侮辱、诽谤他人", "en": "Insult or defamation"},
    "unlawful": {"zh": "含法律、行政法规禁止的内容", "en": "Content that the law forbids"},
    "not_buyer": {"zh": "经查明不是真实交易的评价", "en": "Found to be no review of a real trade"},
    "false": {"zh": "经查明为虚假或者恶意评价", "en": "Found to be false or malicious"},
    "dispute": {"zh": "店铺异议成立", "en": "The shop's objection was upheld"},
}
