"""What is brought back from a visit: the drawn signature."""

from __future__ import annotations

import hashlib

from chengxin.accounts.access import Actor
from chengxin.inspection.errors import ReportWrong
from chengxin.inspection.models import Task

PNG = b"\x89PNG\r\n\x1a\n"
MOST_SIGNATURE = 200_000  # bytes; a signature drawn on a canvas of 600 × 200 points is 5 to 20 kB


def keep_signature(actor: Actor, task: Task, data: bytes) -> str:
    """The SHA-256 of a drawn signature."""
    if not data.startswith(PNG) or len(data) > MOST_SIGNATURE:
        raise ReportWrong(why_zh="请在签名框内手写签名。", why_en="Draw your signature in the box.")
    return hashlib.sha256(data).hexdigest()
