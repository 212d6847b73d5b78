"""Invented subjects for tests: nobody real (division 230499, births in 18xx, .example)."""

from __future__ import annotations

import uuid
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.subjects import actions, entries, identifiers
from chengxin.subjects.models import Platform, Shop

HASH = "ab" * 32


def uscc(number: int, prefix: str = "92") -> str:
    body = f"{prefix}230499MA{number:07d}"
    return body + identifiers.uscc_check_character(body)


def id_number(number: int) -> str:
    body = f"23049918870101{number:03d}"
    return body + identifiers.resident_id_check_character(body)


def staff(platform: str = "pingtai", **more: Any) -> Actor:
    return Actor(id=f"user:{uuid.uuid4()}", name="staff", roles=frozenset({"platform_staff"}), platforms=frozenset({platform}), **more)


def officer() -> Actor:
    return Actor(id=f"user:{uuid.uuid4()}", name="officer", roles=frozenset({"officer"}), departments=frozenset({"SAMR"}))


def platform(code: str = "pingtai") -> Platform:
    return Platform.objects.get_or_create(code=code, defaults={"name": f"示例平台{code}"})[0]


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A getihu's shop."""
    values = {
        "shop_id": f"S{number:05d}",
        "shop_name": f"北山粮油店{number}",
        "url": f"https://shop.example/s/{number}",
        "kind": "2",
        "subject_name": f"鹤岗市向阳区北山粮油店{number}",
        "uscc": uscc(number),
        "legal_rep": "王示例",
        "address": "鹤岗市向阳区示例街1号",
        "division": "230402",
        "phone": "10012345678",
        "categories": "household",
        "licence_no": uscc(number),
        "licence_issued_on": "2020-01-01",
    }
    return {**values, **changes}


def exempt_row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A natural person who sells a little."""
    values = row(number, kind="5", subject_name="李示例", uscc="", legal_rep="", licence_no="", licence_issued_on="", categories="other")
    return {**values, "id_doc_type": "11", "id_doc_no": id_number(number), "exemption": "E4", **changes}


def verified(**more: Any) -> dict[str, Any]:
    """The columns by which a platform states its verification."""
    return {"verify_method": "register_match", "verified_on": "2026-11-02", "verifier": "A01", "evidence_hash": HASH, **more}


def shop(where: Platform, values: dict[str, Any], actor: Actor | None = None) -> Shop:
    return actions.upsert_shop(where, entries.parse(values), actor or staff(where.code)).shop
