"""From the platform to the city: a token (RFC 6749), a signed request (RFC 9421), and the city's receipt, checked before it is kept."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

from chengxin.audit import verify
from chengxin.detection.errors import CityRefused, ReceiptFalse
from chengxin.detection.local import making, package
from chengxin.detection.local.home import SIGNS, Home
from chengxin.detection.parts import publish
from chengxin.kernel import clock, encryption

SECONDS = 60
HERE = ("127.0.0.1", "localhost", "::1")  # without TLS only to this very machine


class _Own(HTTPSignatureKeyResolver):
    """The one key that signs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self.key

    def resolve_public_key(self, key_id: str) -> Any:
        raise NotImplementedError("we sign only")


def signature(method: str, url: str, body: bytes, key: Ed25519PrivateKey, key_id: str, at: datetime) -> dict[str, str]:
    """The headers that sign method, address and body at a moment (RFC 9421, RFC 9530)."""
    message = SimpleNamespace(method=method, url=url, headers={})
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_Own(key))
    covered = ("@method", "@target-uri")
    signer.sign(message, key_id=key_id, created=at, covered_component_ids=covered, body=body or None)
    return dict(message.headers)


@dataclass(frozen=True)
class City:
    """The city's API as this platform's client reaches it."""

    home: Home
    secret: str

    def call(self, method: str, path: str, body: bytes = b"") -> bytes:
        """A signed request with a fresh token; the answer's body. Raises CityRefused."""
        url = f"{self.home.city.rstrip('/')}/api/v1{path}"
        headers = {"Authorization": f"Bearer {self._token()}"}
        if body:
            headers["Content-Type"] = "application/json"
        headers |= signature(method, url, body, encryption.signing_key(SIGNS), self.home.key_id, clock.now())
        return fetch(method, url, headers, body)

    def _token(self) -> str:
        basic = base64.b64encode(f"{self.home.client_id}:{self.secret}".encode()).decode()
        url = f"{self.home.city.rstrip('/')}/oauth/token/"
        form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        return str(json.loads(fetch("POST", url, headers, form))["access_token"])


def fetch(method: str, url: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One request over HTTP; the answer's body. Raises CityRefused with what the city said."""
    if urllib.parse.urlsplit(url).scheme != "https" and urllib.parse.urlsplit(url).hostname not in HERE:
        raise CityRefused(status="-", said=f"{url}: https")
    asked = urllib.request.Request(url, data=body or None, headers=headers, method=method)  # noqa: S310 - https, or here
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            return bytes(answer.read())
    except urllib.error.HTTPError as cause:
        raise CityRefused(status=cause.code, said=_said(cause.read())) from cause
    except OSError as cause:
        raise CityRefused(status="-", said=str(cause)) from cause


def _said(body: bytes) -> str:
    try:
        told = json.loads(body)
        return f"{told['title']} {told['detail']} {told['next']}"
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")


def send(city: City, run: Path) -> dict[str, Any]:
    """Send a run's package and keep the receipt beside it; what the receipt says. The same package again gives the first receipt.

    The package is held to its form once more before it leaves. Raises BadPackage, CityRefused, ReceiptFalse.
    """
    body = (run / "package.json").read_bytes()
    for finding in package.read(body).findings:
        package.read_finding(finding)
    receipt = city.call("POST", "/local/packages", body)
    if not verify.verify(receipt, city.home.log_key).good:
        raise ReceiptFalse(city=city.home.city)
    publish(run / "receipt.json", receipt)
    said: dict[str, Any] = json.loads(json.loads(receipt)["document"])
    return said


def asked(city: City) -> list[dict[str, Any]]:
    """What officers of the city have asked and nobody has answered, with the findings whose rows they want."""
    told: list[dict[str, Any]] = json.loads(city.call("GET", "/local/requests"))
    return told


def answer(city: City, run: Path, request: str, root: str) -> dict[str, Any]:
    """Hand over the rows of one finding with their salts; what the city made of them."""
    body = json.dumps({"root": root, "rows": making.rows_of(run, root)}, ensure_ascii=False).encode()
    told: dict[str, Any] = json.loads(city.call("POST", f"/local/requests/{request}/rows", body))
    return told


def log_key(origin: str) -> str:
    """The public key of a city's log, in hex."""
    return str(json.loads(fetch("GET", f"{origin.rstrip('/')}/api/v1/log/head", {}))["key"])
