"""What each audience sees of personal data (personal information protection law 6, 25, 28; GB/T 41833 for waybills).

Audiences: `public` (anyone, platforms included), `department` (another department's officer), `handler` (the officer who handles
the matter; each reading is logged by `audit.record_read`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Audience = Literal["public", "department", "handler"]
Kind = Literal["name", "person_name_public", "id_number", "phone", "address", "waybill", "account"]

HIDDEN = "****"

# Two-character surnames, so that 欧阳修 shows 欧阳* and not 欧**.
_COMPOUND = frozenset(
    """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶
    太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐
    """.split()  # noqa: SIM905
)


def mask(kind: Kind, value: str, audience: Audience) -> str:
    """The value as this audience may see it. An unknown kind or audience is a ValueError: a forgotten rule must never show the value."""
    if audience not in ("public", "department", "handler"):
        raise ValueError(f"unknown audience {audience!r}")
    if kind not in _MASKS:
        raise ValueError(f"no masking rule for {kind!r}")
    if audience == "handler" or not value:
        return value
    return _MASKS[kind](value, audience)


def surname(name: str) -> str:
    """The surname of a Chinese name, or the first character of any other."""
    name = name.strip()
    return name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]


def _name(value: str, audience: Audience) -> str:
    return surname(value) + "**"


def _person_name_public(value: str, audience: Audience) -> str:
    return surname(value) + "某"


def _id_number(value: str, audience: Audience) -> str:
    return HIDDEN if audience == "public" else HIDDEN + value[-4:]


def _phone(value: str, audience: Audience) -> str:
    return HIDDEN if audience == "public" or len(value) < 8 else f"{value[:3]}****{value[-4:]}"


_DISTRICT = re.compile(r"^(.{2,7}?(?:省|自治区))?(.{2,9}?(?:市|自治州|地区|盟))?(.{1,9}?(?:区|县|旗|市))?")
_STREET = re.compile(r"^.*?(?:街道|街|路|大道|巷|镇|乡|村)")


def _address(value: str, audience: Audience) -> str:
    if audience == "department":
        street = _STREET.match(value)
        return (street.group(0) if street else _district(value)) + HIDDEN
    return _district(value) + HIDDEN


def _district(value: str) -> str:
    match = _DISTRICT.match(value)
    return match.group(0) if match else ""


def _waybill(value: str, audience: Audience) -> str:
    return HIDDEN if audience == "public" else HIDDEN + value[-4:]


def _account(value: str, audience: Audience) -> str:
    return HIDDEN if audience == "public" else HIDDEN + value[-4:]


_MASKS: dict[str, Callable[[str, Audience], str]] = {
    "name": _name,
    "person_name_public": _person_name_public,
    "id_number": _id_number,
    "phone": _phone,
    "address": _address,
    "waybill": _waybill,
    "account": _account,
}
