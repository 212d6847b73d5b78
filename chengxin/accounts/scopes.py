"""The scopes of the API, each in both languages, and which of them a client may ask for: those an administrator gave it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from oauth2_provider.scopes import BaseScopes

from chengxin.kernel import language

SCOPES: dict[str, dict[str, str]] = {
    "facts:write": {"zh": "报送事实", "en": "Report facts"},
    "facts:read": {"zh": "查看自己报送的事实", "en": "Read own reported facts"},
    "receipts:read": {"zh": "取得回执", "en": "Fetch receipts"},
    "shops:write": {"zh": "登记店铺", "en": "Register shops"},
    "shops:read": {"zh": "查看自己的店铺", "en": "Read own shops"},
    "measures:write": {"zh": "报送处理措施", "en": "Report measures taken"},
    "clues:report": {"zh": "报送违法线索", "en": "Report unlawful conduct"},
    "duties:read": {"zh": "查看本平台义务检查结果", "en": "Read the checks of own duties"},
    "clues:read": {"zh": "查看转给平台的线索", "en": "Read clues sent to the platform"},
    "clues:answer": {"zh": "答复协查", "en": "Answer requests about clues"},
    "decisions:ask": {"zh": "请求实时决策", "en": "Ask for decisions"},
    "findings:write": {"zh": "报送平台自行监测的结果", "en": "Hand over findings made at the platform"},
    "lists:read": {"zh": "接收名单变化", "en": "Receive changes of lists"},
    "lists:write": {"zh": "反馈措施、回执解除", "en": "Report on measures and confirm removals"},
    "lists:screen": {"zh": "查询名单", "en": "Screen parties against lists"},
    "payments:write": {"zh": "报送支付渠道、说明对账差异", "en": "Report payment channels and explain mismatches"},
    "payments:read": {"zh": "查看本平台支付渠道和对账差异", "en": "Read own payment channels and mismatches"},
    "payment-events:act": {
        "zh": "支付机构报送和反馈支付风险、止付",
        "en": "For institutions: report and answer payment risks, stop payments",
    },
    "complaints:read": {"zh": "查看本平台店铺的投诉", "en": "Read complaints about own shops"},
    "complaints:exchange": {"zh": "与12315等系统交换投诉举报", "en": "Exchange complaints and reports with systems such as 12315"},
    "complaints:answer": {"zh": "答复投诉", "en": "Answer complaints"},
    "compensation:read": {"zh": "查看本平台先行赔付申请", "en": "Read claims for advance compensation on the own platform"},
    "compensation:write": {"zh": "登记先行赔付金出资", "en": "Book contributions to the own compensation fund"},
    "recalls:read": {"zh": "查看涉及本平台买家的召回", "en": "Read recalls that concern own buyers"},
    "recalls:write": {"zh": "报送召回通知情况", "en": "Report buyers told of recalls"},
    "trace:write": {"zh": "报送追溯事件", "en": "Capture traceability events"},
    "trace:read": {"zh": "查询追溯事件", "en": "Query traceability events"},
    "courses:read": {"zh": "查看本平台商家、主播的课程完成情况", "en": "Read course completions of own merchants and streamers"},
    "courses:write": {"zh": "报送主播名册和自办培训", "en": "Report streamers and own trainings"},
    "exchange:read": {"zh": "在共享授权范围内读取数据", "en": "Read shared data within a grant"},
    "exchange:hooks": {"zh": "接收公示信息变化推送", "en": "Be told of facts published and withdrawn"},
    "subjects:match": {"zh": "按名称查找主体", "en": "Find subjects by name"},
    "public:read": {"zh": "查询公开信息", "en": "Read public facts"},
}


class ClientScopes(BaseScopes):  # type: ignore[misc]
    """django-oauth-toolkit asks here which scopes an application has."""

    def get_all_scopes(self) -> dict[str, str]:
        return {code: language.pick(text) for code, text in SCOPES.items()}

    def get_available_scopes(self, application: Any = None, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> list[str]:
        client = getattr(application, "platform_client", None)
        return [scope for scope in client.scopes if scope in SCOPES] if client and client.retired_at is None else []

    def get_default_scopes(self, application: Any = None, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> list[str]:
        return self.get_available_scopes(application, request)
