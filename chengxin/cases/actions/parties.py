"""Several parties in one matter: each has a file of its own, with its own notice, statement, decision, service and record; the evidence of
the matter is shared. The head brings a party in, by a decision of filing that names it."""

from __future__ import annotations

from uuid import UUID

from chengxin.accounts import access
from chengxin.cases import clocks
from chengxin.cases.actions.issuing import issue_filing
from chengxin.cases.actions.people import put
from chengxin.cases.actions.taking import Taking, effect, rule, write
from chengxin.cases.errors import NothingToDo, NotTwoOfficers
from chengxin.cases.models import HANDLER, Case, CaseStep
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.subjects.models import Subject


def party_named(taking: Taking) -> Subject:
    """The subject of the register with this code or id. Raises NotFound."""
    text = taking.given["party"].strip()
    try:
        return access.get(taking.actor, Subject, pk=UUID(text))
    except ValueError:
        if not text:
            raise NotFound from None
        return access.get(taking.actor, Subject, uscc=text.upper())


@rule("add_party")
def a_new_party_of_the_lead_file(taking: Taking) -> None:
    case = taking.case
    if case.lead:
        raise NothingToDo(why_zh="请在主案中追加当事人。", why_en="Parties are added on the matter's first file.")
    if party_named(taking).pk in {one.subject_id for one in (case, *case.others.all())}:
        raise NothingToDo(why_zh="该主体已是本案当事人。", why_en="This subject is a party of the matter already.")


@rule("add_party")
def both_officers_are_there(taking: Taking) -> None:
    """The file of the new party begins with two officers, as every file does."""
    handlers = taking.case.members.filter(capacity=HANDLER, left_on__isnull=True).count()
    if handlers != int(law.at(taking.today).value("case_officers")):
        raise NotTwoOfficers


@effect("add_party")
def open_file_of_party(taking: Taking, step: CaseStep) -> None:
    """The party's own file begins filed: same officers, who declare their relations to it, and its own period of decision."""
    lead, today = taking.case, taking.today
    with locks.locked(f"cases.numbers:{lead.department}"):
        other = Case.objects.create(
            number=f"{lead.number}-{lead.others.count() + 2}",
            department=lead.department,
            subject=party_named(taking),
            title=lead.title,
            behaviour=lead.behaviour,
            source=lead.source,
            state="FILED",
            received_on=lead.received_on,
            filed_on=today,
            lead=lead,
            opened_at=clock.now(),
        )
    members = list(lead.members.filter(left_on__isnull=True))
    for one in members:
        put(other, one.person, one.capacity)
    _file(taking, other)
    clocks.start(other, clocks.DECIDE, law.at(today).due(clocks.DECIDE, today), today)
    other.due_on = clocks.nearest(other)
    other.save()


def _file(taking: Taking, other: Case) -> None:
    """The step of filing with its paper, by the head who brings the party in, with the officers of the matter."""
    filed = taking.case.steps.filter(action="file_case").get()
    handlers = other.members.filter(capacity=HANDLER).values_list("person", flat=True)
    data = {**dict(zip(("officer_a", "officer_b"), handlers, strict=True)), "contact_phone": filed.data.get("contact_phone", "")}
    step = write(other, taking.actor, "file_case", "", data, {"reason": taking.given["reason"]})
    issue_filing(Taking(taking.actor, other, "file_case", taking.given, taking.roles, taking.outcome), step)
