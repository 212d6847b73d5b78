"""What the declared terms say is over goes, what an open case holds stays; every encrypted column has a line in stores.yaml."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.audit.models import Leaf, PersonalPart
from chengxin.cases.models import Case
from chengxin.consumers import actions
from chengxin.consumers.models import Answer, Complaint, Identity
from chengxin.consumers.tests import people
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK
from chengxin.evidence.models import Exhibit
from chengxin.kernel import clock, vault
from chengxin.law import law
from chengxin.persons import proofs, retention, stores, terms
from chengxin.persons.models import Forgotten, Removal
from chengxin.persons.stores import MARK

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def blank_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)


@transaction.atomic
def closed_complaint() -> Complaint:
    """A complaint with an answer, a paper and an exhibit, closed today."""
    cast = people.town()
    photo = actions.File("photo.png", b"\x89PNG\r\n\x1a\nphoto", "image/png")
    filed = actions.file(people.form(cast), [photo])
    assert filed.complaint
    actions.accept(cast.officer, filed.complaint.number, people.DESK)
    actions.answer(cast.merchant, filed.complaint.number, {"text": "已联系顾客"})
    Complaint.objects.filter(pk=filed.complaint.pk).update(state="CLOSED", closed_at=clock.now())
    return Complaint.objects.get(pk=filed.complaint.pk)


def test_every_table_with_an_encrypted_column_has_a_line() -> None:
    assert stores.undeclared() == []
    for store in stores.stores().values():
        names = {one.name for one in store.table._meta.concrete_fields}
        assert {*store.also, *store.person, *store.blank, *store.done} <= names, store.model


def test_the_twin_a_table_without_a_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    some = {name: one for name, one in stores.stores().items() if name != "consumers.Identity"}
    monkeypatch.setattr(stores, "stores", lambda: some)
    assert stores.undeclared() == ["consumers.Identity"]


@pytest.mark.django_db
def test_what_is_over_goes_and_every_proof_holds() -> None:
    found = closed_complaint()
    last = law.due("RETAIN_TRADE", clock.city_day(found.closed_at))
    retention.run(last)
    assert Identity.objects.get(complaint=found).name == people.NAME  # the last day itself belongs to the term
    retention.run(last + DAY)
    assert Identity.objects.get(complaint=found).name == Identity.objects.get(complaint=found).phone == MARK
    assert Complaint.objects.get(pk=found.pk).text == Answer.objects.get(complaint=found).text == MARK
    assert Complaint.objects.get(pk=found.pk).phone_hash == ""
    assert proofs.faults() == []
    entry = Leaf.objects.filter(action="persons.term.over", object="persons.store:consumers.Identity").get()
    assert '"term":"RETAIN_TRADE"' in entry.body and people.NAME not in entry.body
    assert Removal.objects.get(store="consumers.Identity").rows == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_when_its_archive_is_over_and_its_hash_stays_in_the_log() -> None:
    found = closed_complaint()
    exhibit = Exhibit.objects.get(matter_kind="consumers.complaint", matter_id=found.pk)
    years = law.at(clock.today()).value("archive_keep_years")["default"]
    assert vault.path_of("evidence", str(exhibit.pk)).exists()
    made = retention.run(clock.today() + timedelta(days=366 * years + 1))
    assert not vault.path_of("evidence", str(exhibit.pk)).exists()
    assert not any(vault.path_of("documents", str(one.pk)).exists() for one in Document.objects.all())
    assert made["files"] == 1 + Document.objects.count() and made["freed"] > 0
    assert Leaf.objects.filter(action="audit.file.removed", object=f"file:evidence/{exhibit.pk}").count() == 1
    assert proofs.faults() == []


@pytest.mark.django_db(transaction=True)
def test_the_twin_a_file_that_went_without_an_entry_is_a_fault() -> None:
    found = closed_complaint()
    vault.path_of("evidence", str(Exhibit.objects.get(matter_id=found.pk).pk)).unlink()
    assert len(proofs.faults()) == 1


@pytest.mark.django_db
def test_an_open_case_against_the_business_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = closed_complaint()
    day = law.due("RETAIN_TRADE", clock.city_day(found.closed_at)) + DAY
    case = Case.objects.create(
        number="AJ-1", department="SAMR", subject=found.respondent, title="虚假宣传", behaviour="B01", source="1", state="FILED",
        received_on=clock.today(), opened_at=clock.now(),
    )  # fmt: skip
    retention.run(day)
    assert Complaint.objects.get(pk=found.pk).text != MARK
    held = next(line for line in retention.forecast(day) if line.store.model == "consumers.Complaint").held
    assert held == {terms.CASE: 1}
    Case.objects.filter(pk=case.pk).update(ended_at=clock.now())
    retention.run(day)
    assert Complaint.objects.get(pk=found.pk).text == MARK


@pytest.mark.django_db
def test_an_open_matter_stays_however_old() -> None:
    found = closed_complaint()
    Complaint.objects.filter(pk=found.pk).update(state="MEDIATING", closed_at=None)
    retention.run(clock.today() + 9999 * DAY)
    assert Complaint.objects.get(pk=found.pk).text != MARK


@pytest.mark.django_db
def test_the_dry_run_changes_nothing_and_says_what_the_night_does() -> None:
    found = closed_complaint()
    day = law.due("RETAIN_TRADE", clock.city_day(found.closed_at)) + DAY
    before = Leaf.objects.count()
    said = {line.store.model: line.over for line in retention.forecast(day) if line.over}
    assert Leaf.objects.count() == before and not Forgotten.objects.exists()
    retention.run(day)
    gone: dict[str, int] = {}
    for one in Removal.objects.all():
        gone[one.store] = gone.get(one.store, 0) + one.rows
    assert {name: many for name, many in gone.items() if name != "audit.PersonalPart"} == {
        name: many for name, many in said.items() if name != "audit.PersonalPart"
    }
    assert retention.run(day)["rows"] == 0  # and the second night has nothing to do


@pytest.mark.django_db
def test_a_law_that_asks_for_longer_is_followed_by_department() -> None:
    longer: Any = law.at(clock.today()).value("keep_longer_years")
    store = stores.stores()["payments.Claim"]
    began = clock.today()
    bank = terms._until(store, {"department": "PBC"}, began, longer)
    other = terms._until(store, {"department": "SAMR"}, began, longer)
    assert bank > other == law.due("RETAIN_TRADE", began)


@pytest.mark.django_db
def test_addresses_of_sign_ins_go_after_their_own_term() -> None:
    from chengxin.audit import actions as audit

    with transaction.atomic():
        audit.record("accounts.sign_in.succeeded", actor="user:1", object="accounts.user:1", data={}, personal={"address": "192.0.2.7"})
        audit.record("accounts.person.added", actor="user:1", object="accounts.user:1", data={}, personal={"email": "a@b.example"})
    retention.run(clock.today() + timedelta(days=365))
    assert PersonalPart.objects.count() == 1
    assert proofs.faults() == []
