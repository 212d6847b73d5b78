"""The papers of an entry: issued with each step, sealed, for those whose matter it is, and saying what the step says."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from chengxin.accounts import access
from chengxin.audit import queries as log
from chengxin.audit import verify
from chengxin.documents.models import Document
from chengxin.kernel import clock, vault
from chengxin.lists import papers, queries
from chengxin.lists.actions import listing
from chengxin.lists.models import ListEntry
from chengxin.lists.tests import cast as c
from chengxin.lists.tests.test_unwinding import repaired

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def who() -> c.Cast:
    return c.cast()


def test_each_step_issues_its_paper_and_it_is_sealed(who, printed):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who)
    with clock.set_to(c.at(2027, 3, 10)):
        one = repaired(who, entry)
    made = Document.objects.order_by("made_at").values_list("form", "matter_kind")
    assert set(made) == {
        ("list_notice", "lists.entry"),
        ("list_decision", "lists.entry"),
        ("removal_notice", "lists.entry"),
        ("repair_decision", "lists.repair"),
    }
    decision = papers.latest(entry, "list_decision")
    assert decision is not None
    said = json.loads(decision.values)
    assert "核减 40 单" in said["answer"]
    assert "不采纳" in said["answer"]
    assert (said["list_from"], said["list_until"]) == ("2026-03-10", "2029-03-10")
    assert "《市场监督管理信用修复管理办法》第13条" in said["repair_conditions"]
    data = vault.read("documents", str(decision.pk))
    assert verify.verify(data, log.public_key()).good
    assert not verify.verify(data[:500] + bytes([data[500] ^ 1]) + data[501:], log.public_key()).good
    assert [doc.form for doc in access.all(who.officer, Document).filter(matter_id=one.pk)] == ["repair_decision"]
    assert len(access.all(who.upper, Document)) == 3  # it consented; the repair is none of its matters
    assert not access.all(who.commerce, Document).exists()


def test_every_receipt_of_the_bundle_is_verified_by_the_one_file(who):
    entry = c.published(who)
    for name, receipt in queries.receipts_of(entry):
        assert verify.verify(json.dumps(receipt).encode(), log.public_key()).good, name


def test_when_the_paper_cannot_be_made_nothing_happens(who, monkeypatch):
    entry = c.consented(who)
    monkeypatch.setattr(papers.documents, "issue", lambda *given, **named: (_ for _ in ()).throw(RuntimeError("no paper")))
    with pytest.raises(RuntimeError), transaction.atomic():
        listing.decide(who.head, entry.pk, "情节严重，决定列入")
    assert ListEntry.objects.get(pk=entry.pk).state == "CONSENTED"
