"""`chengxin witness`: a witness that anybody may run beside a city's log. Python and `cryptography` only: no Django, no database.

Each round it takes the newest head the log keeps, asks for the proof that it continues the last one, writes down what it signs (fsync,
rename) before anybody may have it, hands its signature to the log, and compares with what other witnesses were shown. Two heads that
cannot both be true end the round with a file of evidence that anybody checks offline, and exit code 3.

The state folder: key (32 bytes, hex), state.json, head.txt (the newest head with log's and own signature: give it to other witnesses, by
a web server or a shared folder), evidence-*.json.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.audit import note
from chengxin.audit.witness import Contradiction, Watch, continues

EVIDENCE = "chengxin-split-view/1"
SECONDS = 30  # for one answer of a log or another witness
MOST_BYTES = 1 << 20
FOUND = 3  # exit code


class Log(Protocol):
    """What a witness asks of a log."""

    def newest(self) -> str: ...

    def proof(self, old: int, new: int) -> list[bytes]: ...

    def hand_over(self, size: int, line: str) -> None: ...


class WebLog:
    """A log at its address."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def newest(self) -> str:
        """The newest kept head, as a note; empty when the log keeps none yet."""
        kept = self._ask("/api/v1/log/heads?limit=1")
        return str(kept[0]["note"]) if kept else ""

    def proof(self, old: int, new: int) -> list[bytes]:
        """The consistency proof; empty when the log has none to give."""
        try:
            return [bytes.fromhex(step) for step in self._ask(f"/api/v1/log/consistency?old={old}&new={new}")["proof"]]
        except urllib.error.HTTPError as refused:
            if refused.code in (404, 422):
                return []
            raise

    def hand_over(self, size: int, line: str) -> None:
        self._ask("/api/v1/log/cosignatures", {"size": size, "line": line})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return json.loads(_fetched(urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"})))  # noqa: S310


def _fetched(asked: urllib.request.Request | str) -> bytes:
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - the addresses the operator names
        return bytes(answer.read(MOST_BYTES))


class State:
    """The witness's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def key(self) -> Ed25519PrivateKey:
        """Its own key, made the first time."""
        path = self.folder / "key"
        if not path.exists():
            self.write("key", secrets.token_hex(32) + "\n")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))

    def seen(self, log_key: str) -> str:
        """The head it signed last. ValueError when the folder belongs to another log."""
        path = self.folder / "state.json"
        if not path.exists():
            return ""
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["log_key"] != log_key:
            raise ValueError("this folder watches another log")
        return str(kept["seen"])

    def keep(self, log_key: str, seen: str, line: str) -> None:
        self.write("state.json", json.dumps({"log_key": log_key, "seen": seen, "line": line}, ensure_ascii=False, indent=1))
        self.write("head.txt", seen + line)

    def write(self, name: str, text: str) -> Path:
        """Whole or not at all, and on the disk when this returns."""
        draft, path = self.folder / f".{name}.{secrets.token_hex(4)}", self.folder / name
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return path


def round_of(log: Log, state: State, name: str, log_key: bytes, others: Sequence[Callable[[], str]] = ()) -> str:
    """One round; returns the signature line, empty when there was nothing to sign.

    Raises Contradiction with the evidence, ValueError for a head the log did not sign.
    """
    watch = Watch(name, state.key(), log_key, state.seen(log_key.hex()))
    shown, line = log.newest(), ""
    if shown:
        line = watch.observe(shown, _proof(log, watch.seen, shown), datetime.now(UTC))
        state.keep(log_key.hex(), watch.seen, line)
        log.hand_over(note.read(shown).size, line)
    for other in others:
        compare(log, watch.seen, other(), log_key)
    return line


def compare(log: Log, ours: str, theirs: str, log_key: bytes) -> None:
    """Look at another witness's head beside our own. Raises Contradiction when one log cannot have shown both."""
    if not ours or not theirs:
        return
    if not note.signed_by_log(theirs, [log_key]):
        raise ValueError("the other witness's head is not signed by the log")
    old, new = sorted((ours, theirs), key=lambda one: note.read(one).size)
    if not continues(old, new, _proof(log, old, new)):
        raise Contradiction(ours, theirs)


def _proof(log: Log, old: str, new: str) -> list[bytes]:
    before, after = note.read(old).size if old else 0, note.read(new).size
    return log.proof(before, after) if 0 < before < after else []


def evidence(found: Contradiction, log_key: bytes) -> dict[str, Any]:
    """The two signed heads, as a file that proves itself."""
    return {"format": EVIDENCE, "seen": found.seen, "shown": found.shown, "key": log_key.hex()}


def judge(given: Any, key: str = "") -> str:
    """What a file of evidence proves: "forked" (one size, two roots), "shrunk" (a later head is smaller), "unproved" (two sizes: ask the
    log for the proof between them), "nothing" (not two heads that this key signed)."""
    try:
        stated = str(given["key"])
        heads = [str(given["seen"]), str(given["shown"])]
        signed = all(note.signed_by_log(one, [bytes.fromhex(stated)]) for one in heads)
        first, second = (note.read(one) for one in heads)
    except (KeyError, TypeError, ValueError):
        return "nothing"
    if given.get("format") != EVIDENCE or not signed or (key and key.strip().lower() != stated) or first.origin != second.origin:
        return "nothing"
    if first.size == second.size:
        return "nothing" if first.root == second.root else "forked"
    small, large = sorted((first, second), key=lambda one: one.size)
    return "shrunk" if small.at > large.at else "unproved"


VERDICTS = {
    "forked": "同一大小的日志被签署了两个不同的根：日志出示过两种历史。 / The log signed two roots for one size: it showed two histories.",
    "shrunk": "较晚签署的日志反而较短：日志被截断。 / The head signed later is smaller: the log was cut.",
    "unproved": "两份首部大小不同，请向日志索取二者之间的证明。 / Two sizes: ask the log for the proof between them.",
    "nothing": "这不是由该公钥签署的两份矛盾首部。 / These are not two contradicting heads signed with this key.",
}


def reader(place: str) -> Callable[[], str]:
    """Another witness's head.txt, by web address or path; empty while it cannot be had."""

    def read() -> str:
        try:
            return _fetched(place).decode() if "://" in place else Path(place).read_text(encoding="utf-8")
        except (OSError, ValueError):
            print(f"{place}: 暂不可取 / not to be had now", file=sys.stderr)
            return ""

    return read


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 could not be done now, 3 two heads of the log contradict each other."""
    given = _parser().parse_args(arguments)
    if given.act == "check":
        verdict = judge(json.loads(given.file.read_text(encoding="utf-8")), given.key or "")
        print(VERDICTS[verdict])
        return 0 if verdict in ("forked", "shrunk") else 1
    state = State(given.state)
    if given.act == "key":
        print(note.raw(state.key().public_key()).hex())
        return 0
    return _run(given, state)


def _run(given: argparse.Namespace, state: State) -> int:
    log, others, log_key = WebLog(given.log), [reader(one) for one in given.other], bytes.fromhex(given.key)
    while True:
        code = _round(given.name, log, state, log_key, others)
        if code == FOUND or not given.every:
            return code
        time.sleep(given.every)


def _round(name: str, log: Log, state: State, log_key: bytes, others: Sequence[Callable[[], str]]) -> int:
    try:
        line = round_of(log, state, name, log_key, others)
    except Contradiction as found:
        path = state.write(
            f"evidence-{datetime.now(UTC):%Y%m%dT%H%M%S}.json", json.dumps(evidence(found, log_key), ensure_ascii=False, indent=1)
        )
        print(f"日志自相矛盾，证据已保存 / the log contradicts itself, evidence kept: {path}", file=sys.stderr)
        return FOUND
    except (OSError, ValueError, KeyError) as failed:
        print(f"本轮未完成 / this round was not finished: {failed}", file=sys.stderr)
        return 1
    print(line.strip() or "日志尚无首部 / the log keeps no head yet", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chengxin witness", description="见证一个城市的日志 / Witness a city's log")
    acts = parser.add_subparsers(dest="act", required=True)
    key = acts.add_parser("key", help="显示本见证方的公钥，供日志登记 / print this witness's public key, for the log to accept")
    run = acts.add_parser("run", help="取首部、核对、签署、交换 / take heads, check, sign, compare")
    check = acts.add_parser("check", help="离线核对证据文件 / check a file of evidence offline")
    run.add_argument("--log", required=True, metavar="URL")
    run.add_argument("--key", required=True, metavar="HEX", help="日志公钥 / the log's public key, from where the city publishes it")
    run.add_argument("--name", required=True, help="在日志登记的名称 / the name the log knows this witness by")
    run.add_argument("--other", action="append", default=[], metavar="PLACE", help="其他见证方的 head.txt / another witness's head.txt")
    run.add_argument("--every", type=float, default=0, metavar="SECONDS", help="不断重复 / go on, a round every so often")
    for one in (key, run):
        one.add_argument("--state", type=Path, required=True, metavar="FOLDER")
    check.add_argument("file", type=Path)
    check.add_argument("--key", metavar="HEX")
    return parser


if __name__ == "__main__":
    sys.exit(main())
