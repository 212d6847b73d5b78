"""What can go wrong in capture and query, by the names that EPCIS 2.0 gives it (its exceptions, as problem types)."""

from __future__ import annotations

from typing import Any, ClassVar

from chengxin.kernel.errors import ChengxinError


class EpcisError(ChengxinError):
    """An error of the standard; `exception` is its name there."""

    exception: ClassVar[str] = "ImplementationException"

    def problem(self, lang: str | None = None) -> dict[str, Any]:
        """RFC 9457 problem details with the standard's type."""
        return {**super().problem(lang), "type": f"epcisException:{self.exception}"}


class NotValid(EpcisError):
    code = "trace_not_valid"
    exception = "ValidationException"
    status = 400
    what = {"zh": "追溯数据不符合 EPCIS 2.0。", "en": "The traceability data are not as EPCIS 2.0 has them."}
    why = {"zh": "{reason}", "en": "{reason}"}
    next = {"zh": "请按所指位置更正后重新提交。", "en": "Correct it at the place named and send it again."}


class WrongParameter(EpcisError):
    code = "trace_query_parameter"
    exception = "QueryParameterException"
    status = 400
    what = {"zh": "查询条件有误。", "en": "A query parameter is not valid."}
    why = {"zh": "{name}：{reason}", "en": "{name}: {reason}"}


class TooMany(EpcisError):
    code = "trace_query_too_large"
    exception = "QueryTooLargeException"
    status = 413
    what = {"zh": "查询结果超过所定上限。", "en": "The query finds more events than it allows."}
    why = {"zh": "上限 {most}。", "en": "At most {most}."}
    next = {"zh": "请缩小查询范围或者分页查询。", "en": "Narrow the query, or page through it."}


class NoSuchName(EpcisError):
    code = "trace_no_such_name"
    exception = "NoSuchNameException"
    status = 404
    what = {"zh": "没有这个名称的查询。", "en": "There is no query of this name."}


class NoSuchResource(EpcisError):
    code = "trace_no_such_resource"
    exception = "NoSuchResourceException"
    status = 404
    what = {"zh": "没有找到。", "en": "Not found."}
    why = {"zh": "该内容不存在，或您无权查看。", "en": "It does not exist, or it is not yours to see."}


class DuplicateName(EpcisError):
    code = "trace_duplicate_name"
    exception = "DuplicateNameException"
    status = 409
    what = {"zh": "已有同名查询。", "en": "There is a query of this name already."}
    next = {"zh": "请换一个名称，或者先删除原查询。", "en": "Take another name, or delete the query first."}


class Conflicting(EpcisError):
    code = "trace_conflict"
    exception = "ResourceAlreadyExistsException"
    status = 409
    what = {"zh": "同一事件标识已有不同内容。", "en": "The event ID stands for another content already."}
    why = {"zh": "{reason}", "en": "{reason}"}
    next = {
        "zh": "内容有误的，请提交错误声明并另发更正事件。",
        "en": "If the first was wrong, send an error declaration and a corrective event.",
    }


class NotAllowed(EpcisError):
    code = "trace_security"
    exception = "SecurityException"
    status = 403
    what = {"zh": "不能这样做。", "en": "This is not allowed."}
    why = {"zh": "{reason}", "en": "{reason}"}


class NotOffered(EpcisError):
    code = "trace_not_implemented"
    exception = "NotImplementedException"
    status = 501
    what = {"zh": "本系统不提供这项可选功能。", "en": "This optional part of the standard is not offered here."}
    why = {"zh": "事件不经 WebSocket 推送。", "en": "Events are not sent over a WebSocket."}
    next = {
        "zh": "请用 webhook 订阅命名查询（POST …/subscriptions，填 dest），或者用 nextPageToken 定期轮询。",
        "en": "Subscribe to a named query with a webhook (POST …/subscriptions with dest), or poll it with nextPageToken.",
    }


class WrongControls(EpcisError):
    code = "trace_subscription_controls"
    exception = "SubscriptionControlsException"
    status = 400
    what = {"zh": "订阅参数有误。", "en": "The controls of the subscription are not valid."}
    why = {"zh": "{reason}", "en": "{reason}"}


class SubscribeNotPermitted(EpcisError):
    code = "trace_subscribe_not_permitted"
    exception = "SubscribeNotPermittedException"
    status = 400
    what = {"zh": "这个查询只能轮询，不能订阅。", "en": "This query can be polled, and not subscribed to."}
    why = {
        "zh": "订阅按登记先后推送全部结果，不能带 {names}。",
        "en": "A subscription sends all it finds in the order of record times, so it takes no {names}.",
    }
    next = {"zh": "请另建不带这些条件的查询。", "en": "Make a query without them."}


class QueryFailed(EpcisError):
    code = "trace_implementation"
    exception = "ImplementationException"
    status = 500
    what = {"zh": "查询没有执行成功。", "en": "The query could not be executed."}
    next = {
        "zh": "订阅已停止。请检查查询条件，更正后恢复订阅。",
        "en": "The subscription has stopped. Check the query, then resume it.",
    }


class TooLong(EpcisError):
    code = "trace_capture_limit"
    exception = "CaptureLimitExceededException"
    status = 413
    what = {"zh": "提交的数据过大。", "en": "The capture is too large."}
    why = {"zh": "一次最多 {events} 个事件、{size}。", "en": "At most {events} events and {size} at once."}
    next = {"zh": "请分批提交。", "en": "Send it in parts."}


class WrongMedia(EpcisError):
    code = "trace_media_type"
    exception = "UnsupportedMediaTypeException"
    status = 415
    what = {"zh": "不支持该内容类型。", "en": "The content type is not accepted."}
    why = {"zh": "可用：{known}。", "en": "There are {known}."}
