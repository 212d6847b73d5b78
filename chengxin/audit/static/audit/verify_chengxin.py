#!/usr/bin/env python3
# ruff: noqa: B905, RUF005, UP031, UP035
# ^ runs on every Python from 3.7 on, not only on ours
"""Verify a receipt or proof of a Chengxin log with nothing but Python 3: no installation, no network.

    python3 verify_chengxin.py receipt.json [--key PUBLIC_KEY_HEX]
    python3 verify_chengxin.py report.pdf [--key PUBLIC_KEY_HEX]

Prints the verdict in Chinese and English; exit status 0 when genuine, 1 when not. Give --key as the city publishes it; without it the file
proves only that it agrees with the key it names.

What is checked: the Ed25519 signature (RFC 8032) on the log's head, that the record is in the log of that head (RFC 9162 2.1.3.2), that
the document is the one that was recorded, and the document's own signature. For a consistency file: that one head continues the other.
For a PDF, which carries its receipt in its last lines: all of that, and that not one of its bytes is another.

Licence: Apache-2.0. 用 Python 3 即可核验，无需安装、无需联网。
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from typing import Any, Callable

Point = Any  # (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z

TEXTS = {
    "good": ("真实：内容未被改动，并且已记入公开日志。", "Genuine: the content is unaltered and is in the public log."),
    "unpinned": (
        "提示：未指定可信公钥，请与该市公布的公钥核对：",
        "Note: no trusted key was given; compare with the key that the city publishes:",
    ),
    "unreadable": (
        "无法核验：文件不是回执或证明，或已损坏。",
        "Cannot be verified: the file is no receipt or proof, or it is damaged.",
    ),
    "other_key": ("不可信：文件由另一把公钥签署。", "Not trusted: the file is signed by another key."),
    "head": ("不真实：日志首部的签名不成立。", "Not genuine: the signature on the log's head does not hold."),
    "inclusion": ("不真实：该记录不在签署的日志中。", "Not genuine: the record is not in the signed log."),
    "document": ("不真实：正文与日志中的记录不符。", "Not genuine: the document does not match its record in the log."),
    "signature": ("不真实：正文的签名不成立。", "Not genuine: the document's signature does not hold."),
    "consistency": (
        "不一致：较新的日志不是较旧日志的延续。",
        "Inconsistent: the newer log does not continue the older one.",
    ),
}

# ---------------------------------------------------------------- Ed25519, RFC 8032 section 5.1 (verification only)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    """Add two points in extended homogeneous coordinates (x, y, z, t)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return (w * x % P, y * z % P, x * y % P, w * z % P)


def _twice(a: Point) -> Point:
    """Double a point: cheaper than adding it to itself."""
    x2, y2 = a[0] * a[0] % P, a[1] * a[1] % P
    h = x2 + y2
    e = h - (a[0] + a[1]) ** 2
    g = x2 - y2
    f = 2 * a[2] * a[2] + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _point(data: bytes) -> Point:
    """Decode 32 bytes to a point; None when they are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _bytes(a: Point) -> bytes:
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    encoded: bytes = (y | (x & 1) << 255).to_bytes(32, "little")
    return encoded


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether signature (64 bytes) is key's (32 bytes) on message: S*B - h*A must encode to R."""
    a = _point(key)
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus_a = (P - a[0], a[1], 1, P - a[3])
    both = {(1, 0): BASE, (0, 1): minus_a, (1, 1): _add(BASE, minus_a)}
    total = (0, 1, 1, 0)
    for bit in range(max(s.bit_length(), h.bit_length()) - 1, -1, -1):
        total = _twice(total)
        which = (s >> bit & 1, h >> bit & 1)
        if which != (0, 0):
            total = _add(total, both[which])
    return _bytes(total) == signature[:32]


# ---------------------------------------------------------------- SM3, GB/T 32905-2016 (not every Python has it)


def sm3(data: bytes) -> bytes:
    def turn(x: int, n: int) -> int:
        n %= 32
        return (x << n | x >> 32 - n) & 0xFFFFFFFF

    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + b"\0" * (-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + 4 * j : at + 4 * j + 4], "big") for j in range(16)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            ss1 = turn((turn(a, 12) + e + turn(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & 0xFFFFFFFF, 7)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & g
            tt1 = (ff + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = tt1, a, turn(b, 9), c, tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g
        v = [old ^ new for old, new in zip(v, (a, b, c, d, e, f, g, h))]
    return b"".join(word.to_bytes(4, "big") for word in v)


HASHES: dict[str, Callable[[bytes], bytes]] = {"sha-256": lambda data: hashlib.sha256(data).digest(), "sm3": sm3}

# ---------------------------------------------------------------- the tree, RFC 9162 section 2.1


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_holds(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    if index >= size:
        return False
    fn, sn, made = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            made = node_hash(step, made)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            made = node_hash(made, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and made == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return False
    steps = list(proof) if old & (old - 1) else [old_root] + list(proof)
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(step, first), node_hash(step, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


# ---------------------------------------------------------------- the files


class Fails(Exception):
    """A check that failed; its text is a key of TEXTS."""


SAFE = 2**53  # integers above it are not the same in every language
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
HEAD = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)\n((?:[^\n]+\n)+)\Z")


def _refuse(word: str) -> None:
    raise ValueError(word)


def _get(given: Any, name: str) -> Any:
    if not isinstance(given, dict) or name not in given:
        raise Fails("unreadable")
    return given[name]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Fails("unreadable")
    value.encode()  # a lone surrogate is a ValueError
    return value


def _hex(value: Any, length: int) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{%d}" % (2 * length), value):
        raise Fails("unreadable")
    return bytes.fromhex(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < SAFE or value != int(value):
        raise Fails("unreadable")
    return int(value)


def _proof(given: Any) -> list[bytes]:
    steps = _get(given, "proof")
    if not isinstance(steps, list) or len(steps) > 64:
        raise Fails("unreadable")
    return [_hex(step, 32) for step in steps]


def _signature_line(lines: str, name: str, key: bytes) -> bytes | None:
    """The signature of the line with this name and key in a C2SP signed note."""
    wanted = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    for line in lines.split("\n"):
        dash, _, rest = line.partition(" ")
        named, _, encoded = rest.rpartition(" ")
        if dash != "\u2014" or named != name or not BASE64.fullmatch(encoded):
            continue
        blob = base64.b64decode(encoded)
        if blob[:4] == wanted:
            return blob[4:]
    return None


def read_head(text: Any, key: bytes) -> tuple[str, int, bytes]:
    """(origin, size, root) of a signed checkpoint."""
    found = HEAD.match(_text(text))
    if not found or int(found.group(2)) >= SAFE or base64.b64encode(base64.b64decode(found.group(3))).decode() != found.group(3):
        raise Fails("unreadable")
    signed = text[: found.start(5) - 1]
    signature = _signature_line(found.group(5), found.group(1), key)
    if signature is None or len(signature) != 64 or not ed25519_holds(key, signature, signed.encode()):
        raise Fails("head")
    return found.group(1), int(found.group(2)), base64.b64decode(found.group(3))


def _check_leaf(given: Any, key: bytes) -> tuple[int, int, Any]:
    leaf, proof, head = _get(given, "leaf"), _proof(given), read_head(_get(given, "head"), key)
    index, name, body = _whole(_get(leaf, "index")), _text(_get(leaf, "hash_name")), _text(_get(leaf, "body"))
    if name not in HASHES:
        raise Fails("unreadable")
    if not inclusion_holds(index, head[1], HASHES[name](b"\x00" + body.encode()), proof, head[2]):
        raise Fails("inclusion")
    return index, head[1], json.loads(body, parse_constant=_refuse)


def _check_document(kind: str, document: str, nonce: bytes, signature: bytes, body: Any, key: bytes) -> None:
    data = _get(body, "data")
    if _get(data, "digest") != hashlib.sha256(nonce + document.encode()).hexdigest() or _get(data, "kind") != kind:
        raise Fails("document")
    statement = "chengxin-document/1\n%s\n%s\n%s" % (kind, nonce.hex(), document)
    if not ed25519_holds(key, signature, statement.encode()):
        raise Fails("signature")


def _check_consistency(given: Any, key: bytes) -> int:
    proof, old, new = _proof(given), read_head(_get(given, "old"), key), read_head(_get(given, "new"), key)
    if old[0] != new[0] or not consistency_holds(old[1], new[1], old[2], new[2], proof):
        raise Fails("consistency")
    return new[1]


def _checked(given: Any, trusted: str | None) -> dict[str, Any]:
    key = _hex(_get(given, "key"), 32)
    if trusted is not None and trusted.strip().lower() != key.hex():
        raise Fails("other_key")
    verdict: dict[str, Any] = {"code": "good", "key": key.hex(), "leaf": None, "size": None}
    kind = _get(given, "format")
    if kind == "chengxin-consistency/1":
        verdict["size"] = _check_consistency(given, key)
        return verdict
    if kind not in ("chengxin-receipt/1", "chengxin-leaf/1"):
        raise Fails("unreadable")
    signed: list[Any] = []
    if kind == "chengxin-receipt/1":
        signed += [_text(_get(given, "kind")), _text(_get(given, "document"))]
        signed += [_hex(_get(given, "nonce"), 32), _hex(_get(given, "signature"), 64)]
    verdict["leaf"], verdict["size"], body = _check_leaf(given, key)
    if signed:
        _check_document(signed[0], signed[1], signed[2], signed[3], body, key)
    return verdict


MARK = b"\n%chengxin-receipt/1 "
TAIL = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")


def _checked_pdf(data: bytes, trusted: str | None) -> dict[str, Any]:
    """A PDF, then one comment line with its receipt, then the PDF's own last lines once more, and nothing else."""
    at = data.rfind(MARK)
    line, _, rest = data[at + len(MARK) :].partition(b"\n")
    pdf = data[: max(at, 0)]
    end = TAIL.search(pdf[-64:])
    if at < 0 or end is None or rest != b"startxref\n" + end.group(1) + b"\n%%EOF\n":
        raise Fails("unreadable")
    given = json.loads(line.decode(), parse_constant=_refuse)
    if _get(given, "format") != "chengxin-receipt/1":
        raise Fails("unreadable")
    verdict = _checked(given, trusted)
    document = json.loads(_text(_get(given, "document")), parse_constant=_refuse)
    if _get(document, "pdf_sha256") != hashlib.sha256(pdf).hexdigest():
        raise Fails("document")
    return verdict


def verify(data: bytes, key: str | None = None) -> dict[str, Any]:
    """The verdict on a file's bytes: {"code": "good" or the check that failed, "key", "leaf", "size"}."""
    try:
        if data.startswith(b"%PDF-"):
            return _checked_pdf(data, key)
        return _checked(json.loads(data.decode(), parse_constant=_refuse), key)
    except Fails as failed:
        return {"code": str(failed)}
    except (ValueError, RecursionError):
        return {"code": "unreadable"}


def main() -> int:
    parser = argparse.ArgumentParser(description="核验回执或证明 / Verify a receipt or proof")
    parser.add_argument("file")
    parser.add_argument("--key", help="可信公钥（十六进制） / the trusted public key in hex")
    given = parser.parse_args()
    with open(given.file, "rb") as file:
        verdict = verify(file.read(), given.key)
    print("\n".join(TEXTS[verdict["code"]]))
    if verdict["code"] != "good":
        return 1
    if given.key is None:
        print("\n".join("%s %s" % (text, verdict["key"]) for text in TEXTS["unpinned"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
