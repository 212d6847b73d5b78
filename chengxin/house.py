"""The embedded run, one process tree and no other service: a parent that prepares the data, the web server, the worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable

THREADS = 4  # measured: one worker with four threads serves the embedded run in the least memory


def serve(host: str, port: int, *, open_browser: bool = False, demo_size: str = "", with_worker: bool = True) -> int:
    """Prepare the data directory, start the web server and the worker, and wait; both stop when this process is told to.

    with_worker: False where the worker is a service of its own.
    """
    os.environ.setdefault("CHENGXIN_ORIGIN", f"http://localhost:{port}")
    prepare = [sys.executable, "-m", "chengxin.prepare", *([demo_size] if demo_size else [])]
    if code := subprocess.run(prepare, check=False).returncode:
        return code
    children = [_web(host, port), *([_worker()] if with_worker else [])]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _announce(f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}/", open_browser, children[0])  # noqa: S104
        return _wait(children)
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        _stop(children)


def _web(host: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", str(THREADS), "--no-access-log", "--log-level", "warning", "chengxin.wsgi:application"]
    return subprocess.Popen(command)


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "chengxin.cli", "work"])


def _announce(address: str, open_browser: bool, web: subprocess.Popen[bytes]) -> None:
    _until(lambda: _answers(address) or web.poll() is not None)
    print(f"诚信 Chengxin  {address}   (Ctrl-C stops / 按 Ctrl-C 停止)", flush=True)
    if open_browser:
        webbrowser.open(address)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own http address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _until(reached: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not reached() and time.monotonic() < end:
        time.sleep(0.1)


def _wait(children: list[subprocess.Popen[bytes]]) -> int:
    """Run until a child ends; a worker that died is started again, a web server that died ends the house."""
    web = children[0]
    while web.poll() is None:
        if len(children) > 1 and children[1].poll() is not None:
            children[1] = _worker()
        time.sleep(1)
    return web.returncode


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
