"""Whether a text is a public key of the channel: a point of P-256 with the name that its hash gives it."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives.asymmetric import ec

POINT = 65  # bytes of an uncompressed point (SEC 1, 2.3.3)


def is_key(key: str, public: str) -> bool:
    """Never raises for what it is given."""
    try:
        raw = base64.b64decode(public + "=" * (-len(public) % 4), altchars=b"-_", validate=True)
        if len(raw) != POINT or hashlib.sha256(raw).hexdigest()[:32] != key:
            return False
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except (ValueError, binascii.Error):
        return False
    return True
