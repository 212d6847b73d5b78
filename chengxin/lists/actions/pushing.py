"""What a published entry leads to: signed changes for consumers, tasks for executors and their feedback, and who was given what."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import PlatformClient
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.lists import catalogue
from chengxin.lists.catalogue import BANK, PLATFORM
from chengxin.lists.errors import WrongState
from chengxin.lists.models import Change, Delivery, ListEntry, Subscription, Task
from chengxin.lists.models.measures import ADDED, DECLINED, GONE, PUSHED, TAKEN
from chengxin.records.actions.steps import LEAST_REASON, named
from chengxin.subjects.models import PaymentOrg, Platform, Shop
from chengxin.subjects.models.shops import OPEN_STATES

FEED = "lists.feed"
MOST = 500


def push(entry: ListEntry) -> list[Task]:
    """The signed line of the feed, and a task for every executor of every measure; the caller holds the transaction."""
    do_change(entry, ADDED)
    due = law.due("MEASURE_FEEDBACK", clock.today())
    rows = [
        Task(
            entry=entry,
            round=entry.round,
            measure=code,
            executor_kind=catalogue.measure(code).executor,
            executor=executor,
            shop=shop,
            pushed_at=clock.now(),
            due_on=due,
        )
        for code in entry.measures
        for executor, shop in _executors(entry, catalogue.measure(code))
    ]
    made = Task.objects.bulk_create(rows)
    if made:
        data = {"number": entry.number, "round": entry.round, "tasks": [f"{one.measure} {one.executor}" for one in made]}
        audit.record("lists.tasks.pushed", actor="system:lists", object=f"lists.entry:{entry.pk}", data=data)
    return made


def _executors(entry: ListEntry, measure: catalogue.Measure) -> list[tuple[str, Shop | None]]:
    if measure.executor == BANK:
        codes = Subscription.objects.filter(kind=BANK, ended_at=None).values_list("client__platform_code", flat=True)
        return [(code, None) for code in sorted(set(codes))]
    if measure.executor == PLATFORM:
        shops = Shop.objects.filter(subject=entry.subject_id, state__in=OPEN_STATES).select_related("platform")
        return [(shop.platform.code, shop) for shop in shops]
    return [(code, None) for code in measure.default]


def do_change(entry: ListEntry, what: str) -> Change:
    """A signed line of the change feed."""
    with locks.locked(FEED):
        receipt = audit.sign_document(
            "lists.change",
            {"what": what, **entry_as_data(entry)},
            actor="system:lists",
            object=f"lists.entry:{entry.pk}",
            public={"number": entry.number, "what": what, "round": entry.round},
        )
        return Change.objects.create(entry=entry, round=entry.round, what=what, receipt=receipt, at=clock.now())


def entry_as_data(entry: ListEntry) -> dict[str, Any]:
    """An entry as everybody and every consumer may have it: with the last day, so that whoever uses it can drop it in time."""
    kind = catalogue.kind(entry.kind, clock.city_day(entry.proposed_at))
    return {
        "number": entry.number,
        "list": {"code": kind.code, "zh": kind.zh, "en": kind.en},
        "subject": {"name": entry.subject.name, "uscc": entry.subject.uscc or ""},
        "facts": entry.facts,
        "basis": entry.basis,
        "authority": entry.department,
        "record": entry.record.number,
        "document_number": entry.record.document_number,
        "listed_on": _iso(entry.listed_on),
        "published_on": _iso(entry.published_on),
        "valid_until": _iso(entry.until),
        "removed_on": _iso(entry.removed_on),
        "removed_why": entry.removed_why,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def subscription_of(client: PlatformClient) -> Subscription:
    """The client's subscription, begun when it asks for the first time: from then on it is recorded what it was given."""
    code = client.platform_code
    kind = Subscription.Kind.PROVINCE
    if Platform.objects.filter(code=code).exists():
        kind = Subscription.Kind.PLATFORM
    elif PaymentOrg.objects.filter(code=code).exists():
        kind = Subscription.Kind.BANK
    found, fresh = Subscription.objects.get_or_create(client=client, defaults={"kind": kind, "since": clock.now()})
    if fresh:
        audit.record(
            "lists.subscription.begun", actor=client.actor, object=f"lists.subscription:{found.pk}", data={"kind": kind, "code": code}
        )
    return found


def changes_for(client: PlatformClient, since: int) -> tuple[list[Change], int]:
    """(lines of the feed after `since`, the last serial looked at). What is handed out is noted as delivered, in the same transaction.

    An entry that is off its list by now is given to nobody new; its removal only to those who had the entry. Expiry is by date.
    """
    today = clock.today()
    with transaction.atomic(), locks.locked(FEED):
        subscription = subscription_of(client)
        had = set(subscription.deliveries.filter(change__what=ADDED).values_list("change__entry", "change__round"))
        found = list(Change.objects.filter(serial__gt=since).select_related("entry__subject", "entry__record")[:MOST])
        told = [one for one in found if _for(one, had, today)]
        given = set(subscription.deliveries.filter(change__in=told).values_list("change", flat=True))
        fresh = [Delivery(subscription=subscription, change=one, at=clock.now()) for one in told if one.pk not in given]
        rows.note_many(Delivery.objects.bulk_create(fresh))
        if told:
            numbers = [one.serial for one in told]
            audit.record("lists.feed.given", actor=client.actor, object=f"lists.subscription:{subscription.pk}", data={"serials": numbers})
        return told, found[-1].serial if found else since


def _for(change: Change, had: set[tuple[Any, int]], today: date) -> bool:
    key = (change.entry_id, change.round)
    if change.what == GONE:
        return key in had
    if change.round == change.entry.round and change.entry.public_on(today):
        had.add(key)
        return True
    return False


def feed_back(actor: Actor, task_id: object, applies: bool, said: str, claimed_on: date | None = None) -> Task:
    """The executor says whether the measure applies to this subject and what was done, or declines with the reason.

    claimed_on: since when a shop is said to be closed; it is compared with the shop's trade (enforcement.py). Raises NotFound, WrongState.
    """
    with transaction.atomic():
        task = locked_task(actor, task_id)
        if task.state not in (PUSHED, TAKEN, DECLINED):
            raise WrongState(why_zh="该措施已进入解除程序。", why_en="The measure is being lifted.")
        if len(said.strip()) < LEAST_REASON:
            raise WrongState(why_zh="须说明做了什么，或者为何不适用。", why_en="Say what was done, or why it does not apply.")
        if claimed_on and claimed_on > clock.today():
            raise WrongState(why_zh="日期不能晚于今天。", why_en="The day has not come.")
        task.state, task.feedback, task.fed_at = TAKEN if applies else DECLINED, said.strip(), clock.now()
        task.fed_by, task.fed_by_name = named(actor)
        task.claimed_on, task.checked = claimed_on if applies else None, ""
        task.save()
        data = {"measure": task.measure, "executor": task.executor, "state": task.state, "claimed_on": _iso(task.claimed_on)}
        audit.record("lists.task.fed_back", actor=str(actor), object=f"lists.task:{task.pk}", data=data)
        return task


def locked_task(actor: Actor, task_id: object) -> Task:
    """A task that is the actor's to carry out, locked. The desk that listed reads it and cannot answer for another executor."""
    task = access.get(actor, Task, pk=task_id)
    if not executes(actor, task):
        raise NotFound
    with locks.locked(f"lists.entry:{task.entry_id}"):
        return Task.objects.select_for_update(of=("self",)).select_related("entry").get(pk=task.pk)


def executes(actor: Actor, task: Task) -> bool:
    """Whether the actor acts for the executor of a task."""
    from chengxin.lists.access import DESK, banks_of

    if task.executor_kind == PLATFORM:
        return task.executor in actor.platforms
    if task.executor_kind == BANK:
        return task.executor in banks_of(actor) or (actor.client is not None and task.executor in actor.platforms)
    return task.executor in actor.departments_as(*DESK)
