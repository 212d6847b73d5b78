"""What a disk may hold after a power cut, from the calls one process made: the strictest reading of POSIX.

Data that no fsync of its file followed may be there, not be there, or be there in part, sector by sector and in any order; a name (create,
rename, unlink, mkdir) that no fsync of its folder followed may be there or not, each folder's in their order. Nothing else survives.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,lseek,write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,"
    "mkdirat,rmdir,link,linkat,sendto,copy_file_range,sendfile"
)
STRACE = ["-f", "-y", "-xx", "-s", "16777216", "-e", f"trace={CALLS}"]
REFUSED = {"writev", "pwritev", "fallocate", "copy_file_range", "sendfile"}  # not read here: better said than passed over
SECTORS = (512, 4096)
_LINE = re.compile(r"(\d+)\s+(.*)")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*?)>)?", re.DOTALL)
_FD = re.compile(r"(?:AT_FDCWD|-?\d+)<((?:\\x[0-9a-f]{2}|[^>])*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Event:
    """One thing that happened: write, size, sync, sync_folder, create, move, link, remove, folder, or said (an acknowledgement)."""

    what: str
    path: str = ""
    offset: int = 0
    data: bytes = b""
    target: str = ""


def events(log: Path, root: Path) -> list[Event]:
    """The calls of a log that concern files below root, in the order they ended."""
    return [event for call in _calls(log) for event in _events_of(*call, str(root), _Offsets.of(log))]


class _Offsets:
    """Where each open file's next write goes."""

    _kept: dict[Path, dict[tuple[str, int], int]] = {}

    @classmethod
    def of(cls, log: Path) -> dict[tuple[str, int], int]:
        return cls._kept.setdefault(log, {})


def _calls(log: Path) -> Iterator[tuple[str, str, int, str]]:
    begun: dict[str, str] = {}
    for line in log.read_text().splitlines():
        if (match := _LINE.match(line)) is None:
            continue
        thread, rest = match[1], match[2]
        if rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>")
            continue
        if rest.startswith("<... "):
            rest = begun.pop(thread, "") + rest.partition(" resumed>")[2]
        if call := _CALL.match(rest):
            yield call[1], call[2], int(call[3]), _plain(call[4] or "")


def _plain(text: str) -> str:
    return _bytes(text).decode(errors="replace") if text.startswith("\\x") else text


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _events_of(name: str, given: str, result: int, made: str, root: str, offsets: dict[tuple[str, int], int]) -> Iterator[Event]:
    if result < 0:
        return
    texts = [_bytes(one) for one in _TEXT.findall(given)]
    if name == "sendto":
        yield Event("said", data=b"".join(texts)[:result])
        return
    fd = _FD.match(given)
    path = _plain(fd[1]) if fd else ""
    number = int(given.partition("<")[0]) if fd and given[0].isdigit() else -1
    if name == "openat":
        if made.startswith(root) and ("O_WRONLY" in given or "O_RDWR" in given):
            offsets[made, result] = 0
            yield Event("create", made, offset=1 if "O_TRUNC" in given else 0)
        return
    if name.startswith(("rename", "unlink", "mkdir", "rmdir", "link")):
        named = [text.decode() for text in texts]
        yield from _names(name, [one if one.startswith("/") else f"{path}/{one}" for one in named], root)
        return
    if not path.startswith(root):
        return
    if name in REFUSED:
        raise NotImplementedError(f"{name} on {path}")
    yield from _data(name, given, path, number, result, texts, offsets)


def _names(name: str, texts: list[str], root: str) -> Iterator[Event]:
    if not texts[0].startswith(root):
        return
    if name.startswith(("rename", "link")):
        yield Event("move" if name.startswith("rename") else "link", texts[0], target=texts[1])
    else:
        yield Event("folder" if name.startswith("mkdir") else "remove", texts[0])


def _data(
    name: str, given: str, path: str, number: int, result: int, texts: list[bytes], offsets: dict[tuple[str, int], int]
) -> Iterator[Event]:
    if name == "lseek":
        offsets[path, number] = result
    elif name == "write":
        at = offsets.get((path, number), 0)
        offsets[path, number] = at + result
        yield Event("write", path, at, texts[0][:result])
    elif name == "pwrite64":
        yield Event("write", path, int(given.rpartition(",")[2]), texts[0][:result])
    elif name == "ftruncate":
        yield Event("size", path, int(given.rpartition(",")[2]))
    else:
        yield Event("sync", path)


@dataclass
class Node:
    """A file: what is surely on the disk, and what was done to it since."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, data), or (size, None) for a change of size

    def settle(self) -> None:
        for offset, data in self.since:
            self.apply(self.sure, offset, data)
        self.since.clear()

    def seen(self) -> bytes:
        body = bytearray(self.sure)
        for offset, data in self.since:
            self.apply(body, offset, data)
        return bytes(body)

    @staticmethod
    def apply(body: bytearray, offset: int, data: bytes | None) -> None:
        end = offset if data is None else offset + len(data)
        if len(body) < end:
            body.extend(bytes(end - len(body)))
        if data is None:
            del body[offset:]
        else:
            body[offset:end] = data

    def after_cut(self, chance: random.Random, mode: str) -> bytes:
        """One of the states the file may be in."""
        body = bytearray(self.sure)
        if mode == "lost" or not self.since:
            return bytes(body)
        sector = chance.choice(SECTORS)
        for offset, data in self.since:
            if mode == "all" or (mode == "reordered" and chance.random() < 0.5):
                self.apply(body, offset, data)
            elif mode == "torn":
                for at, part in _sectors(offset, data, sector):
                    if chance.random() < 0.5:
                        self.apply(body, at, part)
        return bytes(body)


def _sectors(offset: int, data: bytes | None, sector: int) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield offset, None
        return
    at = 0
    while at < len(data):
        step = sector - (offset + at) % sector
        yield offset + at, data[at : at + step]
        at += step


class Disk:
    """Files and folders while the recorded calls go on. An entry is a Node, or None for a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now: dict[str, Node | None] = {}
        self.sure: dict[str, Node | None] = {}
        self.since: dict[str, list[tuple[str, str, Node | None]]] = {}  # folder → (add or remove, path, entry)
        for path in sorted(root.rglob("*")):
            entry = None if path.is_dir() else Node(bytearray(path.read_bytes()))
            if not path.name.endswith("-shm"):  # shared memory: made anew by whoever opens the database
                self.now[str(path)] = self.sure[str(path)] = entry

    def take(self, event: Event) -> None:
        """One more event has happened."""
        if event.path.endswith("-shm") or event.what == "said":
            return
        entry = self.now.get(event.path)
        if event.what == "create":
            if entry is None:
                entry = self._add(event.path, Node())
            if event.offset and entry is not None:
                entry.since.append((0, None))
        elif event.what == "folder":
            self._add(event.path, None)
        elif event.what == "move":
            self._remove(event.path)
            self._add(event.target, entry)
        elif event.what == "link":
            self._add(event.target, entry)
        elif event.what == "remove":
            self._remove(event.path)
        elif event.what == "sync":
            self._sync(event.path, entry)
        elif entry is not None:
            entry.since.append((event.offset, event.data if event.what == "write" else None))

    def _add(self, path: str, entry: Node | None) -> Node | None:
        self.now[path] = entry
        self.since.setdefault(path.rpartition("/")[0], []).append(("add", path, entry))
        return entry

    def _remove(self, path: str) -> None:
        self.now.pop(path, None)
        self.since.setdefault(path.rpartition("/")[0], []).append(("remove", path, None))

    def _sync(self, path: str, entry: Node | None) -> None:
        if entry is not None:
            entry.settle()
            return
        for act, name, node in self.since.pop(path, []):
            _name(self.sure, act, name, node)

    def whole(self) -> dict[str, bytes | None]:
        """What the running system sees."""
        return {name: None if node is None else node.seen() for name, node in self.now.items()}

    def after_cut(self, chance: random.Random, mode: str) -> dict[str, bytes | None]:
        """One of the states the disk may be in: path → content, None for a folder."""
        names = dict(self.sure)
        for pending in self.since.values():
            many = {"lost": 0, "all": len(pending)}.get(mode, chance.randint(0, len(pending)))
            for act, name, node in pending[:many]:
                _name(names, act, name, node)
        folders = {name for name, node in names.items() if node is None} | {str(self.root)}
        state: dict[str, bytes | None] = {}
        for name, node in sorted(names.items()):
            if name.rpartition("/")[0] in folders and (node is not None or name in folders):
                state[name] = None if node is None else node.after_cut(chance, mode)
            else:
                folders.discard(name)  # what lies in a folder without a name is lost with it
        return state


def _name(names: dict[str, Node | None], act: str, path: str, node: Node | None) -> None:
    if act == "add":
        names[path] = node
    else:
        names.pop(path, None)
