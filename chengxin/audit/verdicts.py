"""What each verdict says. The single-file verifier and the page carry the same codes; a test compares them."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "good": {
        "zh": "真实：内容未被改动，并且已记入公开日志。",
        "en": "Genuine: the content is unaltered and is in the public log.",
    },
    "unpinned": {
        "zh": "提示：未指定可信公钥，请与该市公布的公钥核对：",
        "en": "Note: no trusted key was given; compare with the key that the city publishes:",
    },
    "unreadable": {
        "zh": "无法核验：文件不是回执或证明，或已损坏。",
        "en": "Cannot be verified: the file is no receipt or proof, or it is damaged.",
    },
    "other_key": {
        "zh": "不可信：文件由另一把公钥签署。",
        "en": "Not trusted: the file is signed by another key.",
    },
    "head": {
        "zh": "不真实：日志首部的签名不成立。",
        "en": "Not genuine: the signature on the log's head does not hold.",
    },
    "inclusion": {
        "zh": "不真实：该记录不在签署的日志中。",
        "en": "Not genuine: the record is not in the signed log.",
    },
    "document": {
        "zh": "不真实：正文与日志中的记录不符。",
        "en": "Not genuine: the document does not match its record in the log.",
    },
    "signature": {
        "zh": "不真实：正文的签名不成立。",
        "en": "Not genuine: the document's signature does not hold.",
    },
    "consistency": {
        "zh": "不一致：较新的日志不是较旧日志的延续。",
        "en": "Inconsistent: the newer log does not continue the older one.",
    },
}
