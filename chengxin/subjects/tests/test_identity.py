"""Real-name verification: checks in order, two people for an image, lapses on the day, reminders once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin import workflow
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.subjects import actions, checks, errors, queries
from chengxin.subjects.models import IdentityVerification, Licence, Reminder, Shop
from chengxin.subjects.models.shops import STATES
from chengxin.subjects.readers import Permit
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=clock.CITY)


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(NOON):
        yield


def submitted(**changes: str) -> Shop:
    return samples.shop(samples.platform(), samples.row(**changes))


def checking(**changes: str) -> Shop:
    return actions.start_check(submitted(**changes), samples.staff())


def test_the_table_and_the_database_know_the_same_states() -> None:
    assert set(workflow.load("subjects/shop_identity").states) == set(STATES)


def test_a_second_person_confirms_an_image_and_the_first_may_not() -> None:
    one, other = samples.staff(), samples.staff()
    shop = actions.first_look(checking(), samples.HASH, one)
    with pytest.raises(errors.SecondPersonNeeded):
        actions.second_look(shop, one)
    shop = actions.second_look(shop, other)
    assert shop.state == "VERIFIED"
    look = IdentityVerification.objects.get()
    assert (look.verifier, look.second_verifier, look.result) == (str(one), str(other), "pass")


def test_the_database_itself_refuses_one_person_as_both() -> None:
    shop = submitted()
    values = {"shop": shop, "method": "image_two_person", "result": "pass", "verified_at": clock.now(), "next_due_on": clock.today()}
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityVerification.objects.create(**values, verifier="user:1", second_verifier="user:1")
    IdentityVerification.objects.create(**values, verifier="user:1", second_verifier="user:2")


def test_what_changed_after_the_first_look_makes_it_void() -> None:
    shop = actions.first_look(checking(), samples.HASH, samples.staff())
    Shop.objects.filter(pk=shop.pk).update(operating_address="别处")
    with pytest.raises(errors.NoFirstLook):
        actions.second_look(shop, samples.staff())


def test_checks_come_in_the_order_of_the_measure() -> None:
    shop = checking()
    found = checks.run(shop, checks.Looked("register_match"), clock.today())
    order = [check.code for check in found if check.result != "hint"]
    assert order == ["number", "register", "licence", "scope", "person", "exemption"]


def test_selling_food_without_its_permit_stops_the_verification_until_the_permit_is_there() -> None:
    shop = checking(categories="food")
    with pytest.raises(errors.ChecksFailed) as refusal:
        actions.pass_identity(shop, "register_match", samples.staff(), evidence_hash=samples.HASH)
    assert "食品" in refusal.value.said(refusal.value.why, "zh")
    assert Shop.objects.get(pk=shop.pk).state == "CHECKING"
    actions.add_licence(shop.subject, Permit("FB", "JY1", date(2027, 1, 1)), samples.staff())
    assert actions.pass_identity(shop, "register_match", samples.staff()).state == "VERIFIED"


def test_a_natural_person_needs_an_identity_service_or_two_people() -> None:
    where = samples.platform()
    shop = actions.start_check(samples.shop(where, samples.exempt_row()), samples.staff())
    with pytest.raises(errors.ChecksFailed):
        actions.pass_identity(shop, "register_match", samples.staff(), evidence_hash=samples.HASH)
    assert actions.pass_identity(shop, "id_service", samples.staff(), evidence_hash=samples.HASH).state == "VERIFIED"


def test_goods_outside_the_exemption_stop_the_verification() -> None:
    shop = samples.shop(samples.platform(), samples.exempt_row(exemption="E1", categories="electronics"))
    with pytest.raises(errors.ChecksFailed):
        actions.pass_identity(actions.start_check(shop, samples.staff()), "id_service", samples.staff(), evidence_hash=samples.HASH)


def test_the_second_verification_says_what_changed() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(**samples.verified()))
    shop = samples.shop(where, samples.row(shop_name="新店名", phone="10087654321", **samples.verified(verified_on="2026-11-20")))
    assert shop.state == "VERIFIED"
    latest = IdentityVerification.objects.first()
    assert latest.diff == {"shop_name": ["北山粮油店1", "新店名"], "phone": [None, None]}


def test_sending_back_needs_a_reason_and_keeps_it() -> None:
    shop = checking()
    with pytest.raises(workflow.EvidenceMissing):
        actions.send_back(shop, "", samples.officer())
    shop = actions.send_back(shop, "执照图片不清晰", samples.officer())
    assert (shop.state, shop.state_reason) == ("NEEDS_FIX", "执照图片不清晰")
    assert queries.verification_of(shop)["verifications"][0]["result"] == "fail"


def test_a_merchant_cannot_verify_itself() -> None:
    from chengxin.accounts.access import Actor

    shop = checking()
    merchant = Actor(id="user:m", roles=frozenset({"merchant"}), subjects=frozenset({shop.subject_id}))
    with pytest.raises(workflow.StepNotYours):
        actions.pass_identity(shop, "register_match", merchant)


def test_a_day_in_the_future_is_no_day_of_verification() -> None:
    with pytest.raises(errors.VerificationDate):
        actions.pass_identity(checking(), "register_match", samples.staff(), verified_on=date(2026, 12, 1))


def test_each_step_leaves_one_log_entry_with_the_states() -> None:
    shop = checking()
    leaf = Leaf.objects.filter(object=f"subjects.shop:{shop.pk}").latest("index")
    assert leaf.action == "subjects.shop.start_check"
    assert '"from":"SUBMITTED"' in leaf.body.replace(" ", "")


def on(day: date):
    return clock.set_to(datetime(day.year, day.month, day.day, 0, 5, tzinfo=clock.CITY))


def verified_shop(**changes: str) -> Shop:
    return samples.shop(samples.platform(), samples.row(**samples.verified(), **changes))


def test_an_overdue_verification_lowers_the_display_the_day_after_and_not_before() -> None:
    shop = verified_shop()
    for day, state, shown in [(date(2027, 5, 2), "VERIFIED", True), (date(2027, 5, 3), "DUE_REVERIFY", False)]:
        with on(day):
            actions.lapse_overdue(day)
        shop.refresh_from_db()
        assert (shop.state, shop.displayed) == (state, shown)


def test_an_expired_licence_flips_the_shop_to_needs_fix_the_same_day() -> None:
    shop = verified_shop(licence_expires_on="2026-12-31")
    for day, state in [(date(2026, 12, 31), "VERIFIED"), (date(2027, 1, 1), "NEEDS_FIX")]:
        with on(day):
            actions.lapse_overdue(day)
        shop.refresh_from_db()
        assert shop.state == state
    assert Licence.objects.get().status == "expired"
    assert "2026-12-31" in shop.state_reason


def test_the_card_is_not_current_even_when_the_nightly_job_did_not_run() -> None:
    shop = verified_shop(licence_expires_on="2026-12-31")
    card = queries.public_card(shop.subject)
    assert card.shops[0].current
    with on(date(2027, 1, 1)):
        card = queries.public_card(shop.subject)
        assert not card.shops[0].current
        assert not card.licences[0].in_force


def test_a_renewed_licence_lets_the_shop_be_submitted_again() -> None:
    where = samples.platform()
    shop = verified_shop(licence_expires_on="2026-12-31")
    with on(date(2027, 1, 1)):
        actions.lapse_overdue()
        assert samples.shop(where, samples.row(licence_expires_on="2026-12-31")).state == "NEEDS_FIX"
        shop = samples.shop(where, samples.row(licence_expires_on="2031-12-31"))
        assert shop.state == "SUBMITTED"


def test_another_valid_licence_of_the_kind_keeps_the_shop() -> None:
    shop = verified_shop(categories="food", permits="FB:JY1:2026-12-31;FB:JY2:2028-12-31")
    with on(date(2027, 1, 1)):
        actions.lapse_overdue()
    shop.refresh_from_db()
    assert shop.state == "VERIFIED"


def test_reminders_are_sent_once_at_thirty_seven_and_no_days() -> None:
    verified_shop()
    due = date(2027, 5, 2)
    for back in range(40, -1, -1):
        day = due - timedelta(days=back)
        with on(day):
            actions.lapse_overdue(day)
            actions.lapse_overdue(day)
    kept = Reminder.objects.filter(kind="reverify").order_by("sent_at").values_list("days_before", flat=True)
    assert list(kept) == [30, 7, 0]


def test_a_job_that_slept_a_week_sends_one_reminder_not_two() -> None:
    verified_shop()
    with on(date(2027, 4, 29)):
        actions.lapse_overdue()
    assert list(Reminder.objects.values_list("days_before", flat=True)) == [7]


def test_running_the_nightly_job_again_changes_nothing() -> None:
    verified_shop(licence_expires_on="2026-12-31")
    with on(date(2027, 1, 1)):
        actions.lapse_overdue()
        leaves = Leaf.objects.count()
        assert actions.lapse_overdue() == {"reminded": 0, "overdue": 0, "licence": 0}
        assert Leaf.objects.count() == leaves


def test_the_queue_holds_overdue_and_soon_due_shops_first_the_most_urgent() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(1, **samples.verified()))
    late = samples.shop(where, samples.row(2, **samples.verified(verified_on="2026-05-01")))
    soon = samples.shop(where, samples.row(3, **samples.verified(verified_on="2026-06-10")))
    assert list(queries.reverification_queue(Shop.objects.all())) == [late, soon]


def test_coverage_counts_the_shops_that_were_never_registered_against_the_platform() -> None:
    where = samples.platform()
    samples.shop(where, samples.row(1, **samples.verified()))
    actions.note_shops_seen(where, ["X", "Y", "Z"])
    row = queries.coverage()[0]
    assert (row.shops, row.verified, row.seen, row.percent, row.colour) == (4, 1, 3, 25.0, "red")
