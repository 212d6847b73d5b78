"""A paper: filled completely or not at all, numbered without gaps, sealed, encrypted, read only by those whose matter it is."""

from __future__ import annotations

import hashlib
import importlib.util
import random
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

import chengxin.audit
from chengxin.audit import protection, verify
from chengxin.audit import queries as log
from chengxin.documents import actions, checking, queries
from chengxin.documents.errors import AlreadyEnded, FieldsMissing, FieldsUnknown, FormUnknown, ValueWrong
from chengxin.documents.models import Document
from chengxin.documents.tests.people import ON, Desk, decision, desk, of_department
from chengxin.kernel import vault
from chengxin.kernel.encryption import Unreadable
from chengxin.kernel.errors import NotFound

SINGLE_FILE = Path(chengxin.audit.__file__).parent / "static/audit/verify_chengxin.py"


@pytest.fixture
def cast(db) -> Desk:
    return desk()


@pytest.fixture
def alone():
    """The one-file verifier, as somebody outside runs it."""
    spec = importlib.util.spec_from_file_location("verify_chengxin", SINGLE_FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def issue(cast: Desk, form: str = "penalty_45", **changes) -> Document:
    return actions.issue(cast.officer, form, decision(**changes), department="SAMR", matter=cast.matter, on=ON)


def test_the_file_verifies_offline_and_a_changed_byte_is_refused(cast, alone):
    paper = issue(cast)
    _, data = actions.read(cast.officer, paper.pk, "送达")
    assert hashlib.sha256(data).hexdigest() == paper.sha256
    assert verify.verify(data, log.public_key()).code == alone.verify(data)["code"] == "good"
    draw = random.Random(7)
    for place in [0, len(data) - 1, *(draw.randrange(len(data)) for _ in range(20))]:
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert verify.verify(changed).code != "good", place
        assert alone.verify(changed)["code"] != "good", place


def test_numbers_run_per_department_form_and_year_without_gaps(cast):
    assert [issue(cast).number for _ in range(2)] == ["示市监处罚〔2026〕1号", "示市监处罚〔2026〕2号"]
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(cast)
        raise RuntimeError
    assert issue(cast).sequence == 3
    earlier = actions.issue(cast.officer, "penalty_45", decision(), department="SAMR", matter=cast.matter, on=date(2025, 5, 6))
    elsewhere = actions.issue(cast.elsewhere, "penalty_45", decision(), department="POST", matter=cast.other, on=ON)
    notice = issue(cast, "penalty_33", rectify="删除虚假评价", rectify_by=date(2026, 12, 1))
    assert [one.number for one in (earlier, elsewhere, notice)] == [
        "示市监处罚〔2025〕1号",
        "示邮管处罚〔2026〕1号",
        "示市监责改〔2026〕1号",
    ]


def test_a_paper_that_lacks_something_is_not_made_but_may_be_previewed(cast):
    with pytest.raises(FieldsMissing) as refused:
        issue(cast, facts=" ", evidence=[])
    assert refused.value.data["fields"] == ["facts", "evidence"]
    assert actions.preview("penalty_45", decision(facts=""), ON).startswith(b"%PDF-")
    assert Document.objects.count() == 0


def test_slips_are_refused(cast):
    with pytest.raises(FieldsUnknown):
        issue(cast, fakts="x")
    with pytest.raises(ValueWrong):
        issue(cast, fine=800.0)
    with pytest.raises(ValueWrong):
        issue(cast, evidence="一份")
    with pytest.raises(FormUnknown):
        issue(cast, "penalty_99")
    with pytest.raises(FormUnknown):
        actions.issue(cast.officer, "complaint_05", {}, department="SAMR", matter=cast.matter, on=date(2026, 4, 14))


def test_only_those_whose_matter_it_is_read_it_and_each_reading_is_logged(cast):
    paper = issue(cast)
    for stranger in (cast.elsewhere, cast.merchant):
        with pytest.raises(NotFound):
            actions.read(stranger, paper.pk, "好奇")
        with pytest.raises(NotFound):
            queries.of_matter(stranger, cast.matter)
    with pytest.raises(NotFound):
        actions.issue(cast.elsewhere, "penalty_45", decision(), department="SAMR", matter=cast.matter, on=ON)
    with pytest.raises(NotFound):
        queries.of_matter(cast.officer, of_department("POST"))
    actions.read(cast.reviewer, paper.pk, "复核")
    assert [(one.actor, one.purpose) for one in log.reads_of(f"documents.document:{paper.pk}")] == [(str(cast.reviewer), "复核")]
    assert list(queries.of_matter(cast.reviewer, cast.matter)) == [paper]


def test_on_disk_it_is_encrypted_and_a_changed_file_is_not_handed_out(cast):
    paper = issue(cast)
    path = vault.path_of("documents", str(paper.pk))
    stored = path.read_bytes()
    assert b"%PDF" not in stored
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(stored[:200] + bytes([stored[200] ^ 1]) + stored[201:])
    with pytest.raises(Unreadable):
        actions.read(cast.officer, paper.pk, "送达")


def test_nobody_edits_a_paper(cast):
    paper = issue(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=paper.pk).update(title="另一份")
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=paper.pk).delete()


def test_whoever_holds_it_learns_by_its_code_whether_it_still_holds(cast):
    first, second, third = issue(cast), issue(cast), issue(cast)
    assert queries.check(first.code).state == "genuine"
    actions.revoke(cast.reviewer, first.pk, "复议撤销")
    actions.supersede(cast.reviewer, second.pk, third, "文字更正")
    assert queries.check(first.code).state == "revoked"
    assert (queries.check(second.code).state, queries.check(second.code).successor) == ("superseded", third.number)
    assert queries.check("AAAA-AAAA-AAAA-AAAA") is None
    with pytest.raises(AlreadyEnded):
        actions.revoke(cast.officer, first.pk, "再撤一次")


def test_a_superuser_who_changes_or_deletes_a_paper_is_found(cast):
    """The triggers are away, as somebody with the database's own password would have it."""
    first, second, third = (issue(cast) for _ in range(3))
    assert checking.check_papers() == []
    with protection.lifted():
        Document.objects.filter(pk=first.pk).update(code=third.code[:-1] + "Z", made_on=date(2026, 1, 1))
        Document.objects.filter(pk=second.pk).delete()
    vault.keep("documents", str(third.pk), vault.read("documents", str(first.pk)))
    found = "\n".join(checking.check_papers())
    for text in (f"{first.number}: 登记内容", "文号不连续", f"documents.document:{second.pk}", f"{third.number}: 文件与登记的不符"):
        assert text in found
