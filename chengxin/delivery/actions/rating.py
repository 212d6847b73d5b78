"""Ratings: by an officer with evidence, by a merchant for a parcel sent, by a consumer for one received: three doors, three tables."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.delivery import timeline
from chengxin.delivery.access import firm_by_code
from chengxin.delivery.actions.steps import checked, desk_roles, named, wrong
from chengxin.delivery.errors import AlreadyDone, ParcelUnknown, WrongState
from chengxin.delivery.models import ConsumerRating, MerchantRating, RegulatorRating
from chengxin.delivery.models.ratings import CONSUMER, DIMS, LEAST, MERCHANT, MOST, REGULATOR
from chengxin.kernel import clock, locks
from chengxin.subjects.models import CourierFirm, Shop
from chengxin.subjects.queries import family

ONCE = {"why_zh": "一件快件只能评价一次。", "why_en": "A parcel is rated once."}
Marks = Mapping[str, int]


def _marks(given: Marks) -> dict[str, int]:
    kept = {dim: given.get(dim) for dim in DIMS}
    if not all(isinstance(mark, int) and LEAST <= mark <= MOST for mark in kept.values()):
        wrong(f"每一项须评{LEAST}至{MOST}分", f"each mark is from {LEAST} to {MOST}")
    return {dim: int(mark) for dim, mark in kept.items() if mark is not None}


def rate_as_regulator(actor: Actor, firm_code: str, outlet: str, marks: Marks, evidence: str, department: str) -> RegulatorRating:
    """A named officer rates a firm, or one of its outlets, saying what it rests on."""
    desk_roles(actor, department)
    firm, kept = firm_by_code(firm_code), checked(evidence, "依据", "the evidence")
    by, name = named(actor)
    made = RegulatorRating(
        firm=firm,
        outlet=outlet.strip(),
        rater=REGULATOR,
        at=clock.now(),
        department=department,
        evidence=kept,
        by=by,
        by_name=name,
        **_marks(marks),
    )
    with transaction.atomic():
        return rows.put(
            made, "delivery.rating.by_regulator", actor=by, object=f"subjects.courier:{firm.code}", data={"outlet": made.outlet}
        )


def rate_as_merchant(actor: Actor, waybill_no: str, marks: Marks) -> MerchantRating:
    """A merchant rates the carriage of a parcel that a shop of theirs sent. Raises ParcelUnknown for another's, AlreadyDone."""
    found = timeline.parcel(waybill_no)
    shop = Shop.objects.filter(token__in=found.shops, subject__in=family(*actor.subjects)).first() if actor.subjects else None
    if shop is None:
        raise ParcelUnknown
    firm, given = _firm(found), _marks(marks)
    by = str(actor)
    with transaction.atomic(), locks.locked(f"delivery.rating:{found.waybill_no}"):
        if MerchantRating.objects.filter(firm=firm, waybill_no=found.waybill_no).exists():
            raise AlreadyDone(**ONCE)
        about = {"firm": firm, "outlet": found.last_holder, "waybill_no": found.waybill_no, "shop": shop}
        made = MerchantRating(**about, rater=MERCHANT, at=clock.now(), by=by, **given)
        return rows.put(made, "delivery.rating.by_merchant", actor=by, object=f"subjects.courier:{firm.code}", data={"outlet": made.outlet})


def rate_as_consumer(actor: Actor, waybill_no: str, order_no: str, marks: Marks) -> ConsumerRating:
    """Who received a parcel rates it, known by its two numbers, once it was signed for. Raises ParcelUnknown, WrongState, AlreadyDone."""
    found = timeline.parcel(waybill_no, order_no)
    signed = found.delivered_at
    if signed is None:
        raise WrongState(why_zh="快件签收后才能评价。", why_en="A parcel is rated after it was signed for.")
    firm, given = _firm(found), _marks(marks)
    with transaction.atomic(), locks.locked(f"delivery.rating:{found.waybill_no}"):
        if ConsumerRating.objects.filter(firm=firm, waybill_no=found.waybill_no).exists():
            raise AlreadyDone(**ONCE)
        about = {"firm": firm, "outlet": found.last_holder, "waybill_no": found.waybill_no, "signed_at": signed}
        made = ConsumerRating(**about, rater=CONSUMER, at=clock.now(), **given)
        return rows.put(
            made, "delivery.rating.by_consumer", actor=str(actor), object=f"subjects.courier:{firm.code}", data={"outlet": made.outlet}
        )


def _firm(found: timeline.Parcel) -> CourierFirm:
    firm = CourierFirm.objects.filter(code=found.courier).first()
    if firm is None:
        raise ParcelUnknown
    return firm
