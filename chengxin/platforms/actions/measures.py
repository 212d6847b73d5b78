"""Measures of platforms against shops: reported once, told to the shop, published, lifted early, begun and ended on their days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.platforms.actions.steps import NUMBERS, SYSTEM, check_texts, digest_of, moved, named, next_numbers, staff_of, wrong
from chengxin.platforms.errors import AppealOpen, NumberTaken
from chengxin.platforms.events import MeasurePublished
from chengxin.platforms.models import Measure, Step
from chengxin.platforms.models.measures import HUMAN_REVIEW, NOTICED, OVER, PROPOSED, PUBLISHED
from chengxin.subjects.models import Platform, Shop

TABLE = "platforms/measure"
CLOCKS = system("platforms.clocks")
LABELS = {
    "facts": ("事实", "the facts"),
    "reason": ("理由", "the reason"),
    "basis": ("依据", "the basis"),
    "appeal_way": ("申诉途径", "the way to appeal"),
}
CONTENT = ("measure_no", "shop_id", "action", "behaviour", "automated", "decided_at", "since", "until", *LABELS)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of one row: the measure, or why it was refused; `known` when the same one had come before."""

    measure_no: str
    measure: Measure | None = None
    known: bool = False
    error: ChengxinError | None = None


def report_measures(actor: Actor, platform: Platform, rows: Sequence[Row]) -> list[Answer]:
    """Take measures in, each for itself: CONTENT, and `noticed_at` when the shop was told. Told and begun, it is published at once.

    The same measure_no with the same content is the same measure; with another content it is refused (NumberTaken).
    """
    staff_of(actor, platform.code)
    with transaction.atomic(), locks.locked(f"platforms.measures:{platform.pk}"), locks.locked(NUMBERS):
        shops = _shops(platform, rows)
        known = {
            one.measure_no: one for one in Measure.objects.filter(platform=platform, measure_no__in=[row["measure_no"] for row in rows])
        }
        answers: list[Answer] = []
        fresh: dict[str, Measure] = {}
        for row in rows:
            answers.append(_answer(actor, platform, row, shops, {**known, **fresh}))
            measure = answers[-1].measure
            if measure and not answers[-1].known:
                fresh[measure.measure_no] = measure
        _keep(actor, list(fresh.values()))
    return answers


def _shops(platform: Platform, rows: Sequence[Row]) -> dict[str, Shop]:
    found = Shop.objects.filter(platform=platform, shop_id__in={row["shop_id"] for row in rows})
    return {shop.shop_id: shop for shop in found}


def _answer(actor: Actor, platform: Platform, row: Row, shops: Mapping[str, Shop], known: Mapping[str, Measure]) -> Answer:
    number = str(row["measure_no"])
    try:
        content = _checked(row, shops)
        digest = digest_of(content)
        before = known.get(number)
        if before is not None:
            if before.digest != digest:
                raise NumberTaken(number=number)
            return Answer(number, before, known=True)
        return Answer(number, _new(actor, platform, shops[content["shop_id"]], content, row.get("noticed_at"), digest))
    except ChengxinError as error:
        return Answer(number, error=error)


def _checked(row: Row, shops: Mapping[str, Shop]) -> dict[str, Any]:
    """The content of a measure, trimmed, or ContentWrong."""
    content: dict[str, Any] = {name: value.strip() if isinstance(value := row.get(name), str) else value for name in CONTENT}
    content["behaviour"] = content["behaviour"] or ""
    content["decided_at"] = content["decided_at"].astimezone(UTC)  # the same instant is the same content, in whatever zone it is written
    check_texts(content, LABELS)
    if content["shop_id"] not in shops:
        wrong(f"本平台没有登记网店 {content['shop_id']}", f"the platform has registered no shop {content['shop_id']}")
    book = law.at(clock.city_day(content["decided_at"]))
    if content["action"] not in book.codes("platform_action"):
        wrong("措施代码不在处置措施清单内", "the code of the action is none of the list of measures")
    if content["behaviour"] and content["behaviour"] not in {one.code for one in book.behaviours()}:
        wrong("行为代码未知", "the code of the conduct is unknown")
    _check_days(content, row.get("noticed_at"))
    return content


def _check_days(content: Mapping[str, Any], noticed_at: datetime | None) -> None:
    decided = clock.city_day(content["decided_at"])
    if content["decided_at"] > clock.now() or (noticed_at and noticed_at > clock.now()):
        wrong("决定和告知时间不能晚于现在", "it was not decided or told in the future")
    if content["since"] < decided:
        wrong("实施日期不能早于决定日期", "it does not begin before it was decided")
    if content["until"] < content["since"]:
        wrong("终止日期不能早于实施日期", "it does not end before it begins")
    longest = add_months(content["since"], int(law.at(decided).value("platform_measure_most_months")))
    if content["until"] > longest:
        wrong(
            f"措施期限过长，最迟至 {longest}；期满需要继续的重新作出", f"it is too long: until {longest} at most, then it is decided anew"
        )


def _new(actor: Actor, platform: Platform, shop: Shop, content: dict[str, Any], noticed_at: datetime | None, digest: str) -> Measure:
    by, name = named(actor)
    decided = clock.city_day(content["decided_at"])
    book = law.at(decided)
    return Measure(
        platform=platform,
        shop=shop,
        noticed_at=noticed_at,
        publish_due_on=book.due("MEASURE_PUBLISH", decided),
        report_due_on=book.due("CLUE_REPORT", decided) if content["behaviour"] else None,
        digest=digest,
        made_by=by,
        made_by_name=name,
        made_at=clock.now(),
        **{key: value for key, value in content.items() if key != "shop_id"},
    )


def _keep(actor: Actor, measures: list[Measure]) -> None:
    """Number the new measures, walk each as far as it has come, and write all with their steps and log entries."""
    if not measures:
        return
    by, name = named(actor)
    steps: list[Step] = []
    entries: list[audit.Entry] = []
    for measure, number in zip(measures, next_numbers(Measure, "PM", clock.today(), len(measures)), strict=True):
        measure.number, state = number, "NONE"
        shared = {"of": "measure", "matter": measure.pk, "actor": by, "actor_name": name, "at": clock.now()}
        for place, action in enumerate(_path(measure)):
            after = workflow.take(workflow.load(TABLE), state, action, {"platform_staff"}, {}, clock.today()).state
            steps.append(Step(place=place, action=action, before=state, after=after, **shared))
            state = after
        measure.state = state
        measure.published_at = clock.now() if state == PUBLISHED else None
        data = {"number": number, "state": state, "digest": measure.digest, "platform": measure.platform.code}
        entries.append(audit.Entry("platforms.measure.reported", by, f"platforms.measure:{measure.pk}", data))
    Measure.objects.bulk_create(measures, batch_size=500)
    Step.objects.bulk_create(steps, batch_size=500)
    for measure in measures:
        if measure.published_at:
            outbox.emit(MeasurePublished(str(measure.pk), measure.platform.code))
    audit.record_many(entries)


def _path(measure: Measure) -> Iterable[str]:
    yield "propose"
    if measure.noticed_at:
        yield "notice"
        if measure.since <= clock.today():
            yield "take_effect"
            yield "publish"


def _mine(actor: Actor, number: str) -> Measure:
    """A measure of the actor's platform, locked."""
    with locks.locked(f"platforms.measure:{number}"):
        found = access.get(actor, Measure, number=number)
        staff_of(actor, found.platform.code)
        return Measure.objects.select_for_update(of=("self",)).select_related("platform", "shop").get(pk=found.pk)


def notice(actor: Actor, number: str) -> Measure:
    """Tell the shop: from now on the merchant reads facts, reason, basis and how to appeal. Begun already, it is in force at once."""
    with transaction.atomic():
        measure = _mine(actor, number)
        measure.noticed_at = clock.now()
        moved("measure", measure, "notice", staff_of(actor, measure.platform.code), actor)
        if measure.since <= clock.today():
            moved("measure", measure, "take_effect", staff_of(actor, measure.platform.code), actor)
        measure.save()
        return measure


def publish(actor: Actor, number: str) -> Measure:
    """Put it in the public feed, until its last day."""
    with transaction.atomic():
        measure = _mine(actor, number)
        if measure.published_at:
            return measure
        moved("measure", measure, "publish", staff_of(actor, measure.platform.code), actor)
        measure.published_at = clock.now()
        measure.save()
        outbox.emit(MeasurePublished(str(measure.pk), measure.platform.code))
        return measure


def lift(actor: Actor, number: str, reason: str) -> Measure:
    """End it before its last day, saying why. While an appeal is open, its answer does that."""
    with transaction.atomic():
        measure = _mine(actor, number)
        if measure.state == HUMAN_REVIEW:
            raise AppealOpen
        moved("measure", measure, "lift", staff_of(actor, measure.platform.code), actor, {"reason": reason.strip()})
        measure.ended_on = clock.today()
        measure.save()
        return measure


def begin_and_end(day: date | None = None) -> tuple[int, int]:
    """Each night: measures told of begin on their first day, all end after their last. Returns how many of each."""
    today = day or clock.today()
    begun = _each(Q(state=NOTICED, since__lte=today, until__gte=today), "take_effect", today)
    ended = _each(Q(until__lt=today) & ~Q(state__in=[*OVER, PROPOSED]), "end", today)
    return begun, ended


def _each(which: Q, action: str, day: date) -> int:
    done = 0
    for pk in list(Measure.objects.filter(which).values_list("pk", flat=True)):
        with transaction.atomic():
            measure = Measure.objects.select_for_update(of=("self",)).filter(which, pk=pk).first()
            if measure is None:
                continue
            moved("measure", measure, action, SYSTEM, CLOCKS)
            measure.ended_on = day if measure.state in OVER else None
            measure.save()
            done += 1
    return done


def content_of(measure: Measure) -> dict[str, Any]:
    """The content of a measure as its digest was made from it."""
    return {name: measure.shop.shop_id if name == "shop_id" else getattr(measure, name) for name in CONTENT}
