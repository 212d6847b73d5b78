"""A draw in the house: two persons for the plan, two departments for the seed, nothing late, nothing told, everything on record."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.audit import queries as log
from chengxin.inspection import actions, queries
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.errors import AlreadyDone, DrawWrong, NobodyLeft, PlanWrong, SamePerson, SecretWrong
from chengxin.inspection.models import Draw, Inspector, Member, Plan, Task
from chengxin.inspection.tests import people
from chengxin.inspection.tests.people import DAY, SECRETS, at
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.workflow import StepNotYours

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    with clock.set_to(at(DAY)):
        yield people.town()


# ---- plans


def test_a_plan_is_decided_by_another_person_with_the_right_to(cast):
    plan = actions.propose_plan(cast["head"], "SAMR", people.given())
    with pytest.raises(SamePerson):
        actions.decide_plan(cast["head"], plan.number, True)
    with pytest.raises(StepNotYours):
        actions.decide_plan(cast["samr2"], plan.number, True)
    with pytest.raises(NotFound):
        actions.decide_plan(cast["post"], plan.number, True)
    assert actions.decide_plan(cast["reviewer"], plan.number, True).is_approved
    with pytest.raises(AlreadyDone):
        actions.decide_plan(cast["reviewer"], plan.number, True)


def test_one_person_as_both_is_refused_by_the_database_too(cast):
    plan = people.approved(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(decided_by=plan.proposed_by)


@pytest.mark.parametrize(
    "changes",
    [
        {"shares": {**people.ALL, "A": 6}},  # more than the table's 5 %
        {"shares": {**people.ALL, "C": 20}},  # less than its 21 %
        {"shares": {"A": 5}},
        {"items": ["PROMISE_KEPT"]},  # another department's
        {"items": []},
        {"witness": ""},
        {"witness": "SAMR"},
        {"due_on": DAY - timedelta(days=1)},
        {"kind": "clue", "reason": "", "subjects": []},
    ],
)
def test_what_cannot_be_planned(cast, changes):
    with pytest.raises(PlanWrong):
        actions.propose_plan(cast["samr1"], "SAMR", people.given(**changes))


def test_two_persons_change_the_table_and_yesterday_keeps_its_own(cast):
    rates = {**queries.rates(DAY), "A": {"least": 0, "most": 10, "per_year": 1}}
    made = actions.propose_rates(cast["samr1"], "SAMR", rates, "按年度检查计划调整")
    with pytest.raises(SamePerson):
        actions.decide_rates(cast["samr1"], made.pk, True)
    assert queries.rates(DAY)["A"]["most"] == 5
    actions.decide_rates(cast["reviewer"], made.pk, True)
    assert (queries.rates(DAY)["A"]["most"], queries.rates(DAY - timedelta(days=1))["A"]["most"]) == (10, 5)
    with pytest.raises(PlanWrong):
        actions.propose_rates(cast["samr1"], "SAMR", {**rates, "D": {"least": 61, "most": 101, "per_year": None}}, "比例有误")


# ---- the draw


def test_a_whole_draw_is_reproduced_by_a_stranger(cast):
    draw = people.drawn(cast)
    assert lot.check(queries.file(draw)) == lot.check(queries.file(draw, opened=True)) == "good"
    assert [one["take"] for one in sorted(draw.lists["strata"], key=lambda one: len(one["units"]))] == [1, 1, 0, 1]
    assert Task.objects.count() == 3
    for task in Task.objects.all():
        assert len({one.inspector_id for one in queries.team(task)}) == 2
    load = Counter(Member.objects.values_list("inspector", flat=True))
    assert set(load.values()) <= {1, 2}


def test_the_public_file_tells_no_name_and_no_class(cast):
    draw = people.drawn(cast)
    public = queries.file(draw)
    text = public.decode("unicode_escape")
    assert not [one for one in cast.subjects if one.name in text or (one.uscc or "") in text]
    assert not [one for one in Inspector.objects.all() if one.certificate in text]
    assert {one["name"] for one in draw.lists["strata"]} == {"1", "2", "3", "4"}
    assert b"risk" not in public


def test_lists_commitments_and_secrets_are_in_the_log_before_the_value_is(cast):
    draw = people.drawn(cast)
    acts = list(log.history_of(f"inspection.draw:{draw.pk}").values_list("action", flat=True))
    said = ["frozen", "committed", "committed", "revealed", "revealed", "value_entered", "drawn"]
    assert acts == [f"inspection.draw.{one}" for one in said]
    assert draw.lists_hash in log.leaf(draw.leaf).body
    assert draw.receipt["document"].find(queries.bundle(draw)["digest"]) > 0


def test_the_lists_are_frozen_once_and_a_later_addition_changes_nothing(cast):
    draw = people.frozen(cast)
    with pytest.raises(AlreadyDone):
        actions.freeze(cast["samr1"], draw.plan.number, "双色球", DAY + timedelta(days=5))
    before = draw.lists_hash
    actions.add_inspector(cast["samr1"], cast["head"].user.pk, "SAMR", "黑H99999", (DAY, DAY + timedelta(days=9)))
    assert lot.lists_hash(queries.announced(Draw.objects.get(pk=draw.pk))) == before


def test_the_value_must_be_of_a_later_day(cast):
    plan = people.approved(cast)
    with pytest.raises(DrawWrong):
        actions.freeze(cast["samr1"], plan.number, "双色球", DAY)


def test_one_person_cannot_hold_both_secrets_nor_one_department_both_sides(cast):
    draw = people.frozen(cast)
    actions.commit(cast["samr1"], draw.pk, "SAMR", lot.commitment(draw.name, "SAMR", SECRETS["SAMR"]))
    with pytest.raises(NotFound):
        actions.commit(cast["samr1"], draw.pk, "COM", "00" * 32)
    with pytest.raises(AlreadyDone):
        actions.commit(cast["samr2"], draw.pk, "SAMR", "00" * 32)
    with pytest.raises(NotFound):
        actions.commit(cast["post"], draw.pk, "POST", "00" * 32)


def test_secrets_come_after_both_commitments_and_must_fit(cast):
    draw = people.frozen(cast)
    actions.commit(cast["samr1"], draw.pk, "SAMR", lot.commitment(draw.name, "SAMR", SECRETS["SAMR"]))
    with pytest.raises(DrawWrong):
        actions.reveal(cast["samr1"], draw.pk, "SAMR", SECRETS["SAMR"])
    actions.commit(cast["com1"], draw.pk, "COM", lot.commitment(draw.name, "COM", SECRETS["COM"]))
    with pytest.raises(SecretWrong):
        actions.reveal(cast["samr1"], draw.pk, "SAMR", SECRETS["COM"])
    actions.reveal(cast["samr1"], draw.pk, "SAMR", SECRETS["SAMR"])
    with pytest.raises(AlreadyDone):
        actions.reveal(cast["samr1"], draw.pk, "SAMR", SECRETS["SAMR"])


def test_a_refused_secret_ends_the_draw_names_the_department_and_stays_on_record(cast):
    draw = people.committed(cast)
    actions.reveal(cast["samr1"], draw.pk, "SAMR", SECRETS["SAMR"])
    assert actions.fail_late(cast["samr1"]) == []
    with clock.set_to(at(DAY + timedelta(days=3))):
        with pytest.raises(DrawWrong):
            actions.reveal(cast["com1"], draw.pk, "COM", SECRETS["COM"])
        with pytest.raises(DrawWrong):
            actions.say_value(cast["samr1"], draw.pk, "SAMR", "03 09 14")
        ended = actions.fail_late(cast["samr1"])
        assert [(one.state, one.failed_department, one.failed_because) for one in ended] == [("FAILED", "COM", "not_revealed")]
        again = actions.freeze(cast["samr1"], draw.plan.number, "双色球", DAY + timedelta(days=6))
    earlier = queries.bundle(again)["earlier"]
    assert [(one["draw"], one["department"], len(one["shares"])) for one in earlier] == [(draw.name, "COM", 2)]
    assert again.attempt == 2
    assert not Task.objects.exists()


def test_two_persons_of_two_departments_must_enter_the_same_value(cast):
    draw = people.committed(cast)
    for who, department in (("samr1", "SAMR"), ("com1", "COM")):
        actions.reveal(cast[who], draw.pk, department, SECRETS[department])
    with pytest.raises(DrawWrong):
        actions.say_value(cast["samr1"], draw.pk, "SAMR", "03")
    with clock.set_to(at(DAY + timedelta(days=3))):
        actions.say_value(cast["samr1"], draw.pk, "SAMR", "03 09")
        with pytest.raises(SamePerson):
            actions.say_value(cast["samr2"], draw.pk, "SAMR", "03 09")
        assert actions.say_value(cast["com1"], draw.pk, "COM", "03 90").value == ""
        actions.say_value(cast["samr1"], draw.pk, "SAMR", "03 09")
        assert actions.say_value(cast["com1"], draw.pk, "COM", "03 09").state == "DRAWN"
        with pytest.raises(AlreadyDone):
            actions.say_value(cast["com1"], draw.pk, "COM", "03 09")
    assert Task.objects.count() == 3


def test_conflicts_are_kept_in_the_draw_and_too_few_inspectors_are_said_before(cast):
    for name in ("samr1", "samr2"):
        for subject in cast.subjects:
            actions.declare_conflict(cast[name], cast.inspectors[name].pk, subject.pk, "近亲属在该单位任职")
    draw = people.drawn(cast)
    assert not Member.objects.filter(inspector__in=[cast.inspectors["samr1"], cast.inspectors["samr2"]]).exists()
    assert lot.check(queries.file(draw)) == "good"
    actions.declare_conflict(cast["samr3"], cast.inspectors["samr3"].pk, cast.subjects[11].pk, "近亲属在该单位任职")
    with pytest.raises(NobodyLeft):
        people.frozen(cast, people.approved(cast))


def test_a_lapsed_certificate_is_not_drawn(cast):
    Inspector.objects.filter(department="SAMR").update(valid_until=DAY - timedelta(days=1))
    with pytest.raises(NobodyLeft):
        people.frozen(cast)


def test_who_falls_ill_is_replaced_from_the_same_seed_and_it_is_on_record(cast):
    draw = people.drawn(cast)
    task = Task.objects.order_by("number").first()
    gone = queries.team(task).first()
    made = actions.replace_inspector(cast["samr1"], task.number, gone.inspector_id, "因病请假")
    draw.refresh_from_db()
    assert made.inspector_id not in {one.inspector_id for one in task.members.exclude(pk=made.pk)}
    assert len(draw.replacements) == 1 and lot.check(queries.file(draw)) == "good"
    assert log.history_of(f"inspection.draw:{draw.pk}").last().action == "inspection.draw.replaced"
    with pytest.raises(NotFound):
        actions.replace_inspector(cast["samr1"], task.number, gone.inspector_id, "因病请假")


def test_a_firm_is_not_drawn_more_often_than_its_class_may_be(cast):
    draw = people.drawn(cast)
    plan = people.approved(cast)
    there = {one.pk for one, _ in queries.population(plan, DAY)}
    for task in draw.plan.tasks.all():
        risk_class = people.CLASSES[[one.pk for one in cast.subjects].index(task.subject_id)]
        assert (task.subject_id in there) == (risk_class == "D")  # D as needed, the others once a year


def test_a_general_item_has_its_cap_and_a_key_item_none(cast):
    many = people.approved(cast, items=["SHOP_IDENTITY"])
    draw = people.drawn(cast, many)  # 3 of 12 = 25 % of at most 30 %
    assert draw.plan.tasks.count() == 3
    with pytest.raises(DrawWrong):
        people.frozen(cast, people.approved(cast, items=["SHOP_IDENTITY"]))
    assert people.frozen(cast, people.approved(cast)).state == "FROZEN"


def test_a_draw_within_one_class_would_tell_it_and_is_refused(cast):
    for subject in cast.subjects[4:]:
        actions.remove_object(cast["samr1"], subject.listed_for_inspection.get(item="GOODS_TRUE").pk, "停业")
    with pytest.raises(DrawWrong):
        people.frozen(cast)


def test_departments_visit_once_and_check_all(cast):
    actions.fill_objects(cast["com1"], "PROMISE_KEPT", "初次建库")
    plan = people.approved(cast, items=["GOODS_TRUE", "PROMISE_KEPT"], witness="")
    draw = people.drawn(cast, plan)
    for task in draw.plan.tasks.all():
        assert Counter(one.inspector.department for one in queries.team(task)) == {"SAMR": 2, "COM": 2}
    assert lot.check(queries.file(draw)) == "good"


def test_a_check_led_by_a_clue_and_full_coverage_need_no_draw(cast):
    given = {"kind": "clue", "subjects": [cast.subjects[3].pk], "reason": "投诉集中，需现场核实", "witness": "", "shares": {}}
    plan = people.approved(cast, **given)
    task = plan.tasks.get()
    assert (task.subject, queries.team(task).count()) == (cast.subjects[3], 2)
    full = people.approved(cast, kind="full", witness="", shares={})
    assert full.tasks.count() == len(cast.subjects)
    load = Counter(Member.objects.filter(task__plan=full).values_list("inspector", flat=True))
    assert max(load.values()) - min(load.values()) <= 1
    assert plan.number not in [one.number for one in queries.public_plans()]
