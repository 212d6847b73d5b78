"""The pages for things that went wrong: 400, 403, 404, 413, 429, 500, 503, 507, and every error of the family."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from chengxin.kernel import storage
from chengxin.kernel.errors import ChengxinError, Forbidden, NotFound


class BadRequest(ChengxinError):
    code = "bad_request"
    status = 400
    what = {"zh": "请求格式不正确。", "en": "The request is malformed."}
    why = {"zh": "服务器无法理解这次请求。", "en": "The server could not understand it."}
    next = {"zh": "请返回上一页重新填写后提交。", "en": "Go back, fill in the form again and send it."}


class WrongMethod(ChengxinError):
    code = "wrong_method"
    status = 405
    what = {"zh": "不支持这种访问方式。", "en": "This address is not used that way."}
    why = {"zh": "该地址只接受：{allowed}。", "en": "It takes only: {allowed}."}
    next = {
        "zh": "请从页面上的按钮或链接进入，接口调用方请核对请求方法。",
        "en": "Use the buttons and links of the pages; programs, check the method.",
    }


class FormExpired(ChengxinError):
    code = "form_expired"
    status = 403
    what = {"zh": "表单已失效，没有提交。", "en": "The form has expired and was not sent."}
    why = {"zh": "页面打开时间过长，或浏览器没有保存 Cookie。", "en": "The page was open too long, or the browser keeps no cookies."}
    next = {"zh": "请刷新页面后重新提交；您的数据没有变化。", "en": "Reload the page and send it again; nothing was changed."}


class TooLarge(ChengxinError):
    code = "too_large"
    status = 413
    what = {"zh": "提交的内容过大。", "en": "What you sent is too large."}
    why = {"zh": "超过一次提交的大小上限。", "en": "It exceeds the size allowed for one submission."}
    next = {"zh": "请拆成较小的文件分别上传，或改用接口报送。", "en": "Split it into smaller files, or report through the API."}


class TooMany(ChengxinError):
    code = "too_many"
    status = 429
    what = {"zh": "操作过于频繁。", "en": "Too many attempts."}
    why = {
        "zh": "为保护账户与服务，短时间内的次数有上限。",
        "en": "Attempts in a short time are limited, to protect accounts and the service.",
    }
    next = {"zh": "请过几分钟再试。", "en": "Wait a few minutes and try again."}


class Broken(ChengxinError):
    code = "broken"
    status = 500
    what = {"zh": "系统出错了。", "en": "Something went wrong on our side."}
    why = {
        "zh": "程序遇到没有预料到的情况，本次操作没有生效。",
        "en": "The program met a case it did not expect; this operation had no effect.",
    }
    next = {
        "zh": "请稍后重试；如果再次出现，请把时间和网址告诉系统管理员。",
        "en": "Try again; if it happens again, tell the administrator the time and the address.",
    }


class Unavailable(ChengxinError):
    code = "unavailable"
    status = 503
    what = {"zh": "服务暂时不可用。", "en": "The service is not available at the moment."}
    why = {
        "zh": "数据库或磁盘暂时无法使用，没有任何数据被改动。",
        "en": "The database or the disk cannot be used now; nothing was changed.",
    }
    next = {"zh": "请一分钟后重试。", "en": "Try again in a minute."}


def page(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    """The error as a page, or as problem+json for machines."""
    if wants_json(request):
        return _json(error)
    try:
        return render(request, "web/error.html", _texts(error), status=error.status)
    except Exception:  # the shell itself may be what is broken; a page without it still tells the reader what to do
        return bare_page(request, error)


def bare_page(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    """The error without shell, session or database."""
    if wants_json(request):
        return _json(error)
    return HttpResponse(render_to_string("web/error_bare.html", _texts(error)), status=error.status)


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a machine: an API path, or an Accept header that prefers JSON."""
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


def _texts(error: ChengxinError) -> dict[str, Any]:
    said = {part: error.said(getattr(error, part)) for part in ("what", "why", "next")}
    return {**said, "status": error.status, "code": error.code}


def _json(error: ChengxinError) -> JsonResponse:
    return JsonResponse(error.problem(), status=error.status, content_type="application/problem+json", json_dumps_params={"default": str})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    return page(request, BadRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return page(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404."""
    return page(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    """handler500: also for what a middleware raised, which Django hands over here only."""
    return bare_page(request, storage.behind(sys.exc_info()[1]) or Broken())


def wrong_method(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A bare 405 with its Allow header, told as every other error."""
    allowed = answer.headers.get("Allow", "")
    told = page(request, WrongMethod(allowed=allowed))
    told.headers["Allow"] = allowed
    return told


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    return page(request, FormExpired())


def too_many(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE and any other limit."""
    return page(request, TooMany())
