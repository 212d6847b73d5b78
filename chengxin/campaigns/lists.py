"""Lists of this room and the words for its codes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.campaigns import courses
from chengxin.campaigns.models import Campaign, CampaignStep, Completion, Handover, Streamer
from chengxin.campaigns.occasions import occasions
from chengxin.kernel import clock, language
from chengxin.kernel.masking import mask
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.subjects.models import Platform

KINDS: dict[str, Any] = {"GOOD": _("Good example"), "BAD": _("Bad example")}
CONSENTS: dict[str, Any] = {
    "": _("Not asked yet"),
    "asked": _("Asked, no answer yet"),
    "given": _("Consent given"),
    "declined": _("Consent declined"),
    "withdrawn": _("Consent withdrawn"),
}


def state_name(of: str, state: str) -> str:
    return language.pick(workflow.load(f"campaigns/{of}").states[state])


def states(of: str) -> list[tuple[str, str]]:
    table = workflow.load(f"campaigns/{of}")
    return [(code, language.pick(one)) for code, one in table.states.items() if code != table.initial]


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def departments() -> list[tuple[str, str]]:
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments()]


def behaviours() -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {language.pick(one)}") for one in law.at(clock.today()).behaviours()]


def goods() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes("complaint_category").items()]


def occasion_names() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in occasions().items()]


def history(of: str, matter: Any) -> list[dict[str, Any]]:
    """Every step of a matter with its names."""
    table = workflow.load(f"campaigns/{of}")
    names = {one.action: one for one in table.steps}
    rows = CampaignStep.objects.filter(of=of, matter=matter.pk)
    return [{"one": one, "name": names[one.action], "after": table.states[one.after]} for one in rows]


def _titled(rows: Any, text: str) -> Any:
    return rows.filter(title__icontains=text[:100]) | rows.filter(number=text.strip().upper()[:24])


def _due(one: Handover) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on and one.state == "SENT" else "green"


CAMPAIGNS = Table(
    name="campaigns",
    caption=_("Special campaigns"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("title", _("Name"), css="wide"),
        Column("department", _("Lead"), sort="department", value=lambda one: department_name(one.department)),
        Column("starts_on", _("From"), kind="date", sort="starts_on"),
        Column("ends_on", _("Until"), kind="date", sort="ends_on"),
        Column("state", _("State"), kind="tag", sort="state", value=lambda one: state_name("campaign", one.state)),
    ],
    filters=[
        Filter("q", _("Name or number"), kind="text", apply=_titled),
        Filter("state", _("State"), choices=lambda: states("campaign")),
        Filter("department", _("Lead"), choices=departments),
    ],
    sort="-starts_on",
    empty=_("No campaign yet"),
    empty_next=_("Draft one; a head of the lead department approves it."),
)

HANDOVERS = Table(
    name="handovers",
    caption=_("Clues handed to other regions"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("clue.number", _("Clue"), kind="mono"),
        Column("authority", _("Authority that receives it"), css="wide"),
        Column("sent_on", _("Sent on"), kind="date", sort="sent_on"),
        Column("due_on", _("Answer by"), kind="clock", colour=_due, sort="due_on"),
        Column("state", _("State"), kind="tag", sort="state", value=lambda one: state_name("handover", one.state)),
    ],
    filters=[Filter("state", _("State"), choices=lambda: states("handover"))],
    sort="due_on",
    empty=_("Nothing was handed over"),
    empty_next=_("A clue whose subject is registered elsewhere is handed over from the clue's number on the desk."),
)

STORIES = Table(
    name="desk-stories",
    caption=_("Typical cases"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("kind", _("Kind of story"), sort="kind", value=lambda one: str(KINDS[one.kind])),
        Column("title", _("Title of the story"), css="wide"),
        Column("author_name", _("Author")),
        Column("state", _("State"), kind="tag", sort="state", value=lambda one: state_name("story", one.state)),
        Column("consent", _("Consent"), value=lambda one: str(CONSENTS[one.consent]) if one.kind == "GOOD" else "—"),
    ],
    filters=[
        Filter("q", _("Name or number"), kind="text", apply=_titled),
        Filter("kind", _("Kind of story"), choices=lambda: list(KINDS.items())),
        Filter("state", _("State"), choices=lambda: states("story")),
    ],
    sort="-number",
    empty=_("No story yet"),
    empty_next=_("Write one from a record in publicity, or about a subject that sets an example."),
)

ACTIVITIES = Table(
    name="activities",
    caption=_("Activities"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("title", _("Name"), css="wide"),
        Column("occasion", _("Occasion"), sort="occasion", value=lambda one: language.pick(occasions()[one.occasion])),
        Column("department", _("Lead"), sort="department", value=lambda one: department_name(one.department)),
        Column("on", _("Day of the activity"), kind="date", sort="on"),
        Column("state", _("State"), kind="tag", sort="state", value=lambda one: state_name("activity", one.state)),
    ],
    filters=[
        Filter("occasion", _("Occasion"), choices=occasion_names),
        Filter("state", _("State"), choices=lambda: states("activity")),
    ],
    sort="-on",
    empty=_("No activity is planned"),
    empty_next=_("Plan one for the next occasion of the calendar."),
)


def _late(rows: Any, value: str) -> Any:
    return rows.filter(due_on__lt=clock.today()) if value == "yes" else rows


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


def _streamers(name: str, account: Column, *narrow: Filter) -> Table:
    return Table(
        name=name,
        caption=_("Streamers and their yearly training"),
        columns=[
            account,
            Column("platform.name", _("Platform"), sort="platform__code"),
            Column("since", _("Since"), kind="date", sort="since"),
            Column("trained_on", _("Last trained on"), kind="date", sort="trained_on"),
            Column("due_on", _("Train by"), kind="clock", sort="due_on", colour=lambda one: law.clock_colour(one.due_on, clock.today())),
        ],
        filters=[Filter("late", _("Overdue"), choices=[("yes", _("Overdue today"))], apply=_late), *narrow],
        sort="due_on",
        empty=_("No streamer"),
        empty_next=_("Live platforms name their streamers here or by the API."),
    )


def _last4(one: Streamer) -> str:
    return mask("account", one.account, "department")


def account_end(one: Completion) -> str:
    """Whose training it is, by the last four signs, and the platform."""
    return f"{_last4(one.streamer)} ({one.streamer.platform.name})" if one.streamer else ""


OWN_STREAMERS = _streamers("streamers", Column("account", _("Account")))
ALL_STREAMERS = _streamers(
    "all-streamers", Column("account", _("Account"), value=_last4), Filter("platform__code", _("Platform"), choices=_platforms)
)


def course_name(code: str) -> str:
    """A course's name; a platform's own training stands by the title it gave."""
    known = courses.courses().get(code)
    return language.pick(known) if known else code


def revoked(one: Completion) -> bool:
    return hasattr(one, "revocation")


def _stands(rows: Any, value: str) -> Any:
    return rows.filter(revocation__isnull=value != "yes")


def _coded(rows: Any, text: str) -> Any:
    plain = text.strip()[:100]
    return rows.filter(code=plain.upper()) | rows.filter(paper_number=plain)


STANDS = Column("stands", _("State"), kind="tag", value=lambda one: str(_("Revoked") if revoked(one) else _("Valid")))
REVOKED = Filter("revoked", _("State"), choices=[("no", _("Valid")), ("yes", _("Revoked"))], apply=_stands)
FROM = Filter("source", _("Trained at"), choices=[("course", _("In this system")), ("platform", _("At the platform"))])

COMPLETIONS = Table(
    name="completions",
    caption=_("Completed courses"),
    columns=[
        Column("course", _("Course"), css="wide", value=lambda one: course_name(one.course)),
        Column("who", _("Person trained"), value=lambda one: one.subject.name if one.subject else one.streamer.account),
        Column("on", _("Completed on"), kind="date", sort="on"),
        Column("source", _("Trained at"), value=lambda one: str(_("In this system") if one.source == "course" else _("At the platform"))),
        Column("code", _("Verify code"), kind="mono"),
        STANDS,
    ],
    filters=[FROM, REVOKED],
    sort="-on",
    empty=_("Nothing completed yet"),
    empty_next=_("Courses that your shops and streamers pass appear here."),
)

ALL_COMPLETIONS = Table(
    name="all-completions",
    caption=_("Certificates and trainings"),
    columns=[
        Column("course", _("Course"), css="wide", link="page_url", value=lambda one: course_name(one.course)),
        Column("who", _("Person trained"), value=lambda one: one.subject.name if one.subject else _last4(one.streamer)),
        Column("on", _("Completed on"), kind="date", sort="on"),
        Column("paper_number", _("Number of the certificate"), kind="mono"),
        STANDS,
    ],
    filters=[
        Filter("q", _("Verify code or number of the certificate"), kind="text", apply=_coded),
        FROM,
        REVOKED,
    ],
    sort="-on",
    empty=_("Nothing completed yet"),
    empty_next=_("Courses that businesses and streamers pass appear here."),
)


COUNTED = Table(
    name="counted",
    caption=_("What is counted"),
    columns=[
        Column("number", _("Number"), kind="mono", link="url"),
        Column("department", _("Department")),
        Column("day", _("Day"), kind="date", sort="day"),
    ],
    filters=[Filter("day", _("Day"), kind="date")],
    sort="-day",
    empty=_("Nothing was counted"),
    empty_next=_("Rows appear as soon as departments enter them in their own work."),
)


def running(rows: Any) -> Any:
    """Campaigns that can take a clue."""
    return [(one.number, one.title) for one in rows.filter(state="RUNNING")]


def certificate_url(code: str) -> str:
    return reverse("documents:check", args=[code])


def plan_of(one: Campaign) -> dict[str, Any]:
    """The plan in words."""
    book = law.at(clock.today())
    known = book.codes("complaint_category")
    return {
        "lead": department_name(one.department),
        "members": [department_name(code) for code in one.members],
        "behaviours": [book.behaviour(code) for code in one.behaviours],
        "goods": [known[code] for code in one.goods],
    }
