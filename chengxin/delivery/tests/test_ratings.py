"""What regulators, merchants and consumers say stays three things: three tables, three series, and no line that adds them up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

import chengxin.delivery
from chengxin.accounts.access import ANONYMOUS
from chengxin.audit.rows import check_rows
from chengxin.delivery import actions, ratings
from chengxin.delivery.errors import AlreadyDone, ContentWrong, ParcelUnknown, WrongState
from chengxin.delivery.models import ConsumerRating, MerchantRating, RegulatorRating
from chengxin.delivery.models.ratings import DIMS
from chengxin.delivery.tests import cast as people
from chengxin.delivery.tests.cast import FIRM, MARKS, ORDER, WAYBILL
from chengxin.kernel import clock, ids
from chengxin.kernel.errors import NotFound

HOME = Path(chengxin.delivery.__file__).parent
TABLES = {"RegulatorRating", "MerchantRating", "ConsumerRating"}
WAYS = {"regulators", "merchants", "consumers"}


@pytest.mark.django_db
def test_each_kind_of_rater_has_its_own_series():
    cast = people.town()
    before = ratings.side_by_side(cast.firm)
    assert [one.n for one in before] == [0, 0, 0] and before[2].marks[0].mean is None
    actions.rate_as_consumer(ANONYMOUS, WAYBILL, ORDER, MARKS)
    regulators, merchants, consumers = ratings.side_by_side(cast.firm)
    assert (regulators, merchants) == before[:2] and consumers.n == 1
    assert {one.dim: one.mean for one in consumers.marks} == MARKS
    actions.rate_as_merchant(cast.merchant, WAYBILL, dict.fromkeys(DIMS, 5))
    actions.rate_as_regulator(cast.officer, FIRM, "", dict.fromkeys(DIMS, 1), "三季度检查记录第12号", "POST")
    after = ratings.side_by_side(cast.firm)
    assert after[2] == consumers
    assert [one.marks[0].mean for one in after] == [1, 5, 2]
    assert not check_rows()


@pytest.mark.django_db
def test_a_consumer_rates_one_parcel_that_was_signed_for_once():
    cast = people.town()
    people.carry(cast, "SL4", "T4", (("PICKED", 0, "230402", "N101", "W1"),))
    with pytest.raises(WrongState):
        actions.rate_as_consumer(ANONYMOUS, "SL4", "T4", MARKS)
    with pytest.raises(ParcelUnknown):
        actions.rate_as_consumer(ANONYMOUS, WAYBILL, "T4", MARKS)
    with pytest.raises(ContentWrong):
        actions.rate_as_consumer(ANONYMOUS, WAYBILL, ORDER, {**MARKS, "intact": 6})
    assert actions.rate_as_consumer(ANONYMOUS, WAYBILL, ORDER, MARKS).outlet == "N205"
    with pytest.raises(AlreadyDone):
        actions.rate_as_consumer(ANONYMOUS, WAYBILL, ORDER, MARKS)


@pytest.mark.django_db
def test_a_merchant_rates_own_parcels_and_an_officer_with_evidence():
    cast = people.town()
    with pytest.raises(ParcelUnknown):
        actions.rate_as_merchant(cast.courier, WAYBILL, MARKS)
    actions.rate_as_merchant(cast.merchant, WAYBILL, MARKS)
    with pytest.raises(AlreadyDone):
        actions.rate_as_merchant(cast.merchant, WAYBILL, MARKS)
    with pytest.raises(NotFound):
        actions.rate_as_regulator(cast.elsewhere, FIRM, "", MARKS, "检查记录", "POST")
    with pytest.raises(ContentWrong):
        actions.rate_as_regulator(cast.officer, FIRM, "", MARKS, "", "POST")


@pytest.mark.django_db
@pytest.mark.parametrize("table", [RegulatorRating, MerchantRating, ConsumerRating])
def test_the_database_takes_no_rating_of_another_kind(table):
    """The twin is the right kind, which it takes (the tests above)."""
    cast = people.town()
    more = {
        RegulatorRating: {"department": "POST", "evidence": "检查", "by": "user:a", "by_name": "a"},
        MerchantRating: {"waybill_no": "S", "shop": cast.shop, "by": "user:a"},
        ConsumerRating: {"waybill_no": "S", "signed_at": clock.now()},
    }[table]
    for rater in ("regulator", "merchant", "consumer", "all"):
        made = table(id=ids.new_id(), firm=cast.firm, rater=rater, at=clock.now(), leaf=0, **MARKS, **more)
        if table.__name__.lower().startswith(rater):
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)


def mixing(source: str) -> list[str]:
    """Functions that name two of the three tables, or reckon with what two of the three ways return."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} | {
            node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)
        }
        sums = any(isinstance(node, ast.BinOp) for node in ast.walk(function)) or names & {"sum", "mean", "union", "Avg", "Sum", "fsum"}
        if len(names & TABLES) > 1 or (len(names & WAYS) > 1 and sums) or ("side_by_side" in names and sums):
            found.append(function.name)
    return found


@pytest.mark.one_database
def test_no_function_of_the_room_adds_up_what_two_kinds_of_raters_say():
    files = [path for path in HOME.rglob("*.py") if "tests" not in path.parts and "migrations" not in path.parts]
    assert not {path.name: mixing(path.read_text(encoding="utf-8")) for path in files if mixing(path.read_text(encoding="utf-8"))}
    for wrong in (
        "def total(firm):\n    return (regulators(firm).n + consumers(firm).n)",
        "def rows(firm):\n    return MerchantRating.objects.union(ConsumerRating.objects)",
        "def one(firm):\n    return sum(s.n for s in side_by_side(firm))",
    ):
        assert mixing(wrong), "the twin: such a line is found"


@pytest.mark.one_database
def test_the_interval_is_wide_for_few_and_narrow_for_many():
    low, high = ratings.interval(5.0, 1)
    assert low < 2 and high == 5
    low, high = ratings.interval(3.0, 10_000)
    assert 2.95 < low < 3 < high < 3.05
    assert ratings.interval(1.0, 4)[0] == 1
