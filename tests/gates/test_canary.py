"""Gate 8: a unique text in every personal field, and nowhere else: not in a public page, API answer, error page, export, log, file of the
lake, audit leaf or row of the database, plain or in any dress. The handler's page does show it, and a text written in clear is found.

Fields are found by introspection: a new encrypted column or personal column of a fact without a canary is red.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from chengxin.facts.tests import sheets
from chengxin.kernel import clock
from chengxin.publicity import touched
from chengxin.subjects.models import Subject
from tests.gates import canary_crawl, canary_world
from tests.gates.canary import Search, canary, encrypted_fields, seen
from tests.gates.canary_crawl import Crawl, Lines
from tests.gates.canary_fields import EVERY
from tests.gates.canary_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NOW = datetime(2026, 12, 30, 10, tzinfo=clock.CITY)
QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "SECOND_FACTOR": False}


@pytest.fixture(scope="module")
def lines() -> Iterator[Lines]:
    with canary_crawl.all_lines() as lines:
        yield lines


@pytest.fixture(scope="module")
def world(lines: Lines, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once for this file and rolled back."""
    folder = tmp_path_factory.mktemp("canary")
    here = override_settings(**QUICK, LAKE_DIR=folder / "lake", DATA_DIR=folder, FILES_DIR=folder / "files")
    with here, clock.set_to(NOW), django_db_blocker.unblock(), transaction.atomic():
        yield canary_world.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def crawl(world: World, request: pytest.FixtureRequest) -> Crawl:
    made = canary_crawl.crawl(world, thorough=request.config.getoption("--nightly"))
    made.explore(canary_crawl.owners(world))
    return made


def test_every_personal_field_has_a_canary() -> None:
    assert canary_world.unknown_fields() == set(), "give it a shape in tests/gates/canary_world.py and put it in by its own door"
    assert len({one.needle for one in EVERY.values()}) == len(EVERY)


def test_the_twin_a_new_personal_field_without_a_canary_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(canary_world.ENCRYPTED, "subjects.Subject.phone")
    monkeypatch.delitem(canary_world.FACTS, "order.buyer")
    assert canary_world.unknown_fields() == {"subjects.Subject.phone", "order.buyer"}


def test_every_canary_is_where_it_belongs(world: World) -> None:
    assert canary_world.not_planted() == []


def test_every_parameter_of_an_address_has_ids_to_ask_with(crawl: Crawl) -> None:
    assert crawl.without_ids() == set(), "add them in tests/gates/canary_crawl.py"


# The pages on which those who handle the matter do see it, with a purpose where the law asks for one.
SHOWN = {
    "subjects:subject": {f"subjects.Subject.{name}" for name in ("person_name", "id_doc_no", "person_address", "phone")},
    "subjects:shop_edit": {"subjects.Shop.person_address", "subjects.Shop.contact"},
    "subjects:import_run": {"subjects.ImportRun.row_errors"},
    "subjects:report_file": {"subjects.IdentityReportRow.fields"},
    "subjects:image": {"image of a certificate"},
    "supervision:clue": {"answer of a platform"},
    "records:objection": {"records.Objection.statement", "records.Objection.answer"},
    "cases:case": {"cases.CaseStep.said"},
    "documents:prepare": {"documents.Document.values"},
    "evidence:exhibit": {"evidence.Exhibit.about"},
    "records:mine": {"records.Objection.answer"},
    "lists:entry": {"lists.Argument.text", "lists.Argument.answer"},
    "lists:repair": {"lists.RepairApplication.statement"},
    "lists:platform_entry": {"lists.PlatformAppeal.text", "lists.PlatformAppeal.answer"},
    "marks:report": {"marks.ImitationReport.statement", "marks.ImitationReport.contact"},
    "payments:claim": {f"payments.Claim.{name}" for name in ("name", "phone", "facts", "finding", "reason")},
    "consumers:complaint": {f"consumers.{name}" for name in ("Complaint.text", "Complaint.request", "Complaint.order_ref", "Answer.text")},
    "consumers:my_complaint": {"consumers.Complaint.text", "consumers.Answer.text", "consumers.Promise.text"},
    "consumers:report": {"consumers.Report.text"},
    "complaint_exchange:conflict": {"complaint_exchange.Conflict.content"},
    "compensation:claim": {
        f"compensation.AdvanceClaim.{name}" for name in ("name", "phone", "text", "seller_answer", "reason", "appeal", "answer")
    },
    "compensation:statement": {"compensation.BankLine.text"},
    "supervision:held_rows": {"detection.HeldRows.rows"},
    "commitments:breach": {"commitments.Breach.statement", "commitments.Breach.reasons", "commitments.Breach.repair"},
    "commitments:my_breach": {"commitments.Breach.statement"},
    "delivery:incident": {"delivery.Incident.text", "delivery.Incident.reply"},
    "delivery:worker_fact": {"delivery.WorkerAppeal.statement", "delivery.WorkerAppeal.answer"},
    "delivery:ban": {"delivery.Ban.statement", "delivery.Ban.answer"},
    "supervision:evidence": {"free review.text", "free complaint.text"},
}


@pytest.mark.parametrize("page", SHOWN)
def test_the_control_those_who_handle_it_see_it(crawl: Crawl, page: str) -> None:
    assert SHOWN[page] <= crawl.shown.get(page, set())


def test_nothing_of_a_person_comes_out_anywhere(
    world: World, crawl: Crawl, lines: Lines, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    search = Search(tuple(EVERY.values()))
    readers = canary_crawl.strangers(world)
    for reader in readers:
        crawl.read_as(reader, search, request.config.getoption("--turn"))
    canary_crawl.error_pages(readers, search)
    canary_crawl.log_leaves(search)
    canary_crawl.database(search)
    canary_crawl.files(search)
    for line in list(lines.lines):
        search.look(line, "log line")
    with capsys.disabled():
        print(f"\ncanaries: {len(EVERY)} in {len(encrypted_fields()) + len(canary_world.FACTS)} personal fields; {len(readers)} readers,")
        print(f"{search.looked_at} texts and files searched, {len(search.found)} hits")
    assert not search.found, "\n".join(sorted({str(one) for one in search.found}))


# ---- the twins: what comes out is found


def test_every_table_a_kept_public_answer_reads_is_watched(world: World) -> None:
    """Kept answers (publicity.kept) are thrown away when one of the watched tables changes: this world has a row in nearly every table."""
    subjects = [str(pk) for pk in Subject.objects.values_list("pk", flat=True)]
    asked = ["/", "/search/?q=示例", "/search/?q=https://shop.example/", *(f"/subject/{pk}/" for pk in subjects)]
    asked += [f"/api/v1/public/subjects/{pk}" for pk in subjects]
    with CaptureQueriesContext(connection) as seen:
        assert {Client().get(path).status_code for path in asked} == {200}
    words = {word for query in seen.captured_queries for word in re.findall(r"\w+", query["sql"])}
    read = words & set(connection.introspection.table_names()) - {"subjects_indexedname_fts"}  # follows subjects_indexedname by triggers
    assert "subjects_shop" in read
    assert read <= set(touched.TABLES) | {"publicity_touch"}


def test_the_twin_a_person_in_a_public_page_and_in_the_clear_is_found(world: World, crawl: Crawl) -> None:
    """The masked name is put back, as a forgotten mask would leave it."""
    with transaction.atomic():
        Subject.objects.filter(pk=world.subject.pk).update(name=world.subject.person_name)
        search = Search(tuple(EVERY.values()))
        some = replace(crawl, routes=[one for one in crawl.routes if one.name in ("publicity:subject", "api:subject")])
        some.read_as(canary_crawl.strangers(world)[0], search)
        canary_crawl.tables(search, [Subject._meta.db_table])
        transaction.set_rollback(True)
    assert {one.place for one in search.found} == {"subjects.Subject.person_name"}
    assert {one.where.split()[0] for one in search.found} >= {"publicity:subject", "api:subject", "table"}


def test_the_twin_a_person_in_a_log_line_is_found(world: World, lines: Lines) -> None:
    logging.getLogger("chengxin.access").debug("looked for %s", world.subject.person_name)
    assert seen(lines.lines[-1], EVERY.values()) == {"subjects.Subject.person_name"}
    lines.lines.pop()


MARK = canary("the twin", "name")


def _in_a_zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return out.getvalue()


def _in_parquet(text: str) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({"name": [text] * 3}), out, compression="zstd")
    return out.getvalue().to_pybytes()


DRESSES: dict[str, Callable[[str], str | bytes]] = {
    "plain": lambda text: f"<p>{text}</p>",
    "upper case": str.upper,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 from the second byte": lambda text: base64.b64encode(b"a" + text.encode() + b"zz").decode(),
    "base64 from the third byte": lambda text: base64.b64encode(b"ab" + text.encode() + b"z").decode(),
    "percent-encoded": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "query": lambda text: f"?next={quote('/officer/?name=' + quote(text))}",
    "full-width": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "entities": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "JSON escapes": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "hex": lambda text: text.encode().hex(),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "a zip": _in_a_zip,
    "a sheet": lambda text: sheets.xlsx([{"name": text}]),
    "Parquet": _in_parquet,
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("shape", ["name", "phone", "resident", "ip"])
def test_the_search_finds_a_canary_in_every_dress(dress: str, shape: str) -> None:
    hidden = canary(f"the twin {shape}", shape)
    others = [*EVERY.values(), hidden]
    assert seen(DRESSES[dress](hidden.value), others) == {hidden.place}
    assert seen(DRESSES[dress](MARK.value.replace("zq", "xx")), others) == set()
