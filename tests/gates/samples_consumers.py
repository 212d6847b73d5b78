"""Complaints and reports in the gates: ids and lists for the access matrix, happy paths of the API, rows for the tampering gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from chengxin.accounts.actor import of_user
from chengxin.audit import rows
from chengxin.consumers import actions
from chengxin.consumers.models import BOUND, Answer, Assignment, Complaint, ConsumerStep, Rating, Report, Word
from chengxin.documents.models import Document
from chengxin.kernel import clock, ids
from chengxin.subjects.models import Shop
from chengxin.supervision.tests import town
from tests.gates.contract import Request
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import shops_of, subjects_of

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

CATEGORY = ("APPLIANCE", "EXPRESS")  # the second is the postal administration's
SAID = {"name": "门示例", "phone": "10012345678", "text": "商品破损，商家拒绝处理", "request": "退还货款"}


def _form(city: City, side: int, wants: str) -> dict[str, Any]:
    shop: Shop = city.once(shops_of)[side]
    subjects_of(city)
    shop.subject_id = city.subjects[side]
    shop.save()
    shop.refresh_from_db()
    return {**SAID, "wants": wants, "shop": shop, "category": CATEGORY[side], "product": f"门商品{'甲乙'[side]}"}


def complaints_of(city: City) -> list[Complaint]:
    """One of each department about the shop of each side, accepted, answered with a promise that the consumer says was broken."""
    made = []
    for side in (0, 1):
        filed = actions.file(_form(city, side, "money"))
        found = actions.accept(of_user(city.person("officer", side)), filed.complaint.number, "0468-1000000")
        said = {"text": "正在核实", "promise": "三日内退款", "promise_by": clock.today()}
        row = actions.answer(of_user(city.person("merchant", side)), found.number, said)
        actions.say_of_promise(filed.filing, row.promises.get().pk, False)
        made.append(found)
    return made


def waiting_of(city: City) -> list[Complaint]:
    return [actions.file(_form(city, side, "money")).complaint for side in (0, 1)]


def reports_of(city: City) -> list[Report]:
    return [actions.file(_form(city, side, "violation")).report for side in (0, 1)]


def _numbers(made: list[Any]) -> Sample:
    a, b = made
    return Sample({"number": a.number}, {"number": b.number})


@sample("consumers:complaint", "consumers:my_complaint", "consumers:platform_complaint", "api:answer_complaint")
def complaints(city: City) -> Sample:
    return _numbers(city.once(complaints_of))


@sample("consumers:report")
def reports(city: City) -> Sample:
    return _numbers(city.once(reports_of))


@sample("consumers:promise")
def promises(city: City) -> Sample:
    a, b = ({"number": one.number, "pk": one.promises.get().pk} for one in city.once(complaints_of))
    return Sample(a, b)


@sample("consumers:paper")
def papers(city: City) -> Sample:
    """Nobody's without the code."""
    a, b = (Document.objects.filter(matter_id=one.pk).first() for one in city.once(complaints_of))
    assert a and b
    return Sample({"pk": a.pk}, {"pk": b.pk}, {"*": "none"})


@listing("consumers:complaints", "consumers:my_complaints", "consumers:platform_complaints", "api:complaint_queue", "api:platform_inbox")
def queue(city: City) -> Listing:
    a, b = city.once(complaints_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("consumers:reports")
def report_queue(city: City) -> Listing:
    a, b = city.once(reports_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("consumers:dispatch")
def to_send_on(city: City) -> Listing:
    a, b = city.once(waiting_of)
    return Listing(a.number, b.number)


@listing("consumers:promises")
def promises_due(city: City) -> Listing:
    a, b = city.once(complaints_of)
    return Listing(a.number, b.number, queries=EXPORTS)


# ---- the contract


def _inbox(world: World) -> Complaint:
    """An accepted complaint about the platform's shop."""
    made = actions.file({**SAID, "wants": "money", "shop": world.shop}).complaint
    officer = town.person(f"complaints-{made.number}", "officer", department=made.department)
    return actions.accept(officer, made.number, "0468-1000000")


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/complaints": lambda w: Request("officer", query={"state": "ACCEPTED"}),
    "GET /api/v1/platform-complaints": lambda w: Request("client"),
    "POST /api/v1/platform-complaints/{number}/answers": lambda w: Request(
        "client", {"number": _inbox(w).number}, body={"text": "平台已督促商家退款", "offer": "REFUND", "offer_fen": 100}
    ),
    "GET /api/v1/complaint-figures": lambda w: Request("anonymous"),
}


# ---- rows written once


def put(model: type[Model]) -> None:
    """One row of a bound table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now, one, who = clock.now(), ids.new_id(), {"by": "user:1", "by_name": "王立"}
    step = {"place": 1, "action": "accept", "before": "RECEIVED", "after": "ACCEPTED", "actor": "user:1", "actor_name": "王立"}
    return {
        Answer: {"complaint_id": one, "side": "merchant", "text": "同意退款", "at": now, **who},
        Assignment: {"of": "complaint", "matter": one, "department": "SAMR", "reason": "管辖", "at": now, **who},
        ConsumerStep: {"of": "complaint", "matter": one, "at": now, **step},
        Rating: {"answer_id": one, "stars": 4, "at": now},
        Word: {"complaint_id": one, "word": "solved", "at": now},
    }[model]
