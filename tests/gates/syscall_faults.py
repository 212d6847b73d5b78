"""Puts one fault into one call of one pass of the road, again and again, and looks each time whether everything promised still holds.

    python -m tests.gates.syscall_faults POINTS [SEED]       as many points, drawn by the seed
    python -m tests.gates.syscall_faults CALL:NUMBER:FAULT…  these points

Runs in CHENGXIN_DATA, which holds what `fault_road.prepare` made (with 0 points it only makes it). A point is (call, number, fault): EIO,
ENOSPC or a kill -9 at the n-th such call of the thread that walks. After a refusal the same process sends the step again; after every
point a fresh process looks at the promises, sends everything again, and looks once more. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.gates import fault_road, tracing

UNSAFE = bool(os.environ.get("FAULT_UNSAFE"))  # the twin: the intake works without its transaction


class _Loose:
    """django.db.transaction whose atomic only says that it is one: every statement commits by itself."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    @contextmanager
    def atomic(self, *given: Any, **named: Any) -> Iterator[None]:
        from django.db import connection

        connection.ensure_connection()
        connection.in_atomic_block = True
        try:
            yield
        finally:
            connection.in_atomic_block = False
        connection.run_and_clear_commit_hooks()


def walk_twice(say: tracing.Say) -> None:
    """The pass; what the fault refused is sent again by the same process."""
    if UNSAFE:
        from chengxin.facts import intake

        vars(intake)["transaction"] = _Loose(vars(intake)["transaction"])
    try:
        fault_road.walk(say)
    except Exception as refused:
        say(f"refused {type(refused).__name__} {str(refused)[:120]}".replace("\n", " "))
        fault_road.walk(say)


def afterwards(acknowledged: list[str]) -> tuple[list[str], dict[str, int]]:
    """What a fresh process finds: (broken promises, tally once everything was sent again)."""

    def look(say: tracing.Say) -> None:
        heard: list[str] = list(acknowledged)

        def hear(line: str) -> None:
            heard.append(line)

        for line in fault_road.broken_promises(acknowledged):
            say(f"broken {line}")
        fault_road.walk(hear)
        for line in fault_road.broken_promises(heard):
            say(f"broken after sending again: {line}")
        say("tally " + json.dumps(fault_road.tally()))

    said, status = tracing.child(look)
    broken = [line for line in said if line.startswith(("broken", "error"))]
    if status and not broken:
        broken = [f"broken: the fresh process ended with {status}"]
    told = [line for line in said if line.startswith("tally ")]
    return broken, json.loads(told[0].removeprefix("tally ")) if told else {}


class Trial:
    """The folder as prepared, and what a pass makes when nothing goes wrong."""

    def __init__(self, data: Path) -> None:
        self.data, self.base = data, data.with_name(data.name + ".base")
        fault_road.make_base(data)

    def again(self) -> None:
        shutil.rmtree(self.data)
        shutil.copytree(self.base, self.data)

    def count(self) -> tuple[dict[str, int], dict[str, int]]:
        """(calls of one pass, what it makes)."""
        self.again()
        fault_road.preload_all()
        self.again()
        log = self.data.with_name(self.data.name + ".strace")
        said, _ = tracing.child(fault_road.walk, ["-e", f"trace={','.join(tracing.CALLS)}"], log)
        errors = [line for line in said if line.startswith("error")]
        broken, tally = afterwards([line for line in said if not line.startswith("error")])
        assert not errors + broken, errors + broken
        return tracing.counts(log), tally

    def one(self, call: str, number: int, fault: str) -> dict[str, Any]:
        """What came of one point: {fired, broken, tally}."""
        self.again()
        inject = f"inject={call}:{tracing.FAULTS[fault]}:when={number}"
        said, status = tracing.child(walk_twice, ["-e", f"trace={call}", "-e", inject])
        acknowledged = [line for line in said if not line.startswith(("refused", "error"))]
        broken, tally = afterwards(acknowledged)
        broken += [line for line in said if line.startswith("error")]
        if status and not tracing.killed(status) and not broken:
            broken.append(f"broken: the process ended with {status}")
        refused = [line for line in said if line.startswith("refused")]
        return {"fired": bool(refused) or tracing.killed(status), "broken": broken, "tally": tally}


def points(counted: dict[str, int], many: int, seed: int = 1) -> list[tuple[str, int, str]]:
    """Points drawn without order: by day every kind of call is among them, by night each point once, then again from the start."""
    chance = random.Random(seed)
    kinds = [(call, fault) for call, times in counted.items() if times for fault in tracing.FAULTS]
    every = {kind: chance.sample(range(1, counted[kind[0]] + 1), counted[kind[0]]) for kind in kinds}
    chosen: list[tuple[str, int, str]] = []
    while len(chosen) < many and any(every.values()):
        chance.shuffle(kinds)
        chosen += [(call, every[call, fault].pop(), fault) for call, fault in kinds if every[call, fault]]
    return chosen[:many]


def named(text: str) -> tuple[str, int, str]:
    call, number, fault = text.split(":")
    return call, int(number), fault


def main(arguments: list[str]) -> int:
    import django
    from django.conf import settings

    django.setup()
    fault_road.preload()
    trial = Trial(Path(settings.DATA_DIR))
    if arguments == ["0"]:
        return 0
    started = time.monotonic()
    counted, undisturbed = trial.count()
    chosen = [named(one) for one in arguments if ":" in one] or points(counted, *(int(one) for one in arguments))
    broken: list[str] = []
    fired = 0
    for place, (call, number, fault) in enumerate(chosen):
        if place % 50 == 0:
            print(f"{place} points, {fired} felt, {len(broken)} broken", file=sys.stderr, flush=True)
        came = trial.one(call, number, fault)
        fired += came["fired"]
        found = came["broken"] or ([f"tally {came['tally']}"] if came["tally"] != undisturbed else [])
        broken += [f"{call} {number} {fault}: {line}" for line in found]
    result = {"points": len(chosen), "felt": fired, "broken": broken[:40], "calls": counted, "tally": undisturbed}
    print(json.dumps({**result, "seconds": round(time.monotonic() - started, 1)}, ensure_ascii=False))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
