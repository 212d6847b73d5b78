"""The lists of this room: receipts, a receipt's errors, cross issues, reporting by platform."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.facts import crosschecks
from chengxin.facts.kinds import kind, kinds
from chengxin.facts.models import CrossIssue, Receipt
from chengxin.facts.reasons import WHOLE_ROW, Problem, reason, reasons
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table


def kind_name(name: str) -> str:
    """A kind in the reader's language."""
    return language.pick(kind(name)) if name in kinds() else name


def kind_choices() -> list[tuple[str, str]]:
    return [(name, kind_name(name)) for name in kinds()]


def _day(value: str) -> date | None:
    """A day as the reader typed it; None when it is none, which filters nothing."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _from_day(rows: Any, value: str) -> Any:
    day = _day(value)
    return rows.filter(received_at__gte=datetime.combine(day, time.min, clock.CITY)) if day else rows


def _to_day(rows: Any, value: str) -> Any:
    day = _day(value)
    return rows.filter(received_at__lte=datetime.combine(day, time.max, clock.CITY)) if day else rows


def _outcome(receipt: Receipt) -> str:
    return str(_("Rows set aside")) if receipt.quarantined else str(_("Accepted"))


RECEIPTS = Table(
    name="receipts",
    caption=_("Receipts"),
    sort="-received_at",
    columns=[
        Column("received_at", _("Received"), "time", sort="received_at", link="page"),
        Column("platform_name", _("Platform"), sort="platform_name"),
        Column("platform", _("Platform code"), "mono", show=False),
        Column("kind", _("Kind"), sort="kind", value=lambda receipt: kind_name(receipt.kind)),
        Column("format", _("Format"), sort="format"),
        Column("rows", _("Rows"), "number", sort="rows"),
        Column("accepted", _("New"), "number", sort="accepted"),
        Column("duplicates", _("Known before"), "number", sort="duplicates"),
        Column("quarantined", _("Set aside"), "number", sort="quarantined"),
        Column("outcome", _("Outcome"), "tag", value=_outcome, colour=lambda receipt: "amber" if receipt.quarantined else "green"),
        Column("id", _("Receipt"), "mono", value=lambda receipt: str(receipt.id), show=False),
        Column("identity", _("Digest of the rows"), "mono", show=False),
    ],
    filters=[
        Filter("kind", _("Kind"), choices=kind_choices),
        Filter("platform", _("Platform"), "text"),
        Filter(
            "aside",
            _("Outcome"),
            choices=[("yes", _("Rows set aside")), ("no", _("Accepted"))],
            apply=lambda rows, value: rows.filter(quarantined__gt=0) if value == "yes" else rows.filter(quarantined=0),
        ),
        Filter("since", _("From"), "date", apply=_from_day),
        Filter("until", _("To"), "date", apply=_to_day),
    ],
    empty=_("No reports yet"),
    empty_next=_("Choose a kind, download its template, fill it in and upload it."),
)


def _reason_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(reasons())]


ERRORS = Table(
    name="errors",
    caption=_("Rows set aside"),
    sort="row",
    columns=[
        Column("row", _("Row"), "number", sort="row"),
        Column("field", _("Column"), sort="field", value=lambda line: line["name"]),
        Column("value", _("Value"), "mono"),
        Column("code", _("Code"), "mono", sort="code"),
        Column("why", _("Reason")),
        Column("remedy", _("What to do")),
    ],
    filters=[Filter("code", _("Code"), choices=_reason_choices)],
    empty=_("All rows were accepted"),
)


def error_lines(receipt: Receipt, problems: list[Problem], lang: str | None = None) -> list[dict[str, Any]]:
    """Problems as people read them: {row, field, name, value, code, why, remedy}."""
    of = kind(receipt.kind)
    lines = []
    for problem in problems:
        why, remedy = reason(of, problem.code, problem.field, problem.data, lang)
        column = of.by_name.get(problem.field)
        name = language.pick(column, lang) if column else str(_("whole row")) if problem.field == WHOLE_ROW else problem.field
        lines.append(
            {
                "row": problem.row,
                "field": problem.field,
                "name": name,
                "value": problem.value,
                "code": problem.code,
                "why": why,
                "remedy": remedy,
            }
        )
    return lines


def check_name(issue: CrossIssue) -> str:
    """What does not agree, in the reader's language."""
    return language.pick(crosschecks.checks()[issue.check_code])


ISSUES = Table(
    name="cross-issues",
    caption=_("Reports that do not agree"),
    sort="-found_at",
    columns=[
        Column("found_at", _("Found at"), "time", sort="found_at", link="receipt.page"),
        Column("platform_name", _("Platform"), sort="platform_name"),
        Column("platform", _("Platform code"), "mono", show=False),
        Column("check", _("What does not agree"), value=check_name),
        Column("count", _("Count"), "number", sort="count"),
        Column("examples", _("Examples"), "mono", value=lambda issue: ", ".join(str(one["number"]) for one in issue.examples[:3])),
    ],
    filters=[
        Filter(
            "check_code",
            _("What does not agree"),
            choices=lambda: [(code, language.pick(check)) for code, check in crosschecks.checks().items()],
        )
    ],
    empty=_("All reports agree so far"),
)

REPORTING = Table(
    name="reporting",
    caption=_("Reporting by platform"),
    sort="platform",
    columns=[
        Column("platform_name", _("Platform"), sort="platform_name"),
        Column("platform", _("Platform code"), "mono", show=False),
        Column("kind", _("Kind"), sort="kind", value=lambda line: kind_name(line["kind"])),
        Column("batches", _("Batches"), "number", sort="batches"),
        Column("accepted", _("Rows"), "number", sort="accepted"),
        Column("quarantined", _("Set aside"), "number", sort="quarantined"),
        Column("valid", _("Valid rate"), sort="valid", value=lambda line: f"{line['valid']:.1%}"),
        Column("last", _("Last report"), "time", sort="last"),
        Column("covers", _("Facts up to"), "time", sort="covers"),
        Column("gap", _("Days without a report"), "tag", value=lambda line: line["gap"] or "", colour=lambda line: "amber"),
    ],
    filters=[Filter("kind", _("Kind"), choices=kind_choices), Filter("platform", _("Platform"), "text")],
    empty=_("No platform has reported yet"),
)
