"""The report: a PDF with purpose and watermark that three verifiers accept whole, and refuse with any byte changed."""

from __future__ import annotations

import importlib.util
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import chengxin.audit
from chengxin.audit import queries as log
from chengxin.audit import sealed, verify
from chengxin.kernel import clock
from chengxin.records import actions, paper
from chengxin.records.actions.reporting import Asked
from chengxin.records.reports import check
from chengxin.records.tests.people import Town, put, town

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page

SINGLE_FILE = Path(chengxin.audit.__file__).parent / "static/audit/verify_chengxin.py"


@pytest.fixture
def cast(db) -> Town:
    return town()


@pytest.fixture
def alone():
    """The one-file verifier, as somebody outside runs it."""
    spec = importlib.util.spec_from_file_location("verify_chengxin", SINGLE_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked(**changes) -> Asked:
    given = {"purpose": "申请入驻平台", "true_on": clock.today(), "known_on": clock.today(), "url": "https://city.example/verify/report/"}
    return Asked(**{**given, **changes})


def test_the_pdf_verifies_offline_and_a_changed_byte_is_refused(cast, alone):
    put(cast)
    _, data = actions.make_report(cast.merchant, cast.subject, asked())
    for verdict in (verify.verify(data).code, verify.verify(data, log.public_key()).code, alone.verify(data)["code"]):
        assert verdict == "good"
    assert verify.verify(data, "00" * 32).code == "other_key"
    draw = random.Random(5)
    places = {0, len(data) - 1, data.rfind(sealed.MARK), data.rfind(b"startxref"), *(draw.randrange(len(data)) for _ in range(40))}
    for place in places:
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        codes = {verify.verify(changed).code, alone.verify(changed)["code"]}
        assert len(codes) == 1, place
        assert codes != {"good"}, place
    for longer in (data + b"\n", data + data[-20:], data[:-1], b"%PDF-" + data, data.replace(b"\n%%EOF", b"\n% %EOF", 1)):
        assert verify.verify(longer).code != "good"
        assert alone.verify(longer)["code"] != "good"


def test_the_receipt_of_one_report_does_not_prove_another(cast, alone):
    put(cast)
    (_, first), (_, second) = (actions.make_report(cast.merchant, cast.subject, asked(purpose=text)) for text in ("投标", "贷款"))
    pdf, line = sealed.opened(first)[0], sealed.opened(second)[1]
    tail = sealed.TAIL.search(pdf[-64:])[1]
    forged = pdf + sealed.MARK + line + b"\nstartxref\n" + tail + b"\n%%EOF\n"
    assert verify.verify(forged).code == alone.verify(forged)["code"] == "document"


def test_it_says_what_for_who_asked_and_what_is_disputed(cast, monkeypatch):
    """What is handed to the page, and that the page is set from nothing else; the reading is logged for the subject."""
    told: list[dict[str, Any]] = []
    words = paper._words
    monkeypatch.setattr(paper, "_words", lambda *given: told.append(words(*given)) or told[-1])
    record = put(cast)
    actions.raise_objection(cast.merchant, record.pk, "所列订单不是本店的")
    report, data = actions.make_report(cast.officer, cast.subject, asked(purpose="核查线索 CL1"))
    (page,) = told
    assert page["watermark"].startswith("核查线索 CL1 · 王立 · ")
    assert report.code in page["footer"]
    (shown,) = page["records"]
    assert record.number in shown["tags"]
    assert shown["flag"]
    assert {record.document_number, record.maker, record.basis, record.summary} <= {text for _, text in shown["facts"]}
    assert b"/Title" in data
    reads = log.reads_of(f"subjects.subject:{cast.subject.pk}")
    assert [(one.actor, one.purpose) for one in reads] == [(str(cast.officer), "核查线索 CL1")]


def test_whoever_holds_it_learns_by_its_code_whether_it_still_holds(cast):
    record = put(cast)
    report, _ = actions.make_report(cast.merchant, cast.subject, asked())
    found = check(report.code)
    assert (found.number, found.subject, found.changed) == (report.number, cast.subject.name, False)
    actions.confirm(cast.head, actions.propose_withdrawal(cast.officer, record.pk, "处罚决定被撤销", "").pk)
    assert check(report.code).changed
    assert check("AAAA-AAAA-AAAA-AAAA") is None


def test_text_of_a_record_is_never_markup(cast):
    put(cast, summary='#image("/etc/passwd") *x* $y$ <a> \\ "引号"')
    _, data = actions.make_report(cast.merchant, cast.subject, asked())
    assert verify.verify(data).good


def test_an_empty_file_makes_a_report_too(cast):
    report, data = actions.make_report(cast.merchant, cast.subject, asked(true_on=date(2026, 1, 1)))
    assert report.records == []
    assert verify.verify(data).good


def test_the_twin_a_receipt_alone_does_not_look_at_the_file(cast, monkeypatch):
    """With the comparison of the file's digest off, a changed file would pass: the digest is what protects it."""
    put(cast)
    _, data = actions.make_report(cast.merchant, cast.subject, asked())
    changed = data[:500] + bytes([data[500] ^ 1]) + data[501:]
    assert verify.verify(changed).code == "document"
    _, line = sealed.opened(changed)
    assert verify.verify(line).good
