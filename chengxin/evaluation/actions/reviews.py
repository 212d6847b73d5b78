"""What is decided about single reviews. A review is never deleted: a part is masked, or it is excluded from the score, each with a public
statement of reasons and a number; the shop answers it or objects."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.evaluation import queries
from chengxin.evaluation.access import DESK, OWNERS, PLATFORM
from chengxin.evaluation.errors import AlreadyDecided, AlreadyThere, ReviewUnknown, SamePerson
from chengxin.evaluation.models import OPEN, REJECTED, UPHELD, Objection, Reply, Snapshot, Treatment, TreatmentEnd
from chengxin.evaluation.rule import in_force
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import Forbidden
from chengxin.subjects.models import Shop

LOCK = "evaluation.reviews"


def _shop(actor: Actor, shop_id: object) -> Shop:
    """A shop that has a score the actor works on. Raises NotFound."""
    return access.get(actor, Snapshot, shop_id=shop_id).shop


def _check_known(shop: Shop, review_no: str) -> None:
    if review_no not in queries.review_numbers(shop):
        raise ReviewUnknown(review_no=review_no)


@transaction.atomic
def treat(actor: Actor, shop_id: object, given: dict[str, Any]) -> Treatment:
    """Mask part of a review (a platform's person or an officer) or exclude it from the score (an officer).

    given: act, review_no, part, original_sha256, reason, basis, statement. Raises NotFound, Forbidden, ReviewUnknown, AlreadyThere.
    """
    if not actor.has(*DESK) and not (actor.has(*PLATFORM) and given["act"] == Treatment.Act.MASK):
        raise Forbidden
    shop = _shop(actor, shop_id)
    with locks.locked(LOCK):
        _check_known(shop, given["review_no"])
        return do_treat(actor, shop, given)


def do_treat(actor: Actor, shop: Shop, given: dict[str, Any]) -> Treatment:
    """Put the treatment down with its number; lock evaluation.reviews is held."""
    if Treatment.objects.filter(shop=shop, review_no=given["review_no"], act=given["act"], end=None).exists():
        raise AlreadyThere
    today = clock.today()
    known = Treatment.objects.filter(number__startswith=f"PC{settings.CITY_DIVISION}{today:%Y%m%d}").count()
    made = Treatment(
        number=ids.our_number("PC", settings.CITY_DIVISION, today, known + 1),
        shop=shop,
        **given,
        decided_by=str(actor),
        decided_by_name=actor.name,
        at=clock.now(),
    )
    data = {"number": made.number, "shop": str(shop.pk), "act": made.act, "reason": made.reason}
    return rows.put(made, "evaluation.review.treated", actor=str(actor), object=f"evaluation.treatment:{made.pk}", data=data)


@transaction.atomic
def reply(actor: Actor, shop_id: object, review_no: str, text: str) -> Reply:
    """The seller answers a review in public, once. Raises NotFound, Forbidden, ReviewUnknown, AlreadyThere."""
    if not actor.has(*OWNERS):
        raise Forbidden
    shop = _shop(actor, shop_id)
    with locks.locked(LOCK):
        _check_known(shop, review_no)
        if Reply.objects.filter(shop=shop, review_no=review_no).exists():
            raise AlreadyThere
        made = Reply(shop=shop, review_no=review_no, text=text.strip(), written_by=str(actor), at=clock.now())
        data = {"shop": str(shop.pk)}
        return rows.put(made, "evaluation.review.replied", actor=str(actor), object=f"evaluation.reply:{made.pk}", data=data)


@transaction.atomic
def object_to(actor: Actor, shop_id: object, review_no: str, statement: str) -> Objection:
    """The shop disputes a review, or the treatment of one that it has. Raises NotFound, Forbidden, ReviewUnknown, AlreadyThere."""
    if not actor.has(*OWNERS):
        raise Forbidden
    shop = _shop(actor, shop_id)
    with locks.locked(LOCK):
        _check_known(shop, review_no)
        if Objection.objects.filter(shop=shop, review_no=review_no, state=OPEN).exists():
            raise AlreadyThere
        standing = Treatment.objects.filter(shop=shop, review_no=review_no, end=None).order_by("-at").first()
        made = Objection.objects.create(
            shop=shop,
            review_no=review_no,
            treatment=standing,
            department=in_force(clock.today()).content["desk"],
            statement=statement.strip(),
            raised_by=str(actor),
            raised_by_name=actor.name,
            raised_at=clock.now(),
        )
        data = {"shop": str(shop.pk), "treatment": standing.number if standing else ""}
        audit.record("evaluation.objection.raised", actor=str(actor), object=f"evaluation.objection:{made.pk}", data=data)
        return made


@transaction.atomic
def decide_objection(actor: Actor, objection_id: object, upheld: bool, answer: str, basis: str) -> Objection:
    """An officer who had no part in it decides, with reasons. Upheld: a disputed review is excluded by a numbered decision; a treatment
    objected to is taken back. Raises NotFound, Forbidden, AlreadyDecided, SamePerson."""
    if not actor.has(*DESK):
        raise Forbidden
    with locks.locked(LOCK):
        found = Objection.objects.select_for_update().get(pk=access.get(actor, Objection, pk=objection_id).pk)
        if found.state != OPEN:
            raise AlreadyDecided
        if found.treatment and found.treatment.decided_by == str(actor):
            raise SamePerson
        found.state, found.answer = UPHELD if upheld else REJECTED, answer.strip()
        found.decided_by, found.decided_by_name, found.decided_at = str(actor), actor.name, clock.now()
        found.save()
        data = {"state": found.state, "shop": str(found.shop_id)}
        if upheld:
            data["number"] = _carry_out(actor, found, answer, basis)
        audit.record("evaluation.objection.decided", actor=str(actor), object=f"evaluation.objection:{found.pk}", data=data)
        return found


def _carry_out(actor: Actor, found: Objection, answer: str, basis: str) -> str:
    """What an upheld objection does; the number of the treatment it made or ended."""
    if found.treatment:
        if TreatmentEnd.objects.filter(treatment=found.treatment).exists():
            raise AlreadyDecided
        end = TreatmentEnd(treatment=found.treatment, reason=answer[:500], decided_by=str(actor), at=clock.now())
        name = f"evaluation.treatment:{found.treatment_id}"
        rows.put(end, "evaluation.review.restored", actor=str(actor), object=name, data={"number": found.treatment.number})
        return found.treatment.number
    given = {"act": Treatment.Act.EXCLUDE, "review_no": found.review_no, "reason": "dispute", "basis": basis, "statement": answer[:500]}
    return do_treat(actor, found.shop, given).number
