"""What may be asked of evidence."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents.access import check_matter, split
from chengxin.evidence.models import Custody, Exhibit
from chengxin.kernel import clock


def of(actor: Actor, matter: str) -> QuerySet[Exhibit]:
    """The exhibits of one matter, newest first. Raises NotFound when the matter is not the actor's."""
    check_matter(actor, matter)
    kind, id = split(matter)
    return access.all(actor, Exhibit).filter(matter_kind=kind, matter_id=id)


def about(exhibit: Exhibit) -> dict[str, str]:
    """Where, when, from whom and how it was taken, in the order it was told; by the label people read."""
    told = json.loads(exhibit.about)
    return {str(ABOUT.get(name, name)): _readable(name, value) for name, value in told.items() if value}


def _readable(name: str, value: Any) -> str:
    moment = name in ("began_at", "ended_at")
    return f"{datetime.fromisoformat(value).astimezone(clock.CITY):%Y-%m-%d %H:%M:%S}" if moment else str(value)


ABOUT = {
    "source": _("Where it comes from"),
    "how": _("How it was taken"),
    "name": _("File name"),
    "url": _("Address of the page"),
    "began_at": _("Began at"),
    "ended_at": _("Ended at"),
    "place": _("Place"),
    "sample_number": _("Number of the sample"),
    "quantity": _("Quantity"),
    "seal_number": _("Seal"),
    "sealed_state": _("State of the seal"),
    "kept_at": _("Kept at"),
}


def extraction_initial(exhibit: Exhibit) -> dict[str, Any]:
    """What the record of extraction (form 12) can say of an exhibit before the officers add to it."""
    told = json.loads(exhibit.about)
    if not exhibit.manifest:
        return {"data_content": exhibit.title}
    kept = [one for one in exhibit.manifest if "error" not in one]
    return {
        "began_at": datetime.fromisoformat(told["began_at"]),
        "ended_at": datetime.fromisoformat(told["ended_at"]),
        "medium": f"互联网网页 {told['url']}（服务器地址 {kept[-1]['address']}）",
        "medium_state": "网页公开可访问",
        "method": "取证程序在受限进程中访问网页，逐条记录请求与响应，保存为 WARC 文件（ISO 28500），逐条计算 SHA-256 并前后相链",
        "process": f"自动访问上述网址，按页面引用取得图片、样式等共 {len(kept)} 条记录，未运行脚本，未登录，未作修改",
        "data_content": f"网页 {told['url']} 及其引用的内容",
    }


def holder(exhibit: Exhibit) -> Custody:
    """The newest link of the chain: who holds it now."""
    return exhibit.custody.latest("place")
