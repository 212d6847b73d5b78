"""Official links of permits: put on file, looked at by the clock, the last good snapshot kept."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evidence.errors import CaptureRefused
from chengxin.evidence.fetching import text_of
from chengxin.kernel import clock, jail, locks
from chengxin.kernel.errors import NotFound
from chengxin.marks.errors import LinkWrong
from chengxin.marks.models import PermitCheck, PermitLink
from chengxin.marks.models.permits import ALIVE, CHANGED, DEAD
from chengxin.subjects.models import Licence
from chengxin.subjects.queries import family

CLOCK = "system:marks"
FETCH_SECONDS = 30
MOST_TEXT = 20_000  # characters of a snapshot: a register's page of one licence has a few thousand


def add_link(actor: Actor, licence_id: object, url: str, product: str = "") -> PermitLink:
    """Put an official link on file, for a licence or for one product under it. Raises LinkWrong, NotFound."""
    with transaction.atomic(), locks.locked("marks.links"):
        licence = access.get(actor, Licence, pk=licence_id)
        _check_own(actor, licence)
        url, product = url.strip(), product.strip()[:200]
        known = PermitLink.objects.filter(licence=licence, product=product, url=url, removed_at__isnull=True)
        if not re.fullmatch(r"https?://[^\s<>\"']{4,990}", url) or known.exists():
            raise LinkWrong
        made = PermitLink.objects.create(licence=licence, product=product, url=url, added_by=str(actor), added_at=clock.now())
        _note(made, "added", str(actor))
        return made


def remove_link(actor: Actor, link_id: object) -> PermitLink:
    """Take a link off the file; its checks stay."""
    with transaction.atomic(), locks.locked("marks.links"):
        found = access.get(actor, PermitLink, pk=link_id, removed_at__isnull=True)
        _check_own(actor, found.licence)
        found.removed_at = clock.now()
        found.save(update_fields=["removed_at"])
        _note(found, "removed", str(actor))
        return found


def _check_own(actor: Actor, licence: Licence) -> None:
    if licence.subject_id not in family(*actor.subjects):
        raise NotFound


def check_link(link: PermitLink) -> PermitCheck:
    """Look whether a link opens and shows the licence's number. Outside a transaction: it may take half a minute."""
    got = _fetched(link.url)
    with transaction.atomic(), locks.locked(f"marks.link:{link.pk}"):
        link = PermitLink.objects.select_for_update().select_related("licence").get(pk=link.pk)
        text = readable(text_of(got["body"], got["type"])) if got["status"] else ""
        state = _state(link, got["status"], text)
        sha256 = hashlib.sha256(got["body"]).hexdigest() if got["status"] else ""
        now = clock.now()
        link.state, link.checked_at = state, now
        if state == ALIVE:
            link.good_at, link.good_sha256, link.good_text, link.failing_since = now, sha256, text[:MOST_TEXT], None
        else:
            link.failing_since = link.failing_since or now
        link.save()
        check = PermitCheck.objects.create(link=link, state=state, status=got["status"], error=got["error"], sha256=sha256, at=now)
        if state != ALIVE:
            _note(link, "failed", CLOCK)
        return check


def _fetched(url: str) -> dict[str, Any]:
    try:
        got = jail.run(
            "chengxin.evidence.fetching:fetch_one", url.encode(), memory_mb=256, seconds=FETCH_SECONDS, private=settings.CAPTURE_PRIVATE
        )
    except (CaptureRefused, jail.FileTooHard) as error:
        return {"status": 0, "type": "", "body": b"", "error": error.code[:20]}
    return {**got, "error": "" if got["status"] == 200 else "status"}


def _state(link: PermitLink, status: int, text: str) -> str:
    """Alive when the page shows the licence's number: a page that opens and says nothing of it is no proof."""
    if status != 200:
        return DEAD
    return ALIVE if _squeezed(link.licence.number) in _squeezed(text) else CHANGED


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\-—()（）]", "", text).upper()


class _Words(HTMLParser):
    """The readable text of a page: no scripts, styles or comments."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.found.append(" ".join(data.split()))


def readable(page: str) -> str:
    """The text of an HTML page, a line a piece."""
    words = _Words()
    words.feed(page)
    return "\n".join(words.found)


def _note(link: PermitLink, what: str, actor: str) -> None:
    data = {"url": link.url, "licence": str(link.licence_id), "state": link.state}
    audit.record(f"marks.link.{what}", actor=actor, object=f"marks.link:{link.pk}", data=data)
