"""A PDF closed with its own receipt: after the document's end stands one comment line with the chengxin-receipt/1 that signs its SHA-256.

    …%%EOF\\n                                   the PDF as it was made; its SHA-256 is `pdf_sha256` of the receipt's document
    %chengxin-receipt/1 {…}\\n                  JSON on one line
    startxref\\n<offset>\\n%%EOF\\n              the PDF's own table once more, so that readers find it at the end

A PDF reader skips the comment (ISO 32000-1, 7.2.4 and 7.5.5); a verifier takes the file apart. Nothing may stand anywhere else: a byte
added, changed or taken away anywhere is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

DIGEST = "pdf_sha256"
MARK = b"\n%chengxin-receipt/1 "
TAIL = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")


def close(pdf: bytes, receipt: Mapping[str, Any]) -> bytes:
    """The PDF with its receipt. ValueError when the bytes are no finished PDF."""
    end = TAIL.search(pdf[-64:])
    if not pdf.startswith(b"%PDF-") or end is None:
        raise ValueError("this is no finished PDF")
    line = json.dumps(receipt, ensure_ascii=True, separators=(",", ":")).encode()
    return pdf + MARK + line + b"\nstartxref\n" + end[1] + b"\n%%EOF\n"


def opened(data: bytes) -> tuple[bytes, bytes] | None:
    """(the PDF as it was made, the JSON of its receipt), or None when the file is not closed in exactly this way."""
    at = data.rfind(MARK)
    line, _, rest = data[at + len(MARK) :].partition(b"\n")
    pdf = data[: max(at, 0)]
    end = TAIL.search(pdf[-64:])
    if at < 0 or end is None or rest != b"startxref\n" + end[1] + b"\n%%EOF\n":
        return None
    return pdf, line
