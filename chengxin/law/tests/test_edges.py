"""The edges of the book: what is unknown is named by its kind, days at the ends of periods, texts at the ends of lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from chengxin.law import book, law, plan, shelf, workdays
from chengxin.law.errors import LawDataBroken, LawUnknown, NotInForce

TODAY = date(2026, 11, 24)
BOOK = law.at(TODAY)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (BOOK.clock, "clocks"),
        (BOOK.instrument, "instruments"),
        (BOOK.provision, "provisions"),
        (BOOK.codes, "code lists"),
        (BOOK.behaviour, "behaviours"),
        (BOOK.duty, "duties"),
        (BOOK.publicity, "publicity terms"),
        (BOOK.value, "values"),
        (BOOK.event, "events"),
        (BOOK.department, "departments"),
        (BOOK.division, "divisions"),
        (lambda id: book._codes_of_plan_names([id]), "departments of the plan"),
    ],
)
def test_what_is_unknown_is_named_with_its_kind(ask, kind):
    with pytest.raises(LawUnknown) as refusal:
        ask("NOBODY_HAS_THIS")
    assert (refusal.value.data["id"], refusal.value.data["kind"]) == ("NOBODY_HAS_THIS", kind)


def test_a_missing_extension_is_named_with_its_clock():
    with pytest.raises(LawUnknown) as refusal:
        BOOK.due("FINE_PAY", TODAY, extended=True)
    assert refusal.value.data == {"id": "FINE_PAY extension", "kind": "clocks"}


def test_what_is_not_in_force_says_all_its_periods():
    with pytest.raises(NotInForce) as refusal:
        law.at(date(1990, 1, 1)).clock("MEDIATE")
    told = refusal.value.data
    assert (
        told["id"] == "MEDIATE"
        and told["day"] == "1990-01-01"
        and len(told["periods"].split("; ")) == len(shelf.shelf().clocks["MEDIATE"]) > 1
    )


def test_papers_cite_several_articles_and_whole_laws():
    said = (
        BOOK.cited("order2.18", "order107.main") if "order107.main" in shelf.shelf().provisions else BOOK.cited("order2.18", "order20.21")
    )
    first, second = said["zh"].split("、")
    assert first.startswith("《") and first.endswith("》第18条") and second.startswith("《")
    assert len(said["en"].split("; ")) == 2 and ", art. 18" in said["en"]
    assert (book._article_zh("main"), book._article_en("main")) == ("", "")
    assert (book._article_zh("3"), book._article_zh("第三章"), book._article_en("3")) == ("第3条", "第三章", ", art. 3")


def test_a_renumbering_that_nobody_checked_says_why():
    for link in shelf.shelf().references:
        if link.now is None and link.holds(TODAY):
            with pytest.raises(NotInForce) as refusal:
                BOOK.current(link.cited)
            assert refusal.value.data["periods"] == (link.note_en or link.period())


def test_catalogues_are_whole():
    assert {one.code for one in BOOK.publicity_terms()} >= {"WARNING", "REVOCATION"}
    assert all({"public", "department", "handler"} <= rule.keys() for rule in BOOK.redactions().values()) and BOOK.redactions()
    assert BOOK.never_public() and all(one["zh"] and one["en"] for one in BOOK.never_public())


@pytest.mark.parametrize(
    ("day", "held"),
    [(date(2020, 1, 1), False), (date(2020, 1, 2), True), (date(2020, 1, 3), True), (date(2020, 1, 4), False)],
)
def test_an_item_is_valid_from_its_first_day_to_its_last(day, held):
    item = {"valid_from": date(2020, 1, 2), "valid_to": date(2020, 1, 3)}
    assert book._holds(item, day) is held
    assert book._holds({"valid_from": item["valid_from"]}, day) is (day >= item["valid_from"])
    assert book._holds({"valid_to": item["valid_to"]}, day) is (day <= item["valid_to"])
    assert book._holds({}, day)


def test_divisions_of_a_parent_are_its_own():
    everything = BOOK.divisions()
    parent = next(one.parent for one in everything if one.level == "township")
    below = BOOK.divisions(parent=parent)
    assert below and {one.parent for one in below} == {parent} and len(below) < len(everything)
    assert {one.level for one in BOOK.divisions(level="county")} == {"county"}


# ---- the plan's text


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["一是加强监管，推进", "落实到位。"], ["一是加强监管，推进落实到位。"]),
        (["要加强监管，加", "加强落实。"], ["要加强监管，加强落实。"]),  # set twice at the page's end
        (["要加强监管，推进监", "推进监管落实。"], ["要加强监管，推进监管落实。"]),
        (["一是加强监管。", "二是落实。"], ["一是加强监管。", "二是落实。"]),
        (["（牵头单位：市商务局，市工商局）", "落实。"], ["（牵头单位：市商务局，市工商局）", "落实。"]),
        (["(led by A, B，C)", "落实。"], ["(led by A, B，C)", "落实。"]),
        (["总体要求", "落实，到位。"], ["总体要求", "落实，到位。"]),  # a heading has neither comma nor full stop
        (["", "  一句。  ", ""], ["一句。"]),
    ],
)
def test_a_paragraph_cut_by_a_page_is_mended(lines, joined):
    assert plan.paragraphs("\n".join(lines)) == joined


def test_at_most_eight_repeated_characters_are_dropped_and_one_is_enough():
    assert plan._join("甲乙", "乙丙") == "甲乙丙"
    eight = "一二三四五六七八"
    assert plan._join(f"零{eight}", f"{eight}九") == f"零{eight}九"
    nine = f"{eight}九"
    assert plan._join(f"零{nine}", f"{nine}十") == f"零{nine}{nine}十"
    assert plan._join("一", "一") == "一"


def test_the_plan_is_read_from_its_file_and_a_broken_one_is_named():
    assert plan.parse(plan.FILE.read_text(encoding="utf-8")) == plan.measures()
    with pytest.raises(LawDataBroken) as refusal:
        plan.parse("（三）无人负责。")
    assert refusal.value.data["file"] == "plan.txt"
    with pytest.raises(LawDataBroken) as refusal:
        plan.parse("")
    assert refusal.value.data == {"file": "plan.txt", "reason": "measures []"}


# ---- the shelf


def test_a_key_given_twice_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "HOME", tmp_path)
    (tmp_path / "one.yaml").write_text("a: {b: 1, c: [诚信]}\nd: 2\n", encoding="utf-8")
    assert shelf.read("one.yaml") == {"a": {"b": 1, "c": ["诚信"]}, "d": 2}
    (tmp_path / "two.yaml").write_text("a: {b: 1, b: 2}\n", encoding="utf-8")
    with pytest.raises(LawDataBroken) as refusal:
        shelf.read("two.yaml")
    assert refusal.value.data["reason"] == "key twice: b" and refusal.value.data["file"].endswith("two.yaml")


def test_a_row_with_a_wrong_key_is_named_with_its_file_and_id():
    def kind(**given):
        if "wrong" in given:
            raise TypeError("wrong")
        return given

    assert shelf._make("x.yaml", kind, {"a": [1, 2], "b": "c"}) == {"a": (1, 2), "b": "c"}
    for key in ("id", "code"):
        with pytest.raises(LawDataBroken) as refusal:
            shelf._make("x.yaml", kind, {key: "E7", "wrong": 1})
        assert refusal.value.data == {"file": "x.yaml", "reason": "E7: wrong"}


def test_a_provision_has_its_instruments_dates_unless_its_own():
    instruments = {"order1": {"zh": "令", "en": "Order", "valid_from": date(2020, 1, 1), "evidence": "text", "issuer": "nobody"}}
    rows = {"order1.3": {"zh": "甲", "en": "A"}, "order1.4": [{"zh": "乙", "en": "B", "valid_from": date(2021, 1, 1)}]}
    try:
        found = {one.id: one for one in shelf._provisions(rows, instruments)}
    except LawDataBroken as broken:  # other keys are required: the message must name the file and the article
        assert broken.data["file"] == "provisions.yaml" and broken.data["reason"].startswith("order1.3")
    else:
        assert (found["order1.3"].instrument, found["order1.3"].article, found["order1.3"].valid_from) == ("order1", "3", date(2020, 1, 1))
        assert found["order1.4"].valid_from == date(2021, 1, 1) and found["order1.3"].evidence == "text"
    with pytest.raises(LawDataBroken) as refusal:
        list(shelf._provisions({"order9.1": {}}, instruments))
    assert refusal.value.data == {"file": "provisions.yaml", "reason": "order9.1: no instrument order9"}


def test_every_real_provision_knows_its_instrument_and_article():
    for name, versions in shelf.shelf().provisions.items():
        for one in versions:
            assert one.id == name == f"{one.instrument}.{one.article}"
            assert one.instrument in shelf.shelf().instruments


# ---- working days


def test_a_holiday_has_its_name_on_its_first_and_last_day_and_not_beside_them():
    year = workdays.table()[2026]
    for since, until, zh, en in year.names:
        assert workdays.holiday(since) == workdays.holiday(until) == zh and workdays.holiday(until, "en") == en
    spring = next(run for run in year.names if "春节" in run[2])
    assert not workdays.is_workday(spring[0]) and not workdays.is_workday(spring[1])
    assert workdays.holiday(spring[0] - timedelta(days=1)) != spring[2] != workdays.holiday(spring[1] + timedelta(days=1))


def test_makeup_days_count_again_after_the_block():
    makeup = min(day for day in workdays.table()[2026].makeup)
    assert workdays.is_workday(makeup)
    with workdays.without_makeup_days():
        assert not workdays.is_workday(makeup)
    assert workdays.is_workday(makeup)


def test_no_working_day_further_is_the_day_itself():
    saturday = date(2026, 11, 28)
    assert workdays.add(saturday, 0) == saturday
    assert workdays.add(date(2026, 11, 27), 1) == date(2026, 11, 30) and workdays.add(date(2026, 11, 30), -1) == date(2026, 11, 27)


@pytest.mark.parametrize(("today", "asked"), [(date(2026, 10, 31), 1), (date(2026, 11, 1), 2), (date(2026, 12, 31), 2)])
def test_the_next_year_is_asked_for_from_november(today, asked, monkeypatch):
    monkeypatch.setattr(workdays, "status", lambda year: "missing")
    told = workdays.warnings(today)
    assert [one["en"][:27] for one in told] == [f"The holiday notice for {today.year + k}" for k in range(asked)]
    assert all(one.keys() == {"zh", "en"} and "缺少" in one["zh"] for one in told)
    monkeypatch.setattr(workdays, "status", lambda year: "provisional")
    assert all(one.keys() == {"zh", "en"} and "provisional" in one["en"] and "暂定" in one["zh"] for one in workdays.warnings(today))


def test_a_year_of_the_operator_is_read_and_a_wrong_one_named(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "law").mkdir()
    good = (
        "years:\n  2031:\n    status: published\n    notice: x\n    makeup: [2031-01-04]\n"
        "    days_off: [{from: 2031-01-01, to: 2031-01-03, zh: 元旦, en: New Year}]\n"
    )
    (tmp_path / "law" / "workdays.yaml").write_text(good, encoding="utf-8")
    workdays.table.cache_clear()
    try:
        assert workdays.status(2031) == "published" and workdays.holiday(date(2031, 1, 3), "en") == "New Year"
        assert workdays.is_workday(date(2031, 1, 4)) and not workdays.is_workday(date(2031, 1, 3))
        for wrong in (good.replace("[2031-01-04]", "[2031-01-06]"), good.replace("[2031-01-04]", "[2030-01-05]")):
            (tmp_path / "law" / "workdays.yaml").write_text(wrong, encoding="utf-8")
            workdays.table.cache_clear()
            with pytest.raises(LawDataBroken) as refusal:
                workdays.table()
            assert refusal.value.data["file"] == "workdays.yaml" and refusal.value.data["reason"].startswith("2031: ")
    finally:
        workdays.table.cache_clear()


# ---- terms


def test_days_of_a_pause_are_counted_to_its_last():
    from chengxin.law import terms

    assert terms._days(date(2026, 3, 1), date(2026, 3, 3)) == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    rule = SimpleNamespace(unit="day")
    pause = law.Pause("x", date(2026, 3, 1), date(2026, 3, 4))
    # begun on the first: the three days after it are left out; those that lie behind the moved end do not count
    assert terms._with_pauses(rule, date(2026, 3, 1), date(2026, 3, 5), [pause]) == date(2026, 3, 8)
    late = law.Pause("x", date(2026, 3, 6), date(2026, 3, 9))
    assert terms._with_pauses(rule, date(2026, 3, 1), date(2026, 3, 5), [late]) == date(2026, 3, 5)


def test_the_day_of_issue_in_another_zone_is_the_citys():
    assert BOOK.due_at("CRIME_APPROVE", datetime.fromisoformat("2026-11-24T00:30:00+08:00")) == datetime.fromisoformat(
        "2026-11-28T00:00:00+08:00"
    )
