"""The lists of the clue desk: the queue, the evidence rows, the requests to platforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, overload

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.detection.learning.actions import in_use as model_in_use
from chengxin.facts import kinds
from chengxin.facts import queries as facts
from chengxin.kernel import clock, language
from chengxin.kernel.masking import Audience, mask
from chengxin.kernel.tables import Choices, Column, Filter, Table
from chengxin.law import law
from chengxin.supervision import queries
from chengxin.supervision.actions import reserve
from chengxin.supervision.models import Clue, PlatformRequest, Waiting
from chengxin.supervision.pictures.ring import pseudonym

SEVERITY_COLOUR = {"high": "red", "medium": "amber", "low": ""}
STATE_COLOUR = {"CHECKING": "accent", "ANSWERED": "accent", "DISMISSED": ""}


def colour_of(clue: Any) -> str:
    return law.clock_colour(clue.due_on, clock.today())


def state_name(code: str) -> str:
    return language.pick(workflow.load("supervision/clue").states[code])


def behaviour_name(code: str) -> str:
    return language.pick(law.at(clock.today()).behaviour(code))


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def _behaviours(mine: QuerySet[Clue]) -> Choices:
    codes = mine.order_by("behaviour").values_list("behaviour", flat=True).distinct()
    return [(code, behaviour_name(code)) for code in codes]


def _departments(mine: QuerySet[Clue]) -> Choices:
    codes = mine.order_by("department").values_list("department", flat=True).distinct()
    return [(code, department_name(code)) for code in codes]


def _states() -> Choices:
    states = workflow.load("supervision/clue").states
    return [*((code, language.pick(state)) for code, state in states.items()), ("any", _("Closed ones too"))]


def _opinion(clue: Clue) -> int | None:
    """The model in use's probability in hundredths; nothing when none is in use."""
    said = getattr(clue, "opinion", None)
    return None if said is None else round(100 * said)


QUEUE = Table(
    name="clues",
    caption=_("Clues"),
    sort="due_on",
    columns=[
        Column("due_on", _("Due"), kind="clock", sort="due_on", colour=colour_of, css="nowrap"),
        Column(
            "title", _("Clue"), sort="title_zh", link="page_url", value=lambda clue: {"zh": clue.title_zh, "en": clue.title_en}, css="wide"
        ),
        Column(
            "severity",
            _("Severity"),
            kind="tag",
            sort="score",
            value=Clue.get_severity_display,
            colour=lambda one: SEVERITY_COLOUR[one.severity],
        ),
        Column("opinion", _("Second opinion %"), kind="number", sort="opinion", value=_opinion, show=False),
        Column(
            "state",
            _("State"),
            kind="tag",
            sort="state",
            value=lambda clue: state_name(clue.state),
            colour=lambda one: STATE_COLOUR.get(one.state, ""),
        ),
        Column("behaviour", _("Behaviour"), sort="behaviour", value=lambda clue: behaviour_name(clue.behaviour), show=False),
        Column("shops", _("Shops"), kind="number", value=lambda clue: clue.shop_count),
        Column("department", _("Department"), sort="department", value=lambda clue: department_name(clue.department)),
        Column("opened_at", _("Opened"), kind="date", sort="opened_at", value=lambda clue: clock.city_day(clue.opened_at), show=False),
        Column("number", _("Number"), kind="mono", sort="number", link="page_url", css="nowrap"),
    ],
    filters=[
        Filter("q", _("Number, title or shop"), kind="text", apply=queries.of_text),
        Filter(
            "colour",
            _("Clock"),
            choices=[("red", _("Overdue")), ("amber", _("Due soon")), ("green", _("In time"))],
            apply=queries.of_colour,
        ),
        Filter("behaviour", _("Behaviour")),
        Filter(
            "platform",
            _("Platform"),
            choices=lambda: list(queries.platform_names().items()),
            apply=lambda rows, code: rows.filter(members__platform=code).distinct(),
        ),
        Filter("state", _("State"), choices=_states, apply=lambda rows, state: rows if state == "any" else rows.filter(state=state)),
        Filter("department", _("Department")),
    ],
    empty=_("No clue is waiting on your desk"),
    empty_next=_(
        "Clues appear here when a detection run finds something in your department's field. You will see them by the colour of their clock."
    ),
)


def queue(mine: QuerySet[Clue]) -> Table:
    """The queue whose filters offer what stands on the reader's own desks: a choice would tell what others have on theirs."""
    offered = {"behaviour": partial(_behaviours, mine), "department": partial(_departments, mine)}
    columns = [replace(one, show=True) if one.key == "opinion" and model_in_use() else one for one in QUEUE.columns]
    return replace(QUEUE, columns=columns, filters=[replace(one, choices=offered.get(one.key, one.choices)) for one in QUEUE.filters])


def request_state(one: PlatformRequest) -> str:
    return str(_("Answered") if one.answered_at else _("To be answered"))


def why_it_waits(one: Any) -> str:
    """In words: how many are worth more, and how many places a week has."""
    places = reserve.per_week(one.department) - reserve.by_lot(one.department)
    return gettext("The week's %(places)d places by rank are taken; %(before)d in line are worth more.") % {
        "places": places,
        "before": one.place - 1,  # annotated by queries.waiting_line
    }


RESERVE = Table(
    name="reserve",
    caption=_("Reserve"),
    sort="-value",
    columns=[
        Column("place", _("Place in line"), kind="number", value=lambda one: one.place),
        Column("title", _("Finding"), link="page_url", value=lambda one: {"zh": one.title_zh, "en": one.title_en}, css="wide"),
        Column("severity", _("Severity"), kind="tag", value=Waiting.get_severity_display, colour=lambda one: SEVERITY_COLOUR[one.severity]),
        Column("score", _("Chance that it is so"), kind="number", sort="score", value=lambda one: round(one.score, 2)),
        Column("value", _("Expected value"), kind="number", sort="value", value=lambda one: round(one.value, 2)),
        Column("why", _("Why it waits"), value=why_it_waits),
        Column("since", _("Waits since"), kind="date", sort="since", value=lambda one: clock.city_day(one.since)),
        Column("department", _("Department"), sort="department", value=lambda one: department_name(one.department)),
    ],
    empty=_("Nothing waits"),
    empty_next=_("All that detection found this week is on the desks."),
)


REQUESTS = Table(
    name="requests",
    caption=_("Requests"),
    columns=[
        Column(
            "due_on", _("Due"), kind="clock", sort="due_on", colour=lambda one: "green" if one.answered_at else colour_of(one), css="nowrap"
        ),
        Column("question", _("Question"), link="page_url", value=lambda one: one.question[:80], css="wide"),
        Column("state", _("State"), kind="tag", value=request_state, colour=lambda one: "green" if one.answered_at else "amber"),
        Column("asked_at", _("Asked"), kind="date", sort="asked_at", value=lambda one: clock.city_day(one.asked_at)),
        Column("asked_by_name", _("Asked by")),
        Column("number", _("Clue number"), kind="mono", value=lambda one: one.clue.number),
    ],
    filters=[
        Filter(
            "state",
            _("State"),
            choices=[("open", _("To be answered")), ("done", _("Answered"))],
            apply=lambda rows, value: rows.filter(answered_at__isnull=value == "open"),
        )
    ],
    empty=_("No officer has asked your platform anything"),
    empty_next=_("When an officer checks a clue about one of your shops, the question appears here with its last day."),
)


# What is shown of each kind on the page; an export has every column. The first is what an officer reads first.
SHOWN: Mapping[str, Sequence[str]] = {
    "order": ("ordered_at", "shop", "buyer", "title", "qty", "paid", "device", "address", "viewed_at", "order_no"),
    "payment": ("paid_at", "payer", "payee", "amount", "method", "institution", "payment_no"),
    "refund": ("requested_at", "payee", "amount", "reason", "channel", "refund_no"),
    "parcel": (
        "collected_at",
        "shop",
        "courier",
        "weight_g",
        "declared_item",
        "origin_division",
        "dest_division",
        "signed_at",
        "sender",
        "waybill_no",
    ),
    "scan": ("at", "status", "division", "outlet", "seq", "waybill_no"),
    "review": ("reviewed_at", "shop", "rater", "stars", "text", "review_no"),
    "followup": ("reviewed_at", "shop", "rater", "stars", "text", "review_no"),
    "price": ("observed_at", "shop", "sku", "shown", "struck", "basis", "promo"),
    "complaint": ("filed_at", "shop", "complainant", "reason", "text", "outcome", "closed_at", "complaint_no"),
    "listing": ("changed_at", "shop", "sku", "title", "brand", "gtin", "shown", "weight_g", "attributes"),
    "post": ("posted_at", "shop", "registered", "channel", "text", "price", "contact", "pay_code", "reports", "removed_at", "post_no"),
    "licence": ("checked_at", "shop", "licence_type", "licence_no", "credit_code", "holder_matches", "status", "valid_until", "exemption"),
}
MASKS = {
    "waybill_no": "waybill",
    "order_no": "account",
    "payment_no": "account",
    "refund_no": "account",
    "review_no": "account",
    "complaint_no": "account",
}
INNER = {"fact", "content", "batch", "order", "parcel", "review", "item"}
SORTED_UP_TO = 5_000  # rows read at once to sort them; above it the list stays in fact order and is read a page at a time


class FactRows(Sequence[Mapping[str, Any]]):
    """Rows of facts, read from the lake only for the slice that is shown."""

    def __init__(self, kind: str, ids: Sequence[int]) -> None:
        self.kind, self.ids = kind, ids

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, wanted: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, wanted: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, wanted: int | slice) -> Any:
        ids = self.ids[wanted] if isinstance(wanted, slice) else [self.ids[wanted]]
        rows = facts.rows(self.kind, list(ids))
        return rows if isinstance(wanted, slice) else rows[0]

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(facts.rows(self.kind, list(self.ids)))


def evidence(clue: Clue, kind: str, audience: Audience, most: int | None = None) -> tuple[Table, Sequence[Mapping[str, Any]]]:
    """The evidence of one kind as a list for an audience: (table, rows), the first `most` of them. UnknownKind for a kind there is not."""
    known = kinds.kind(kind)
    ids = queries.evidence_facts(clue, kind)[:most]
    small = len(ids) <= SORTED_UP_TO
    rows: Sequence[Mapping[str, Any]] = facts.rows(kind, ids) if small and ids else FactRows(kind, ids)
    names = queries.shop_names(clue)
    shown = SHOWN.get(kind, ())
    fields = [name for name in known.lake_schema.names if name not in INNER]
    order = [*(name for name in shown if name in fields), *(name for name in fields if name not in shown)]
    columns = [_column(known, name, audience, names, show=not shown or name in shown, sortable=small) for name in order]
    table = Table(
        name=f"{clue.number}-{kind}", caption=language.pick(known), columns=columns, sort=known.time if small else "", page_size=20
    )
    return table, rows


def _column(known: kinds.Kind, name: str, audience: Audience, shops: Mapping[int, str], *, show: bool, sortable: bool) -> Column:
    if name == "shop":
        return Column(name, _("Shop"), value=lambda row: shops.get(row["shop"]) or pseudonym(row["shop"]), show=show)
    if name == "platform":
        return Column(name, _("Platform"), show=False)
    given = known.by_name[name]
    kind: Any = {"money": "money", "int": "number", "time": "time"}.get(given.type, "text")
    sort = name if sortable and kind != "text" else ""
    return Column(name, language.pick(given), kind=kind, sort=sort, show=show, value=lambda row: _value(given, row.get(name), audience))


def _value(column: kinds.Column, value: Any, audience: Audience) -> Any:
    """A value as the audience may see it: pseudonyms cut to four characters, numbers of persons masked, free text for handlers."""
    if value is None or value == "":
        return None
    if column.domain:
        return pseudonym(value)
    if column.name in MASKS:
        return mask(MASKS[column.name], str(value), audience)  # type: ignore[arg-type]
    if column.free and column.name == "text" and audience != "handler":
        return "****"
    if column.type == "code" and value in column.allowed():
        return language.pick(column.allowed()[value])
    if column.type == "division":
        from chengxin.supervision.pictures.route import division_name

        return division_name(str(value))
    if column.type == "time":
        from chengxin.supervision.pictures.rhythm import city

        return city(value)
    return value
