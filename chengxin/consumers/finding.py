"""Which shop a citizen means: its number with us, its link, or its name when only one has it."""

from __future__ import annotations

from uuid import UUID

from chengxin.subjects import identifiers
from chengxin.subjects.models import Platform, Shop


def shop_of(text: str) -> Shop | None:
    """The shop of an id, link or full name; None when it is none or more than one."""
    plain = text.strip()[:500]
    if not plain:
        return None
    shops = Shop.objects.select_related("platform", "subject")
    try:
        return shops.filter(pk=UUID(plain)).first()
    except ValueError:
        pass
    found = list(shops.filter(url_key=identifiers.url_key(plain))[:2]) if "/" in plain else []
    found = found or list(shops.filter(name=plain)[:2])
    return found[0] if len(found) == 1 else None


def platform_of(code: str) -> Platform | None:
    """The active platform of a code."""
    return Platform.objects.filter(code=code, status="active").first() if code else None
