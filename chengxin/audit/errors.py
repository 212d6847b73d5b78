"""What can go wrong with the log."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, NotFound


class LogUnwritable(ChengxinError):
    """The entry could not be written, so nothing else was: the caller's transaction is marked for rollback."""

    code = "log_unwritable"
    status = 503
    what = {"zh": "存证日志暂时无法写入，操作未执行。", "en": "The log cannot be written, so nothing was done."}
    why = {
        "zh": "每项操作和每次查看个人信息都必须先留痕（{reason}）。",
        "en": "Every act and every read of personal data leaves its trace first ({reason}).",
    }
    next = {
        "zh": "请稍后重试；如持续出现，请联系系统管理员。",
        "en": "Try again later; if it lasts, ask the system administrator.",
    }


class NotCanonical(ChengxinError):
    code = "not_canonical"
    status = 422
    what = {"zh": "内容无法写成规范的 JSON。", "en": "The content has no canonical JSON form."}
    why = {"zh": "{reason}", "en": "{reason}"}


class NoSuchLeaf(NotFound):
    code = "no_such_leaf"
    what = {"zh": "日志中没有这一条。", "en": "The log has no such leaf."}
    why = {"zh": "日志目前有 {size} 条。", "en": "The log has {size} leaves now."}
    next = {"zh": "请填写 0 到 {size} 之间的序号。", "en": "Give a number below {size}."}


class NoSuchSize(NotFound):
    code = "no_such_size"
    what = {"zh": "无法给出这两个大小之间的一致性证明。", "en": "There is no consistency proof between these sizes."}
    why = {"zh": "大小须满足 1 ≤ 旧 ≤ 新 ≤ {size}。", "en": "Sizes must satisfy 1 ≤ old ≤ new ≤ {size}."}


class NotWitnessed(ChengxinError):
    code = "cosignature_refused"
    status = 422
    what = {"zh": "见证签名未被接受。", "en": "The witness's signature was not accepted."}
    why = {"zh": "{reason}", "en": "{reason}"}


class LogDamaged(ChengxinError):
    code = "log_damaged"
    status = 500
    what = {"zh": "存证日志自检发现问题。", "en": "The log's self-check found faults."}
    why = {"zh": "{faults}", "en": "{faults}"}
    next = {"zh": "请停止写入并与见证方保存的首部核对。", "en": "Stop writing and compare with the heads that the witnesses keep."}
