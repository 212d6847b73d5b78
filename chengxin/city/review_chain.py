"""The chain of a shop's review ids, and the ways in which reviews disappear from it.

A review's `hash` is SHA-256 over the hash of the shop's previous review (nothing for the first) and "platform/review number", in the order
in which the platform numbered its reviews. Who takes a review out leaves a place where the chain does not close, or has to rewrite it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.city.quantiles import Ints, Mask
from chengxin.city.words import PLATFORMS

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch

# KEPT: reported. DROPPED: took its place in the chain and was never reported. PASSED_OVER: reported, but the next review of the shop is
# chained to the one before it. REWRITTEN: never reported, and the chain was made as if it had not been: that leaves no gap to find.
KEPT, DROPPED, PASSED_OVER, REWRITTEN = range(4)


@dataclass(frozen=True)
class Hiding:
    """How a shop's reviews disappear. share: of the reviews concerned; ways: shares of dropped, passed over and rewritten ones;
    bad_only: only reviews of one or two stars (a deletion), or any (rows that were lost). cause: the campaign's number, 0 for none."""

    cause: int
    share: float
    ways: tuple[float, float, float]
    bad_only: bool = True


def fates(made: Stretch, which: Ints, stars: Ints) -> Ints:
    """What becomes of each review; only shops that `World.hiding` names lose any."""
    fate = np.full(len(which), KEPT)
    shop = made["shop"][which]
    for number, hiding in sorted(made.world.hiding.items()):
        rng = made.rng("hiding", str(number))
        mine = np.flatnonzero((shop == number) & ((stars <= 2) | (not hiding.bad_only)))
        gone = mine[rng.random(len(mine)) < hiding.share]
        fate[gone] = 1 + rng.choice(3, len(gone), p=np.array(hiding.ways))
    return fate


def chained(made: Stretch, shop: Ints, number: Ints, names: pa.Array, fate: Ints) -> tuple[pa.Array, pa.Array]:
    """(prev_hash, hash) of each review as hexadecimal text; a shop's chain goes on from stretch to stretch. A chain is made link by link,
    so this is the one loop over rows here."""
    last = made.counters.setdefault("review chain", np.zeros((len(made.world.shops), 4), np.int64))
    begun = made.counters.setdefault("review chain begun", np.zeros(len(made.world.shops), np.int64))
    numbers, before, own = names.to_pylist(), [None] * len(shop), [""] * len(shop)
    for row in np.lexsort((number, shop)).tolist():
        mine = shop[row]
        previous = last[mine].tobytes().hex() if begun[mine] else None
        platform = PLATFORMS[made.world.shops.platform[mine]][0]
        digest = hashlib.sha256(f"{previous or ''}{platform}/{numbers[row]}".encode()).digest()
        before[row], own[row] = previous, digest.hex()
        if fate[row] in (KEPT, DROPPED):
            last[mine], begun[mine] = np.frombuffer(digest, np.int64), 1
    return pa.array(before, pa.string()), pa.array(own, pa.string())


def reported(fate: Ints) -> Mask:
    """Which reviews the platform reports."""
    return np.asarray((fate == KEPT) | (fate == PASSED_OVER))
