"""Signed reports (RFC 9421 with Content-Digest, RFC 9530): verified, and kept so that anyone can verify them again years later."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidSignature as NotThisKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from chengxin.accounts import errors
from chengxin.accounts.models import ClientKey, PlatformClient, SignatureRecord
from chengxin.kernel import clock

MAX_AGE = timedelta(minutes=5)
REQUIRED = ("@method", "@target-uri")


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(seconds=60)


class _Keys(HTTPSignatureKeyResolver):
    """The client's keys that hold today."""

    def __init__(self, client: PlatformClient) -> None:
        now = clock.now()
        holding = client.keys.filter(valid_from__lte=now).filter(Q(valid_to=None) | Q(valid_to__gt=now))
        self.known = {key.key_id: key for key in holding}

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        key = self.known.get(key_id)
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_key)) if key else None

    def resolve_private_key(self, key_id: str) -> Any:
        raise NotImplementedError("we verify only")


def verify_signed_request(request: HttpRequest, client: PlatformClient) -> SignatureRecord | None:
    """The kept record of a valid signature over method, address and body; None when there is none and the client need not sign.

    The same signature sent again gives the first record. Raises SignatureRefused when it is missing but required, too old
    (5 minutes), by a key that does not hold, or not over this very body.
    """
    if "Signature-Input" not in request.headers and "Signature" not in request.headers:
        if client.signing == PlatformClient.Signing.REQUIRED:
            raise _refused("该客户端的报文必须签名。", "This client has to sign its messages.")
        return None
    keys = _Keys(client)
    result = _verified(request, keys)
    key = keys.known[str(result.parameters["keyid"])]
    return _kept(client, key, result, _signature_bytes(request, result.label), request.body)


def verify_again(record: SignatureRecord, body: bytes) -> bool:
    """Whether a kept signature still holds for a body: by the key of its time and the text that was signed."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(record.public_key)).verify(
            bytes.fromhex(record.signature), record.signed_text.encode()
        )
    except NotThisKey:
        return False
    digest = hashlib.sha256(body)
    return digest.hexdigest() == record.content_digest and _names_digest(record.signed_text, digest.digest(), body)


def _verified(request: HttpRequest, keys: _Keys) -> Any:
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=keys)
    refusal: Exception | None = None
    for url in _addresses(request):
        message = SimpleNamespace(method=request.method, url=url, headers=dict(request.headers.items()))
        try:
            (result,) = verifier.verify(message, max_age=MAX_AGE, require_components=REQUIRED, body=request.body)
            return result
        except (InvalidSignature, HTTPMessageSignaturesException, ValueError) as cause:
            refusal = cause
    raise _refused(f"签名不成立：{refusal}", f"The signature does not hold: {refusal}") from refusal


def _addresses(request: HttpRequest) -> list[str]:
    """The address as the world knows it, then as it reached us (a proxy may have changed scheme or host)."""
    return list(dict.fromkeys([settings.PUBLIC_ORIGIN.rstrip("/") + request.get_full_path(), request.build_absolute_uri()]))


def _signature_bytes(request: HttpRequest, label: str) -> bytes:
    parsed = HTTPMessageVerifier._parse_signature_dictionary(request.headers["Signature"])
    value: bytes = parsed[label].value
    return value


def _kept(client: PlatformClient, key: ClientKey, result: Any, signature: bytes, body: bytes) -> SignatureRecord:
    record, _ = SignatureRecord.objects.get_or_create(
        key=key,
        signature=signature.hex(),
        defaults={
            "client": client,
            "public_key": key.public_key,
            "signed_text": "\n".join(f"{name}: {value}" for name, value in result.covered_components.items()),
            "content_digest": hashlib.sha256(body).hexdigest(),
            "signed_at": datetime.fromtimestamp(int(result.parameters["created"]), UTC),
        },
    )
    return record


def _names_digest(signed_text: str, sha256: bytes, body: bytes) -> bool:
    """Whether the signed text carries this body's Content-Digest (SHA-256 or SHA-512)."""
    import base64

    shown = (base64.b64encode(sha256).decode(), base64.b64encode(hashlib.sha512(body).digest()).decode())
    line = next((line for line in signed_text.splitlines() if line.startswith('"content-digest"')), "")
    return not body or any(each in line for each in shown)


def _refused(zh: str, en: str) -> errors.SignatureRefused:
    return errors.SignatureRefused(reason_zh=zh, reason_en=en)
