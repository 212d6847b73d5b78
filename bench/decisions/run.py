"""Decisions over HTTP, kept and logged before they are answered, with 50 rules in force: one at a time, and in batches of 200.

    python bench/decisions/run.py [--seconds 10] [--rules 50] [--orders 20000] [--connections 4]

Starts the product as `chengxin serve` does, in a data directory of its own, over a lake of so many orders, and asks it over keep-alive
connections. Prints decisions per second, the time to the answer (p50, p99), the server's processor time, and how many decisions passed: a
review costs more than a pass, because its reasons are kept in words, and the longer the bench asks, the busier its devices look. Both
share the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
PLATFORMS = 8  # each with a client of the large rate class: 200 requests a second, 2,000 at once
BATCH = 200


def prepare(rules: int, orders: int) -> list[str]:
    """Rules in force, orders of the last three weeks, and a token per platform; returns the tokens."""
    import django

    django.setup()
    from django.core.management import call_command

    from chengxin.facts.actions import accept_batch
    from chengxin.subjects.models import Platform

    call_command("migrate", verbosity=0)
    platforms = [Platform.objects.create(code=f"bench{number}", name=f"bench {number}") for number in range(PLATFORMS)]
    put_in_force(rules)
    now = datetime.now(UTC)
    for platform in platforms:
        lines = [
            {**event(n, now - timedelta(seconds=60 + 1800 * n % 1_800_000)), "sku": "K1", "qty": 1, "dest_division": "230405"}
            for n in range(orders // PLATFORMS)
        ]
        accept_batch(platform, "order", "\n".join(map(json.dumps, lines)).encode(), "ndjson", "system:bench")
    return [token(platform.code) for platform in platforms]


def put_in_force(count: int) -> None:
    """The starting rules again and again with thresholds of their own, until there are so many."""
    from django.db import transaction

    from chengxin.accounts import actor as actors
    from chengxin.accounts.actions import Scope, load_departments
    from chengxin.accounts.beginning import install_grant
    from chengxin.accounts.models import User
    from chengxin.kernel import clock
    from chengxin.rules import actions, starting, trying

    load_departments()
    people = {}
    for role in ("officer", "head"):
        user = User.objects.create_user(role, "a long enough pass phrase", display_name=role)
        with transaction.atomic():
            install_grant(user, role, Scope(department="SAMR"))
        people[role] = actors.of_user(user)
    known = starting.rules()
    for number in range(count):
        given = dict(known[number % len(known)])
        given["conditions"] = [[name, sign, str(float(value) + number / 10)] for name, sign, value in given["conditions"]]
        draft = actions.draft_rule(people["officer"], {**given, "effective_from": clock.today(), "handler": people["officer"].user.pk})
        tried = actions.ask_dry_run(people["officer"], draft.pk, clock.today(), clock.today() + timedelta(days=1))
        trying.run(tried.pk)
        actions.propose(people["officer"], draft.pk)
        actions.sign(people["head"], draft.pk)


def token(platform: str) -> str:
    """A bearer token for the platform's client, as the token endpoint would keep it."""
    from oauth2_provider.models import get_access_token_model

    from chengxin.accounts import clients
    from chengxin.accounts.beginning import INSTALLER

    made = clients.create_client(platform, "bench", ["decisions:ask"], by=INSTALLER, rate="large")
    value = uuid.uuid4().hex
    row = get_access_token_model()(
        application=made.client.application, expires=datetime.now(UTC) + timedelta(hours=1), scope="decisions:ask", token=value
    )
    row._raw_token = value
    row.save()
    return value


def event(number: int, at: datetime) -> dict[str, str]:
    draw = np.random.default_rng(number)
    shop, buyer, device = (int(draw.integers(most)) for most in (500, 5000, 6000))
    return {
        "order_no": f"T{number}-{at.timestamp():.6f}",
        "shop_id": f"S{shop}",
        "buyer": f"U{buyer}",
        "paid": f"{10 + number % 90}.50",
        "ordered_at": at.isoformat(),
        "device": f"D{device}",
        "ip": f"192.0.2.{number % 250}",
        "address": f"测试市甲区{buyer % 3000}号",
    }


def serve(port: int) -> subprocess.Popen[bytes]:
    """The product's own server; waits until it answers."""
    command = [sys.executable, "-m", "chengxin.cli", "serve", "--port", str(port)]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    for _ in range(600):
        time.sleep(0.2)
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return started
        except OSError:
            continue
    raise SystemExit("the server did not start")


class Asker(threading.Thread):
    """One connection that asks until the time is over; bodies are made before."""

    def __init__(self, port: int, path: str, tokens: list[str], bodies: list[bytes], seconds: float) -> None:
        super().__init__()
        self.path, self.tokens, self.bodies, self.seconds = path, tokens, bodies, seconds
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.took: list[float] = []
        self.passed = 0
        self.failed: dict[int, int] = {}

    def run(self) -> None:
        end = time.perf_counter() + self.seconds
        for number, body in enumerate(self.bodies):
            began = time.perf_counter()
            if began > end:
                break
            headers = {"Authorization": f"Bearer {self.tokens[number % len(self.tokens)]}", "Content-Type": "application/json"}
            self.connection.request("POST", self.path, body, headers)
            answer = self.connection.getresponse()
            said = answer.read()
            if answer.status == 200:
                self.took.append(time.perf_counter() - began)
                self.passed += said.count(b'"outcome":"pass"')
            else:
                self.failed[answer.status] = self.failed.get(answer.status, 0) + 1


def processor_seconds(group: int) -> float:
    """Processor time of the server's process group (Linux): what the machine's other work changes least."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(
    port: int, path: str, tokens: list[str], bodies: list[bytes], seconds: float, connections: int
) -> tuple[float, np.ndarray, int, str]:
    """(requests per second, seconds of each, decisions that passed, what failed)."""
    askers = [Asker(port, path, tokens, bodies[number::connections], seconds) for number in range(connections)]
    began = time.perf_counter()
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    took = np.array([each for one in askers for each in one.took])
    failed = {status: sum(one.failed.get(status, 0) for one in askers) for one in askers for status in one.failed}
    passed = sum(one.passed for one in askers)
    return len(took) / (time.perf_counter() - began), took, passed, f"  failed {failed}" if failed else ""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--rules", type=int, default=50)
    options.add_argument("--orders", type=int, default=20_000)
    options.add_argument("--connections", type=int, default=4)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CHENGXIN_DATA": folder, "DJANGO_SETTINGS_MODULE": "chengxin.settings", "PYTHONPATH": str(ROOT)}
        tokens = prepare(given.rules, given.orders)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = serve(port)
        try:
            report(port, server.pid, tokens, given)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


def report(port: int, group: int, tokens: list[str], given: argparse.Namespace) -> None:
    at = datetime.now(UTC)
    most = int(given.seconds * 2500)
    single = [json.dumps({"kind": "order", "event": event(number, at)}).encode() for number in range(most)]
    many = [
        json.dumps({"kind": "order", "events": [event(10_000_000 + BATCH * number + n, at) for n in range(BATCH)]}).encode()
        for number in range(int(given.seconds * 150))
    ]
    measure(port, "/api/v1/decisions", tokens, single[:20], 60, 1)  # the lake is read and the loops are compiled
    measure(port, "/api/v1/decisions/batch", tokens, many[:4], 60, 1)
    print(f"{given.rules} rules, lake of {given.orders:,} orders, {given.connections} connections, {os.cpu_count()} cores")
    print("| asked | decisions/s | p50 ms | p99 ms | processor ms a decision | passed |\n|---|---|---|---|---|---|")
    for name, path, bodies, size in (("one at a time", "", single[20:], 1), (f"batches of {BATCH}", "/batch", many[4:], BATCH)):
        before = processor_seconds(group)
        rate, took, passed, failed = measure(port, f"/api/v1/decisions{path}", tokens, bodies, given.seconds, given.connections)
        middle, slow = (np.quantile(took, [0.5, 0.99]) * 1e3).tolist() if len(took) else (0.0, 0.0)
        spent = (processor_seconds(group) - before) * 1e3 / max(len(took) * size, 1)
        print(
            f"| {name} | {rate * size:,.0f} | {middle:.1f} | {slow:.1f} | {spent:.3f} | {passed / max(len(took) * size, 1):.0%} |{failed}"
        )


if __name__ == "__main__":
    main()
