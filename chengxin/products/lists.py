"""Lists of this room and the words for its codes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.products.chains import KINDS
from chengxin.products.models import ChainFinding, ProductStep, Recall
from chengxin.products.queries import search_products

KIND_NAMES: dict[str, Any] = {
    "no_receipt": _("Sent and not arrived"),
    "no_dispatch": _("Arrived and never sent"),
    "hole": _("Handed on and never received"),
    "over": _("More out than in"),
    "yield": _("More made than its inputs give"),
    "reversal": _("Earlier than it can be"),
    "twice": _("One serial, two lives"),
    "after_end": _("Seen after it was used up or destroyed"),
}
BASIS = {
    "no_receipt": "food.53",
    "no_dispatch": "food.50",
    "hole": "food.53",
    "over": "food.50",
    "yield": "food.50",
    "reversal": "food.53",
    "twice": "order110.11",
    "after_end": "pql.39",
}
STEPS: dict[str, Any] = {
    "commissioning": _("Made or harvested"),
    "creating_class_instance": _("Made"),
    "packing": _("Packed"),
    "unpacking": _("Unpacked"),
    "shipping": _("Goods sent"),
    "receiving": _("Goods received"),
    "accepting": _("Goods accepted"),
    "storing": _("Stored"),
    "inspecting": _("Goods tested"),
    "retail_selling": _("Sold"),
    "dispensing": _("Dispensed"),
    "destroying": _("Destroyed"),
    "decommissioning": _("Taken out of use"),
    "transporting": _("Carried"),
    "repackaging": _("Packed again"),
}
MOMENTS: dict[str, Any] = {
    "listing": _("Listing"),
    "order": _("Order"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "parcel": _("Parcel handed in"),
    "scan": _("Scan"),
    "receipt": _("Parcel signed for"),
    "review": _("Buyer's review"),
    "complaint": _("Complaint to the platform"),
    "trace": _("Step of the chain"),
}
STAYS: dict[str, Any] = {
    "held": _("In hand"),
    "under_way": _("Under way"),
    "sold": _("Sold to buyers"),
    "gone": _("Used up or destroyed"),
}
WAY_NAMES: dict[str, Any] = {
    "message": _("Message in the app"),
    "sms": _("Text message"),
    "phone": _("By telephone"),
    "letter": _("By post"),
    "other": _("Another way"),
}
LEVELS: dict[int, Any] = {1: _("Level one (most serious)"), 2: _("Level two"), 3: _("Level three")}
BASE_UNITS = {1: ("kg", 1_000_000), 2: ("L", 1_000_000), 3: ("", 1000)}
STATE_COLOUR = {"NEW": "amber", "CONFIRMED": "red", "DRAFT": "amber", "ISSUED": "red", "NOTIFIED": "amber", "RETURNED": "amber"}
OF: dict[type, str] = {ChainFinding: "finding", Recall: "recall"}


def step_name(code: str) -> str:
    """A business step of the vocabulary in the reader's language; another word stays as it is."""
    return str(STEPS.get(code, code))


def amount(base: int, measure: int) -> str:
    """Base units as people read them."""
    unit, factor = BASE_UNITS.get(measure, ("", 1))
    return f"{base / factor:,.3f}".rstrip("0").rstrip(".") + (f" {unit}" if unit else "")


def state_name(of: str, code: str) -> str:
    return language.pick(workflow.load(f"products/{of}").states[code])


def coded(name: str, code: str) -> str:
    """A code of the law's list in the reader's language; an old code that is no more on it stays as it is."""
    known = law.at(clock.today()).codes(name).get(code)
    return language.pick(known) if known else code


def choices(name: str) -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes(name).items()]


def colour(one: Any) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on else ""


def page(matter: Any) -> dict[str, Any]:
    """What every page of a matter shows: its state and history."""
    of = OF[type(matter)]
    table = workflow.load(f"products/{of}")
    names = {step.action: step for step in table.steps}
    rows = ProductStep.objects.filter(of=of, matter=matter.pk).order_by("place")
    steps = [{"one": row, "name": names[row.action], "after": table.states[row.after]} for row in rows]
    return {"matter": matter, "state": state_name(of, matter.state), "steps": steps}


def _states(of: str) -> Any:
    return lambda: [(code, language.pick(one)) for code, one in workflow.load(f"products/{of}").states.items() if code != "NONE"]


def _state(of: str) -> Column:
    return Column(
        "state",
        _("State"),
        kind="tag",
        sort="state",
        value=lambda one: state_name(of, one.state),
        colour=lambda one: STATE_COLOUR.get(one.state, "accent"),
    )


FINDINGS = Table(
    name="chain-findings",
    caption=_("What does not fit along chains"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("kind", _("What does not fit"), sort="kind", value=lambda one: str(KIND_NAMES[one.kind])),
        Column("item", _("Goods"), kind="mono", value=lambda one: one.item.removeprefix("https://id.gs1.org")),
        Column("amount", _("How much"), value=lambda one: amount(one.amount, one.measure)),
        Column("happened_at", _("When"), kind="date", sort="happened_at", value=lambda one: clock.city_day(one.happened_at)),
        Column("events", _("Events"), kind="number", value=lambda one: len(one.events)),
        _state("finding"),
    ],
    filters=[
        Filter("state", _("State"), choices=_states("finding")),
        Filter("kind", _("What does not fit"), choices=lambda: [(kind, KIND_NAMES[kind]) for kind in KINDS]),
        Filter("q", _("Goods"), kind="text", apply=lambda rows, value: rows.filter(item__contains=value)),
    ],
    sort="-happened_at",
    empty=_("Every chain closes"),
    empty_next=_("What was captured is checked each night."),
)


def _products(name: str, link: str, owner: bool) -> Table:
    column = [Column("subject.name", _("Maker or seller"), sort="subject__name")] if owner else []
    return Table(
        name=name,
        caption=_("Products"),
        columns=[
            Column("name", _("Product"), link=link, sort="name"),
            Column("gtin", _("GTIN"), kind="mono", sort="gtin"),
            *column,
            Column("category", _("Category"), sort="category", value=lambda one: coded("trace_category", one.category)),
            Column("spec", _("Specification")),
            Column("batches", _("Batches"), kind="number", value=lambda one: one.many),
        ],
        filters=[
            Filter("category", _("Category"), choices=lambda: choices("trace_category")),
            Filter("q", _("Name, brand or GTIN"), kind="text", apply=lambda rows, value: rows.filter(search_products(value))),
        ],
        sort="name",
        empty=_("No product yet"),
        empty_next=_("Register a product by the number under its bar code."),
    )


PRODUCTS, MY_PRODUCTS = _products("products", "page_url", True), _products("my-products", "mine_url", False)


def _recalls(name: str, link: str, columns: list[Column], filters: list[Filter], empty: Any) -> Table:
    return Table(
        name=name,
        caption=_("Recalls"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link, sort="number"),
            Column("batch.product.name", _("Product"), sort="batch__product__name"),
            Column("batch.lot", _("Lot"), kind="mono"),
            Column("level", _("Level"), sort="level", value=lambda one: str(LEVELS[one.level])),
            *columns,
            _state("recall"),
        ],
        filters=filters,
        sort="",
        empty=_("No recall"),
        empty_next=empty,
    )


RECALLS = _recalls(
    "recalls",
    "page_url",
    [
        Column("affected_orders", _("Orders"), kind="number", sort="affected_orders"),
        Column("due_on", _("Done by"), kind="clock", colour=colour, sort="due_on"),
    ],
    [Filter("state", _("State"), choices=_states("recall"))],
    _("Draft one from a batch's page."),
)
PUBLIC_RECALLS = _recalls(
    "public-recalls",
    "public_url",
    [
        Column("reason", _("Why"), css="wide"),
        Column("issued_at", _("Issued on"), kind="date", sort="issued_at", value=lambda one: clock.city_day(one.issued_at)),
    ],
    [Filter("q", _("Product, lot or GTIN"), kind="text", apply=lambda rows, value: rows.filter(batch__product__in=_named(value)))],
    _("When goods are called back, they stand here until everybody was told and beyond."),
)


def _named(value: str) -> Any:
    from chengxin.products.models import Product

    return Product.objects.filter(search_products(value)).values("pk")


TASKS = Table(
    name="recall-tasks",
    caption=_("Recalls to tell buyers of"),
    columns=[
        Column("number", _("Number"), kind="mono", link="platform_url", sort="number"),
        Column("recall.batch.product.name", _("Product")),
        Column("recall.batch.lot", _("Lot"), kind="mono"),
        Column("orders", _("Orders"), kind="number", value=lambda one: len(one.orders)),
        Column("told", _("Told"), kind="number", value=lambda one: one.told),
        Column("due_on", _("Tell by"), kind="clock", colour=colour, sort="due_on"),
    ],
    sort="due_on",
    empty=_("Nobody to tell"),
    empty_next=_("A recall that concerns your buyers appears here the moment it is issued."),
)
LISTINGS = Table(
    name="listings-without-code",
    caption=_("Listings without a product code"),
    columns=[
        Column("platform", _("Platform"), sort="platform"),
        Column("title", _("Product"), css="wide"),
        Column("category", _("Category"), sort="category"),
        Column("sku", _("Product id"), kind="mono"),
        Column("changed_at", _("Since"), kind="date", sort="changed_at", value=lambda one: clock.city_day(one["changed_at"])),
    ],
    empty=_("Every listing carries its code"),
    empty_next=_("Listings of the seven categories carry a GTIN or a trace code (attribute 追溯码)."),
)
MOMENTS_TABLE = Table(
    name="timeline",
    caption=_("One-item timeline"),
    columns=[
        Column("at", _("When"), kind="time"),
        Column("kind_name", _("What"), kind="tag"),
        Column("what", _("Goods or state"), css="wide"),
        Column("detail", _("Number, place or party"), css="wide"),
        Column("amount", _("Amount"), kind="money"),
        Column("source", _("Source"), kind="mono"),
    ],
    empty=_("Nothing reported"),
    empty_next=_("Check the number; reports may come later."),
    page_size=200,
)
