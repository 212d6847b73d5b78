"""What no longer asks for feedback, and whom a recall has to tell: edges that a second computation found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chengxin.coordination.tests import month, people
from chengxin.coordination.tests.october import figure, november  # noqa: F401 - the fixture
from chengxin.lists.models import ListEntry, Step
from chengxin.lists.models import Task as JointTask
from chengxin.products.models import Batch, Product, Recall, RecallNotice, RecallTask
from chengxin.subjects.models import Platform

pytestmark = pytest.mark.django_db
DUE, SEPTEMBER = date(2026, 10, 14), people.at(date(2026, 9, 30))
BY = {"by": "user:1", "by_name": "甲"}


def measure(entry: ListEntry, number: int, fed_on: date | None = None) -> None:
    given = {
        "round": 1,
        "measure": f"M{number}",
        "executor_kind": "department",
        "executor": "COM",
        "pushed_at": people.at(date(2026, 9, 30)),
    }
    JointTask.objects.create(entry=entry, due_on=DUE, fed_at=people.at(fed_on) if fed_on else None, **given)


def removed(entry: ListEntry, day: date) -> None:
    Step.objects.create(entry=entry, act="remove", department="SAMR", at=people.at(day), leaf=1, **BY)


@pytest.mark.parametrize(
    ("removed_on", "counted"),
    [(DUE - timedelta(days=1), (1, 1)), (DUE, (1, 1)), (DUE + timedelta(days=1), (1, 2)), (None, (1, 2))],
)
def test_a_measure_lifted_before_its_feedback_was_due_asks_for_none(removed_on: date | None, counted: tuple[int, int]) -> None:
    """One was fed back in time, the other never; the listing is removed before, on and after the last day, or stands."""
    entry = month._entry(1, "SAMR")
    measure(entry, 1, fed_on=DUE - timedelta(days=2))
    measure(entry, 2)
    if removed_on:
        removed(entry, removed_on)
    assert figure("LIST_FED_BACK") == {"COM": counted}


def recall_task(number: str, told: list[date], orders: list[str]) -> None:
    """A task over orders of one buyer; told: the days on which the buyer of each of the first ones was told."""
    drafted: dict[str, Any] = {"drafted_by": "user:1", "drafted_by_name": "甲", "drafted_at": people.at(date(2026, 10, 1))}
    platform, _ = Platform.objects.get_or_create(code="month", defaults={"name": "示例平台", "status": "active"})
    product = Product.objects.filter().first()
    if product is None:
        product = _product()
    batch = Batch.objects.create(
        product=product, lot=number, entered_by="user:1", entered_by_name="甲", entered_at=people.at(date(2026, 9, 1))
    )
    recall = Recall.objects.create(
        number=f"R{number}", department="SAMR", batch=batch, level=1, reason="重金属超标", advice="停止食用", **drafted
    )
    task = RecallTask.objects.create(number=f"T{number}", recall=recall, platform=platform, orders=orders, buyers=1, due_on=DUE)
    for order, day in zip(orders, told, strict=False):
        at = people.at(day)
        RecallNotice.objects.create(task=task, order_no=order, way="sms", told_at=at, proof="短信回执", at=at, leaf=1, **BY)


def _product() -> Product:
    made: dict[str, Any] = {"gtin": "09520000000011", "name": "示例黑木耳", "category": "AGRI"}
    return Product.objects.create(subject=month._subject(950), made_by="user:1", made_by_name="甲", made_at=SEPTEMBER, **made)


def test_a_recall_counts_orders_and_not_buyers() -> None:
    recall_task("1", [DUE, DUE], ["A", "B"])
    recall_task("2", [DUE], ["C", "D"])  # one buyer of two orders, told of one of them
    recall_task("3", [DUE, DUE + timedelta(days=1)], ["E", "F"])
    assert figure("RECALLS_TOLD") == {"SAMR": (1, 3)}
