"""What a record must say to be entered: checked once, here, for the form and for programs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from chengxin.kernel import clock
from chengxin.records import catalogue
from chengxin.records.catalogue import AUTHORITY, COURT
from chengxin.records.errors import ContentWrong

HASH = re.compile(r"[0-9a-f]{64}")
# What must not stand in a text that may become public (law/redaction.yaml: free_text, scan): identity, telephone, card and account numbers.
PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|1[0-9]{10}|[0-9]{16,19})(?![0-9A-Za-z])")
TEXTS = ("summary", "maker", "basis", "document_number")


def check_content(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record, trimmed and complete. given: as the form's cleaned data. Raises ContentWrong, LawUnknown."""
    item = catalogue.item(given["item"], given["decided_on"])
    content = {
        "item": item.code,
        "term": given.get("term") or "",
        "behaviour": given.get("behaviour") or "",
        "penalty_kind": given.get("penalty_kind") or "",
        "amount_fen": given.get("amount_fen"),
        "document_hash": (given.get("document_hash") or "").strip().lower(),
        "decided_on": given["decided_on"],
        "valid_from": given.get("valid_from") or given["decided_on"],
        "valid_until": given.get("valid_until"),
        **{name: (given.get(name) or "").strip() for name in TEXTS},
    }
    _check_days(item, content)
    _check_term(item, content)
    _check_texts(item, content)
    return content


def _check_days(item: catalogue.Item, content: dict[str, Any]) -> None:
    if not item.holds(content["decided_on"]):
        _wrong("该类记录在决定之日尚无目录依据", "the catalogue has no such record for a decision of that day")
    if content["decided_on"] > clock.today():
        _wrong("决定日期不能晚于今天", "the day of decision may not be later than today")
    if content["valid_until"] and content["valid_until"] < content["valid_from"]:
        _wrong("有效期止不能早于有效期起", "it may not end before it begins")


def _check_term(item: catalogue.Item, content: dict[str, Any]) -> None:
    """A publicity term is named exactly when the law of the day has one for this type."""
    known = set(item.terms_on(content["decided_on"])) or {""}
    if content["term"] not in known:
        _wrong("公示类别不在决定之日有效的法律规定之内", "the publicity category is none of those that were law on the day of decision")


def _check_texts(item: catalogue.Item, content: dict[str, Any]) -> None:
    missing = [name for name in TEXTS if not content[name]]
    if missing:
        _wrong(f"缺少{'、'.join(LABELS[name] for name in missing)}", f"missing: {', '.join(missing)}")
    for name in TEXTS:
        if name != "document_number" and PERSONAL.search(content[name]):
            _wrong(f"{LABELS[name]}中疑似有证件号、电话或账号", f"{name} seems to hold an identity, telephone or account number")
    if (item.origin in (AUTHORITY, COURT) or content["document_hash"]) and not HASH.fullmatch(content["document_hash"]):
        _wrong("须有决定文书的 SHA-256 摘要", "the SHA-256 of the decision document is needed")


LABELS = {"summary": "事实摘要", "maker": "作出机关", "basis": "依据", "document_number": "文书号"}


def _wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def as_json(content: dict[str, Any]) -> dict[str, Any]:
    """Content as a proposal keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in content.items()}


def from_json(kept: dict[str, Any]) -> dict[str, Any]:
    """Content as `do_put` takes it."""
    days = ("decided_on", "valid_from", "valid_until")
    return {name: date.fromisoformat(value) if name in days and value else value for name, value in kept.items()}
