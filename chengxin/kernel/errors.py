"""One error family: a stable code, an HTTP status, data, and a text that says what, why and what to do next, in both languages."""

from __future__ import annotations

from typing import Any, ClassVar

from chengxin.kernel import language

Text = dict[str, str]


class ChengxinError(Exception):
    """Base of every error a user may meet. Subclasses set `code`, `status` and the three texts; data fill the {holes}."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    what: ClassVar[Text] = {"zh": "请求无法完成。", "en": "The request could not be carried out."}
    why: ClassVar[Text] = {"zh": "", "en": ""}
    next: ClassVar[Text] = {"zh": "请核对后重试。", "en": "Check the input and try again."}

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.code, data)

    def said(self, part: Text, lang: str | None = None) -> str:
        """One of the three texts in the reader's language, its holes filled; a missing datum shows as it is named."""
        return language.pick(part, lang).format_map(_Holes(self.data))

    def problem(self, lang: str | None = None) -> dict[str, Any]:
        """RFC 9457 problem details."""
        return {
            "type": f"urn:chengxin:error:{self.code}",
            "title": self.said(self.what, lang),
            "status": self.status,
            "code": self.code,
            "detail": self.said(self.why, lang),
            "next": self.said(self.next, lang),
            "data": self.data,
        }

    def __str__(self) -> str:
        return " ".join(text for text in (self.said(self.what), self.said(self.why), self.said(self.next)) if text)


class _Holes(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


class NotFound(ChengxinError):
    """The same answer for a missing object and for another tenant's, so that neither can be told from the other."""

    code = "not_found"
    status = 404
    what = {"zh": "没有找到。", "en": "Not found."}
    why = {"zh": "该内容不存在，或您无权查看。", "en": "It does not exist, or it is not yours to see."}
    next = {"zh": "请从列表重新进入，或检查链接。", "en": "Start again from the list, or check the link."}


class Forbidden(ChengxinError):
    code = "forbidden"
    status = 403
    what = {"zh": "您没有这项权限。", "en": "You may not do this."}
    why = {"zh": "该操作只对特定角色开放。", "en": "Only certain roles may do it."}
    next = {"zh": "如工作需要，请联系安全管理员授权。", "en": "If your work needs it, ask the security administrator for the role."}


class Invalid(ChengxinError):
    code = "invalid"
    status = 422
    what = {"zh": "输入有误。", "en": "The input is not valid."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}


class Conflict(ChengxinError):
    code = "conflict"
    status = 409
    what = {"zh": "当前状态下不能这样做。", "en": "This cannot be done in the present state."}
    next = {"zh": "请刷新页面查看最新状态。", "en": "Reload the page to see the present state."}
