"""Gates that every detector must pass, found by its folder: a new one is covered without an edit here.

Each gate is a function that returns what is wrong; beside each stands a twin: a detector, or a runner, that has the fault, and is caught.
The worlds are a generated city with every type of fraud and the positive cases in the experts' words of each detector's cases.yaml.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from chengxin import detectors
from chengxin.detection import grouping, search
from chengxin.detection.errors import AmountsOutOfRange, RunWentMad
from chengxin.detection.tests import test_detector_cases as cases
from chengxin.detectors import Detector, Finding
from chengxin.facts import kinds
from chengxin.kernel.errors import ChengxinError

from . import detector_worlds as worlds
from .detector_worlds import World, findings
from .faulty_detectors import for_every_shop, sighting, telling

NAMES = detectors.names()
WEEKS = 3
# Findings of one detector per world whose evidence is taken away, the strongest first: each costs a whole run.
TAKEN = 3
# By day a detector is tried on the small city and one case of the experts, and with each n-th way of spoiling, another one first from
# detector to detector; by night with all.
CASES_BY_DAY = 1
SPOILT_BY_DAY = 3
every_detector = pytest.mark.parametrize("name", NAMES)
pytestmark = pytest.mark.one_database


@pytest.fixture(scope="session")
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, den: World) -> World:
    """Half a year of a city of size S, a tenth of its shops in some campaign, when nightly; else the small one."""
    if not request.config.getoption("--nightly"):
        return den
    return worlds.written_city(tmp_path_factory.mktemp("planted"), events=100_000, seed=1, prevalence=0.1)


@pytest.fixture(scope="session")
def den(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small city full of fraud, with rings that work on several platforms at once."""
    made = worlds.written_city(tmp_path_factory.mktemp("den"), events=24_000, seed=1, prevalence=0.2, days=60)
    return replace(made, name="den")


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A smaller city without any fraud."""
    return worlds.written_city(tmp_path_factory.mktemp("honest"), events=24_000, seed=2, prevalence=0.0, days=60)


@pytest.fixture(scope="session")
def by_night(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--nightly"))


@pytest.fixture(scope="session")
def found(
    city: World, den: World, by_night: bool, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], list[tuple[World, list[Finding]]]]:
    """A detector's worlds with what it finds in each, looked for once."""
    known: dict[str, list[tuple[World, list[Finding]]]] = {}

    def of(name: str) -> list[tuple[World, list[Finding]]]:
        if name not in known:
            card = detectors.load(name)
            experts = itertools.islice(positive_cases(name, tmp_path_factory.mktemp("cases")), None if by_night else CASES_BY_DAY)
            lives = [*{one.name: one for one in (city, den)}.values(), *experts]
            known[name] = [(world, findings(card, world)) for world in lives]
        return known[name]

    return of


def positive_cases(name: str, temp: Path) -> Iterator[World]:
    """The cases of a detector that must be found, as worlds."""
    for case in yaml.safe_load((detectors.HERE / name / "cases.yaml").read_text(encoding="utf-8")):
        if case["then"] != "none":
            with cases.lake_of(case["given"]) as lake:
                tables = {one: lake.sql(f'SELECT * FROM "{one}"').to_arrow_table() for one in kinds.kinds()}
            whole = {one: worlds._whole(kinds.kind(one), table) for one, table in tables.items()}
            yield World(f"case “{case['name']}”", whole, cases.WINDOW, case.get("params", {}), temp, case=True)


def seen(some: Sequence[Finding]) -> list[str]:
    return [grouping.canonical(one) for one in some]


def twin_of(some: Sequence[Finding], finding: Finding) -> Finding | None:
    """The finding about some of the same shops and, where both name accounts, some of the same accounts."""

    def shared(name: str, one: Finding) -> bool:
        mine, other = set(getattr(finding, name)), set(getattr(one, name))
        return bool(mine & other) or not mine or not other

    def same(one: Finding) -> bool:
        if not (finding.shops or finding.accounts):
            return one.about == finding.about
        return bool(one.shops or one.accounts) and shared("shops", one) and shared("accounts", one)

    return next((one for one in some if same(one)), None)


@every_detector
def test_every_detector_finds_something_to_try_it_on(name: str, found: Any) -> None:
    assert sum(len(some) for _, some in found(name)) > 0


# -- prequential: what comes later changes nothing ------------------------------------------------------------------------------


def later_facts_that_matter(card: Detector, world: World, known: Sequence[Finding]) -> list[str]:
    """Findings of a window that change when facts after its end are added, or that a report of that day would not have given."""
    wrong = [] if seen(findings(card, worlds.with_future(world))) == seen(known) else [f"{world.name}: the future changes a finding"]
    middle = worlds.midnight(world.window.since + 0.7 * (world.window.until - world.window.since))
    then, now = findings(card, worlds.known_by(world, middle)), findings(card, worlds.until(world, middle))
    return wrong + ([] if seen(then) == seen(now) else [f"{world.name}: by {middle:%Y-%m-%d} it would have said something else"])


@every_detector
def test_what_comes_after_the_window_changes_nothing(name: str, found: Any) -> None:
    card = detectors.load(name)
    assert [wrong for world, known in found(name) for wrong in later_facts_that_matter(card, world, known)] == []


def test_the_gate_sees_a_runner_that_shows_the_future(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "hide_the_future", lambda lake, until: None)
    (city, known), *_ = found("price_fraud")
    assert later_facts_that_matter(detectors.load("price_fraud"), city, known)


def test_the_gate_sees_a_detector_that_peeps(found: Any) -> None:
    (city, _), *_ = found("price_fraud")
    card = telling(
        lambda lake: lake.execute('SELECT shop, count(*) FROM "memory"."main"."order" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3').fetchall()
    )
    assert later_facts_that_matter(card, city, findings(card, city))


# -- names, order and dates do not matter ---------------------------------------------------------------------------------------


def names_that_matter(card: Detector, world: World, known: Sequence[Finding]) -> list[str]:
    """Findings that change when tokens are renamed, rows shuffled and everything happens some weeks later."""
    other = findings(card, worlds.shuffled(worlds.shifted(worlds.renamed(world), WEEKS)))
    before, after = sorted(map(plain, known)), sorted(plain(told_back(one)) for one in other)
    if before == after:
        return []
    lost, new = [one for one in before if one not in after], [one for one in after if one not in before]
    return [f"{world.name}: {len(lost)} of {len(before)} findings changed: {difference(lost, new)}"]


def difference(lost: list[str], new: list[str]) -> str:
    """The first place at which the first pair parts, for whoever has to look into it."""
    if not (lost and new):
        return f"{(lost or new)[0][:300]} is on one side only"
    at = next((i for i, (one, other) in enumerate(zip(lost[0], new[0], strict=False)) if one != other), 0)
    return f"…{lost[0][max(0, at - 120) : at + 120]}… became …{new[0][max(0, at - 120) : at + 120]}…"


def told_back(finding: Finding) -> Finding:
    """A finding of the renamed, later world in the names and dates of the first."""
    step = timedelta(weeks=WEEKS)
    return replace(
        finding,
        shops=tuple(map(worlds.true_name, finding.shops)),
        accounts=tuple(map(worlds.true_name, finding.accounts)),
        evidence={kind: tuple(map(worlds.true_name, facts)) for kind, facts in finding.evidence.items()},
        reasons=tuple(replace(one, numbers=earlier(one.numbers)) for one in finding.reasons),
        since=finding.since - step,
        until=finding.until - step,
    )


def earlier(value: Any) -> Any:
    """Days and instants in a reason's numbers, brought back."""
    if isinstance(value, dict):
        return {name: earlier(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [earlier(one) for one in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (date.fromisoformat(value) - timedelta(weeks=WEEKS)).isoformat()
    return value


def plain(finding: Finding) -> str:
    """All that a finding says except sentences and pictures, which follow from it, in an order that names do not decide."""
    sorted_evidence = {kind: tuple(sorted(facts)) for kind, facts in finding.evidence.items()}
    reasons = tuple(sorted((replace(one, zh="", en="") for one in finding.reasons), key=lambda one: (one.code, str(one.numbers))))
    shops, accounts = tuple(sorted(finding.shops)), tuple(sorted(finding.accounts))
    return grouping.canonical(replace(finding, shops=shops, accounts=accounts, evidence=sorted_evidence, reasons=reasons, picture={}))


@every_detector
def test_names_order_and_dates_do_not_matter(name: str, found: Any) -> None:
    card = detectors.load(name)
    assert [wrong for world, known in found(name) for wrong in names_that_matter(card, world, known)] == []


@pytest.mark.parametrize(
    ("why", "query"),
    [
        ("it looks at the token itself", 'SELECT shop, 1 FROM "order" WHERE shop % 7 = 3 GROUP BY shop'),
        ("it takes the first row that comes", 'SELECT shop, 1 FROM "order" LIMIT 1'),
        (
            "it looks at the date",
            "SELECT shop, 1 FROM \"order\" WHERE ordered_at < '2026-06-18' GROUP BY 1 ORDER BY min(ordered_at) LIMIT 3",
        ),
    ],
)
def test_the_gate_sees_a_detector_that_goes_by_names(why: str, query: str, found: Any) -> None:
    (city, _), *_ = found("price_fraud")
    card = telling(lambda lake: lake.execute(query).fetchall())
    assert names_that_matter(card, city, findings(card, city)), why


# -- the evidence is why --------------------------------------------------------------------------------------------------------


def idle_evidence(card: Detector, world: World, known: Sequence[Finding]) -> list[str]:
    """Findings that stand as firmly when the facts they cite had never been."""
    wrong = []
    for finding in known[:TAKEN]:
        left = twin_of(findings(card, worlds.without(world, finding.evidence)), finding)
        if not any(finding.evidence.values()):
            wrong.append(f"{world.name}: {finding.shops} cites nothing")
        elif left is not None and (left.score > finding.score or (left.score == finding.score and card.proof != "absence")):
            wrong.append(f"{world.name}: {finding.shops} scores {finding.score} with its evidence and {left.score} without")
    return wrong


@every_detector
def test_without_its_evidence_a_finding_falls(name: str, found: Any) -> None:
    card = detectors.load(name)
    assert [wrong for world, known in found(name) for wrong in idle_evidence(card, world, known)] == []


@pytest.mark.parametrize("cited", ["others", "nothing"])
def test_the_gate_sees_evidence_that_is_not_why(cited: str, found: Any) -> None:
    card = detectors.load("price_fraud")
    (city, known), *_ = found("price_fraud")
    mine = {fact for finding in known for fact in finding.evidence["price"]}
    facts = tuple(fact for fact in city.tables["price"]["fact"].to_pylist() if fact not in mine)[:20]

    def find(*given: Any) -> Iterator[Finding]:
        for finding in card.find(*given):
            yield replace(finding, evidence={"price": facts} if cited == "others" else {})

    other = replace(card, find=find)
    assert idle_evidence(other, city, findings(other, city))


# -- the same again -------------------------------------------------------------------------------------------------------------


def chance(card: Detector, world: World, known: Sequence[Finding]) -> list[str]:
    """Findings that are not the same bit for bit in another run: on one thread, and with the rows in another order."""
    wrong = []
    for other, threads in ((world, 1), (worlds.shuffled(world), 4)):
        if [grouping.digest(one) for one in findings(card, other, threads)] != [grouping.digest(one) for one in known]:
            wrong.append(f"{other.name}: another run on {threads} thread(s) says something else")
    return wrong


@every_detector
def test_two_runs_say_the_same_bit_for_bit(name: str, found: Any) -> None:
    card = detectors.load(name)
    assert [wrong for world, known in found(name) for wrong in chance(card, world, known)] == []


def test_the_gate_sees_a_detector_that_draws_lots(found: Any) -> None:
    (city, _), *_ = found("price_fraud")
    lots = itertools.count()
    card = telling(lambda lake: [(shop, next(lots)) for (shop,) in lake.execute('SELECT min(shop) FROM "order"').fetchall()])
    assert chance(card, city, findings(card, city))


# -- bad input ------------------------------------------------------------------------------------------------------------------


def false_clues(card: Detector, world: World, honest_shops: set[int]) -> list[str]:
    """What a detector makes of spoilt facts in a city without fraud: a named error or nothing new, never a crash, never a clue."""
    try:
        some = findings(card, world)
    except ChengxinError:
        return []
    except Exception as error:
        return [f"{world.name}: {type(error).__name__}: {error}"]
    return [
        f"{world.name}: {one.shops[:3]} {one.score} {one.reasons[0].en if one.reasons else ''}"
        for one in some
        if not set(one.shops) <= honest_shops
    ]


@every_detector
def test_bad_input_gives_an_error_or_nothing(name: str, honest: World, by_night: bool) -> None:
    card = detectors.load(name)
    usual = {shop for finding in findings(card, honest) for shop in finding.shops}
    spoilt = [world for world in worlds.spoilt(honest) if worlds.differs(world, honest, card.kinds)]
    if not by_night:
        spoilt = spoilt[NAMES.index(name) % SPOILT_BY_DAY :: SPOILT_BY_DAY]
    assert [wrong for world in spoilt for wrong in false_clues(card, world, usual)] == []


def unnamed_kinds(card: Detector, world: World, known: Sequence[Finding]) -> list[str]:
    """Findings that change without the kinds of facts that the card does not name."""
    others = [name for name in world.tables if name not in card.kinds]
    return [] if seen(findings(card, worlds.lacking(world, *others))) == seen(known) else [f"{world.name}: reads more than its card says"]


@every_detector
def test_a_detector_reads_the_kinds_on_its_card_only(name: str, found: Any) -> None:
    card = detectors.load(name)
    assert [wrong for world, known in found(name) if not world.case for wrong in unnamed_kinds(card, world, known)] == []


def test_the_gate_sees_a_detector_that_reads_more_than_its_card_says(found: Any) -> None:
    (city, _), *_ = found("price_fraud")
    card = telling(lambda lake: lake.execute("SELECT shop, count(*) FROM visit GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3").fetchall())
    assert unnamed_kinds(card, city, findings(card, city))


def test_amounts_that_no_trade_has_are_named(honest: World) -> None:
    with pytest.raises(AmountsOutOfRange) as caught:
        findings(detectors.load("price_fraud"), worlds.amounts(honest, worlds.huge, "huge amounts"))
    assert caught.value.data["kind"] == "order"


def test_the_gate_sees_a_crash_and_a_false_clue(honest: World) -> None:
    crash = telling(lambda lake: [(1 // len(lake.execute('SELECT 1 FROM "order" LIMIT 1').fetchall()), 1)][:0])
    trusting = telling(
        lambda lake: lake.execute('SELECT shop, count(*) FROM "order" WHERE paid < 0 GROUP BY 1 ORDER BY 1 LIMIT 2').fetchall()
    )
    assert false_clues(crash, worlds.lacking(honest, "order"), set())
    assert false_clues(trusting, worlds.amounts(honest, worlds.negative, "negative"), set())
    assert not false_clues(trusting, honest, set())


# -- a run gone mad -------------------------------------------------------------------------------------------------------------


@every_detector
def test_a_run_gone_mad_stops_with_a_named_error(name: str, city: World) -> None:
    card = replace(detectors.load(name), find=telling(for_every_shop).find)
    with pytest.raises(RunWentMad) as caught:
        findings(card, city)
    assert caught.value.data["detector"] == name and caught.value.data["hit"] > caught.value.data["limit"]


@every_detector
def test_the_limit_of_a_run_is_dated_data_of_the_card(name: str) -> None:
    card = detectors.load(name)
    day = date(2026, 6, 1)
    assert 0 < card.limit("shops_share", day) <= 0.25
    assert 0 < card.limit("shops_floor", day) <= 50


def test_a_dated_limit_changes_on_its_day() -> None:
    dated = [{"from": date(2026, 1, 1), "value": 0.15}, {"from": date(2027, 1, 1), "value": 0.1}]
    card = replace(detectors.load("brushing"), limits={"shops_share": dated, "shops_floor": 20})
    assert card.most_shops(1000, date(2026, 12, 31)) == 150
    assert card.most_shops(1000, date(2027, 1, 1)) == 100
    assert card.most_shops(50, date(2027, 1, 1)) == 20
    assert card.most_shops(1000, date(2020, 1, 1)) == 150


def test_an_endless_detector_is_stopped_before_its_end(city: World) -> None:
    def find(*given: Any) -> Iterator[Finding]:
        yield from (sighting("price_fraud", 1, number) for number in itertools.count())

    with pytest.raises(RunWentMad):
        findings(replace(detectors.load("price_fraud"), find=find), city)


def test_without_the_assertion_a_mad_run_would_go_through(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "check_volume", lambda *given: None)
    assert len(findings(telling(for_every_shop), city)) > 20
