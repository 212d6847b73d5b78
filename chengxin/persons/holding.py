"""Holds by hand: an officer keeps a business's or a complaint's data from being erased, with a reason and a last day, and lifts it again.

The night's work (terms.py) and a person's request (erasing.py) ask `Standing`. A hold whose last day is over holds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.consumers.models import Complaint
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.kernel.locks import locked
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.persons.access import DESK
from chengxin.persons.errors import HeldAlready, HoldWrong
from chengxin.persons.models import LIFTED, STANDS, Hold, HoldStep
from chengxin.persons.stores import Store
from chengxin.records.content import PERSONAL
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family

LEAST = 4  # characters; four Chinese characters can give a reason
PAPERS = ("matter_kind", "matter_id")
COMPLAINT = "consumers.complaint"  # the kind of matter that papers and exhibits of a complaint name


@dataclass(frozen=True)
class Standing:
    """What is held today: ids of businesses (with those judged to be one with them) and of complaints."""

    subjects: frozenset[Any]
    complaints: frozenset[Any]

    def holds(self, store: Store, found: Mapping[str, Any]) -> bool:
        """Whether a row is held; `found`: its columns of `paths`."""
        if not (self.subjects or self.complaints):
            return False
        subject = subject_path(store)
        return bool(subject and found[subject] in self.subjects) or self._complaint(store, found)

    def _complaint(self, store: Store, found: Mapping[str, Any]) -> bool:
        way = complaint_paths(store)
        if len(way) == len(PAPERS):
            return found[way[0]] == COMPLAINT and found[way[1]] in self.complaints
        return any(found[path] in self.complaints for path in way)


def standing(today: date | None = None) -> Standing:
    """The holds that have not ended."""
    rows = list(in_force(Hold.objects.all(), today).values_list("subject", "complaint"))
    businesses = [subject for subject, _complaint in rows if subject]
    return Standing(family(*businesses) if businesses else frozenset(), frozenset(one for _subject, one in rows if one))


def in_force(holds: QuerySet[Hold], today: date | None = None) -> QuerySet[Hold]:
    return holds.filter(state=STANDS, until__gte=today or clock.today())


def subject_path(store: Store) -> str:
    """The column that names the business of a row, or ""."""
    return "pk" if store.model == "subjects.Subject" else store.subject


def complaint_paths(store: Store) -> list[str]:
    """The column that names the complaint of a row; for papers and exhibits the two that name their matter."""
    root = store.root
    if root is None:
        return []
    if root.endswith("matter"):
        return [f"{root.removesuffix('matter')}{one}" for one in PAPERS]
    if root == "":
        return ["pk"] if store.model == "consumers.Complaint" else []
    return [one for one in root.split("|") if one == "complaint"]


def paths(store: Store) -> list[str]:
    """The columns of a row that say whether it is held."""
    return [one for one in [subject_path(store), *complaint_paths(store)] if one]


def is_held(store: Store, key: Any) -> bool:
    """Whether one row is held today."""
    columns = paths(store)
    found = store.table._base_manager.filter(pk=key).values("pk", *(one for one in columns if one != "pk")).first() if columns else None
    return found is not None and standing().holds(store, found)


# ---- doing it


def longest() -> date:
    """The last day that a hold may have when it is placed or renewed today."""
    return add_months(clock.today(), int(law.at(clock.today()).value("retention_hold_months")))


def place(actor: Actor, department: str, until: date, reason: str, *, subject: Subject | None = None, complaint: str = "") -> Hold:
    """Hold the data of a business, or of a complaint of the actor's desk. Raises NotFound, HoldWrong, HeldAlready."""
    if department not in actor.departments_as(*DESK):
        raise NotFound
    matter = access.get(actor, Complaint, number=complaint, department__in=actor.departments_as(*DESK)) if complaint else None
    if (subject is None) == (matter is None):
        raise HoldWrong(why_zh="请指定一家主体或者一件投诉。", why_en="Name one business or one complaint.")
    why = _checked(reason, until)
    with transaction.atomic(), locked("persons.holds"):
        if Hold.objects.filter(state=STANDS, department=department, subject=subject, complaint=matter).exists():
            raise HeldAlready
        start = f"ZH{clock.today():%Y%m%d}"
        made = Hold(department=department, subject=subject, complaint=matter, reason=why, until=until)
        made.number = f"{start}{Hold.objects.filter(number__startswith=start).count() + 1:04d}"
        made.placed_by_name, made.placed_at = actor.name, clock.now()
        made.save(force_insert=True)
        _step(actor, made, "place", why)
    return made


def renew(actor: Actor, number: str, until: date, reason: str) -> Hold:
    """A later last day, with a reason; the one before stays in the history. Raises NotFound, HoldWrong."""
    why = _checked(reason, until)
    with transaction.atomic():
        found = _held(actor, number)
        if until <= found.until:
            raise HoldWrong(
                why_zh=f"现有期限至 {found.until}，新的期限应当更晚。", why_en=f"It stands until {found.until}; name a later day."
            )
        found.until = until
        found.save(update_fields=["until"])
        _step(actor, found, "renew", why)
    return found


def lift(actor: Actor, number: str, reason: str) -> Hold:
    """The hold ends today; the next night does what the terms say. Raises NotFound, HoldWrong."""
    with transaction.atomic():
        found = _held(actor, number)
        why = _checked(reason)
        found.state = LIFTED
        found.save(update_fields=["state"])
        _step(actor, found, "lift", why)
    return found


def _held(actor: Actor, number: str) -> Hold:
    with locked(f"persons.hold:{number}"):
        found = access.get(actor, Hold, number=number)
        if found.state != STANDS:
            raise HoldWrong(why_zh="该项已经解除。", why_en="It was lifted already.")
    return found


def _checked(reason: str, until: date | None = None) -> str:
    why = reason.strip()
    if len(why) < LEAST or PERSONAL.search(why):
        raise HoldWrong(
            why_zh="请写明理由，且不要填写证件号、电话或账号。", why_en="Give the reason, without identity, telephone or account numbers."
        )
    if until and not clock.today() < until <= longest():
        raise HoldWrong(why_zh=f"期限应在明天至 {longest()} 之间。", why_en=f"The last day lies between tomorrow and {longest()}.")
    return why[:500]


def _step(actor: Actor, hold: Hold, action: str, reason: str) -> None:
    data = {"department": hold.department, "until": hold.until.isoformat(), "of": "subject" if hold.subject_id else "complaint"}
    leaf = audit.record(f"persons.hold.{action}", actor=str(actor), object=f"persons.hold:{hold.number}", data=data)
    said = {"reason": reason, "until": hold.until, "by": str(actor), "by_name": actor.name, "at": clock.now(), "leaf": leaf.index}
    HoldStep.objects.create(hold=hold, action=action, **said)
