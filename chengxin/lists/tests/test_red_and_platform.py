"""Red lists, platforms' own lists, consent of the subject, screening and what-if."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.audit.models import Leaf
from chengxin.jobs.outbox import deliver_all
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.lists import queries, screening, whatif
from chengxin.lists.actions import consents, platforms, red
from chengxin.lists.errors import AlreadyListed, ConsentMissing, NotListable, SamePerson, TooEarly, TooLate, WrongState
from chengxin.lists.models import Delivery, ListEntry, PlatformListEntry, RedEntry
from chengxin.lists.screening import Party
from chengxin.lists.tests import cast as c
from chengxin.records.tests import people

pytestmark = pytest.mark.django_db
HONEST = "HONEST_SHOP"
DAY = timedelta(days=1)


@pytest.fixture
def who() -> c.Cast:
    return c.cast()


def nominated(who: c.Cast) -> RedEntry:
    return red.nominate(who.merchant, HONEST, who.subject.pk, "三年无投诉，七日无理由退货")


def in_notice(who: c.Cast) -> RedEntry:
    return red.check(who.commerce, nominated(who).pk)


def red_listed(who: c.Cast) -> RedEntry:
    with clock.set_to(c.at(2026, 11, 10)):
        one = in_notice(who)
    with clock.set_to(c.at(2026, 11, 18)):
        return red.put_on_list(who.commerce_head, one.pk)


def test_nominated_checked_noticed_listed_for_its_term(who):
    one = red_listed(who)
    assert (one.nominator, one.notice_until, one.listed_on, one.until) == (
        "self",
        date(2026, 11, 17),
        date(2026, 11, 18),
        date(2028, 11, 18),
    )
    assert [queries.red_public(one.until + step * DAY).exists() for step in (0, 1)] == [True, False]
    with clock.set_to(c.at(2028, 11, 19)):
        assert red.expire_due() == 1


@pytest.mark.parametrize(("day", "may"), [(17, False), (18, True)])
def test_the_notice_runs_its_last_day_through(who, day, may):
    with clock.set_to(c.at(2026, 11, 10)):
        one = in_notice(who)
    with clock.set_to(c.at(2026, 11, day)):
        if may:
            with pytest.raises(TooLate):
                red.object_to(who.staff, one.pk, "该店有售假嫌疑")
            assert red.put_on_list(who.commerce_head, one.pk).state == "LISTED"
        else:
            red.object_to(who.staff, one.pk, "该店有售假嫌疑")
            with pytest.raises(TooEarly):
                red.put_on_list(who.commerce_head, one.pk)


def test_an_unfavourable_record_puts_a_nomination_out_with_the_reason(who):
    people.put(who.town)
    one = in_notice(who)
    assert one.state == "OUT"
    assert "不良记录" in one.reason


def test_the_list_of_a_platform_and_an_official_one_count_too(who):
    c.noticed(who)
    failed = {one["code"] for one in red.cross_check(red.catalogue.programme(HONEST), who.subject) if not one["passed"]}
    assert failed == {"no_bad_record", "on_no_official_list"}
    put(who, since=clock.today())
    assert "on_no_platform_list" in {
        one["code"] for one in red.cross_check(red.catalogue.programme(HONEST), who.subject) if not one["passed"]
    }


def test_an_objection_is_answered_before_anybody_is_listed_and_an_adopted_one_ends_it(who):
    with clock.set_to(c.at(2026, 11, 10)):
        one = in_notice(who)
        red.object_to(who.staff, one.pk, "该店有售假嫌疑，见举报材料")
    with clock.set_to(c.at(2026, 11, 18)):
        with pytest.raises(WrongState):
            red.put_on_list(who.commerce_head, one.pk)
        one = red.answer(who.commerce_head, one.pk, 1, True, "经核实情况属实")
    assert one.state == "OUT"


def test_who_checked_or_nominated_does_not_put_on_the_list(who):
    with clock.set_to(c.at(2026, 11, 10)):
        one = red.check(who.commerce_head, nominated(who).pk)
    with clock.set_to(c.at(2026, 11, 18)), pytest.raises(SamePerson):
        red.put_on_list(who.commerce_head, one.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RedEntry.objects.filter(pk=one.pk).update(decided_by=one.checked_by)


def test_nobody_nominates_another_ones_business_or_twice(who):
    nominated(who)
    with pytest.raises(AlreadyListed):
        nominated(who)
    with pytest.raises(NotFound):
        red.nominate(who.banker, HONEST, who.subject.pk, "这是别人的店铺")
    assert RedEntry.objects.count() == 1


def test_a_serious_record_ends_it_at_once_and_a_minor_one_does_not(who):
    one = red_listed(who)
    people.put(who.town, term="LOW")
    deliver_all()
    assert RedEntry.objects.get(pk=one.pk).state == "LISTED"
    c.penalty(who, document_number="7号")
    deliver_all()
    fresh = RedEntry.objects.get(pk=one.pk)
    assert (fresh.state, fresh.ended_on) == ("REMOVED", clock.today())
    assert not queries.red_public().exists()


def test_renewal_is_a_new_nomination_that_takes_the_place_of_the_old(who):
    first = red_listed(who)
    with clock.set_to(c.at(2028, 11, 1)):
        second = in_notice(who)
        assert second.renews == first
    with clock.set_to(c.at(2028, 11, 10)):
        red.put_on_list(who.commerce_head, second.pk)
        assert [one.pk for one in queries.red_public()] == [second.pk]


def test_a_benefit_is_noted_with_who_gave_it_when_and_only_while_listed(who):
    with clock.set_to(c.at(2026, 11, 18)):
        one = red_listed(who)
        use = red.give(who.commerce, one.pk, "P_FAIR", "COM", "邀请参加年货节展位")
        assert (use.given_by_name, use.given_on) == ("商务吴", date(2026, 11, 18))
        with pytest.raises(NotFound):
            red.give(who.commerce, one.pk, "P_FAIR", "SAMR", "冒充别的部门")
    with clock.set_to(c.at(2029, 1, 1)), pytest.raises(WrongState):
        red.give(who.commerce, one.pk, "P_FAIR", "COM", "期满之后不行")


# ---- platforms' own lists


def put(who: c.Cast, **changes: object) -> PlatformListEntry:
    today = clock.today()
    given = {
        "action": "W9",
        "facts": "同一店铺三次虚假发货",
        "reason": "违反平台规则第八条",
        "clause": "《平台服务协议》第八条第二款",
        "since": today + DAY,
        "until": today + 90 * DAY,
        "appeal_by": today + 10 * DAY,
        **changes,
    }
    return platforms.put(who.staff, who.shop.pk, given)


def test_a_platforms_entry_is_told_first_has_a_term_and_ends_by_itself(who):
    one = put(who)
    shown = [queries.platform_public(day).exists() for day in (one.told_on, one.since, one.until, one.until + DAY)]
    assert shown == [False, True, True, False]


@pytest.mark.parametrize("changes", [{"facts": "略"}, {"clause": ""}, {"since": date(2020, 1, 1)}, {"action": "W99"}])
def test_without_facts_reason_clause_or_term_there_is_no_entry(who, changes):
    with pytest.raises(WrongState):
        put(who, **changes)


def test_the_appeal_is_reviewed_by_another_person_of_the_platform(who):
    one = put(who)
    with pytest.raises(NotFound):
        platforms.appeal(who.staff2, one.pk, "别人不能代为申诉")
    platforms.appeal(who.merchant, one.pk, "三次都是快递丢失")
    with pytest.raises(SamePerson):
        platforms.review(who.staff, one.pk, False, "维持原决定")
    done = platforms.review(who.staff2, one.pk, True, "核实后申诉成立")
    assert (done.state, done.ended_on) == ("TAKEN_BACK", clock.today())


def test_the_period_of_the_appeal_includes_its_last_day(who):
    one = put(who)
    with clock.set_to(c.at(one.appeal_by.year, one.appeal_by.month, one.appeal_by.day) + DAY), pytest.raises(TooLate):
        platforms.appeal(who.merchant, one.pk, "晚了一天的申诉")
    with clock.set_to(c.at(one.appeal_by.year, one.appeal_by.month, one.appeal_by.day, 23)):
        platforms.appeal(who.merchant, one.pk, "最后一天的申诉")


def test_the_two_families_share_no_table_and_no_answer(who):
    put(who, since=clock.today())
    assert not queries.public().exists()
    assert screening.screen(who.machines[c.PLATFORM], [Party(uscc=who.subject.uscc)], "ACCESS")[0]["matches"] == []
    assert {field.related_model for field in PlatformListEntry._meta.fields if field.related_model} & {ListEntry, RedEntry} == set()


# ---- consent and screening


def consent(who: c.Cast, **changes: object):
    given = {"bank": c.BANK, "purpose": "申请流动资金贷款", "until": clock.today() + 30 * DAY, "form": "signed", **changes}
    return consents.give_consent(who.merchant, who.subject.pk, given)


def test_a_bank_asks_only_with_consent_in_force(who):
    c.published(who)
    bank, asked = who.machines[c.BANK], [Party(uscc=who.subject.uscc)]
    unknown = screening.screen(bank, [Party(uscc="91230499MA0000000X")], "CONSENT")
    refused = screening.screen(bank, asked, "CONSENT")
    assert (refused[0]["answered"], refused[0]["matches"]) == (unknown[0]["answered"], unknown[0]["matches"]) == (False, [])
    given = consent(who)
    (match,) = screening.screen(bank, asked, "CONSENT")[0]["matches"]
    assert (match["family"], match["by"], match["entry"]["list"]["code"]) == ("official", "uscc", "SERIOUS")
    with clock.set_to(c.at(given.until.year, given.until.month, given.until.day) + DAY):
        assert not screening.screen(bank, asked, "CONSENT")[0]["answered"]
    consents.take_back(who.merchant, given.pk)
    assert not screening.screen(bank, asked, "CONSENT")[0]["answered"]


@pytest.mark.parametrize(
    ("code", "purpose"), [(c.BANK, "ACCESS"), (c.BANK, "PUBLIC_DUTY"), (c.PLATFORM, "CONSENT"), (c.PLATFORM, "PUBLIC_DUTY")]
)
def test_a_purpose_is_for_those_whose_it_is(who, code, purpose):
    with pytest.raises(ConsentMissing):
        screening.screen(who.machines[code], [Party(uscc=who.subject.uscc)], purpose)


def test_consent_needs_a_purpose_a_term_and_the_paper_when_written(who):
    for changes in ({"purpose": " "}, {"until": clock.today() - DAY}, {"form": "written"}):
        with pytest.raises(WrongState):
            consent(who, **changes)
    assert consent(who, form="written", document_hash="5e" * 32).form == "written"


def test_a_match_says_why_and_whom_it_tells_is_told_of_the_removal(who):
    entry = c.published(who)
    province = who.machines[c.PROVINCE]
    by_name, part = screening.screen(province, [Party(name=who.subject.name), Party(name=who.subject.name[:3])], "PUBLIC_DUTY")
    assert [one["by"] for one in by_name["matches"]] == ["name"]
    assert part["matches"] == []  # a likeness is no match
    assert by_name["matches"][0]["entry"]["valid_until"] == entry.until.isoformat()
    assert Delivery.objects.get().way == "screen"
    assert Leaf.objects.filter(action="audit.personal.read", object=f"subjects.subject:{who.subject.pk}", body__contains="lists").exists()
    leaf = Leaf.objects.get(action="lists.screened")
    assert who.subject.name not in leaf.body


# ---- what if


def test_a_changed_rule_is_counted_without_storing_or_naming_anybody(who):
    people.put(who.town, behaviour="B14", document_number="1号")
    c.penalty(who, document_number="2号", behaviour="B01")
    before = (ListEntry.objects.count(), Leaf.objects.count())
    found = whatif.compare("SERIOUS", ["B01", "B14"], ["ORDINARY", "KEY_AREA"])
    assert [(one.behaviour, one.now, one.then) for one in found.rows] == [("B01", 1, 1), ("B14", 0, 1)]
    assert (found.now, found.then, found.divisions) == (1, 1, [])
    assert (ListEntry.objects.count(), Leaf.objects.count()) == before
    assert whatif.compare("SERIOUS", ["B01"], ["LOW"]).then == 0


def test_a_nomination_says_what_for(who):
    with pytest.raises(NotListable):
        red.nominate(who.merchant, HONEST, who.subject.pk, "好")
