#!/usr/bin/env python3
# ruff: noqa: B905, UP006, UP035, UP045
# ^ runs on every Python from 3.8 on, not only on ours
"""Verify a trusted mark (可信标识) with nothing but Python 3: no installation, no network. The city checks with this very file.

    python3 verify_mark.py mark.txt --host shop.example [--key KEY] [--status list.txt] [--nonce N --audience A] [--at 2026-11-29T08:00:00Z]

Prints the verdict in Chinese and English; exit status 0 when the mark is good, 1 when not. What can be given:

- an SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc), with or without a key binding JWT at its end;
- a plain statement `chengxin-mark/1`: a JWS (RFC 7515) of what is true of the mark at one moment, good for a short time only.

What is checked, in this order: the house's signature (EdDSA by RFC 8032 and RFC 8037, or SM2 by GB/T 32918 as alg "SM2"), every
disclosure, the exact host, the days, the status list (draft-ietf-oauth-status-list; one you downloaded, signed by the same key), and
that this is no copy of an old presentation: the shop's own key over nonce, audience and time, or the short time of the plain statement.

--key: the house's public key in hex, as the city publishes it; without it the mark proves only that it agrees with the key it names.
Licence: Apache-2.0. 用 Python 3 即可核验，无需安装、无需联网。
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zlib
from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

SD_JWT, PLAIN, LIST, BINDING = "dc+sd-jwt", "chengxin-mark+jwt", "statuslist+jwt", "kb+jwt"
CLOCKS_APART = 60  # seconds that two honest clocks may differ
FRESH = 300  # seconds for which a key binding JWT may be shown
MOST_BYTES = 1 << 20
MOST_LIST = 1 << 22  # bytes of a status list once it is unpacked
TEXTS = {
    "good": ("有效：标识由该市签发，属于该网站，现行有效。", "Good: issued by the city, for this host, in force."),
    "unpinned": (
        "提示：未指定可信公钥，请与该市公布的公钥核对：",
        "Note: no trusted key was given; compare with the key that the city publishes:",
    ),
    "unlisted": ("提示：未提供状态列表，是否被撤销未核验。", "Note: no status list was given; whether it was revoked is not checked."),
    "unreadable": ("无法核验：不是标识，或已损坏。", "Cannot be verified: this is no mark, or it is damaged."),
    "other_key": ("不可信：标识由另一把公钥签署。", "Not trusted: the mark is signed by another key."),
    "forged": ("伪造：签名或者披露内容不成立。", "Forged: the signature or a disclosed statement does not hold."),
    "host": ("不符：标识是发给另一网站的。", "Wrong host: the mark was issued for another site."),
    "early": ("尚未生效。", "Not yet in force."),
    "expired": ("已过期。", "Expired."),
    "list": ("状态列表不可信、已过期或者不是这张标识的列表。", "The status list is not genuine, too old, or not the one of this mark."),
    "revoked": ("已撤销。", "Revoked."),
    "suspended": (
        "已暂停：身份或者域名控制未得到确认，或者由主管部门暂停。",
        "Suspended: identity or domain control is not confirmed, or an officer suspended it.",
    ),
    "replayed": (
        "疑似复制：缺少该网站自己对本次询问的签名，或者出示已过时效。",
        "Replayed: it is not bound to this question by the shop's own key, or it was shown before.",
    ),
}
Point = Any


class Fails(Exception):
    """A check that failed, by its key of TEXTS."""


class Question(NamedTuple):
    """What the verifier knows. host: where the mark was seen; key: hex, empty for any; status: a status list; nonce, audience: what the
    verifier asked the shop to sign; at: seconds since 1970."""

    host: str
    at: float
    key: str = ""
    status: str = ""
    nonce: str = ""
    audience: str = ""


class Verdict(NamedTuple):
    """code: "good" or the first check that failed; claims: what the mark says, empty when the signature does not hold."""

    code: str
    claims: Dict[str, Any]
    key: str = ""
    listed: bool = False

    @property
    def good(self) -> bool:
        return self.code == "good"


def verdict(mark: str, asked: Question) -> Verdict:
    """The verdict on a mark. Never raises for what is in it."""
    claims: Dict[str, Any] = {}
    key = ""
    try:
        if len(mark) > MOST_BYTES:
            raise Fails("unreadable")
        issued, disclosed, binding = _taken_apart(mark.strip())
        header, body, key = _signed(issued, (SD_JWT, PLAIN), asked.key)
        claims = _opened(body, disclosed) if header["typ"] == SD_JWT else body
        _check_host(claims, asked.host)
        _check_days(claims, header["typ"], asked.at)
        if asked.status:
            _check_status(claims, asked, key)
        _check_binding(claims, header, mark.strip(), binding, asked)
        return Verdict("good", claims, key, bool(asked.status) or header["typ"] == PLAIN)
    except Fails as failed:
        return Verdict(str(failed), claims, key)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
        return Verdict("unreadable", {}, key)


def host_of(address: str) -> str:
    """The exact host of an address: lower case, as it goes over the wire (IDNA), without port and last dot; empty for none."""
    found = re.match(r"(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?([^/?#:\[\]]+)", address.strip().lower())
    try:
        return found.group(1).rstrip(".").encode("idna").decode() if found else ""
    except UnicodeError:
        return ""


# ---------------------------------------------------------------- the parts of a mark


def _taken_apart(mark: str) -> Tuple[str, List[str], str]:
    """(issuer-signed JWT, disclosures, key binding JWT): `<JWT>~<disclosure>~…~<KB-JWT or nothing>`; a plain statement is the JWT alone."""
    issued, *rest = mark.split("~")
    return issued, rest[:-1], rest[-1] if rest else ""


def _signed(token: str, kinds: Tuple[str, ...], trusted: str) -> Tuple[Dict[str, Any], Dict[str, Any], str]:
    """(header, body, key) of a JWS of the house whose signature holds. The key stands in its header; `trusted` pins it."""
    head, text, signature = token.split(".")
    header, body = json.loads(_decoded(head)), json.loads(_decoded(text))
    if header["typ"] not in kinds or "crit" in header or not isinstance(body, dict):
        raise Fails("unreadable")
    key = _key(header["jwk"])
    if trusted and key.hex() != trusted.lower():
        raise Fails("other_key")
    if not _holds(str(header["alg"]), key, _decoded(signature), (head + "." + text).encode()):
        raise Fails("forged")
    return header, body, key.hex()


def _key(jwk: Mapping[str, str]) -> bytes:
    """The raw public key: 32 bytes of Ed25519, 64 bytes x || y of SM2."""
    if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
        return _decoded(jwk["x"])
    if jwk["kty"] == "EC" and jwk["crv"] == "SM2":
        return _decoded(jwk["x"]) + _decoded(jwk["y"])
    raise Fails("unreadable")


def _holds(algorithm: str, key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64:
        return False
    if algorithm in ("EdDSA", "Ed25519") and len(key) == 32:  # the name that RFC 9864 gives it, too
        return ed25519_holds(key, signature, message)
    return algorithm == "SM2" and len(key) == 64 and sm2_holds(key, signature, message)


def _opened(body: Dict[str, Any], disclosed: List[str]) -> Dict[str, Any]:
    """The claims with what was disclosed put in; a disclosure that was not promised, or comes twice, is forged (RFC 9901, 7.1)."""
    promised = list(body.get("_sd", ()))
    if body.get("_sd_alg", "sha-256") != "sha-256":
        raise Fails("unreadable")
    claims = {name: value for name, value in body.items() if name not in ("_sd", "_sd_alg")}
    for one in disclosed:
        digest = encoded(hashlib.sha256(one.encode()).digest())
        _, name, value = json.loads(_decoded(one))
        if digest not in promised or name in claims or name in ("_sd", "..."):
            raise Fails("forged")
        promised.remove(digest)
        claims[name] = value
    return claims


def _check_host(claims: Mapping[str, Any], host: str) -> None:
    if not host or host_of(str(claims["host"])) != host_of(host):
        raise Fails("host")


def _check_days(claims: Mapping[str, Any], kind: str, at: float) -> None:
    """A plain statement says how the mark stood when it was made, and is an old one once its minutes are over."""
    if float(claims["nbf"]) > at + CLOCKS_APART:
        raise Fails("early")
    if kind == PLAIN and claims["standing"] != "good":
        raise Fails(claims["standing"] if claims["standing"] in TEXTS else "unreadable")
    if float(claims["exp"]) <= at:
        raise Fails("replayed" if kind == PLAIN and float(claims["mark_exp"]) > at else "expired")


def _check_status(claims: Mapping[str, Any], asked: Question, key: str) -> None:
    """Whether the given list says that the mark holds. 0 valid, 1 revoked, everything else suspended."""
    place = claims["status"]["status_list"]
    try:
        _, listed, _ = _signed(asked.status.strip(), (LIST,), key)
        fits = listed["sub"] == place["uri"] and float(listed["iat"]) <= asked.at + CLOCKS_APART and float(listed["exp"]) > asked.at
        found = status_at(listed["status_list"], int(place["idx"]))
    except (Fails, ValueError, TypeError, KeyError, IndexError, AttributeError, zlib.error):
        raise Fails("list") from None
    if not fits:
        raise Fails("list")
    if found:
        raise Fails("revoked" if found == 1 else "suspended")


def status_at(listed: Mapping[str, Any], place: int) -> int:
    """The status at a place of a list {"bits", "lst"}: the lowest bits of a byte come first."""
    bits = int(listed["bits"])
    if bits not in (1, 2, 4, 8) or place < 0:
        raise ValueError("no status list")
    unpacked = zlib.decompressobj()
    packed = unpacked.decompress(_decoded(listed["lst"]), MOST_LIST)
    if unpacked.unconsumed_tail:
        raise ValueError("too large")
    return packed[place * bits // 8] >> place * bits % 8 & (1 << bits) - 1


def _check_binding(claims: Mapping[str, Any], header: Mapping[str, Any], mark: str, binding: str, asked: Question) -> None:
    """That this is an answer to this verifier, now. A plain statement lives for minutes, and repeats the nonce it was asked with."""
    if header["typ"] == PLAIN:
        if asked.nonce and claims.get("nonce") != asked.nonce:
            raise Fails("replayed")
        return
    if not (asked.nonce or asked.audience or binding):
        return
    try:
        head, text, signature = binding.split(".")
        kind, said = json.loads(_decoded(head)), json.loads(_decoded(text))
        holder = _key(claims["cnf"]["jwk"])
        shown = mark[: mark.rindex("~") + 1]
        holds = (
            kind["typ"] == BINDING
            and _holds(str(kind["alg"]), holder, _decoded(signature), (head + "." + text).encode())
            and said["sd_hash"] == encoded(hashlib.sha256(shown.encode()).digest())
            and said["nonce"] == asked.nonce
            and said["aud"] == asked.audience
            and -CLOCKS_APART <= asked.at - float(said["iat"]) <= FRESH
        )
    except (Fails, ValueError, TypeError, KeyError):
        raise Fails("replayed") from None
    if not holds:
        raise Fails("replayed")


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """The bytes of `encoded`; only the one spelling of them is taken."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError("not base64url")
    return data


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
    return bytes((y | (x & 1) << 255).to_bytes(32, "little"))


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
        total = _add(total, total)
        which = (s >> bit & 1, h >> bit & 1)
        if which != (0, 0):
            total = _add(total, both[which])
    return _bytes(total) == signature[:32]


# ---------------------------------------------------------------- SM3 and SM2, GB/T 32905-2016 and GB/T 32918-2016 (verification only)

PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = PRIME - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
COUNT = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SM2_ID = b"1234567812345678"  # the signer's name that GM/T 0009-2012 lets everybody use


def sm3(data: bytes) -> bytes:
    def turn(x: int, n: int) -> int:
        n %= 32
        return (x << n | x >> (32 - n)) & 0xFFFFFFFF

    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        w = [int.from_bytes(padded[start + 4 * i : start + 4 * i + 4], "big") for i in range(16)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            s1 = turn(turn(a, 12) + e + turn(0x79CC4519 if j < 16 else 0x7A879D8A, j) & 0xFFFFFFFF, 7)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & g
            t1 = ff + d + (s1 ^ turn(a, 12)) + (w[j] ^ w[j + 4]) & 0xFFFFFFFF
            t2 = gg + h + s1 + w[j] & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = t1, a, turn(b, 9), c, t2 ^ turn(t2, 9) ^ turn(t2, 17), e, turn(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join(x.to_bytes(4, "big") for x in state)


def _plus(p: Point, q: Point) -> Point:
    """Add two affine points of the SM2 curve; None is the point at infinity."""
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % PRIME == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], PRIME - 2, PRIME) % PRIME
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], PRIME - 2, PRIME) % PRIME
    x = (slope * slope - p[0] - q[0]) % PRIME
    return (x, (slope * (p[0] - x) - p[1]) % PRIME)


def _times(n: int, p: Point) -> Point:
    total = None
    while n:
        total = _plus(total, p) if n & 1 else total
        p, n = _plus(p, p), n >> 1
    return total


def sm2_holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether signature (r || s) is key's (x || y) on message under the usual name (GB/T 32918.2, 7.1)."""
    x, y = int.from_bytes(key[:32], "big"), int.from_bytes(key[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = x < PRIME and y < PRIME and (y * y - (x * x * x + A * x + B)) % PRIME == 0
    t = (r + s) % COUNT
    if not (on_curve and 0 < r < COUNT and 0 < s < COUNT and t):
        return False
    whose = (8 * len(SM2_ID)).to_bytes(2, "big") + SM2_ID + b"".join(n.to_bytes(32, "big") for n in (A, B, *G)) + key
    e = int.from_bytes(sm3(sm3(whose) + message), "big")
    found = _plus(_times(s, G), _times(t, (x, y)))
    return found is not None and (e + found[0]) % COUNT == r


# ---------------------------------------------------------------- the command


def main(given: Optional[List[str]] = None) -> int:
    """Read the files, print the verdict in both languages."""
    reader = argparse.ArgumentParser(description=TEXTS["good"][1])
    reader.add_argument("mark")
    reader.add_argument("--host", required=True)
    for name in ("key", "status", "nonce", "audience", "at"):
        reader.add_argument("--" + name, default="")
    asked = reader.parse_args(given)
    at = datetime.fromisoformat(asked.at.replace("Z", "+00:00")) if asked.at else datetime.now(timezone.utc)  # noqa: UP017
    status = _read(asked.status) if asked.status else ""
    found = verdict(_read(asked.mark), Question(asked.host, at.timestamp(), asked.key, status, asked.nonce, asked.audience))
    notes = [found.code]
    notes += ["unlisted"] if found.good and not found.listed else []
    notes += ["unpinned"] if found.good and not asked.key else []
    for note in notes:
        for text in TEXTS[note]:
            print(text + (" " + found.key if note == "unpinned" else ""))
    if found.claims:
        print(json.dumps(found.claims, ensure_ascii=False, indent=1, sort_keys=True))
    return 0 if found.good else 1


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(MOST_LIST)


if __name__ == "__main__":
    sys.exit(main())
