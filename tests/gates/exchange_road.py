"""Kills the exchange: a child sends, takes receipts and plays the badly behaved upper platform until it is killed -9 at a random moment.

    python -m tests.gates.exchange_road ROWS KILLS [SEED [ROWS_A_FILE]]

Runs in the data directory of CHENGXIN_DATA, where `chengxin setup` has been. At the end both sides must hold the same rows, each once;
every planted difference must be listed with its kind, and none that was not planted; and after all files are put out once more nothing
may have changed. Prints one JSON line with what it did; the exit code is 0 when all of it holds.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.gates.crash_road import in_child

BAD = ("slow", "partial", "lost_receipt", "twice", "wrong_order", "down")
PLANTED = {"lose": "LOST", "alter": "ALTERED", "double": "DUPLICATE", "take_down": "TAKEN_DOWN", "invent": "UNKNOWN"}
MOST_TURNS = 200


def prepare(rows: int, a_file: int) -> None:
    """Rows in approved batches."""
    from django.db import transaction

    from chengxin.exchange import actions
    from chengxin.exchange.actions import batches
    from chengxin.exchange.models import ExchangeRow
    from chengxin.exchange.tests import people
    from chengxin.records.tests.people import town

    batches.MOST_ROWS = a_file
    with transaction.atomic():
        cast = town()
        people.put_rows(cast.subject, rows)
    while ExchangeRow.objects.filter(state="WAITING").exists():
        batch = actions.collect(cast.officer, "SAMR", "penalty", "csv")
        actions.approve(cast.reviewer, batch.number)


def live(life: int, say: Callable[[str], None]) -> None:
    """Both sides take turns until every batch is answered in full; each turn is an hour later, so that what is late is sent again."""
    from django.conf import settings

    from chengxin.exchange import sending
    from chengxin.exchange.models import ExchangeBatch
    from chengxin.exchange.standin import Upper
    from chengxin.kernel import clock

    upper, now = Upper(settings.EXCHANGE_DIR, BAD), clock.now()
    for turn in range(MOST_TURNS):
        with clock.set_to(now + timedelta(hours=MOST_TURNS * life + turn)):
            sending.tick()
            upper.take()
        if not ExchangeBatch.objects.exclude(state="ACKED").exists():
            say("answered")
            return


def check(rows: int, say: Callable[[str], None]) -> None:
    """Says each promise that does not hold, then the counts."""
    from django.conf import settings

    from chengxin.audit import queries as audit
    from chengxin.exchange import folders, reconciling, sending
    from chengxin.exchange.models import Difference, ExchangeRow, ExchangeStep, Transmission
    from chengxin.exchange.standin import ONE_IN_SHOWN, Upper, chance
    from chengxin.kernel import vault

    upper = Upper(settings.EXCHANGE_DIR)
    before = state()
    if before != {"ACCEPTED": rows}:
        say(f"broken: our rows are {before}")
    held = {number for (number,) in upper.db.execute("SELECT number FROM held")}
    ours = set(ExchangeRow.objects.values_list("number", flat=True))
    if held != ours:
        say(f"broken: {len(ours - held)} rows are lost there, {len(held - ours)} invented")
    steps = Counter(ExchangeStep.objects.values_list("matter", "action"))
    if set(steps.values()) - {1}:
        say("broken: a step was taken twice")
    upper.shows(list(PLANTED))
    reconciling.reconcile()
    planted = {
        (PLANTED[bad], number)
        for number in ours
        if (bad := next((one for one in sorted(PLANTED) if chance(number, ONE_IN_SHOWN, one)), ""))
    }
    listed = {(kind, number) for kind, number in Difference.objects.values_list("kind", "row_number")}
    real = {one for one in planted if one[0] != "UNKNOWN"}
    if {one for one in listed if one[0] != "UNKNOWN"} != real or len(listed) != len(planted):
        say(f"broken: {len(planted)} differences were planted, {len(listed)} listed")
    for one in Transmission.objects.all():
        folders.drop(folders.folder(folders.OUT) / one.file, vault.read(sending.ROOM, one.file))
    upper.take()
    sending.tick()
    upper.shows()
    again = reconciling.reconcile()
    if state() != before or again is None or again.found or (again.sent, again.accepted, again.published) != (rows, rows, rows):
        say(f"broken: after a replay {state()}, {again and again.found} differences")
    for line in audit.self_check():
        say(f"broken: {line}")
    say(json.dumps({"rows": rows, "files": Transmission.objects.count(), "planted": len(planted), "listed": len(listed)}))


def state() -> dict[str, int]:
    """How many rows are in which state."""
    from chengxin.exchange.models import ExchangeRow

    return dict(Counter(ExchangeRow.objects.values_list("state", flat=True)))


def main(rows: int, kills: int, seed: int, a_file: int) -> int:
    import django

    django.setup()
    import chengxin.exchange.standin
    import chengxin.exchange.tasks  # noqa: F401 - a life of a tenth of a second must not be spent on imports

    chance, killed, life = random.Random(seed), 0, 0
    broken: list[str] = []
    said, _ = in_child(lambda say: prepare(rows, a_file))
    broken += said
    while killed < kills:
        said, was_killed = in_child(lambda say, life=life: live(life, say), seconds=chance.uniform(0.05, 2.5))
        killed, life = killed + was_killed, life + 1
        broken += [line for line in said if line.startswith("error ")]
        if not was_killed:
            break
    said, _ = in_child(lambda say: live(life, say))
    if said != ["answered"]:
        broken += said or ["broken: not every batch is answered"]
    said, _ = in_child(lambda say: check(rows, say))
    broken += [line for line in said if line.startswith(("broken", "error "))]
    counted: dict[str, Any] = json.loads(said[-1]) if said and said[-1].startswith("{") else {}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = {"kills": killed, "processor_seconds": round(used.ru_utime + used.ru_stime, 1)}
    print(json.dumps({**counted, **seconds, "broken": broken}, ensure_ascii=False))
    return 1 if broken else 0


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(main(given[0], given[1], given[2] if len(given) > 2 else 1, given[3] if len(given) > 3 else 10_000))
