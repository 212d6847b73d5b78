"""The check of every paper kept: its file, its row, its place in the log, and that no number is missing. For `chengxin check`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from django.db.models import Count, Max

from chengxin.audit import actions as audit
from chengxin.audit import forgetting, sealed, verify
from chengxin.audit.models import Leaf
from chengxin.audit.tree import log_keys
from chengxin.documents.actions import KIND, ROOM
from chengxin.documents.models import Document
from chengxin.kernel import vault
from chengxin.kernel.encryption import Unreadable


def check_papers() -> list[str]:
    """What does not hold, a line each in both languages; empty when every paper is as it was issued."""
    return [*_gaps(), *_lost(), *(line for one in Document.objects.iterator() for line in faults(one))]


def faults(document: Document) -> Iterator[str]:
    """What does not hold of one paper."""
    try:
        data = vault.read(ROOM, str(document.pk))
    except Unreadable:
        if forgetting.file_is_removed(ROOM, str(document.pk)):
            return
        yield f"{document.number}: 文件无法打开 / the file cannot be opened"
        return
    parts = sealed.opened(data)
    if hashlib.sha256(data).hexdigest() != document.sha256 or parts is None or not _is_signed(data):
        yield f"{document.number}: 文件与登记的不符 / the file is not the one on record"
        return
    receipt = json.loads(parts[1])
    said = json.loads(receipt["document"])
    known = (said["number"], said["code"], said["form"], said["on"], receipt["leaf"]["index"])
    if known != (document.number, document.code, document.form, document.made_on.isoformat(), document.leaf):
        yield f"{document.number}: 登记内容与签名不符 / the row is not what was signed"


def _is_signed(data: bytes) -> bool:
    """Whether today's key or one of earlier days signed it."""
    return any(verify.verify(data, key.hex()).good for key in log_keys())


def _gaps() -> Iterator[str]:
    """Numbers that nobody has: a paper was deleted."""
    rows = Document.objects.order_by().values("department", "form", "year").annotate(last=Max("sequence"), many=Count("pk"))
    for row in rows:
        if row["last"] != row["many"]:
            yield f"{row['department']} {row['form']} {row['year']}: 文号不连续 / numbers are missing"


def _lost() -> Iterator[str]:
    """Papers that the log knows and the register does not."""
    start = f"{KIND}:"
    logged = Leaf.objects.filter(action=audit.SIGNED, object__startswith=start).values_list("object", flat=True)
    kept = {f"{start}{pk}" for pk in Document.objects.values_list("pk", flat=True)}
    yield from (f"{name}: 文书已不在登记中 / the paper is no longer on record" for name in logged if name not in kept)
