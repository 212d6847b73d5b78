"""Verify a receipt, a leaf's proof or a consistency proof from a file, without the database: what `chengxin verify` runs.

The single file static/audit/verify_chengxin.py and the page /verify/ do the same in plain Python and in the browser; tests hold the
three to the same verdicts. Formats (all JSON, hashes and signatures in hex, heads as C2SP checkpoints):

- chengxin-receipt/1: {format, kind, document, nonce, signature, leaf, proof, head, key}; `document` is the exact text that was signed
- chengxin-leaf/1: {format, leaf, proof, head, key}
- chengxin-consistency/1: {format, old, new, proof, key}
- a PDF closed with a receipt whose document names its SHA-256, see sealed.py

with leaf = {index, hash_name, body} and proof = [hash, …].
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chengxin.audit import merkle, note, sealed
from chengxin.audit.verdicts import TEXTS

RECEIPT, LEAF, CONSISTENCY = "chengxin-receipt/1", "chengxin-leaf/1", "chengxin-consistency/1"
HEX32, HEX64 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")
SAFE = 2**53  # integers above it are not the same in every language
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Verdict:
    """What a file proves. code: "good" or the first check that failed, a key of verdicts.TEXTS; key: hex; pinned: the key was given."""

    code: str
    key: str = ""
    pinned: bool = False
    leaf: int | None = None
    size: int | None = None

    @property
    def good(self) -> bool:
        return self.code == "good"

    @property
    def text(self) -> str:
        """Both languages, with the key's fingerprint when nobody said which key to trust."""
        lines = [TEXTS[self.code]["zh"], TEXTS[self.code]["en"]]
        if self.good and not self.pinned:
            lines += [f"{TEXTS['unpinned'][lang]} {self.key}" for lang in ("zh", "en")]
        return "\n".join(lines)


class Fails(Exception):
    """A check that failed, by its code."""


def verify_file(path: str | Path, key: str | None = None) -> Verdict:
    """The verdict on a file; key: the log's public key in hex, as the city publishes it. Never raises for what is in the file."""
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            return Verdict("unreadable")
        return verify(Path(path).read_bytes(), key)
    except OSError:
        return Verdict("unreadable")


def verify(data: bytes, key: str | None = None) -> Verdict:
    """The verdict on the bytes of a file."""
    try:
        if data.startswith(b"%PDF-"):
            return _checked_pdf(data, key)
        return _checked(json.loads(data.decode(), parse_constant=_refuse), key)
    except Fails as failed:
        return Verdict(str(failed))
    except (ValueError, RecursionError):
        return Verdict("unreadable")


def _checked_pdf(data: bytes, key: str | None) -> Verdict:
    """A PDF is good when its receipt is, and the receipt's document names these very bytes."""
    parts = sealed.opened(data)
    if parts is None:
        raise Fails("unreadable")
    pdf, line = parts
    given = json.loads(line.decode(), parse_constant=_refuse)
    if _get(given, "format") != RECEIPT:
        raise Fails("unreadable")
    verdict = _checked(given, key)
    document = json.loads(_text(_get(given, "document")), parse_constant=_refuse)
    if _get(document, sealed.DIGEST) != hashlib.sha256(pdf).hexdigest():
        raise Fails("document")
    return verdict


def _checked(given: Any, key: str | None) -> Verdict:
    stated = _hex(_get(given, "key"), HEX32)
    if key is not None and key.strip().lower() != stated.hex():
        raise Fails("other_key")
    kind = _get(given, "format")
    if kind == CONSISTENCY:
        size = _check_consistency(given, stated)
        return Verdict("good", stated.hex(), key is not None, None, size)
    if kind not in (RECEIPT, LEAF):
        raise Fails("unreadable")
    document = _signed_document(given) if kind == RECEIPT else None
    index, size, body = _check_leaf(given, stated)
    if document is not None:
        _check_document(document, body, stated)
    return Verdict("good", stated.hex(), key is not None, index, size)


@dataclass(frozen=True)
class _Document:
    kind: str
    text: str
    nonce: bytes
    signature: bytes

    @property
    def statement(self) -> bytes:
        return document_statement(self.kind, self.nonce, self.text)


def document_statement(kind: str, nonce: bytes, document: str) -> bytes:
    """The bytes that a document's own signature covers."""
    return f"chengxin-document/1\n{kind}\n{nonce.hex()}\n{document}".encode()


def _signed_document(given: Any) -> _Document:
    return _Document(
        _text(_get(given, "kind")),
        _text(_get(given, "document")),
        _hex(_get(given, "nonce"), HEX32),
        _hex(_get(given, "signature"), HEX64),
    )


def _check_leaf(given: Any, key: bytes) -> tuple[int, int, Any]:
    leaf, proof, head = _get(given, "leaf"), _proof(given), read_head(_get(given, "head"), key)
    index, name, body = _whole(_get(leaf, "index")), _text(_get(leaf, "hash_name")), _text(_get(leaf, "body"))
    if name not in merkle.HASH_NAMES:
        raise Fails("unreadable")
    if not merkle.inclusion_holds(index, head.size, merkle.leaf_hash(body.encode(), name), proof, head.root):
        raise Fails("inclusion")
    return index, head.size, json.loads(body, parse_constant=_refuse)


def _check_document(document: _Document, body: Any, key: bytes) -> None:
    data = _get(body, "data")
    digest = hashlib.sha256(document.nonce + document.text.encode()).hexdigest()
    if _get(data, "digest") != digest or _get(data, "kind") != document.kind:
        raise Fails("document")
    if not note.holds(key, document.signature, document.statement):
        raise Fails("signature")


def _check_consistency(given: Any, key: bytes) -> int:
    proof, old, new = _proof(given), read_head(_get(given, "old"), key), read_head(_get(given, "new"), key)
    if old.origin != new.origin or not merkle.consistency_holds(old.size, new.size, old.root, new.root, proof):
        raise Fails("consistency")
    return new.size


def read_head(text: Any, key: bytes) -> note.Head:
    """A checkpoint with the log's signature checked. Raises Fails."""
    match = re.match(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)\n((?:[^\n]+\n)+)\Z", _text(text))
    if not match or int(match[2]) >= SAFE or base64.b64encode(base64.b64decode(match[3])).decode() != match[3]:
        raise Fails("unreadable")
    head = note.read(text)
    signature = note.signature_by(text, head.origin, key)
    if signature is None or not note.holds(key, signature, head.text.encode()):
        raise Fails("head")
    return head


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _get(given: Any, name: str) -> Any:
    if not isinstance(given, dict) or name not in given:
        raise Fails("unreadable")
    return given[name]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fails("unreadable")
    value.encode()  # a lone surrogate is a ValueError
    return value


def _hex(value: Any, shape: re.Pattern[str]) -> bytes:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Fails("unreadable")
    return bytes.fromhex(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < SAFE or value != int(value):
        raise Fails("unreadable")
    return int(value)


def _proof(given: Any) -> list[bytes]:
    steps = _get(given, "proof")
    if not isinstance(steps, list) or len(steps) > 64:
        raise Fails("unreadable")
    return [_hex(step, HEX32) for step in steps]


def main(arguments: list[str] | None = None) -> int:
    """`chengxin verify FILE [--key HEX]`: prints the verdict; 0 when good, 1 when not."""
    parser = argparse.ArgumentParser(prog="chengxin verify", description="核验回执或证明文件 / Verify a receipt or proof file")
    parser.add_argument("file")
    parser.add_argument("--key", help="公钥（十六进制） / public key in hex")
    given = parser.parse_args(arguments)
    verdict = verify_file(given.file, given.key)
    print(verdict.text)
    return 0 if verdict.good else 1
