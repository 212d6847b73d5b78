"""The steps of a report, and the only way to who made it: a named handler, a reason, a log entry each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.consumers import papers
from chengxin.consumers.actions.handling import desk
from chengxin.consumers.actions.steps import check_text, held, moved, written, wrong
from chengxin.consumers.errors import AlreadyDone, NoBasisToTell, NotAHandler, RespondentUnknown
from chengxin.consumers.events import ReportFiled
from chengxin.consumers.models import Complaint, Handler, Identity, Report
from chengxin.consumers.models.reports import FILED_CASE, NOT_FILED, NOT_OURS, OPEN
from chengxin.jobs import outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.law import law

HEAD = "head"
SEALED = ("name", "phone", "address", "id_number")


@dataclass(frozen=True)
class Opened:
    """Who complained or reported, as opened once for a reason. speaker: who else speaks for a group."""

    name: str
    phone: str
    address: str
    id_kind: str
    id_number: str
    speaker: str = ""


def name_handler(actor: Actor, number: str, user: User) -> Handler:
    """The head names who handles a report; only they may open the identity. Raises Forbidden for who is no head there."""
    with transaction.atomic():
        found = held(actor, Report, number)
        if HEAD not in desk(actor, found):
            raise Forbidden
        if not user.is_active or found.handlers.filter(user=user.actor, until=None).exists():
            raise AlreadyDone
        made = Handler(report=found, user=user.actor, user_name=str(user), named_by=str(actor), named_at=clock.now())
        made.save()
        written(found, "name_handler", actor, found.state, str(user))
        return made


def dismiss_handler(actor: Actor, number: str, handler_id: UUID | str) -> Handler:
    """The head takes somebody off it."""
    with transaction.atomic():
        found = held(actor, Report, number)
        if HEAD not in desk(actor, found):
            raise Forbidden
        one = found.handlers.filter(pk=handler_id, until=None).first()
        if one is None:
            raise NotFound
        one.until = clock.now()
        one.save()
        written(found, "dismiss_handler", actor, found.state, one.user_name)
        return one


def is_handler(actor: Actor, report: Report) -> bool:
    """Whether the actor was named and is still on it."""
    return report.handlers.filter(user=str(actor), until=None).exists()


def open_identity(actor: Actor, matter: Complaint | Report, reason: str) -> Opened | None:
    """Who it is; None for an anonymous reporter. Logged with the reason before it is shown, and never part of a list or an export.

    A complaint's is its department's, a report's its named handlers'. Raises NotFound, NotAHandler.
    """
    text = check_text(reason, "查看理由", "the reason")
    desk(actor, matter)
    if isinstance(matter, Report) and not is_handler(actor, matter):
        raise NotAHandler
    who = Identity.objects.filter(**{"report" if isinstance(matter, Report) else "complaint": matter}).first()
    kind = "report" if isinstance(matter, Report) else "complaint"
    audit.record_read(str(actor), f"consumers.{kind}:{matter.pk}", SEALED, text)
    return Opened(who.name, who.phone, who.address, who.id_kind, who.id_number, _speaker(matter)) if who else None


def _speaker(matter: Complaint | Report) -> str:
    """Name and telephone of the fellow complainant who speaks for a group; empty when the first one does."""
    found = matter.members.filter(representative=True).first() if isinstance(matter, Complaint) else None
    return f"{found.name} {found.phone}" if found else ""


def not_ours(actor: Actor, number: str, reason: str) -> Report:
    """It is another authority's; the reporter is told so by the code's page."""
    return _decided(actor, number, "not_ours", reason)


def not_file(actor: Actor, number: str, reason: str) -> Report:
    """Checked; no case follows."""
    return _decided(actor, number, "not_file", reason)


def _decided(actor: Actor, number: str, action: str, reason: str) -> Report:
    text = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, Report, number)
        moved(found, action, desk(actor, found), actor, {"reason": text})
        _over(found, text)
        return found


def _over(found: Report, reason: str) -> None:
    found.reason, found.closed_at, found.due_on = reason, clock.now(), None
    found.save()


def check(actor: Actor, number: str) -> Report:
    """Begin the check; its clock has run since receipt."""
    with transaction.atomic():
        found = held(actor, Report, number)
        moved(found, "check", desk(actor, found), actor)
        found.save()
        return found


def extend(actor: Actor, number: str, reason: str) -> Report:
    """The head extends the check once, by the lawful days. Raises AlreadyDone for a second time."""
    text = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, Report, number)
        if found.extended:
            raise AlreadyDone
        moved(found, "extend", desk(actor, found), actor, {"reason": text, "clock_from": found.clock_from})
        found.extended = True
        found.save()
        return found


def file_case(actor: Actor, number: str, behaviour: str, reason: str) -> Report:
    """Hand it over to be filed as a case: the case learns the business, the conduct and the number, never who reported."""
    law.at(clock.today()).behaviour(behaviour)
    text = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        found = held(actor, Report, number)
        if found.respondent_id is None:
            raise RespondentUnknown
        moved(found, "file_case", desk(actor, found), actor, {"reason": text, "respondent": found.respondent_id}, note=behaviour)
        found.behaviour = behaviour
        received = (found.clock_from or found.received_on).isoformat()
        outbox.emit(ReportFiled(str(found.pk), str(found.respondent_id), found.department, behaviour, received))
        _over(found, text)
        return found


def merge(actor: Actor, number: str, first_number: str, *, new_facts: bool) -> Report:
    """A repeat on the same facts is not handled again; with new facts the earlier one takes them and its clock starts anew (art. 35)."""
    with transaction.atomic():
        if number == first_number:
            wrong("不能并入自身", "it cannot be merged into itself")
        first = held(actor, Report, first_number)
        found = held(actor, Report, number)
        if found.respondent_id != first.respondent_id or found.respondent_name != first.respondent_name:
            wrong("两件举报的被举报人不同", "the two are about different businesses")
        if new_facts:
            _restarted(actor, first)
        moved(found, "merge", desk(actor, found), actor, {"first": first.pk}, note=first.number)
        found.first, found.closed_at, found.due_on = first, clock.now(), None
        found.save()
        return found


def _restarted(actor: Actor, first: Report) -> None:
    if first.state not in OPEN:
        wrong("先前的举报已经办结，新线索应当单独办理", "the earlier report is closed: handle the new facts on their own")
    moved(first, "add_facts", desk(actor, first), actor)
    first.clock_from, first.extended = clock.today(), False
    first.save()


def bases(report: Report) -> list[str]:
    """The provisions that may order the result to be told, by the law of the day of receipt."""
    return list(law.at(report.received_on).value("complaint_tell_bases"))


def tell(actor: Actor, number: str, basis: str, text: str) -> Report:
    """Tell the reporter the result (form 10), by a handler, where a provision orders it. Raises NoBasisToTell."""
    said = check_text(text, "告知内容", "what is told")
    with transaction.atomic():
        found = held(actor, Report, number)
        if found.state not in (FILED_CASE, NOT_FILED, NOT_OURS) or found.told_on:
            raise AlreadyDone
        if basis not in bases(found):
            raise NoBasisToTell
        who = open_identity(actor, found, f"制作举报处理结果告知书（{basis}）")
        if who is None:
            raise NoBasisToTell
        papers.result(actor, found, who.name, basis, said)
        found.told_on, found.tell_basis = clock.today(), basis
        written(found, "tell", actor, found.state, basis)
        found.save()
        return found


def due_to_tell(report: Report) -> date | None:
    """Under order 20 a named reporter was told within five working days of the decision; order 121 has no such term."""
    if not report.named or report.closed_at is None or report.told_on:
        return None
    book = law.at(report.received_on)
    return book.due("REPORT_TELL", clock.city_day(report.closed_at)) if "REPORT_TELL" in book.clocks() else None
