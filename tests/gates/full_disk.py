"""The house on a small disk of its own, for the gate of the full and the read-only disk.

python -m tests.gates.full_disk     in CHENGXIN_DATA, whose tables are there: makes a platform's client and a person, prints the token
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long enough pass phrase"
PATIENCE = 90  # seconds: the limit of sign-ins counts by the minute
TABLES = ("facts_receipt", "facts_segment", "facts_keyrun", "jobs_outbox", "audit_leaf", "audit_node", "django_session")


def mounted(place: Path, megabytes: int) -> str:
    """Mount a tmpfs of this size; returns why it could not be done, or nothing."""
    place.mkdir(parents=True, exist_ok=True)
    if os.geteuid():
        return "mounting a small file system needs root"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    return f"no tmpfs may be mounted here: {done.stderr.strip()}" if done.returncode else ""


def remount(place: Path, how: str) -> None:
    """how: "ro" or "rw". Tries for a while: a request that has just ended may still be closing its files."""
    for _ in range(100):
        done = subprocess.run(["mount", "-o", f"remount,{how}", str(place)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise OSError(f"remount,{how}: {done.stderr.strip()}")


def fill(place: Path, leave: int) -> Path:
    """Fill the disk but for about `leave` bytes; returns the file to remove."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
        file.truncate(max(0, file.tell() - leave))
    return ballast


def leave_log_behind(data: Path) -> None:
    """The write-ahead log and its index lie there, as they do while a house runs: the last connection to close would take them away."""
    code = "import os, sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM audit_leaf').fetchall(); os._exit(0)"
    subprocess.run([sys.executable, "-c", code, str(data / "chengxin.sqlite3")], check=True)


class Server:
    """granian as `chengxin serve` starts it, on a free port."""

    def __init__(self, data: Path, application: str) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "CHENGXIN_DATA": str(data), "CHENGXIN_DEMO": "1", "CHENGXIN_ORIGIN": self.origin}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "2"]
        self.process = subprocess.Popen(
            [*command, "--no-access-log", "--log-level", "error", application],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def wait(self) -> None:
        for _ in range(1200):
            try:
                self.ask("/api/v1/log/head")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the server did not begin to answer")

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """(status, text of the answer)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.origin + path, body, named)
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def report(self, token: str, rows: bytes) -> tuple[int, dict[str, Any]]:
        """One batch of orders as the platform's program sends it."""
        status, text = self.ask("/api/v1/facts/order", rows, Authorization=f"Bearer {token}", Content_Type="application/x-ndjson")
        return status, json.loads(text)

    def sign_in(self, name: str) -> tuple[int, str]:
        """As a person does: the form, then its answer. By night so often that the limit of tries is met: then wait, as a person would."""
        for _ in range(PATIENCE):
            status, page = self._sign_in(name)
            if status != 429:
                break
            time.sleep(1)
        return status, page

    def _sign_in(self, name: str) -> tuple[int, str]:
        self.jar.clear()
        self.ask("/accounts/login/")
        csrf = next((one.value or "" for one in self.jar if one.name == "csrftoken"), "")
        form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": csrf}
        return self.ask("/accounts/login/", urllib.parse.urlencode(form).encode(), Referer=f"{self.origin}/accounts/login/")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def rows_of(data: Path) -> dict[str, int]:
    """How many rows each table has that an intake or a sign-in writes."""
    with closing(sqlite3.connect(f"file:{data / 'chengxin.sqlite3'}?mode=ro", uri=True, timeout=30)) as db:
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def faults_of(data: Path) -> list[str]:
    """Damage of the database, and files of the lake without a row or rows without their file."""
    with closing(sqlite3.connect(f"file:{data / 'chengxin.sqlite3'}?mode=ro", uri=True, timeout=30)) as db:
        (said,) = db.execute("PRAGMA integrity_check").fetchone()
        named = {row[0] for row in db.execute("SELECT path FROM facts_segment")}
        batches, segments = (db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("facts_receipt", "facts_segment"))
    lake = data / "lake"
    there = {str(path.relative_to(lake)) for path in lake.rglob("*.parquet") if "temp" not in path.parts}
    faults = [] if said == "ok" else [said]
    faults += [f"{one} is missing" for one in named - there] + [f"{one} belongs to nobody" for one in there - named]
    return faults + ([f"{batches} receipts, {segments} segments"] if batches != segments else [])


def main() -> None:
    """The platform, its client's token and a person."""
    import uuid

    import django

    django.setup()
    from django.db import transaction
    from oauth2_provider.models import get_access_token_model

    from chengxin.accounts import actions as accounts
    from chengxin.accounts import beginning, clients
    from chengxin.kernel import clock
    from chengxin.subjects.models import Platform
    from chengxin.supervision.tests import town

    accounts.load_departments()
    with transaction.atomic():
        town.person("officer", "officer", department="SAMR")
    Platform.objects.create(code="shanhuo", name="山货集市")
    made = clients.create_client("shanhuo", "gate", ["facts:write"], by=beginning.INSTALLER)
    token = uuid.uuid4().hex
    later = clock.now().replace(year=clock.now().year + 1)
    kept = get_access_token_model()(application=made.client.application, expires=later, scope="facts:write", token=token)
    kept._raw_token = token
    kept.save()
    print(json.dumps({"token": token}))


if __name__ == "__main__":
    main()
