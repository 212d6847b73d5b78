"""Kills the sender of subscriptions: a child captures events and sends them to a receiver that often fails, until it is killed -9.

    python -m tests.gates.subscription_road EVENTS KILLS [SEED]

Runs in the data directory of CHENGXIN_DATA, where `chengxin setup` has been. The receiver is in the parent. At the end, undisturbed, every
event that is stored has been taken, in the order of recording. Prints one JSON line; the exit code is 0 when all of it holds.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable

from tests.gates.crash_road import in_child

Say = Callable[[str], None]


def prepare(url: str) -> None:
    """A client, its query and a subscription."""
    from chengxin.accounts import clients
    from chengxin.accounts.actor import of_client
    from chengxin.accounts.beginning import INSTALLER
    from chengxin.traceability import actions, subscribing

    machine = of_client(clients.create_client("mall-a", "gate", ["trace:write", "trace:read"], by=INSTALLER).client, frozenset())
    query = actions.keep_query(machine, "all", {"EQ_action": ["OBSERVE"], "perPage": [20]})
    said = json.dumps({"dest": url, "signatureToken": "a token of the gate", "stream": True})
    subscribing.subscribe(machine, query, subscribing.read(said.encode(), ""))


def live(events: int, life: int, say: Say) -> None:
    """Capture five events at a time and send, each turn an hour later, until there are so many and all are taken."""
    from datetime import timedelta

    from chengxin.kernel import clock
    from chengxin.traceability import actions, pushing
    from chengxin.traceability.models import Push, Subscription, TraceEvent
    from chengxin.traceability.tests.people import platform, seen

    now = clock.now()
    for turn in range(2_000):
        with clock.set_to(now + timedelta(hours=life * 100 + turn)):
            stored = TraceEvent.objects.count()
            if stored < events:
                actions.capture([seen(eventID=f"urn:x:{stored + one}") for one in range(5)], platform())
                say("stored")
            pushing.push()
            one = Subscription.objects.get()
            last = TraceEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
            if stored >= events and one.cursor == last and not Push.objects.exclude(state="DONE").exists():
                say("all taken")
                return


def recorded(say: Say) -> None:
    from chengxin.audit import queries as audit
    from chengxin.traceability.models import TraceEvent

    for line in audit.self_check():
        say(f"broken: {line}")
    say(json.dumps(list(TraceEvent.objects.order_by("pk").values_list("event_id", flat=True))))


def main(events: int, kills: int, seed: int) -> int:
    import django

    django.setup()
    from chengxin.traceability import subscribing, tasks  # noqa: F401 - a short life must not be spent on imports
    from chengxin.traceability.tests.receiver import Receiver, serving

    subscribing.PRIVATE = True
    chance, broken, killed, life = random.Random(seed), [], 0, 0
    receiver = Receiver()
    receiver.before = lambda names: 413 if len(names) > 5 else chance.choice([None, None, None, 500])
    server = serving(receiver)
    said, _ = in_child(lambda say: prepare(receiver.url))
    broken += said
    while killed < kills:
        said, was_killed = in_child(lambda say, life=life: live(events, life, say), seconds=chance.uniform(0.05, 0.8))
        killed, life = killed + was_killed, life + 1
        broken += [line for line in said if line.startswith("error ")]
        if not was_killed:
            break
    said, _ = in_child(lambda say: live(events, life, say))
    broken += [] if said[-1:] == ["all taken"] else [f"broken: not all are taken {said[-1:]}"]
    said, _ = in_child(recorded)
    broken += [line for line in said if line.startswith(("broken", "error "))]
    server.shutdown()
    taken = receiver.taken
    if list(dict.fromkeys(taken)) != json.loads(said[-1]):
        broken.append("broken: an event is lost, or overtook another")
    counts = {"events": len(set(taken)), "again": len(taken) - len(set(taken)), "messages": len(receiver.got), "kills": killed}
    print(json.dumps({**counts, "broken": broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(main(given[0], given[1], given[2] if len(given) > 2 else 1))
