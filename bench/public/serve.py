"""The public look-up over HTTP at a million subjects: requests a second and latency of JSON, search and page, beside a floor.

    python bench/public/run.py 1000000 --keep /some/folder     # fills a database, once
    python bench/public/serve.py /some/folder [seconds] [asked]   # needs `wrk` (Debian's package)

asked: among how many subjects the questions are spread; 5,000 are soon kept answers, half a million nearly all first readers.

The floor is one raw row by its key as JSON in the same server, without Django: what the server and the database give at most.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from uuid import UUID

ASKED, THREADS, CONNECTIONS, PORT = 5_000, 2, 16, 8877
QUESTIONS = {
    "floor: one raw row": ("floor", "/{id}"),
    "JSON of a subject": ("chengxin", "/api/v1/public/subjects/{uuid}"),
    "JSON of a search by code": ("chengxin", "/api/v1/public/subjects?q={uscc}"),
    "page of a subject": ("chengxin", "/subject/{uuid}/"),
}
LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
math.randomseed(os.time())
request = function() return wrk.format("GET", paths[math.random(#paths)], {["Host"] = "localhost"}) end
"""


def floor(environ: dict[str, str], start: object) -> list[bytes]:
    """A WSGI application: the subject whose id is the path, read by one prepared statement."""
    key = environ["PATH_INFO"][1:]
    row = (
        _database().execute("SELECT json_object('id', id, 'name', name, 'uscc', uscc) FROM subjects_subject WHERE id = ?", [key]).fetchone()
    )
    start("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]
    return [row[0].encode()]


def _database(kept: dict[int, sqlite3.Connection] = {}) -> sqlite3.Connection:  # noqa: B006 - one connection a process
    if os.getpid() not in kept:
        kept[os.getpid()] = sqlite3.connect(Path(os.environ["CHENGXIN_DATA"]) / "chengxin.sqlite3", check_same_thread=False)
    return kept[os.getpid()]


def asked(folder: Path, many: int = ASKED) -> list[tuple[str, str]]:
    """Ids and codes of subjects from all over the register."""
    with sqlite3.connect(folder / "chengxin.sqlite3") as database:
        return database.execute("SELECT id, uscc FROM subjects_subject ORDER BY random() LIMIT ?", [many]).fetchall()


def servers(folder: Path) -> dict[str, tuple[str, subprocess.Popen[bytes]]]:
    """Both servers, up and answering: name → address, process."""
    around = os.environ | {"CHENGXIN_DATA": str(folder), "PYTHONPATH": str(Path(__file__).parent)}
    ours = [sys.executable, "-m", "chengxin.cli", "serve", "--port", str(PORT)]
    bare = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(PORT + 1), "--workers", "1", "--blocking-threads", "4"]
    started = {
        "chengxin": (f"http://127.0.0.1:{PORT}", subprocess.Popen(ours, env=around)),
        "floor": (f"http://127.0.0.1:{PORT + 1}", subprocess.Popen([*bare, "--log-level", "warning", "serve:floor"], env=around)),
    }
    some = asked(folder, 1)[0][0]
    for name, path in (("chengxin", f"/api/v1/public/subjects/{some}"), ("floor", f"/{some}")):
        _wait(started[name][0] + path)
    return started


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(urllib.request.Request(address, headers={"Host": "localhost"})).read()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"{address} does not answer")


def measure(address: str, paths: list[str], seconds: int) -> str:
    """What wrk says: requests a second, the median and the 99th of 100."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paths").write_text("\n".join(paths))
        (Path(folder) / "ask.lua").write_text(LUA % (Path(folder) / "paths"))
        command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", f"{folder}/ask.lua", address]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wrong = re.search(r"Non-2xx[^\n]*", said)
    found = {
        name: re.search(pattern, said)
        for name, pattern in (("rate", r"Requests/sec:\s+(\S+)"), ("p50", r"50%\s+(\S+)"), ("p99", r"99%\s+(\S+)"))
    }
    rate, p50, p99 = (found[name][1] if found[name] else "?" for name in ("rate", "p50", "p99"))  # type: ignore[index]
    return f"{rate:>10}/s   p50 {p50:>9}   p99 {p99:>9}   {wrong[0] if wrong else ''}"


def main() -> None:
    folder, seconds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 15
    many = int(sys.argv[3]) if len(sys.argv) > 3 else ASKED
    some, started = asked(folder, many), servers(folder)
    try:
        for what, (server, path) in QUESTIONS.items():
            paths = [path.format(id=id, uuid=UUID(id), uscc=uscc) for id, uscc in some]
            print(f"{what:<26} {measure(started[server][0], paths, seconds)}", flush=True)
    finally:
        for _, process in started.values():
            process.terminate()


if __name__ == "__main__":
    main()
