"""Ids that the access matrix gives in a body or a query: the own one is taken, another's gets the very answer that a missing one gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from chengxin.facts.tests import sheets
from chengxin.subjects.tests import samples as invented
from tests.gates import samples_papers as papers
from tests.gates import samples_subjects as register
from tests.gates import samples_work as work
from tests.gates.cells import Answer, Result, Way, ask, blank
from tests.gates.matrix import City, Route, missing

REASON = "门店核对所需，说明见附件"


@dataclass(frozen=True)
class Asked:
    """A route by name, who asks, the ids of both tenants, and where they go: into form fields, the JSON body, or the query."""

    name: str
    role: str
    own: dict[str, Any]
    other: dict[str, Any]
    method: str = "POST"
    path: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    shape: Callable[[dict[str, Any]], Any] | None = None  # for JSON: from the ids to the body
    taken: bool = True  # the own id is taken; False where the field is not read at all

    def put(self, city: City, route: Route, ids: dict[str, Any]) -> Answer:
        """The request with these ids in its place; the answer without them."""
        given = {**self.rest, **ids}
        if self.method == "GET":
            answer = ask(city.browser(self.role), route, self.path, query=urlencode(given))
        elif self.shape:
            answer = ask(city.browser(self.role), route, self.path, body=json.dumps(self.shape(given), default=str).encode())
        else:
            answer = ask(city.browser(self.role), route, self.path, body={name: _fresh(value) for name, value in given.items()})
        return Answer(answer.status, blank(answer.body, list(ids.values())), answer.location, answer.broke)


def _fresh(value: Any) -> Any:
    return value() if callable(value) else value


Maker = Callable[[City], Sequence[Asked]]
ASKED: list[Maker] = []


def asks(maker: Maker) -> Maker:
    ASKED.append(maker)
    return maker


def sheet() -> SimpleUploadedFile:
    return SimpleUploadedFile("orders.ndjson", sheets.ndjson([sheets.order(n, shop_id="GATE0") for n in range(20, 23)]))


@asks
def platforms_in_forms(city: City) -> list[Asked]:
    """A platform's staff name a platform in the forms they fill in."""
    a, b = register.platforms_of(city)
    staff, codes = "platform_staff", ({"platform": a.code}, {"platform": b.code})
    shop = invented.row(940, legal_rep="")
    return [
        Asked("facts:upload", staff, *codes, rest={"kind": "order", "file": sheet}),
        Asked("facts:receipts", staff, *codes, method="GET", rest={"export": "csv"}),
        Asked("subjects:reports", staff, *codes, rest={"year": 2028, "month": "1"}),
        Asked("subjects:reports", "officer", codes[0], {}, rest={"year": 2028, "month": "1"}),
        Asked("subjects:shop_new", staff, *codes, rest=shop, taken=False),
    ]


@asks
def shops_by_machine(city: City) -> list[Asked]:
    """A platform's shop ids are its own words: another platform's word is one it has not used yet."""
    ids = [{"shop_id": shop.shop_id} for shop in city.once(register.shops_of)]
    row = {name: value for name, value in invented.row(941, legal_rep="").items() if name != "shop_id"}
    identity = {"shape": "registered", "fields": {"name": "示例店", "shop_name": "示例店"}}
    report = {"year": 2029, "month": 7}
    write, read = "client:shops:write", "client:shops:read"
    return [
        Asked("api:upsert", write, *ids, rest=row, shape=dict),
        Asked("api:shops", write, *ids, rest=row, shape=dict),
        Asked("api:identity_report", write, *ids, rest=identity, shape=lambda given: {**report, "rows": [given]}),
        Asked("api:shops", read, *({"q": each["shop_id"]} for each in ids), method="GET"),
    ]


@asks
def questions_to_platforms(city: City) -> list[Asked]:
    """An officer asks a platform of the clue; the other platform has no shop in it."""
    a, _b = city.once(work.clues_of)
    rest = {"question": REASON, "days": "5"}
    codes = ({"platform": city.platforms[0]}, {"platform": city.platforms[1]})
    return [Asked("supervision:ask_platform", "officer", *codes, path={"number": a.number}, rest=rest)]


@asks
def clues_in_queries(city: City) -> list[Asked]:
    """The search box of the desk finds no clue of another desk, by number, title, shop or department."""
    a, b = city.once(work.clues_of)
    shop_a, shop_b = city.once(register.shops_of)
    pairs = [({"q": a.number}, {"q": b.number}), ({"q": shop_a.shop_id}, {"q": shop_b.shop_id})]
    desks = ({"department": city.departments[0]}, {"department": city.departments[1]})
    return [Asked("supervision:queue", role, *pair, method="GET") for role in work.DESK for pair in (*pairs, desks)]


@asks
def papers_to_serve(city: City) -> list[Asked]:
    """The papers that a record of service names."""
    a, b = city.once(papers.papers_of)
    rest = {"served_to": "示例网店", "served_place": "示例路1号", "served_how": "direct", "officers": "王立"}
    return [Asked("documents:serve", "officer", {"paper": a.pk}, {"paper": b.pk}, path={"matter": a.matter}, rest=rest)]


def check(city: City, found: Sequence[Route]) -> Result:
    """Each body and query with the own, another's and a missing id."""
    result, routes = Result(), {(route.name, route.method): route for route in found}
    for maker in ASKED:
        for asked in city.once(maker):
            if (asked.name, asked.method) in routes:
                _check(city, routes[asked.name, asked.method], asked, result)
    return result


def _check(city: City, route: Route, asked: Asked, result: Result) -> None:
    who = f"{route} as {asked.role} with {sorted(asked.own)} in the {'query' if asked.method == 'GET' else 'body'}"
    own, nothing = asked.put(city, route, asked.own), asked.put(city, route, missing(asked.own))
    result.expect(own.is_served and own.status != 422, f"{who}, own id: {own}")
    result.expect(nothing.status < 500, f"{who}, missing id: {nothing}")
    if asked.taken:
        result.expect(own != nothing, f"{who}: the own id makes no difference, so this proves nothing")
    if asked.other:
        other = asked.put(city, route, asked.other)
        result.expect((other.status, other.body) == (nothing.status, nothing.body), f"{who}, another's: {other}, a missing one: {nothing}")


def filled(city: City) -> Way:
    """A form with tenant b's ids under every name that a page might read, for pages that should read none of them."""
    platform, subject = register.platforms_of(city)[1], city.subjects[1]
    person, clue = city.person("officer", 1).pk, city.once(work.clues_of)[1]
    ids = {"platform": platform.pk, "subject": subject, "department": city.departments[1], "shop": "GATE1", "shop_id": "GATE1"}
    more = {"id": person, "pk": person, "user": person, "number": clue.number, "clue": clue.pk, "reason": REASON, "next": clue.page_url}
    return Way("filled", form={**ids, **more})
