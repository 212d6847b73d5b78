"""Who owns the database drops the triggers and changes, adds or deletes a record, a step of a case or of a listing: it is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from chengxin.audit import protection, rows
from chengxin.cases import actions as cases
from chengxin.cases.models import CaseStep
from chengxin.evaluation.models import RatingRule, Reply, Treatment, TreatmentEnd
from chengxin.evaluation.tests import people as evaluation
from chengxin.kernel import clock, ids
from chengxin.lists.models import Step
from chengxin.lists.tests import cast as lists
from chengxin.records import actions as records
from chengxin.records.models import Record, RecordEnd
from chengxin.records.tests import people as credit

pytestmark = pytest.mark.django_db
BOUND = {Record, RecordEnd, CaseStep, Step, RatingRule, Treatment, TreatmentEnd, Reply}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A record that stands and one withdrawn, the source of a case, a listing told and answered; without triggers, undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        who = lists.cast()
        lists.consented(who)
        gone = credit.put(who.town, document_number="撤回用")
        made = records.propose_withdrawal(who.officer, gone.pk, "决定被撤销", "")
        records.confirm(who.reviewer, made.pk)
        cases.register_source(who.officer, who.subject.pk, "SAMR", "1", "涉嫌虚构交易", behaviour="B01", facts="订单互相下单")
        evaluation.one_of_each(who.officer, who.reviewer, who.merchant, who.subject)
        with connection.cursor() as cursor:
            for table in protection.ROOMS:
                protection.remove_from([table], cursor.execute, connection.vendor)
        yield
        transaction.set_rollback(True)


def one_of(model: type[models.Model]) -> models.Model:
    found = model._default_manager.order_by("pk").first()
    assert found is not None
    return found


def test_these_rooms_are_bound() -> None:
    assert set(rows.BOUND.values()) == BOUND


def test_untouched_nothing_is_found(city: None) -> None:
    assert rows.check_rows() == []


@pytest.mark.parametrize("model", sorted(BOUND, key=str), ids=lambda one: one.__name__)
def test_a_changed_value_is_found(city: None, model: type[models.Model]) -> None:
    row = one_of(model)
    for field in model._meta.concrete_fields:
        if field.primary_key or isinstance(field, models.ForeignKey):
            continue
        with transaction.atomic():
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=row.pk).update(**{field.name: other(field, getattr(row, field.attname))})
            except IntegrityError:
                continue  # the database itself takes no such value
            assert [line for line in rows.check_rows() if model._meta.db_table in line], field.name
            transaction.set_rollback(True)


def other(field: models.Field[Any, Any], value: Any) -> Any:
    """Another value that the column takes."""
    if isinstance(field, models.JSONField):
        return {"forged": True}
    if isinstance(field, models.DateTimeField | models.DateField):
        return clock.now() if isinstance(field, models.DateTimeField) else date(2000, 1, 1)
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    return "x" if value != "x" else "y"


@pytest.mark.parametrize("model", [RecordEnd, CaseStep, Step], ids=lambda one: one.__name__)
def test_a_deleted_row_is_found(city: None, model: type[models.Model]) -> None:
    row = one_of(model)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE leaf = %s", [row.leaf])  # type: ignore[attr-defined]
        assert any("is gone" in line for line in rows.check_rows())
        transaction.set_rollback(True)


def test_an_added_row_is_found(city: None) -> None:
    row = Step.objects.order_by("pk").first()
    assert row
    with transaction.atomic():
        row.pk, row.leaf, row._state.adding = ids.new_id(), 10**9, True
        row.save(force_insert=True)
        assert any("does not know" in line for line in rows.check_rows())
        transaction.set_rollback(True)
