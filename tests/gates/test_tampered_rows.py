"""Who owns the database drops the triggers and changes, adds or deletes an official row: it is found, in every table and column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from chengxin.accounts.access import Actor
from chengxin.audit import protection, rows
from chengxin.cases.models import ArchivedPaper, CaseStep, Decision, Payment, Penalty
from chengxin.cases.models import Service as CaseService
from chengxin.cases.tests import people
from chengxin.documents import actions as documents
from chengxin.documents import paper
from chengxin.documents.models import Document, DocumentEnd, Service
from chengxin.documents.tests.people import BLANK
from chengxin.evaluation.models import RatingRule, Reply, Treatment, TreatmentEnd
from chengxin.evaluation.tests import people as evaluation
from chengxin.evidence.models import Custody, Exhibit, ExhibitPaper
from chengxin.inspection.models import ChainStep, Photo
from chengxin.kernel import clock, ids
from chengxin.lists.actions import pushing
from chengxin.lists.models import BenefitUse, Change, Delivery, ListEntry, Step, Subscription
from chengxin.lists.tests import cast as lists
from chengxin.marks.models import Mark, MarkStep
from chengxin.marks.tests import people as marks
from chengxin.records import actions as records
from chengxin.records.models import Record, RecordEnd
from chengxin.records.tests import people as credit
from tests.gates import (
    campaigns_rows,
    compensation_rows,
    coordination_rows,
    exchange_rows,
    market_rows,
    products_rows,
    publicity_rows,
    samples_complaint_exchange,
    samples_consumers,
)

pytestmark = pytest.mark.django_db
BOUND = {
    Record, RecordEnd, CaseStep, Step, Penalty, Decision, CaseService, Payment, ArchivedPaper, Document, DocumentEnd, Service, Exhibit,
    Custody, ExhibitPaper, Change, Delivery, BenefitUse, ChainStep, Photo, Mark, MarkStep, RatingRule, Treatment, TreatmentEnd, Reply,
    *market_rows.BOUND, *samples_consumers.BOUND, *samples_complaint_exchange.BOUND, *compensation_rows.BOUND, *products_rows.BOUND,
    *campaigns_rows.BOUND, *publicity_rows.BOUND, *exchange_rows.BOUND, *coordination_rows.BOUND,
}  # fmt: skip


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A record that stands and one withdrawn, a case served, paid and archived, a listing that a bank has read, rows of other bound
    tables; without triggers, undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "pdf", lambda *given: BLANK)
        who = lists.cast()
        lists.consented(who)
        gone = credit.put(who.town, document_number="撤回用")
        made = records.propose_withdrawal(who.officer, gone.pk, "决定被撤销", "")
        records.confirm(who.reviewer, made.pk)
        _archived_case()
        _other_rows(who)
        assert who.shop.subject_id is not None
        owner = Actor(id="user:owner", name="owner", roles=frozenset({"merchant"}), subjects=frozenset({who.shop.subject_id}))
        marks.stands(owner, who.officer, who.shop, "tampered.example")
        evaluation.one_of_each(who.officer, who.reviewer, who.merchant, who.subject)
        with connection.cursor() as cursor:
            for table in protection.ROOMS:
                protection.remove_from([table], cursor.execute, connection.vendor)
        yield
        transaction.set_rollback(True)


def _archived_case() -> None:
    with clock.set_to(people.START):
        cast = people.town("case_", 555)
        case = people.to_served(cast, people.opened(cast))
    with clock.set_to(people.at(case.service.served_on + timedelta(days=1))):
        for action in ("publish_double", "publish_file"):
            people.step(cast.first, case, action, published_on=clock.today())
        people.step(cast.first, case, "pay", amount=2_000_000, paid_on=clock.today())
        people.step(cast.first, case, "perform", proof="非税收入票据")
        people.step(cast.head, case, "close", reason="处罚履行完毕")
        people.step(cast.first, case, "archive")
        documents.revoke(cast.first, Document.objects.filter(form="penalty_11").first().pk, "证据提取单填写有误")


def _other_rows(who: lists.Cast) -> None:
    """Rows whose acts need much around them are put in by hand: what is tried here is the table."""
    pushing.changes_for(who.machines[lists.BANK].client, 0)
    entry, now = ListEntry.objects.get(), clock.now()
    change = Change.objects.create(entry=entry, round=1, what="added", receipt={"number": entry.number}, at=now)
    Delivery.objects.create(change=change, subscription=Subscription.objects.get(), at=now)
    exhibit, document = Exhibit.objects.all()[0], Document.objects.all()[0]
    ExhibitPaper.objects.create(exhibit=exhibit, document=document)


def _alone(model: type[models.Model]) -> None:
    """A row whose neighbours would be a room of their own; it is gone before the database looks for them at the end of the test."""
    now, who = clock.now(), {"by": "user:1", "by_name": "王立"}
    market_rows.put(model)
    samples_consumers.put(model)
    samples_complaint_exchange.put(model)
    compensation_rows.put(model)
    products_rows.put(model)
    campaigns_rows.put(model)
    publicity_rows.put(model)
    exchange_rows.put(model)
    coordination_rows.put(model)
    if model is ChainStep:
        ChainStep.objects.create(clue_id=ids.new_id(), step="source", department="SAMR", said="货源地在外市", leaf=1, at=now, **who)
    if model is Photo:
        Photo.objects.create(task_id=ids.new_id(), exhibit=Exhibit.objects.all()[0], shows="门头", at=now)
    if model is BenefitUse:
        given = {"given_by": "user:1", "given_by_name": "王立", "given_on": now.date(), "leaf": 1}
        BenefitUse.objects.create(red_id=ids.new_id(), benefit="GREEN", giver="SAMR", note="绿色通道", **given)


def one_of(model: type[models.Model]) -> models.Model:
    found = model._default_manager.order_by("pk").first()
    assert found is not None
    return found


def test_these_rooms_are_bound() -> None:
    assert set(rows.BOUND.values()) == BOUND


def test_untouched_nothing_is_found(city: None) -> None:
    assert rows.check_rows() == []


@pytest.mark.parametrize("model", sorted(BOUND, key=str), ids=lambda one: one._meta.label)
def test_a_changed_value_is_found(city: None, model: type[models.Model]) -> None:
    with transaction.atomic():
        _alone(model)
        assert rows.check_rows(model._meta.db_table) == []
        row = one_of(model)
        for field in model._meta.concrete_fields:
            if not field.primary_key and not isinstance(field, models.ForeignKey):
                _change(row, field)
        transaction.set_rollback(True)


def _change(row: models.Model, field: models.Field[Any, Any]) -> None:
    model = type(row)
    with transaction.atomic():
        try:
            with transaction.atomic():
                model._default_manager.filter(pk=row.pk).update(**{field.name: other(field, getattr(row, field.attname))})
        except IntegrityError:
            return  # the database itself takes no such value
        assert rows.check_rows(model._meta.db_table), field.name
        transaction.set_rollback(True)


def other(field: models.Field[Any, Any], value: Any) -> Any:
    """Another value that the column takes."""
    if isinstance(field, models.JSONField):
        return {"forged": True}
    if isinstance(field, models.DateTimeField | models.DateField):
        return clock.now() if isinstance(field, models.DateTimeField) else date(2000, 1, 1)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return ids.new_id()
    if isinstance(field, models.IntegerField | models.DecimalField):
        return (value or 0) + 1
    return "x" if value != "x" else "y"


@pytest.mark.parametrize("model", sorted(BOUND, key=str), ids=lambda one: one._meta.label)
def test_a_deleted_row_is_found(city: None, model: type[models.Model]) -> None:
    with transaction.atomic():
        _alone(model)
        model._default_manager.filter(pk=one_of(model).pk)._raw_delete("default")
        assert any("is gone" in line for line in rows.check_rows(model._meta.db_table))
        transaction.set_rollback(True)


def test_an_added_row_is_found(city: None) -> None:
    row = Step.objects.order_by("pk").first()
    assert row
    with transaction.atomic():
        row.pk, row.leaf, row._state.adding = ids.new_id(), 10**9, True
        row.save(force_insert=True)
        assert any("does not know" in line for line in rows.check_rows())
        transaction.set_rollback(True)
