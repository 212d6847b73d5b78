"""（七）内部人士：sealed in one real browser, opened in another; the database, the files and the logs never hold a word of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from chengxin.insiders import actions, reference
from chengxin.insiders.models import HandlerKey, Mailbox, Message, WrittenReport
from chengxin.insiders.tests import people
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.tests import samples
from tests.gates.canary import canary, seen
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    ("zh-hans", None),
    pytest.param("en", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
]
PASSPHRASE = "five words drawn by lot"
SAID, ASKED, ADDED, FILE = (canary(f"journey.insider.{name}", "text") for name in ("said", "asked", "added", "file"))
SECRETS = (SAID, ASKED, ADDED, FILE)


@pytest.fixture
def cast() -> people.Cast:
    with transaction.atomic():
        who = people.cast(people.PASSWORD)
        for name, deputy in (("first", False), ("deputy", True)):
            actions.name_handler(who.head, who.users[name], people.CHANNEL, deputy)
        subjects.upsert_shop(samples.platform(), entries.parse(samples.row(1)), "system:test")
        return who


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that anything of the house logs meanwhile."""
    found: list[str] = []
    keeper = logging.Handler()
    keeper.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    before, root.level = root.level, logging.DEBUG
    root.addHandler(keeper)
    yield found
    root.removeHandler(keeper)
    root.setLevel(before)


def everything_kept(lines: list[str], since: float) -> list[tuple[str, bytes]]:
    """(where, bytes) of every value of every table, every file of the data directory that was touched meanwhile and every logged line."""
    kept = [("log", "\n".join(lines).encode())]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [[str(value) for value in row] for row in cursor.fetchall()]
            kept.append((table, json.dumps(rows, ensure_ascii=False).encode()))
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file() and path.suffix != ".sqlite3" and path.stat().st_mtime >= since:
            kept.append((str(path), path.read_bytes()))
    return kept


def found_in(kept: list[tuple[str, bytes]]) -> set[str]:
    return {f"{where}: {place}" for where, data in kept for place in seen(data, SECRETS)}


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_what_an_insider_writes_is_read_by_the_handlers_and_by_nobody_else(
    chromium: Any, live_server: Any, cast: people.Cast, lines: list[str], tmp_path: Path, language: str, size: Any
) -> None:
    began = time.time()

    def visitor(name: str = "") -> Visitor:
        made = Visitor(chromium, live_server.url, language, size)
        return made.sign_in(f"insider-{name}", people.PASSWORD) if name else made

    first, deputy, reporter = visitor("first"), visitor("deputy"), visitor()
    for handler in (first, deputy):
        makes_a_key(handler, shown=handler is first)

    code = writes(reporter, tmp_path)
    box = Mailbox.objects.get()
    checked_with_python(box)
    opens(first, box)
    first.page.fill("form[data-answer] [data-text]", ASKED.value)
    first.click("form[data-answer] button").check("insiders-answered")

    reads(reporter, code)
    opens(deputy, box, shown=False)
    thread = deputy.page.inner_text("ol.insider-thread")
    assert all(one.value in thread for one in (SAID, ASKED, ADDED)), "the deputy reads all of it"
    deputy.page.fill("[name=uscc]", str(samples.row(1)["uscc"]))
    deputy.page.fill("[name=text]", "核查仓库标签")
    deputy.click("form:has([name=report]) button.btn-outline").check("insiders-written")
    assert str(WrittenReport.objects.get().text) == "核查仓库标签"
    for each in (first, deputy, reporter):
        each.done()

    kept = everything_kept(lines, began)
    assert found_in(kept) == set()
    assert code.replace("-", "") not in "".join(data.decode("utf-8", "ignore").replace("-", "") for _, data in kept)
    lines.append(f"debug: {SAID.value}")
    assert found_in(everything_kept(lines, began)) == {f"log: {SAID.place}"}, "the twin: the search does find a word that is logged"


def makes_a_key(handler: Visitor, shown: bool) -> None:
    handler.go("/officer/insiders/key/").page.fill("[data-passphrase]", PASSPHRASE)
    handler.page.fill("[data-again]", PASSPHRASE)
    if shown:
        handler.check("insiders-key")
    with handler.page.expect_navigation():
        handler.click("form[data-make-key] button")


def writes(reporter: Visitor, folder: Path) -> str:
    """The reporter writes with a file; the code that the browser made."""
    note = folder / "label.txt"
    note.write_text(FILE.value, encoding="utf-8")
    reporter.go("/insiders/").check("insiders-write").page.fill("[data-text]", SAID.value)
    reporter.page.set_input_files("[data-files]", note)
    reporter.click("form[data-write] button").page.wait_for_selector("[data-sent]:not([hidden])")
    reporter.check("insiders-code")
    return str(reporter.page.inner_text("[data-code]"))


def checked_with_python(box: Mailbox) -> None:
    """What one browser sealed for the key of another opens in Python, file and all, with the passphrase alone."""
    sealed = json.loads(Message.objects.get().sealed)
    for key in HandlerKey.objects.all():
        own = reference.opened_by_passphrase(key.key, key.wrapped, PASSPHRASE)
        content = reference.unseal(sealed, own, box.public, box.department, box.tag)
        assert content["text"] == SAID.value
        assert reference.decoded(content["files"][0]["data"]).decode() == FILE.value


def opens(handler: Visitor, box: Mailbox, shown: bool = True) -> None:
    """A handler states a purpose, then opens the mailbox with the passphrase."""
    handler.go(box.page_url).page.fill("main form [name=purpose], main form [name=text]", "核查内部人士来信")
    handler.page.locator("main form button.btn-primary").first.click()
    handler.page.wait_for_selector("form[data-unlock]:not([hidden])")
    handler.page.fill("form[data-unlock] [data-passphrase]", PASSPHRASE)
    handler.click("form[data-unlock] button").page.wait_for_selector("[data-thread]:not([hidden])")
    if shown:
        handler.check("insiders-mailbox")


def reads(reporter: Visitor, code: str) -> None:
    """The reporter finds the answer by the code, and writes once more."""
    page = reporter.go("/insiders/mailbox/").page
    page.fill("[data-code-field]", "00000-00000-00000-00000")
    page.click("form[data-open] button")
    page.wait_for_selector("form[data-open] [data-note].wrong")
    reporter.wrong = [one for one in reporter.wrong if "404" not in one]  # a wrong code is answered as such
    page.fill("[data-code-field]", code.lower())
    page.click("form[data-open] button")
    page.wait_for_selector("[data-thread]:not([hidden])")
    assert ASKED.value in page.inner_text("ol.insider-thread")
    page.fill("form[data-answer] [data-text]", ADDED.value)
    page.click("form[data-answer] button")
    page.wait_for_selector("ol.insider-thread > li:nth-child(3)")
    reporter.check("insiders-read")
