"""A platform says "shop closed": what the shop's own page shows, captured as evidence. A page that still sells contradicts it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evidence import actions as evidence
from chengxin.evidence.errors import CaptureRefused
from chengxin.kernel import clock, jail, vault
from chengxin.kernel.errors import ChengxinError
from chengxin.lists import papers
from chengxin.lists.models import ListEntry, Task
from chengxin.lists.models.measures import CONTRADICTED, TAKEN

SELLING, CLOSED, UNCLEAR, NOT_OPENED = "selling", "closed", "unclear", "not_opened"
GONE = (404, 410)  # the server says that there is no such page


@cache
def words() -> dict[str, list[str]]:
    """The words of shop_page.yaml: what is found -> words that say so."""
    found: dict[str, list[str]] = yaml.safe_load((files("chengxin.lists") / "shop_page.yaml").read_text(encoding="utf-8"))
    return found


def read(status: int, text: str) -> tuple[str, list[str]]:
    """(what a page shows, the words it was seen by)."""
    lower = text.lower()
    seen = {kind: [word for word in words()[kind] if word in lower] for kind in (SELLING, CLOSED)}
    if status not in GONE and seen[SELLING]:
        return SELLING, seen[SELLING]
    return (CLOSED, seen[CLOSED]) if status in GONE or seen[CLOSED] else (UNCLEAR, [])


def claims(entry: ListEntry | None = None) -> list[Task]:
    """Measures by which a shop is said to be closed, of shops whose address is known."""
    rows = Task.objects.filter(state=TAKEN, shop__isnull=False, claimed_on__isnull=False).exclude(shop__url="")
    return list((rows.filter(entry=entry) if entry else rows).select_related("shop", "entry").order_by("pk"))


def look(actor: Actor, tasks: list[Task]) -> dict[str, int]:
    """Capture each shop's page (evidence.actions.capture: public addresses only, in a child process with limits), keep it with the entry's
    exhibits and note what it shows. Returns how many of each. Called outside a transaction: a slow site may take most of a minute."""
    counts = dict.fromkeys((SELLING, CLOSED, UNCLEAR, NOT_OPENED), 0)
    for task in tasks:
        said = _seen(actor, task)
        _note(actor, task, said)
        counts[said["found"]] += 1
    return counts


def look_at_new_claims() -> dict[str, int]:
    """Each night: pages of shops that were said to be closed since they were last looked at."""
    waiting = [one for one in claims() if page_of(one) is None]
    return look(access.system("lists"), waiting)


def page_of(task: Task) -> dict[str, Any] | None:
    """What the page showed after this claim; None: nobody has looked yet."""
    said: dict[str, Any] = task.check_said.get("page") or {}
    return said if said and said["claimed_on"] == str(task.claimed_on) else None


def _seen(actor: Actor, task: Task) -> dict[str, Any]:
    assert task.shop
    told = {"claimed_on": str(task.claimed_on), "at": clock.now().isoformat(timespec="seconds")}
    try:
        exhibit = evidence.capture(actor, f"{papers.ENTRY}:{task.entry_id}", task.entry.department, task.shop.url)
        page = jail.run("chengxin.evidence.warc:said", vault.read(evidence.ROOM, str(exhibit.pk)), memory_mb=512)
    except CaptureRefused as refused:
        return {**told, "found": NOT_OPENED, "words": [str(refused)]}
    except ChengxinError as unreadable:  # a page that no parser can read shows nothing
        return {**told, "found": UNCLEAR, "words": [str(unreadable)]}
    found, seen = read(page["status"], page["text"])
    return {**told, "found": found, "words": seen, "exhibit": exhibit.number, "exhibit_id": str(exhibit.pk)}


def _note(actor: Actor, task: Task, said: dict[str, Any]) -> None:
    """What was seen, on the task and in the log; a page that sells contradicts the claim, whatever the trade shows."""
    with transaction.atomic():
        fresh = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if fresh.state != TAKEN or fresh.claimed_on != task.claimed_on:
            return  # lifted, or claimed anew, while the page was fetched
        told = {name: value for name, value in said.items() if name in ("found", "words", "exhibit", "claimed_on")}
        audit.record("lists.task.page_seen", actor=str(actor), object=f"lists.task:{task.pk}", data=told)
        fresh.check_said, fresh.checked_at = {**fresh.check_said, "page": said}, clock.now()
        if said["found"] == SELLING:
            fresh.checked = CONTRADICTED
        fresh.save()
