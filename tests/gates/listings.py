"""Lists of the access matrix: pages, exports and API lists without an id. Each names tenant a's object to a's people and never tenant b's.

A new route without an id is either declared here, with texts that stand for the objects of both tenants, or in WITHOUT with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from chengxin.accounts.roles import ANYONE
from chengxin.audit import actions as audit
from chengxin.facts.models import CrossIssue
from chengxin.kernel import clock
from tests.gates import samples_records as credit
from tests.gates import samples_rules as rules
from tests.gates import samples_subjects as register
from tests.gates import samples_work as work
from tests.gates.cells import DATA, PLAIN, Result, ask, fits
from tests.gates.matrix import MACHINE, City, Route
from tests.gates.no_lists import WITHOUT

EXPORTS = ("export=csv", "export=json")
ADMINISTRATORS = {"secadmin": "all", "sysadmin": "all", "auditadmin": "all"}


@dataclass(frozen=True)
class Listing:
    """own, other: texts that stand for a's and b's object, `{name}` being the asker's role. sees: as of a Sample. queries: further ways
    to ask for the same list."""

    own: str
    other: str
    sees: dict[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ()

    def seen_by(self, role: str) -> str:
        return self.sees.get("platform_client" if role.startswith(MACHINE) else role, self.sees.get("*", "own"))


Maker = Callable[[City], Listing]
LISTINGS: dict[str, Maker] = {}


def listing(*names: str) -> Callable[[Maker], Maker]:
    """Register the maker of a listing for routes by name."""

    def note(maker: Maker) -> Maker:
        LISTINGS.update(dict.fromkeys(names, maker))
        return maker

    return note


# ---- rules


@listing("rules:rules")
def written_rules(city: City) -> Listing:
    """Rules are the city's: every desk reads all of them."""
    a, b = city.once(rules.rules_of)
    desk = dict.fromkeys(("officer", "reviewer", "head"), "all")
    return Listing(a.name_zh, b.name_zh, desk, queries=(*EXPORTS, "old=all", "kind=order"))


@listing("rules:decisions")
def held_decisions(city: City) -> Listing:
    a, b = city.once(rules.decisions_of)
    return Listing(a.number, b.number, dict.fromkeys(("officer", "reviewer", "head"), "all"), queries=(*EXPORTS, "state=referred"))


@listing("rules:owns")
def own_decisions(city: City) -> Listing:
    a, b = city.once(rules.decisions_of)
    return Listing(a.number, b.number, queries=EXPORTS)


# ---- the credit file


@listing("records:desk")
def to_confirm(city: City) -> Listing:
    a, b = city.once(credit.proposals_of)
    return Listing(str(a.pk), str(b.pk))


@listing("records:mine")
def own_file(city: City) -> Listing:
    a, b = city.once(credit.records_of)
    return Listing(a.number, b.number)


# ---- the desk


@listing("supervision:queue")
def queue(city: City) -> Listing:
    a, b = city.once(work.clues_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "state=any", "sort=-number", "page=2"))


@listing("supervision:reserve")
def reserve(city: City) -> Listing:
    a, b = city.once(work.waiting_of)
    return Listing(str(a.pk), str(b.pk), queries=("sort=-score", "page=2"))


@listing("api:listed")
def today_for_programs(city: City) -> Listing:
    a, b = city.once(work.clues_of)
    return Listing(a.number, b.number, queries=("state=any",))


@listing("supervision:requests")
def requests(city: City) -> Listing:
    a, b = city.once(work.requests_of)
    return Listing(a.question[:20], b.question[:20], queries=(*EXPORTS, "state=open"))


@listing("web:platform")
def asked(city: City) -> Listing:
    a, b = city.once(work.requests_of)
    return Listing(a.question[:20], b.question[:20])


# ---- reports and runs


@listing("facts:receipts")
def receipts(city: City) -> Listing:
    city.once(work.receipts_of)
    return Listing(*city.platforms, work.DESK, EXPORTS)


@listing("facts:officer")
def reporting(city: City) -> Listing:
    city.once(work.receipts_of)
    return Listing(*city.platforms, {"*": "all"}, EXPORTS)


@listing("facts:upload")
def upload(city: City) -> Listing:
    register.platforms_of(city)
    return Listing(*city.platforms)


@listing("facts:issues")
def issues(city: City) -> Listing:
    for side, receipt in enumerate(city.once(work.receipts_of)):
        CrossIssue.objects.create(
            platform=receipt.platform,
            check_code="order_without_payment",
            receipt=receipt,
            count=1,
            examples=[{"number": f"ORDER-{'AB'[side]}"}],
            found_at=clock.now(),
        )
    return Listing("ORDER-A", "ORDER-B", work.DESK, EXPORTS)


@listing("detection:runs")
def runs(city: City) -> Listing:
    a, b = city.once(work.runs_of)
    return Listing(str(a.pk), str(b.pk), {"*": "all"})


@listing("detection:models")
def models(city: City) -> Listing:
    a, b = city.once(work.models_of)
    return Listing(f"M{a.number}", f"M{b.number}", {"*": "all"}, ("models-sort=-trained_at",))


@listing("detection:alerts")
def live_alerts(city: City) -> Listing:
    """Alerts are the city's like runs: whoever works on clues sees all of them, and the number of a clue only as text."""
    a, b = city.once(work.alerts_of)
    return Listing(str(a.shop), str(b.shop), {"*": "all"}, (*EXPORTS, "fate=nothing", "sort=-n"))


@listing("detection:packages")
def packages(city: City) -> Listing:
    """Packages of findings are the city's: whoever works on clues sees those of every platform."""
    a, b = city.once(work.packages_of)
    return Listing(a.platform, b.platform, {"*": "all"}, EXPORTS)


@listing("detection:seeded_sets")
def seeded_sets(city: City) -> Listing:
    a, b = city.once(work.seeded_of)
    return Listing(a.platform, b.platform, {"*": "all"}, EXPORTS)


@listing("api:requests_for_rows")
def asked_rows(city: City) -> Listing:
    """What officers asked a platform about its own findings."""
    a, b = city.once(work.held_of)
    return Listing(a.root, b.root)


@listing("detection:alike")
def alike_complaints(city: City) -> Listing:
    """Complaints of each platform in words of their own; whoever works on clues sees all of them, nobody else any."""
    a, b = city.once(work.complaints_of)
    return Listing(a, b, {"*": "all"}, (*EXPORTS, "sort=-n"))


# ---- the register


@listing("subjects:platform_queue", "subjects:reverification")
def due_shops(city: City) -> Listing:
    """A shop of each platform whose identity is due to be verified again."""
    a, b = city.once(register.due_shops_of)
    return Listing(a.shop_id, b.shop_id, register.OFFICERS, EXPORTS)


@listing("subjects:shops", "subjects:all_shops")
def shops(city: City) -> Listing:
    a, b = city.once(register.shops_of)
    return Listing(a.shop_id, b.shop_id, register.OFFICERS, EXPORTS)


@listing("api:shops", "api:upsert")
def shops_for_machines(city: City) -> Listing:
    a, b = city.once(register.shops_of)
    return Listing(a.shop_id, b.shop_id, queries=("q=北山粮油店",))


@listing("subjects:register")
def subjects(city: City) -> Listing:
    a, b = city.once(register.subjects_of)
    return Listing(a.name, b.name, register.OFFICERS, EXPORTS)


@listing("subjects:same_desk")
def joinings(city: City) -> Listing:
    a, b = city.once(register.joinings_of)
    return Listing(a.other.name, b.other.name, {"officer": "all", "reviewer": "all", "head": "all"})


@listing("subjects:coverage")
def coverage(city: City) -> Listing:
    city.once(register.shops_of)
    return Listing(*city.platforms, register.OFFICERS, EXPORTS)


@listing("subjects:mine")
def mine(city: City) -> Listing:
    a, b = city.once(register.subjects_of)
    return Listing(a.name, b.name)


@listing("subjects:shop_import")
def imports(city: City) -> Listing:
    a, b = register.runs_of(city)
    return Listing(str(a.pk), str(b.pk))


@listing("subjects:reports")
def reports(city: City) -> Listing:
    a, b = register.reports_of(city)
    return Listing(str(a.pk), str(b.pk), register.OFFICERS)


@listing("publicity:search", "api:search")
def public_search(city: City) -> Listing:
    """The register's public part is everybody's."""
    city.once(register.shops_of)
    a, b = city.once(register.subjects_of)
    return Listing(str(a.pk), str(b.pk), {"*": "all"}, ("q=北山粮油店",))


# ---- people, jobs, the log


@listing("jobs:list")
def jobs(city: City) -> Listing:
    city.once(work.jobs_of_people)
    return Listing("job of {name} on side a", "on side b", {"sysadmin": "all"}, EXPORTS)


@listing("accounts:people")
def people(city: City) -> Listing:
    return Listing("officer-a", "officer-b", ADMINISTRATORS)


@listing("accounts:clients")
def clients(city: City) -> Listing:
    return Listing(*city.platforms, ADMINISTRATORS)


@listing("accounts:waiting")
def waiting(city: City) -> Listing:
    city.sample("accounts:confirm")
    return Listing("officer 0", "officer 1", ADMINISTRATORS)


@listing("accounts:profile")
def profile(city: City) -> Listing:
    return Listing("{name} 0", "{name} 1")


@listing("audit:reads")
def reads(city: City) -> Listing:
    with transaction.atomic():
        for (role, side), user in city.people.items():
            audit.record_read("system:gate", f"user:{user.pk}", ["phone"], f"read of {role} on side {'ab'[side]}")
    return Listing("read of {name} on side a", "on side b")


def is_list(route: Route) -> bool:
    """Whether the route is one of ours that shows something without being asked for one object."""
    return route.ours and route.method == "GET" and not route.parameters and bool(route.open_to)


def undeclared(found: Sequence[Route]) -> set[str]:
    """Lists for signed-in people and machines that are not declared here."""
    closed = {route.name for route in found if is_list(route) and ANYONE not in (route.open_to or ())}
    return closed - LISTINGS.keys() - WITHOUT.keys()


def check(city: City, found: Sequence[Route], sampled: bool = False) -> Result:
    """Every list and export as everybody: the own object stands in it, another's does not. A public page holds nobody's work. sampled:
    everybody whom a list is for, and one of the others, asks for it; further questions are one role's, by turns."""
    result = Result()
    for turn, route in enumerate(filter(is_list, found)):
        known = city.once(LISTINGS[route.name]) if route.name in LISTINGS else None
        if known is None and ANYONE in (route.open_to or ()):
            _check_public(city, route, result)
        for role, query in _questions(route, known, turn if sampled else None) if known else ():
            _check_list(city, route, role, known, query, result)
    return result


def _questions(route: Route, known: Listing, turn: int | None) -> Iterator[tuple[str, str]]:
    """Who asks, and what. What refuses looks at the role before any question."""
    may = [role for role in route.askers if route.may_use(role)]
    refused = [role for role in route.askers if role not in may]
    for place, role in enumerate(may):
        yield role, ""
        if turn is None or place == turn % len(may):
            yield from ((role, query) for query in known.queries)
    if turn is not None and refused:
        refused = [refused[turn % len(refused)]]
    yield from ((role, "") for role in refused)


def _check_list(city: City, route: Route, role: str, known: Listing, query: str, result: Result) -> None:
    who = f"{route}?{query} as {role}"
    if not route.may_use(role):
        answer = ask(city.browser(role), route, {}, DATA, query=query)
        result.expect(fits(route, answer, False), f"{who}: {answer}, and it is not theirs to use")
        return
    answer = ask(city.browser(role), route, {}, PLAIN, query=query)
    own, other = (text.format(name=role) for text in (known.own, known.other))
    if "page=2" in query or (route.name.endswith("search") and not query):
        result.expect(answer.is_served or answer.status == 422, f"{who}: {answer}")
    else:
        result.expect(bool(answer.tells([own])), f"{who}: {answer} does not show the own object")
    if known.seen_by(role) == "all":
        return
    result.expect(not answer.tells([other]), f"{who}: it shows what is another's")


def _check_public(city: City, route: Route, result: Result) -> None:
    clues, requests, made = city.once(work.clues_of), city.once(work.requests_of), city.once(work.receipts_of)
    work_of_offices = [*(one.number for one in clues), *(one.question for one in requests), *(str(one.pk) for one in made)]
    told = ask(city.browser("anonymous"), route, {}).tells(work_of_offices)
    result.expect(not told, f"{route} as anonymous: a public page names {told}")
