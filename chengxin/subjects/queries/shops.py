"""What others may ask the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from chengxin.kernel.encryption import keyed_token
from chengxin.subjects.models import Platform, Shop

CHUNK = 5_000  # far below SQLite's 32,766 and PostgreSQL's 65,535 parameters


def shop_token(platform: Platform | str, shop_id: str) -> int:
    """The 63-bit number that facts carry for a shop."""
    code = platform if isinstance(platform, str) else platform.code
    return keyed_token("shop", f"{code}/{shop_id}")


def shops_by_token(tokens: Iterable[int]) -> dict[int, Shop]:
    """The shops of these tokens with platform and subject loaded; unknown tokens are left out."""
    found: dict[int, Shop] = {}
    for some in in_chunks(sorted({int(token) for token in tokens})):
        for shop in Shop.objects.select_related("platform", "subject").filter(token__in=some):
            found[shop.token] = shop
    return found


def in_chunks(values: Sequence[int]) -> Iterator[list[int]]:
    """Lists of at most CHUNK values, for IN conditions."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some
