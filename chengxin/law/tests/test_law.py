from datetime import UTC, date, datetime

import pytest

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.errors import ClockNeedsTime, LawUnknown, NotInForce, PauseNotAllowed
from chengxin.law.shelf import shelf

TODAY = date(2026, 11, 24)
BOOK = law.at(TODAY)


def test_the_day_of_receipt_picks_the_mediation_rule() -> None:
    old, new = law.at(date(2026, 4, 10)).clock("MEDIATE"), law.at(date(2026, 4, 20)).clock("MEDIATE")
    assert (old.n, old.unit, old.provision) == (45, "workday", "order20.21")
    assert (new.n, new.unit, new.provision) == (60, "day", "order121.23")
    assert law.due("MEDIATE", date(2026, 4, 20)) == date(2026, 6, 22)


def test_the_old_name_is_the_old_rule_and_ends_with_it() -> None:
    assert law.at(date(2026, 4, 14)).clock("MEDIATE_OLD") is law.at(date(2026, 4, 14)).clock("MEDIATE")
    with pytest.raises(NotInForce) as refusal:
        BOOK.clock("MEDIATE_OLD")
    assert refusal.value.problem("zh")["detail"] == "有效期为：2020-01-01 – 2026-04-14。"


def test_terms_of_publicity_changed_on_25_december_2025() -> None:
    before, after = law.at(date(2025, 12, 24)), law.at(date(2025, 12, 25))
    assert before.publicity("ORDINARY").max_clock == after.publicity("ORDINARY").max_clock == "PUB_GENERAL_MAX"
    assert before.due("PUB_GENERAL_MAX", date(2025, 12, 24)) == date(2028, 12, 24)
    assert after.due("PUB_GENERAL_MAX", date(2025, 12, 25)) == date(2026, 12, 25)
    assert (before.publicity("ORDINARY").level, after.publicity("ORDINARY").level) == (None, "GENERAL")
    assert before.publicity("RESTRICTION").early is False
    assert after.publicity("RESTRICTION").early is True
    assert (before.publicity("KEY_AREA").min_clock, after.publicity("KEY_AREA").min_clock) == (None, "PUB_SERIOUS_MIN")
    with pytest.raises(NotInForce):
        before.publicity("INSPECTION")


def test_a_warning_is_never_published_and_a_revocation_never_ends_early() -> None:
    for day in (date(2022, 1, 1), TODAY):
        assert law.at(day).publicity("WARNING").publish is False
        assert law.at(day).publicity("REVOCATION").early is False


def test_hours_run_on_and_need_an_instant() -> None:
    eve = datetime(2026, 9, 30, 17, tzinfo=clock.CITY)
    assert BOOK.due_at("CRIME_TRANSFER", eve) == datetime(2026, 10, 1, 9, tzinfo=UTC)
    with pytest.raises(ClockNeedsTime):
        BOOK.due("CRIME_TRANSFER", date(2026, 9, 30))
    with pytest.raises(ClockNeedsTime):
        BOOK.due_at("CRIME_TRANSFER", datetime(2026, 9, 30, 17))


def test_a_period_in_days_is_over_at_midnight_in_the_city() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 00:30 on the 24th in the city
    assert BOOK.due_at("CRIME_APPROVE", late) == datetime(2026, 11, 28, tzinfo=clock.CITY)


def test_only_named_events_pause_a_clock_and_a_day_counts_once() -> None:
    testing = law.Pause("testing", date(2026, 4, 1), date(2026, 4, 10))
    plain = BOOK.due("CASE_DECIDE", date(2026, 3, 2))
    assert (
        BOOK.due("CASE_DECIDE", date(2026, 3, 2), [testing, testing]) - plain
    ).days == 9  # 31 May is a Sunday and moves, 10 June does not
    assert BOOK.due("CASE_DECIDE", date(2026, 3, 2), [law.Pause("testing", date(2026, 12, 1), date(2026, 12, 9))]) == plain
    with pytest.raises(PauseNotAllowed):
        BOOK.due("FINE_PAY", date(2026, 3, 2), [testing])


def test_an_extension_is_counted_before_the_end_is_moved() -> None:
    assert BOOK.due("CASE_DECIDE", date(2026, 6, 5), extended=True) == date(2026, 10, 8)
    with pytest.raises(LawUnknown):
        BOOK.due("FINE_PAY", date(2026, 6, 5), extended=True)


def test_a_renumbered_article_is_found_under_its_new_number() -> None:
    assert law.at(date(2024, 9, 1)).current("aucl2019.18") == "aucl2019.18"
    assert [BOOK.current(f"aucl2019.{old}") for old in (18, 19, 20, 23, 24)] == [f"aucl.{new}" for new in (23, 24, 25, 28, 29)]


def test_an_unchecked_renumbering_is_refused_rather_than_guessed() -> None:
    assert law.at(date(2026, 12, 31)).current("tml2019.57") == "tml2019.57"
    with pytest.raises(NotInForce):
        law.at(date(2027, 1, 1)).current("tml2019.57")


def test_old_articles_stay_readable() -> None:
    assert BOOK.provision("order20.21").zh.startswith("受理之日起四十五个工作日")
    assert BOOK.provision("order20.21").text == "paraphrase"
    assert BOOK.instrument("order20").valid_to == date(2026, 4, 14)


def test_departments_hand_over_to_their_successors() -> None:
    assert BOOK.in_charge("CBRC17").code == "NFRA"
    assert law.at(date(2020, 1, 1)).in_charge("CBRC17").code == "CBIRC"
    assert law.at(date(2017, 7, 3)).in_charge("FDA17").code == "FDA17"
    assert "FDA17" not in {one.code for one in BOOK.departments()}
    assert "SAMR" not in {one.code for one in law.at(date(2017, 7, 3)).departments()}


def test_divisions_of_the_city() -> None:
    assert (len(BOOK.divisions()), len(BOOK.divisions("county")), len(BOOK.divisions("township"))) == (78, 8, 69)
    assert BOOK.division("230402").zh == "向阳区"
    with pytest.raises(LawUnknown):
        BOOK.division("230499")


def test_duties_and_conduct_begin_with_their_law() -> None:
    assert len(law.at(date(2026, 12, 1)).duties()) == 43
    assert "D41" not in {duty.code for duty in BOOK.duties()}
    assert len(BOOK.behaviours()) == 29
    assert "B29" not in {one.code for one in law.at(date(2026, 1, 31)).behaviours()}


def test_values_carry_a_source() -> None:
    assert BOOK.value("exempt_turnover_yuan") == 100_000
    assert BOOK.value("price_fraud_window_days") == 7
    assert BOOK.value("inspection_rate_percent")["D"] == [61, 100]
    with pytest.raises(NotInForce):
        law.at(date(2020, 1, 1)).value("exempt_turnover_yuan")
    with pytest.raises(LawUnknown):
        BOOK.value("no_such_number")


def test_self_declarations_are_the_fixed_words() -> None:
    assert [BOOK.declarations()[code]["text"] for code in ("E1", "E2", "E3", "E4")] == [
        "个人销售自产农副产品，依法不需要办理市场主体登记",
        "个人销售家庭手工业产品，依法不需要办理市场主体登记",
        "个人利用自己的技能从事依法无须取得许可的便民劳务活动，依法不需要办理市场主体登记",
        "个人从事零星小额交易活动，依法不需要办理市场主体登记",
    ]


@pytest.mark.parametrize(
    ("name", "size"), [("measure", 18), ("platform_action", 10), ("penalty_kind", 15), ("licence_type", 28), ("complaint_refuse", 7)]
)
def test_code_lists_have_their_items_in_both_languages(name: str, size: int) -> None:
    items = BOOK.codes(name)
    assert len(items) == size
    assert all(item["zh"] and item["en"] for item in items.values())


def test_an_unknown_name_is_refused_with_its_kind() -> None:
    for ask in (BOOK.clock, BOOK.codes, BOOK.department, BOOK.provision, BOOK.instrument, BOOK.behaviour, BOOK.duty, BOOK.event):
        with pytest.raises(LawUnknown):
            ask("NO_SUCH")


def test_colours() -> None:
    due = date(2026, 10, 9)  # Friday after the holiday
    assert law.clock_colour(due, date(2026, 9, 29)) == "green"
    assert law.clock_colour(due, date(2026, 9, 30)) == "amber"  # three working days: 30 September, 8 and 9 October
    assert law.clock_colour(due, due) == "amber"
    assert law.clock_colour(due, date(2026, 10, 10)) == "red"


def test_every_event_of_a_clock_has_words() -> None:
    for rules in shelf().clocks.values():
        for rule in rules:
            assert BOOK.event(rule.from_event)["zh"]


def test_provisions_are_cited_as_papers_do() -> None:
    said = BOOK.cited("order107.11", "order107.23")
    assert said["zh"].startswith("《") and said["zh"].count("》第") == 2 and "第11条、《" in said["zh"]
    assert said["en"].endswith(", art. 23") and "; " in said["en"]
