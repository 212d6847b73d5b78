"""What the clue desk shows: the queue by clock colour, one clue with all it holds, what was asked of platforms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.detection.learning import queries as learning
from chengxin.detection.learning.queries import SecondOpinion
from chengxin.detection.local import rows as held
from chengxin.detection.local.models import HeldFinding
from chengxin.facts import queries as facts
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.entries import Behaviour
from chengxin.subjects.models import Platform
from chengxin.supervision import evidence
from chengxin.supervision.access import DESK
from chengxin.supervision.actions import reserve
from chengxin.supervision.actions.checking import patterns
from chengxin.supervision.actions.opening import root_of
from chengxin.supervision.models import CLOSED_STATES, Clue, ClueLink, ClueReason, ClueShop, ClueStep, PlatformRequest, Waiting
from chengxin.supervision.pictures import frozen
from chengxin.supervision.pictures.svg import Picture

COLOURS = ("red", "amber", "green")
REASONS_SHOWN = 5


def queue(actor: Actor, state: str = "") -> QuerySet[Clue]:
    """The clues on the actor's desks, soonest due first: open ones, or those of one state, or "any"."""
    shops = ClueShop.objects.filter(clue=OuterRef("pk")).order_by().values("clue").annotate(n=Count("id")).values("n")
    mine = (
        access.all(actor, Clue)
        .filter(department__in=actor.departments_as(*DESK))
        .annotate(shop_count=Subquery(shops), opinion=learning.probability_of("finding_id"))
    )
    if state in {"any", *CLOSED_STATES}:
        return mine
    return mine.filter(closed_at__isnull=True)


def of_colour(clues: QuerySet[Clue], colour: str) -> QuerySet[Clue]:
    """The clues whose clock shows this colour today; an unknown colour leaves none."""
    today = clock.today()
    last_amber = amber_until(today)
    return {
        "red": clues.filter(due_on__lt=today),
        "amber": clues.filter(due_on__gte=today, due_on__lte=last_amber),
        "green": clues.filter(due_on__gt=last_amber),
    }.get(colour, clues.none())


def amber_until(today: date) -> date:
    """The latest due day that is amber today."""
    day = today
    while law.clock_colour(day + timedelta(days=1), today) == "amber":
        day += timedelta(days=1)
    return day


def of_text(clues: QuerySet[Clue], text: str) -> QuerySet[Clue]:
    """Clues whose number, title or shops hold the text."""
    said = Q(number__icontains=text) | Q(title_zh__icontains=text) | Q(title_en__icontains=text)
    shops = Q(members__shop__name__icontains=text) | Q(members__shop__shop_id=text) | Q(members__shop__subject__uscc=text)
    return clues.filter(said | shops).distinct()


def colours(clues: QuerySet[Clue]) -> dict[str, int]:
    """How many clues show each colour today."""
    return {colour: of_colour(clues, colour).count() for colour in COLOURS}


def came_back(actor: Actor) -> dict[str, QuerySet[Clue]]:
    """What came back to the actor's desk: answers of platforms, hand-overs to take up."""
    mine = queue(actor)
    return {"answered": mine.filter(state="ANSWERED"), "handed_over": mine.filter(state="HANDED_OVER")}


def waiting_line(actor: Actor) -> QuerySet[Waiting]:
    """What waits for the actor's desks, with each one's `place` in its department's line."""
    place = Window(RowNumber(), partition_by=[F("department")], order_by=[F("value").desc(), F("key").asc()])
    return access.all(actor, Waiting).filter(opened_at__isnull=True).annotate(place=place)


@dataclass(frozen=True)
class WeekPlaces:
    """A desk's week: places in all and for the lot, how many are taken by rank and by lot, and how many wait."""

    department: Any
    places: int
    lots: int
    ranked: int
    drawn: int
    waiting: int
    next_day: date

    @property
    def moving(self) -> int:
        """How many of those that wait now move up by rank when the week begins."""
        return min(self.waiting, self.places - self.lots)

    @property
    def chance(self) -> float:
        """In per cent: of being drawn by lot then, for each that does not move up."""
        left = self.waiting - self.moving
        return round(100 * min(1.0, self.lots / left), 1) if left else 100.0


def week_places(actor: Actor) -> list[WeekPlaces]:
    """The weeks of the actor's desks that have anything in line, or had this week."""
    book, line = law.at(clock.today()), access.all(actor, Waiting)
    codes = sorted(
        set(line.filter(Q(opened_at__isnull=True) | Q(opened_at__gte=reserve.week_began())).values_list("department", flat=True))
    )
    return [
        WeekPlaces(
            department=book.department(code),
            places=reserve.per_week(code),
            lots=reserve.by_lot(code),
            ranked=reserve.taken(code, Waiting.Way.RANK),
            drawn=reserve.taken(code, Waiting.Way.LOT),
            waiting=line.filter(department=code, opened_at__isnull=True).count(),
            next_day=reserve.first_day_of_next_week(),
        )
        for code in codes
    ]


def platform_names(clue: Clue | None = None) -> dict[str, str]:
    """Platform code → name, of one clue's platforms or of all that open clues name."""
    found = Platform.objects.all()
    if clue:
        found = found.filter(code__in=clue.members.values("platform"))
    return {platform.code: platform.name for platform in found}


def shop_names(clue: Clue) -> dict[int, str]:
    """Shop token → the name people know it by, for the clue's registered or seen shops."""
    return {one.token: str(one.shop) for one in clue.members.select_related("shop") if one.shop}


@dataclass(frozen=True)
class Related:
    """Another clue, and what it shares with this one."""

    clue: Clue
    shared: list[ClueLink]


@dataclass(frozen=True)
class CluePage:
    """Everything the clue page says."""

    clue: Clue
    colour: str
    turn: str
    article: str
    state: workflow.State
    behaviour: Behaviour
    basis: list[dict[str, str]]
    department: Any
    reasons: list[ClueReason]
    more_reasons: list[ClueReason]
    pictures: list[Picture]
    shops: list[Any]
    evidence: list[dict[str, Any]]
    links: list[Related]
    steps: list[ClueStep]
    requests: list[PlatformRequest]
    patterns: dict[str, dict[str, str]]
    remembered: Clue | None
    opinion: SecondOpinion | None
    held: list[HeldFinding]


def page(actor: Actor, clue: Clue, state: workflow.State, turn: str) -> CluePage:
    """The clue page's data as the actor may see it; `state` and `turn` are the workflow's words."""
    book = law.at(clock.today())
    behaviour = book.behaviour(clue.behaviour)
    reasons = list(clue.reasons.all())
    members = list(clue.members.select_related("shop__platform", "shop__subject"))
    names = {one.token: str(one.shop) for one in members if one.shop}
    return CluePage(
        clue=clue,
        colour=law.clock_colour(clue.due_on, clock.today()),
        turn=turn,
        article=provision_name(book.clock("CLUE_CHECK_EXT" if clue.extended_on else "CLUE_CHECK").provision),
        state=state,
        behaviour=behaviour,
        basis=[_provision(each) for each in behaviour.basis],
        department=book.department(clue.department),
        reasons=reasons[:REASONS_SHOWN],
        more_reasons=reasons[REASONS_SHOWN:],
        pictures=frozen.draw(clue.picture, names, platform_names(clue)),
        shops=members,
        evidence=evidence_counts(clue),
        links=links(actor, clue),
        steps=list(clue.steps.order_by("-at", "-id")),
        requests=list(clue.requests.all()),
        patterns=patterns(clue),
        remembered=access.all(actor, Clue).filter(reopened=clue).exclude(dismissed_as="").first(),
        opinion=learning.second_opinion(clue.sightings.values_list("finding_id", flat=True)),
        held=held_of(clue),
    )


def _provision(id: str) -> dict[str, str]:
    """An article's name and paraphrase; just its id when the book does not hold it."""
    from chengxin.law.errors import LawUnknown

    book = law.at(clock.today())
    try:
        provision, name = book.provision(id), book.cited(id)
    except LawUnknown:
        return {"id": id, "zh": id, "en": id, "name_zh": id, "name_en": id}
    return {"id": id, "zh": provision.zh, "en": provision.en, "name_zh": name["zh"], "name_en": name["en"]}


def provision_name(id: str) -> str:
    """An article as people cite it, in the reader's language."""
    from chengxin.kernel import language

    found = _provision(id)
    return language.pick({"zh": found["name_zh"], "en": found["name_en"]})


def evidence_counts(clue: Clue) -> list[dict[str, Any]]:
    """[{"kind", "count"}] of the facts held, in the order a city meets the kinds."""
    counts: Counter[str] = Counter()
    for kind, count in clue.evidence.values_list("kind", "count"):
        counts[kind] += count
    return [{"kind": kind, "count": count} for kind, count in counts.items()]


def evidence_facts(clue: Clue, kind: str) -> list[int]:
    """The fact ids of one kind, ascending."""
    found: set[int] = set()
    for ids in clue.evidence.filter(kind=kind).values_list("facts", flat=True):
        found.update(ids)
    return sorted(found)


def evidence_is_intact(clue: Clue) -> bool:
    """Whether the lake still says what it said when the evidence was frozen, and the root is that of the parts."""
    parts = list(clue.evidence.all())
    rows_stand = all(part.rows_hash == evidence.rows_hash(facts.rows(part.kind, part.facts)) for part in parts)
    return rows_stand and clue.evidence_root == root_of(clue)


def links(actor: Actor, clue: Clue) -> list[Related]:
    """The actor's clues that share shops, accounts or devices with this one, whichever of the two came first; strongest first."""
    mine = access.all(actor, Clue).values("pk")
    of_both = Q(clue=clue, other__in=mine) | Q(other=clue, clue__in=mine)
    found = ClueLink.objects.select_related("clue", "other").filter(of_both).order_by("-shared")
    grouped: dict[Any, Related] = {}
    for link in found[:100]:
        other = link.other if link.clue_id == clue.id else link.clue
        grouped.setdefault(other.id, Related(other, [])).shared.append(link)
    return list(grouped.values())[:20]


def requests_of(actor: Actor) -> QuerySet[PlatformRequest]:
    """What the actor's platforms were asked, open ones first."""
    return access.all(actor, PlatformRequest).select_related("clue").order_by("answered_at", "due_on")


def held_of(clue: Clue) -> list[HeldFinding]:
    """The findings in a clue whose rows a platform holds, newest package first."""
    return held.of_findings(clue.sightings.values_list("finding_id", flat=True))


def held_for(request: PlatformRequest) -> list[HeldFinding]:
    """The held findings of a request's clue that its platform made."""
    return [one for one in held_of(request.clue) if one.package.platform == request.platform]
