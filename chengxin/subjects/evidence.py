"""Images of certificates: kept encrypted under their SHA-256, only as long as the verification that rests on them. No face images.

Nothing here decodes an image; the kind is told by its first bytes and the file is handed out as it came.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from django.conf import settings

from chengxin.kernel.encryption import decrypt, encrypt
from chengxin.subjects.errors import NotAnImage, TooLarge

MOST_BYTES = 8 * 1024 * 1024  # a photograph of a licence is 1 to 5 MB
FIELD = "subjects.evidence"
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def keep(content: bytes) -> str:
    """Keep an image and return its SHA-256 in hex. Raises TooLarge, NotAnImage."""
    if len(content) > MOST_BYTES:
        raise TooLarge(most=MOST_BYTES // 1024 // 1024)
    kind_of(content)
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".draft")
        draft.write_text(encrypt(base64.b64encode(content).decode(), FIELD))
        draft.replace(path)
    return digest


def read(digest: str) -> bytes | None:
    """The image of this hash, None when it is not kept here (a platform may state a hash and keep the image itself)."""
    path = _path(digest)
    return base64.b64decode(decrypt(path.read_text(), FIELD)) if path.exists() else None


def is_kept(digest: str) -> bool:
    """Whether the image is here to be looked at."""
    return len(digest) == 64 and _path(digest).exists()


def kind_of(content: bytes) -> str:
    """Its media type by its first bytes. Raises NotAnImage."""
    for start, kind in KINDS.items():
        if content.startswith(start):
            return kind
    raise NotAnImage()


def _path(digest: str) -> Path:
    return Path(settings.FILES_DIR) / "evidence" / digest
