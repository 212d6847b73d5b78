"""Ids of inspections for the access matrix; see samples.py."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.inspection import actions
from chengxin.inspection.models import Assessment, Draw, Inspector, Plan, RiskWarning, Task
from chengxin.inspection.models.plans import DRAWN
from chengxin.kernel import clock
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import operators_of, subjects_of
from tests.gates.samples_work import clues_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
ITEMS = ("GOODS_TRUE", "PARCEL_REAL_NAME")


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def inspectors_of(city: City) -> list[list[Inspector]]:
    """Each department's officer and head, with certificates of their own."""
    today = clock.today()
    return [
        [
            actions.add_inspector(
                _of(city, "officer", side), city.person(role, side).pk, city.departments[side], f"GATE{side}{role}", (today, today)
            )
            for role in ("officer", "head")
        ]
        for side in (0, 1)
    ]


def plans_of(city: City) -> list[Plan]:
    """A special check of each department, approved: its visit is assigned."""
    city.once(inspectors_of)
    made = []
    for side in (0, 1):
        given = {
            "title": f"门{'甲乙'[side]}的专项检查",
            "kind": "clue",
            "items": [ITEMS[side]],
            "due_on": clock.today(),
            "reason": "投诉集中",
            "witness": "COM",
        }
        subjects = [city.once(subjects_of)[side].pk]
        plan = actions.propose_plan(_of(city, "officer", side), city.departments[side], {**given, "subjects": subjects})
        made.append(actions.decide_plan(_of(city, "reviewer", side), plan.number, True))
    return made


def tasks_of(city: City) -> list[Task]:
    return [plan.tasks.get() for plan in city.once(plans_of)]


def draws_of(city: City) -> list[Draw]:
    """A draw of each plan, as made; its lists are empty, for the matrix asks only who may see them."""
    said = {"lists": {"strata": [], "teams": [], "conflicts": []}, "opening": {"names": {}}, "source": "双色球", "public_on": clock.today()}
    done = {"state": DRAWN, "seed": "00" * 32, "value": "1", "value_by": "user:a", "value_confirmed_by": "user:b", "drawn_at": clock.now()}
    by = {"frozen_by": "user:a", "frozen_at": clock.now(), "leaf": 0, "attempt": 1, "lists_hash": "00" * 32}
    return [Draw.objects.create(plan=plan, **said, **done, **by) for plan in city.once(plans_of)]


def warnings_of(city: City) -> list[RiskWarning]:
    """A warning to each owner's business and to each platform's firm, approved; those of one side say the same."""
    made = []
    for side, firm in enumerate(city.once(operators_of)):
        for subject in (city.once(subjects_of)[side], firm):
            said = (f"门{'甲乙'[side]}的风险情况", "请自查")
            until = clock.today() + timedelta(days=1)
            one = actions.propose_warning(_of(city, "officer", side), subject.pk, city.departments[side], said, until)
            made.append(actions.decide_warning(_of(city, "reviewer", side), one.number, True))
    return made


def classed_of(city: City) -> list[Assessment]:
    """The class of each subject, with reasons."""
    month = clock.today().replace(day=1)
    said = {"month": month, "risk_class": "C", "points": 31, "reasons": [], "model": "1", "made_at": clock.now()}
    return [Assessment.objects.create(subject=one, kind=one.kind, **said) for one in city.once(subjects_of)]


@sample("inspection:plan", "api:inspection_plan")
def plans(city: City) -> Sample:
    a, b = city.once(plans_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("inspection:task", "inspection:photo", "inspection:replace", "api:inspection_visit")
def tasks(city: City) -> Sample:
    a, b = city.once(tasks_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("inspection:inspector")
def inspectors(city: City) -> Sample:
    a, b = city.once(inspectors_of)
    return Sample({"id": a[0].pk}, {"id": b[0].pk})


@sample("inspection:objects")
def items(city: City) -> Sample:
    """Every desk reads every object register."""
    a, b = ITEMS
    return Sample({"code": a}, {"code": b}, DESK)


@sample("inspection:opened")
def opened(city: City) -> Sample:
    a, b = city.once(draws_of)
    return Sample({"name": a.name}, {"name": b.name})


@sample("inspection:public_draw", "inspection:draw_file", "inspection:draw_receipt")
def draws(city: City) -> Sample:
    """A draw is public; names and classes are not in it."""
    a, b = city.once(draws_of)
    return Sample({"name": a.name}, {"name": b.name}, EVERYBODY)


@sample("inspection:risk_class", "inspection:warn")
def classes(city: City) -> Sample:
    """Every desk plans by class; nobody else has a page of it."""
    city.once(classed_of)
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@sample("inspection:warning")
def warnings(city: City) -> Sample:
    a, _, b, _ = city.once(warnings_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("inspection:chain")
def chains(city: City) -> Sample:
    a, b = city.once(clues_of)
    return Sample({"number": a.number}, {"number": b.number})
