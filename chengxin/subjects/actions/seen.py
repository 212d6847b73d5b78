"""Shops that reports name and nobody registered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_tokens
from chengxin.subjects import queries
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.models.shops import SEEN

NAMED = 50  # how many of them the log entry names; a first report may bring a hundred thousand


@transaction.atomic
def note_shops_seen(platform: Platform, shop_ids: Sequence[str], actor: Actor | str = "system:facts") -> int:
    """Register the shops that a report names and the platform never registered, in state SEEN. Returns how many are new.

    Their facts are kept: an unregistered shop is the platform's failure (order 37 art. 24), not a reason to lose what it sold.
    """
    wanted = sorted(set(shop_ids))
    tokens = dict(zip(keyed_tokens("shop", [f"{platform.code}/{shop_id}" for shop_id in wanted]).tolist(), wanted, strict=True))
    known = _known(tokens)
    unknown = {token: shop_id for token, shop_id in tokens.items() if token not in known}
    if not unknown:
        return 0
    now = clock.now()
    made = {"state": SEEN, "state_since": now, "created_at": now, "updated_at": now, "created_by": str(actor)}
    Shop.objects.bulk_create(
        (Shop(platform=platform, shop_id=shop_id, token=token, **made) for token, shop_id in unknown.items()),
        batch_size=1_000,
        ignore_conflicts=True,  # two reports of one platform may name the same new shop at once
    )
    audit.record(
        "subjects.shops.seen",
        actor=str(actor),
        object=f"subjects.platform:{platform.code}",
        data={"count": len(unknown)},
        personal={"first": sorted(unknown.values())[:NAMED]},
    )
    return len(unknown)


def _known(tokens: dict[int, str]) -> set[int]:
    known: set[int] = set()
    for some in queries.in_chunks(sorted(tokens)):
        known.update(Shop.objects.filter(token__in=some).values_list("token", flat=True))
    return known
