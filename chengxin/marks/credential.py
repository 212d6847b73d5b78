"""The mark as signed data: an SD-JWT VC, a plain statement of the moment, and the status list, all signed by the house's key of marks.

SD-JWT: RFC 9901; SD-JWT VC: draft-ietf-oauth-sd-jwt-vc; status list: draft-ietf-oauth-status-list. Algorithms: "EdDSA" (RFC 8037), or
"SM2" by settings.MARK_ALGORITHM where national cryptography is required (no JOSE name is registered for it; r || s over SM3, GB/T 32918).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping
from typing import Any

import gmalg  # type: ignore[import-untyped]
import numpy as np
from django.conf import settings
from joserfc import jws
from joserfc.jwk import OKPKey
from numpy.typing import NDArray

from chengxin.kernel import encryption
from chengxin.marks.verify_mark import COUNT, LIST, PLAIN, SD_JWT, SM2_ID, encoded

EDDSA, SM2 = "EdDSA", "SM2"
KEY = "marks"
VCT = "urn:chengxin:mark:1"
# What a holder may leave out when the mark is shown; the host, the days and the status are never left out.
DISCLOSABLE = ("name", "uscc", "shop", "platform", "division")
SALT_BYTES = 16  # RFC 9901, 9.3 recommends 128 bits
BITS = 2  # a place: 0 valid, 1 revoked, 2 suspended
LIST_SIZE = 1 << 16  # places of one status list: 16 KiB before it is packed, and a crowd for every mark to be in


def public_jwk(algorithm: str) -> dict[str, str]:
    """The public key as JWK: OKP Ed25519, or EC "SM2" with x and y."""
    raw = bytes.fromhex(key_hex(algorithm))
    if algorithm == EDDSA:
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw)}
    return {"kty": "EC", "crv": "SM2", "x": encoded(raw[:32]), "y": encoded(raw[32:])}


def key_hex(algorithm: str) -> str:
    """The raw public key in hex, as verify_mark.py takes it."""
    if algorithm == EDDSA:
        return encryption.public_key_hex(KEY)
    public: bytes = _sm2().generate_pk(_sm2_secret())
    return public[-64:].hex()


def sign(kind: str, claims: Mapping[str, Any], algorithm: str) -> str:
    """A compact JWS with the public key in its header. kind: the header's typ."""
    header = {"alg": algorithm, "typ": kind, "kid": key_hex(algorithm)[:16], "jwk": public_jwk(algorithm)}
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    if algorithm == EDDSA:
        raw = encryption.signing_key(KEY).private_bytes_raw()
        key = OKPKey.import_key({**public_jwk(EDDSA), "d": encoded(raw)})
        return jws.serialize_compact(header, payload, key, algorithms=[EDDSA])
    if algorithm != SM2:
        raise ValueError(f"{algorithm!r} is no algorithm of marks; there are {EDDSA} and {SM2}")
    signed = f"{encoded(json.dumps(header, separators=(',', ':')).encode())}.{encoded(payload)}"
    signature = b"".join(part.rjust(32, b"\0") for part in _sm2().sign(signed.encode()))
    return f"{signed}.{encoded(signature)}"


def _sm2_secret() -> bytes:
    """The SM2 key of the house, in 1 … n-2 (GB/T 32918.1)."""
    number = int.from_bytes(encryption.secret("sign_marks_sm2"), "big") % (COUNT - 2) + 1
    return number.to_bytes(32, "big")


def _sm2() -> gmalg.SM2:
    return gmalg.SM2(sk=_sm2_secret(), uid=SM2_ID)


# ---- SD-JWT VC


def issue(claims: Mapping[str, Any], algorithm: str, holder: Mapping[str, str] | None = None) -> str:
    """An SD-JWT VC with all its disclosures. claims: iss, nbf, exp, host, status, … and those of DISCLOSABLE; holder: the shop's JWK."""
    hidden = [_disclosure(name, claims[name]) for name in DISCLOSABLE if claims.get(name)]
    shown = {name: value for name, value in claims.items() if name not in DISCLOSABLE}
    digests = sorted(encoded(hashlib.sha256(one.encode()).digest()) for one in hidden)  # sorted: the order says nothing
    body = {**shown, "vct": VCT, "_sd": digests, "_sd_alg": "sha-256"}
    if holder:
        body["cnf"] = {"jwk": dict(holder)}
    return "~".join([sign(SD_JWT, body, algorithm), *hidden, ""])


def _disclosure(name: str, value: Any) -> str:
    """base64url of [salt, name, value] (RFC 9901, 4.2.1)."""
    return encoded(json.dumps([encoded(secrets.token_bytes(SALT_BYTES)), name, value], ensure_ascii=False).encode())


def statement(claims: Mapping[str, Any], algorithm: str) -> str:
    """The plain form: what is true of a mark at one moment, good until its exp."""
    return sign(PLAIN, claims, algorithm)


# ---- the status list


def list_uri(number: int) -> str:
    """Where anybody reads a status list."""
    return f"{settings.PUBLIC_ORIGIN}/marks/status/{number}"


def place_of(place: int) -> dict[str, Any]:
    """A mark's place as its credential names it."""
    return {"status_list": {"idx": place % LIST_SIZE, "uri": list_uri(place // LIST_SIZE)}}


def packed(places: NDArray[np.int64], statuses: NDArray[np.uint8]) -> str:
    """zlib and base64url of LIST_SIZE statuses of BITS bits, the first in the lowest bits; places not named are valid."""
    every = np.zeros(LIST_SIZE, dtype=np.uint8)
    every[places] = statuses
    parts = every.reshape(-1, 8 // BITS) << np.arange(0, 8, BITS, dtype=np.uint8)
    return encoded(zlib.compress(np.bitwise_or.reduce(parts, axis=1).astype(np.uint8).tobytes(), 9))


def status_list(number: int, places: NDArray[np.int64], statuses: NDArray[np.uint8], since: int, until: int, algorithm: str) -> str:
    """The signed list. since, until: seconds since 1970."""
    body = {"sub": list_uri(number), "iat": since, "exp": until, "ttl": (until - since) // 2}
    return sign(LIST, {**body, "status_list": {"bits": BITS, "lst": packed(places, statuses)}}, algorithm)
