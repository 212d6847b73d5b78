"""A forked child whose main thread, or all of whose threads, run under strace: faults put in, or every call written down.

What the child says goes over a socket, by calls that no fault is put into.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

Say = Callable[[str], None]
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "openat", "unlink", "ftruncate")
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=SIGKILL"}


def missing() -> str:
    """Why it cannot be done here; empty when it can."""
    if shutil.which("strace") is None:
        return "no strace on this machine (Debian: apt-get install strace)"
    said, _ = child(lambda say: say("traced"), ["-e", "trace=fsync"])
    return "" if said == ["traced"] else "strace may not attach to a process here (ptrace is not permitted)"


def child(task: Callable[[Say], None], strace: Sequence[str] = (), log: Path | None = None) -> tuple[list[str], int]:
    """Run the task in a forked child, under strace when its arguments are given; returns (lines said, wait status)."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _be_child(task, theirs, bool(strace))
    theirs.close()
    tracer = _attach(pid, strace, log) if strace else None
    said = b""
    while chunk := ours.recv(65536):
        said += chunk
    ours.close()
    _, status = os.waitpid(pid, 0)
    if tracer is not None:
        tracer.wait()
    whole = said.decode().rpartition("\n")[0]  # a line cut short was not acknowledged
    return [line for line in whole.split("\n") if line], status


def killed(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _attach(pid: int, strace: Sequence[str], log: Path | None) -> subprocess.Popen[bytes]:
    command = ["strace", "-qq", "-o", str(log or os.devnull), *strace, "-p", str(pid)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _be_child(task: Callable[[Say], None], theirs: socket.socket, traced: bool) -> None:
    def say(text: str) -> None:
        theirs.sendall(f"{text}\n".encode())

    status = 1
    try:
        if traced:
            _wait_for_tracer()
        task(say)
        status = 0
    except BaseException:
        say("error " + traceback.format_exc().replace("\n", " | "))
    os._exit(status)


def _wait_for_tracer() -> None:
    """Until somebody traces this process. The file stays open: an openat here would count among the calls."""
    descriptor = os.open("/proc/self/status", os.O_RDONLY)
    end = time.monotonic() + 30
    while b"TracerPid:\t0\n" in os.pread(descriptor, 4096, 0) and time.monotonic() < end:
        time.sleep(0.002)


def counts(log: Path) -> dict[str, int]:
    """How often each call stands in a log."""
    found = dict.fromkeys(CALLS, 0)
    for line in log.read_text(errors="replace").splitlines():
        name = line.partition("(")[0].split()[-1:] or [""]
        if name[0] in found:
            found[name[0]] += 1
    return found
