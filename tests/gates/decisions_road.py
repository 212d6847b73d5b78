"""Kills whoever decides: a child answers platforms in several threads until it is killed -9; then each decision that was told is sought.

    python -m tests.gates.decisions_road KILLS [SEED]

Runs in the data directory of CHENGXIN_DATA, where the tables are. Prints one JSON line; the exit code is 0 when no promise was broken.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from itertools import count
from typing import Any

from tests.gates.crash_road import in_child

PLATFORM, THREADS, TOGETHER = "beiling", 4, 20
EARLY = bool(os.environ.get("CRASH_TELLS_EARLY"))  # the twin: decisions are told and never committed


def prepare() -> None:
    """A platform, an officer and a head, and the starting rules in force."""
    from django.db import transaction

    from chengxin.accounts import actions as accounts
    from chengxin.accounts import actor as actors
    from chengxin.accounts.beginning import install_grant
    from chengxin.accounts.models import User
    from chengxin.rules import starting
    from chengxin.subjects import actions as subjects

    accounts.load_departments()
    subjects.register_platform(PLATFORM, "北岭商城", "system:crash")
    people = []
    for role in ("officer", "head"):
        user = User.objects.create_user(role, "a long enough pass phrase", display_name=role)
        with transaction.atomic():
            install_grant(user, role, accounts.Scope(department="SAMR"))
        people.append(actors.of_user(user))
    starting.put_in_force(*people, 1)


def walk(say: Callable[[str], None], seed: int) -> None:
    """Ask without end, in several threads, one event or some; say each answer the moment it is there."""
    from chengxin.rules import kept

    if EARLY:
        kept._write = lambda together, shops: None  # type: ignore[assignment]
    numbers = count()
    askers = [threading.Thread(target=_ask, args=(say, numbers, random.Random(seed * THREADS + place))) for place in range(THREADS)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()


def _ask(say: Callable[[str], None], numbers: Any, chance: random.Random) -> None:
    from chengxin.rules import asked
    from chengxin.rules.deciding import decide

    while True:
        events = [_order(next(numbers), chance) for _ in range(chance.choice([1, 1, 1, TOGETHER]))]
        for one in decide(PLATFORM, "client:crash", *asked.many(json.dumps({"kind": "order", "events": events}).encode())):
            say(f"decision {one.number} {one.outcome}")


def _order(number: int, chance: random.Random) -> dict[str, str]:
    """Few devices, so that some orders are held."""
    from chengxin.kernel import clock

    return {
        "order_no": f"T{os.getpid()}-{number}",
        "shop_id": f"S{chance.randrange(300)}",
        "buyer": f"U{chance.randrange(500)}",
        "paid": "18.50",
        "ordered_at": (clock.now() - timedelta(minutes=chance.randrange(30))).isoformat(),
        "device": f"D{chance.randrange(1500)}",
        "ip": f"192.0.2.{chance.randrange(250)}",
        "address": f"测试市甲区{chance.randrange(900)}号",
    }


def broken_promises(acknowledged: Sequence[str]) -> list[str]:
    """A decision that was told and is lost or another one; a batch that the log does not know, or the log alone; one held by half."""
    from chengxin.audit import queries as audit
    from chengxin.audit.models import Leaf
    from chengxin.rules import kept
    from chengxin.rules.models import OUTCOMES, PASS, DecisionBatch, Held

    batches = {one.id.hex: one for one in DecisionBatch.objects.select_related("book")}
    outcomes = {name: kept.opened(one).outcome for name, one in batches.items()}
    broken = []
    for line in acknowledged:
        _word, number, outcome = line.split()
        name, _, place = number.partition("-")
        if name not in outcomes:
            broken.append(f"decision {number} is lost")
        elif OUTCOMES[int(outcomes[name][int(place)])] != outcome:
            broken.append(f"decision {number} was told as {outcome}")
    logged: dict[str, str] = {}
    for body in Leaf.objects.filter(action="rules.decisions.kept").values_list("body", flat=True):
        logged |= json.loads(body)["data"]["batches"]
    hashed = {str(one.id): hashlib.sha256(bytes(one.body)).hexdigest() for one in batches.values()}
    broken += [f"batch {one} and its leaf do not agree" for one in hashed.keys() | logged.keys() if hashed.get(one) != logged.get(one)]
    held = {f"{name}-{place}" for name, all_of in outcomes.items() for place, one in enumerate(all_of) if OUTCOMES[int(one)] != PASS}
    broken += [f"decision {one} is held by half" for one in held ^ set(Held.objects.values_list("number", flat=True))]
    return broken + audit.self_check()


def main(kills: int, seed: int) -> int:
    import django

    django.setup()
    for module in ("rules.deciding", "rules.starting", "facts.queries", "audit.queries"):
        import_module(f"chengxin.{module}")
    chance, started = random.Random(seed), time.monotonic()
    in_child(lambda say: prepare())
    acknowledged: list[str] = []
    broken: list[str] = []
    for life in range(kills):
        said, _killed = in_child(lambda say, life=life: walk(say, seed + life), seconds=chance.uniform(0.01, 1.2), from_first_word=True)
        acknowledged += [line for line in said if line.startswith("decision ")]
        broken += [line for line in said if not line.startswith("decision ")]
        found, _ = in_child(lambda say, told=tuple(acknowledged): [say(line) for line in broken_promises(told)])
        broken += found
    held = sum(not line.endswith(" pass") for line in acknowledged)
    seconds = round(time.monotonic() - started, 1)
    result = {"kills": kills, "told": len(acknowledged), "held": held, "broken": sorted(set(broken))[:50], "seconds": seconds}
    print(json.dumps(result, ensure_ascii=False))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
