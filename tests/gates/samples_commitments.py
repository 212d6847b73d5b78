"""Ids of commitments for the access matrix; see samples.py."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.commitments import actions
from chengxin.commitments.actions import Signature
from chengxin.commitments.models import Breach, Commitment, Template
from chengxin.commitments.tests.people import PDF
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import operators_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
SCAN = Signature(scan=PDF, scan_type="application/pdf", scan_name="承诺书.pdf")
CHOSEN: dict[str, int | None] = {"ship_in_time": 48}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def templates_of(city: City) -> list[Template]:
    """The letter of honest trade, published by two people of each department."""
    made = []
    for side, department in enumerate(city.departments):
        one = actions.propose_template(_of(city, "officer", side), "honest_trade", department)
        made.append(actions.publish_template(_of(city, "reviewer", side), one.number))
    return made


def commitments_of(city: City) -> list[Commitment]:
    """What each merchant signed, with each department."""
    made = []
    for side, (template, subject) in enumerate(zip(city.once(templates_of), city.once(subjects_of), strict=True)):
        made.append(actions.sign(_of(city, "merchant", side), template.number, subject.pk, CHOSEN, True, SCAN))
    return made


def returns_of(city: City) -> list[Commitment]:
    """What each merchant promised about returns."""
    made = []
    for side, (department, subject) in enumerate(zip(city.departments, city.once(subjects_of), strict=True)):
        one = actions.propose_template(_of(city, "officer", side), "free_return", department)
        letter = actions.publish_template(_of(city, "reviewer", side), one.number)
        chosen: dict[str, int | None] = {"no_reason_return": 15, "refund_in_time": 7}
        made.append(actions.sign(_of(city, "merchant", side), letter.number, subject.pk, chosen, True, SCAN))
    return made


def operators_commitments_of(city: City) -> list[Commitment]:
    """What the operator of each platform signed."""
    made = []
    for side, (operator, template) in enumerate(zip(city.once(operators_of), city.once(templates_of), strict=True)):
        made.append(actions.sign(_of(city, "platform_staff", side), template.number, operator.pk, CHOSEN, True, SCAN))
    return made


def _breaches(city: City, commitments: list[Commitment]) -> list[Breach]:
    made = []
    for side, one in enumerate(commitments):
        officer = _of(city, "officer", side)
        raised = actions.allege(officer, one.number, "ship_in_time", f"门{'甲乙'[side]}的疑似违约事实")
        made.append(actions.notify(officer, raised.number, raised.facts, "王经办", "0468-0000000"))
    return made


def breaches_of(city: City) -> list[Breach]:
    """An alleged breach of each merchant that it was told of."""
    return _breaches(city, city.once(commitments_of))


def operators_breaches_of(city: City) -> list[Breach]:
    return _breaches(city, city.once(operators_commitments_of))


def _numbers(rows: list[Template] | list[Commitment] | list[Breach], sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, sees or {})


@sample("commitments:public", "api:one_commitment")
def public(city: City) -> Sample:
    return _numbers(city.once(commitments_of), EVERYBODY)


@sample("commitments:my_sign", "commitments:platform_sign")
def offered(city: City) -> Sample:
    """Every maker may sign every published letter."""
    return _numbers(city.once(templates_of), EVERYBODY)


@sample("commitments:template")
def templates(city: City) -> Sample:
    """Published ones are read by every desk."""
    return _numbers(city.once(templates_of), DESK)


@sample("commitments:my_commitment", "commitments:my_paper")
def own(city: City) -> Sample:
    return _numbers(city.once(commitments_of))


@sample("commitments:platform_commitment", "commitments:platform_paper")
def operators_own(city: City) -> Sample:
    return _numbers(city.once(operators_commitments_of))


@sample("commitments:commitment")
def for_desks(city: City) -> Sample:
    return _numbers(city.once(commitments_of), DESK)


@sample("api:commitment_kept")
def kept(city: City) -> Sample:
    """Desks, and its maker; the platform has no part in a merchant's figures."""
    return _numbers(city.once(commitments_of), {**DESK, "platform_staff": "none"})


@sample("commitments:my_breach", "commitments:breach")
def breaches(city: City) -> Sample:
    """Its department, and the maker that was told."""
    return _numbers(city.once(breaches_of))


@sample("commitments:platform_breach")
def operators_breaches(city: City) -> Sample:
    return _numbers(city.once(operators_breaches_of))
