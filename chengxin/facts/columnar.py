"""Parquet and Arrow IPC, read in a warm jail: a child process with hard limits that stays for the next file.

A Parquet file of 30 KB can unpack to a terabyte (one long value in a dictionary, named by every row), and nothing in its footer has to be
true, so looking before reading is not enough. A new jail per file would cost 0.4 s, more than a batch of 10,000 rows takes in all; a warm
one costs 3 ms. The child gets the file's path, writes plain uncompressed Arrow to shared memory, and is killed when it takes too long; the
parent maps the answer and checks every offset before it trusts it. Children end by themselves after a minute without work.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from chengxin.facts.errors import Empty
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent
from chengxin.kernel import jail
from chengxin.kernel.errors import ChengxinError

IDLE_CHILDREN = 2  # as many as there are cores on the smallest machine we serve


@dataclass(frozen=True)
class Most:
    """What one file may use: rows, MB of memory, seconds."""

    rows: int
    memory_mb: int
    seconds: int


@dataclass(frozen=True)
class Piece:
    """Some rows of a Parquet file: `rows` from the `start`-th of `groups` row groups."""

    first_group: int
    groups: int
    start: int
    rows: int


def pieces(source: Path, most: Most, rows: int) -> list[Piece]:
    """A Parquet file cut into pieces of at most so many rows, in its order, by what its footer says. Raises Damaged, TooLarge,
    FileTooHard."""
    said = _ask({"path": str(source.resolve()), "format": "parquet", "rows": most.rows, "cut": rows}, most)
    return [Piece(*map(int, piece)) for piece in said["pieces"]]


def read(
    kind: Kind, source: bytes | Path, format: str, headers: Sequence[str] | None, most: Most, piece: Piece | None = None
) -> tuple[Sent, list[str]]:
    """(rows, ignored headers), of a piece when one is given. Raises Damaged, TooLarge, Empty, FileTooHard."""
    with _shared(source) as (path, answer):
        order = {"path": str(path), "answer": str(answer), "format": format, "kind": kind.kind, "headers": headers, "rows": most.rows}
        said = _ask(order | ({"piece": astuple(piece)} if piece else {}), most)
        table = _mapped(answer, most)
    if table.num_rows == 0:
        raise Empty()
    return Sent(table, np.arange(1, table.num_rows + 1, dtype=np.int64)), said["ignored"]


@contextlib.contextmanager
def _shared(source: bytes | Path) -> Iterator[tuple[Path, Path]]:
    """A folder in memory for the file and the answer; the answer stays mapped after its name is gone."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made inside
    with tempfile.TemporaryDirectory(prefix="chengxin-", dir=memory if os.access(memory, os.W_OK) else None) as name:
        folder = Path(name)
        path = source if isinstance(source, Path) else folder / "file"
        if isinstance(source, bytes):
            path.write_bytes(source)
        yield path.resolve(), folder / "answer"


def _mapped(answer: Path, most: Most) -> pa.Table:
    try:
        table = pa.ipc.open_file(pa.memory_map(str(answer))).read_all()
        table.validate(full=True)
    except (pa.ArrowInvalid, OSError) as cause:
        raise jail.too_hard("content") from cause
    if sum(map(_spread, table.columns)) > most.memory_mb << 20:
        raise jail.too_hard("memory")
    return table


def _spread(column: pa.ChunkedArray) -> int:
    """Bytes that the texts of a dictionary would take if every row had its own: one long entry named by every row fits into little."""
    if not pa.types.is_dictionary(column.type):
        return 0
    if not pa.types.is_string(column.type.value_type):
        raise jail.too_hard("content")  # the child lets no other through
    return sum(pc.sum(pc.binary_length(part.dictionary).take(part.indices)).as_py() or 0 for part in column.chunks)


# -- the children ---------------------------------------------------------------------------------------------------------------


class _Child:
    def __init__(self, most: Most) -> None:
        limits = json.dumps(asdict(most))
        command = [sys.executable, "-X", "faulthandler=0", "-m", "chengxin.facts.columnar_child", limits]
        environment = jail._bare(tempfile.gettempdir())
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/"
        )
        self.most = most

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """The child's answer, or FileTooHard with the reason it died of."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise jail.too_hard("crash")
        stdin.write(json.dumps(order).encode() + b"\n")
        stdin.flush()
        end = time.monotonic() + self.most.seconds + 5
        if not select.select([stdout], [], [], max(end - time.monotonic(), 0))[0]:
            self.kill()
            raise jail.too_hard("time")
        line = stdout.readline(1 << 20)
        if not line.endswith(b"\n"):
            self.kill()
            raise jail.too_hard(jail._why_dead(self.process.returncode))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


_idle: list[_Child] = []
_lock = Lock()
_owner = os.getpid()


def _ask(order: dict[str, Any], most: Most) -> dict[str, Any]:
    child, fresh = _take(most)
    try:
        said = child.ask(order)
    except BrokenPipeError:
        child.kill()
        if fresh:
            raise jail.too_hard("crash") from None
        return _ask(order, most)  # it had ended for lack of work
    except BaseException:
        child.kill()
        raise
    if said["hard"]:
        child.kill()  # what a hostile file left behind in it must not meet the next one
        raise _named(said)
    _give_back(child)
    if "error" in said:
        raise _named(said)
    return said


def _take(most: Most) -> tuple[_Child, bool]:
    global _owner  # noqa: PLW0603
    with _lock:
        if _owner != os.getpid():  # a forked worker must not talk to its parent's children
            _idle.clear()
            _owner = os.getpid()
        for child in list(_idle):
            if child.process.poll() is not None:
                _idle.remove(child)
            elif child.most == most:
                _idle.remove(child)
                return child, False
    return _Child(most), True


def _give_back(child: _Child) -> None:
    with _lock:
        if len(_idle) < IDLE_CHILDREN:
            _idle.append(child)
            return
    child.kill()


def _named(said: dict[str, Any]) -> ChengxinError:
    """The error that the child names: one of ours by its name, or the jail's by its cause."""
    if said["hard"]:
        return jail.too_hard(str(said["hard"]))
    name, data = said["error"]
    found = getattr(importlib.import_module("chengxin.facts.errors"), str(name), None)
    if isinstance(found, type) and issubclass(found, ChengxinError):
        return found(**{str(key): str(value) for key, value in data.items()})
    return jail.too_hard("content")


@atexit.register
def _end() -> None:
    for child in _idle if _owner == os.getpid() else []:
        child.process.kill()
