"""Registering shops: idempotent, complete, and never a consumer."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.subjects import actions, entries, errors, queries
from chengxin.subjects.models import IdentityVerification, SelfDeclaration, Shop, Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(datetime(2026, 11, 24, 9, tzinfo=clock.CITY)):
        yield


def test_a_shop_is_registered_once_and_the_same_entry_again_changes_nothing() -> None:
    where, entry = samples.platform(), entries.parse(samples.row())
    first = actions.upsert_shop(where, entry, samples.staff())
    leaves = Leaf.objects.count()
    again = actions.upsert_shop(where, entry, samples.staff())
    assert (first.outcome, again.outcome) == ("created", "unchanged")
    assert Leaf.objects.count() == leaves
    assert first.shop.state == "SUBMITTED"
    assert first.shop.token == queries.shop_token(where, "S00001")


def test_two_shops_of_one_code_share_one_subject() -> None:
    one = samples.shop(samples.platform("a"), samples.row(1))
    other = samples.shop(samples.platform("b"), samples.row(1, shop_id="X"))
    assert one.subject_id == other.subject_id
    assert Subject.objects.count() == 1


def test_a_stated_verification_passes_the_checks_and_is_due_again_after_six_months() -> None:
    shop = samples.shop(samples.platform(), samples.row(**samples.verified()))
    assert shop.state == "VERIFIED"
    assert shop.displayed
    assert shop.next_due_on == date(2027, 5, 2)
    look = IdentityVerification.objects.get()
    assert [check["code"] for check in look.checks if check["result"] == "pass"][:2] == ["number", "register"]
    assert look.verifier == "staff:A01"


def test_the_same_verification_again_is_not_a_second_one() -> None:
    values = samples.row(**samples.verified())
    samples.shop(samples.platform(), values)
    samples.shop(samples.platform(), values)
    assert IdentityVerification.objects.count() == 1


def test_a_verification_that_is_already_over_six_months_old_is_overdue_at_once() -> None:
    shop = samples.shop(samples.platform(), samples.row(**samples.verified(verified_on="2026-04-01")))
    assert shop.state == "DUE_REVERIFY"
    assert not shop.displayed


def test_another_address_takes_a_verified_shop_back_to_checking_and_a_new_telephone_does_not() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(**samples.verified()))
    same = samples.shop(where, samples.row(phone="10087654321"))
    assert same.state == "VERIFIED"
    moved = samples.shop(where, samples.row(address="鹤岗市工农区示例路2号"))
    assert moved.state == "SUBMITTED"
    assert not moved.displayed


def test_a_platforms_word_does_not_change_a_subject_and_the_difference_stops_its_verification() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(**samples.verified()))
    other = samples.row(shop_id="S2", subject_name="另一个名字", **samples.verified())
    with pytest.raises(errors.ChecksFailed):
        samples.shop(where, other)
    assert Subject.objects.get().name == "鹤岗市向阳区北山粮油店1"


def test_a_natural_persons_name_and_number_are_kept_out_of_plain_columns() -> None:
    shop = samples.shop(samples.platform(), samples.exempt_row())
    raw = Subject.objects.filter(pk=shop.subject_id).values("name", "uscc", "address", "legal_rep").get()
    assert raw == {"name": "李**", "uscc": None, "address": "", "legal_rep": ""}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM subjects_subject")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT * FROM subjects_shop")
        stored += str(cursor.fetchall())
    for secret in ("李示例", samples.id_number(1), "10012345678", "示例街1号"):
        assert secret not in stored


def test_an_exempt_person_shows_the_declaration_word_for_word() -> None:
    samples.shop(samples.platform(), samples.exempt_row())
    assert SelfDeclaration.objects.get().text == "个人从事零星小额交易活动，依法不需要办理市场主体登记"


def test_a_changed_exemption_withdraws_the_old_declaration() -> None:
    where = samples.platform()
    samples.shop(where, samples.exempt_row())
    samples.shop(where, samples.exempt_row(exemption="E1", categories="farm"))
    assert list(SelfDeclaration.objects.filter(withdrawn_at=None).values_list("exemption", flat=True)) == ["E1"]
    assert SelfDeclaration.objects.count() == 2


def test_a_consumer_is_not_registrable_by_anybody() -> None:
    with pytest.raises(errors.ConsumerNotRegistrable):
        entries.parse(samples.row(kind="7"))
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.create(kind="7", name="消费者", created_at=now, updated_at=now, created_by="system:test")


def test_the_same_row_of_an_allowed_kind_does_pass_the_constraint() -> None:
    now = clock.now()
    Subject.objects.create(kind="4", name="组织", created_at=now, updated_at=now, created_by="system:test")


def test_a_shop_that_left_is_not_changed_any_more() -> None:
    where = samples.platform()
    shop = actions.exit_shop(samples.shop(where, samples.row()), samples.staff())
    assert shop.closed_on == date(2026, 11, 24)
    with pytest.raises(errors.ShopClosed):
        samples.shop(where, samples.row(phone="10087654321"))


def test_shops_named_in_reports_are_seen_once_and_found_by_token() -> None:
    where = samples.platform()
    assert actions.note_shops_seen(where, ["A", "B", "A"]) == 2
    assert actions.note_shops_seen(where, ["B", "C"]) == 1
    tokens = [queries.shop_token(where, name) for name in "ABCD"]
    found = queries.shops_by_token(tokens)
    assert [found[token].shop_id for token in tokens[:3]] == ["A", "B", "C"]
    assert tokens[3] not in found
    assert Shop.objects.filter(state="SEEN").count() == 3


def test_a_seen_shop_that_is_then_registered_keeps_its_token() -> None:
    where = samples.platform()
    actions.note_shops_seen(where, ["S00001"])
    shop = samples.shop(where, samples.row())
    assert shop.state == "SUBMITTED"
    assert Shop.objects.count() == 1


def test_every_wrong_field_of_an_entry_is_named_at_once() -> None:
    with pytest.raises(errors.EntryRefused) as refusal:
        entries.parse(samples.row(uscc="92230499MA000000I9", phone="1", division="2304", licence_issued_on="2030-01-01", shop_name=""))
    fields = {problem["field"]: problem for problem in refusal.value.data["problems"]}
    assert set(fields) == {"uscc", "phone", "division", "licence_issued_on", "shop_name"}
    assert all(problem["why"]["zh"] and problem["why"]["en"] and problem["remedy"]["zh"] for problem in fields.values())


@pytest.mark.parametrize("changes", [{"exemption": "E1"}, {"uscc": ""}, {"url": "", "path_words": ""}, {"kind": "6"}])
def test_fields_that_do_not_fit_together_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(errors.EntryRefused):
        entries.parse(samples.row(**changes))


@pytest.mark.parametrize("text", ["2026-06-30", "2026/6/30", "20260630", "2026年6月30日", "46203"])
def test_days_are_read_however_they_are_written(text: str) -> None:
    from chengxin.subjects.readers import read_date

    assert read_date(text) == date(2026, 6, 30)


def test_a_licence_number_cannot_serve_two_subjects() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(1))
    with pytest.raises(errors.LicenceOfAnother):
        samples.shop(where, samples.row(2, licence_no=samples.uscc(1)))
