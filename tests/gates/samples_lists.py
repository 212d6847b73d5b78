"""Ids of the lists for the access matrix; see samples.py. Rows of two departments, subjects, platforms and consumers, written as they stand
before anything is decided: the database takes no further one without its steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chengxin.kernel import clock
from chengxin.lists.models import (
    Change,
    FinanceConsent,
    ListEntry,
    PlatformListEntry,
    RedEntry,
    RemovalNotice,
    RepairApplication,
    Subscription,
    Task,
)
from chengxin.records.models import Record
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_payments import orgs_of
from tests.gates.samples_records import records_of
from tests.gates.samples_subjects import shops_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
NOT_BANKS = {"payment_staff": "none"}
DAY = timedelta(days=1)


def _by(city: City, role: str, side: int, name: str) -> dict[str, str]:
    user = city.person(role, side)
    return {f"{name}_by": user.actor, f"{name}_by_name": str(user)}


def entries_of(city: City) -> list[ListEntry]:
    """An entry of each department about each subject, of which the subject has been told."""
    return [_entry(city, side, record) for side, record in enumerate(city.once(records_of))]


def _entry(city: City, side: int, record: Record) -> ListEntry:
    today = clock.today()
    about: dict[str, Any] = {"kind": "SERIOUS", "subject": record.subject, "record": record, "department": city.departments[side]}
    said = {"field": "FAIR", "facts": f"门 {'甲乙'[side]} 的名单事实", "basis": "第44号令第九条", "factors": FACTORS}
    times = {"proposed_at": clock.now(), "noticed_on": today, "due_on": today + DAY, "clock": "PENALTY_STATEMENT"}
    return ListEntry.objects.create(
        number=f"LEGATE{side}", state="NOTICED", **about, **said, **times, **_by(city, "officer", side, "proposed")
    )


FACTORS = dict.fromkeys(("intent", "frequency", "duration", "penalty", "amount", "value", "harm"), "有证据证明")


def tasks_of(city: City) -> list[Task]:
    """A measure of each entry for each platform."""
    made = []
    for side, (entry, shop) in enumerate(zip(city.once(entries_of), city.once(shops_of), strict=True)):
        task = {
            "entry": entry,
            "round": 1,
            "measure": "M_SHOP",
            "executor_kind": "platform",
            "executor": city.platforms[side],
            "shop": shop,
        }
        made.append(Task.objects.create(**task, pushed_at=clock.now(), due_on=clock.today() + DAY))
    return made


def notices_of(city: City) -> list[RemovalNotice]:
    """What the machine of each platform has yet to confirm."""
    made = []
    for side, entry in enumerate(city.once(entries_of)):
        client = city.clients["platform_client", side].client
        subscription = Subscription.objects.create(client=client, kind="platform", since=clock.now())
        Change.objects.create(entry=entry, round=1, what="added", receipt={}, at=clock.now())
        given = {"entry": entry, "round": 1, "subscription": subscription, "sent_at": clock.now(), "due_on": clock.today() + DAY}
        made.append(RemovalNotice.objects.create(**given))
    return made


def repairs_of(city: City) -> list[RepairApplication]:
    made = []
    for side, entry in enumerate(city.once(entries_of)):
        about = {"entry": entry, "subject": entry.subject, "department": entry.department, "statement": f"门 {'甲乙'[side]} 的修复理由"}
        when = {"applied_on": clock.today(), "clock": "REPAIR_ACCEPT", "due_on": clock.today() + DAY}
        by = _by(city, "merchant", side, "applied")
        made.append(RepairApplication.objects.create(number=f"RAGATE{side}", promised=True, **about, **when, **by))
    return made


def reds_of(city: City) -> list[RedEntry]:
    """Each subject in public notice."""
    made = []
    for side, subject in enumerate(city.once(subjects_of)):
        about = {"programme": "HONEST_SHOP", "subject": subject, "department": city.departments[side], "nominator": "self"}
        notice = {"state": "NOTICE", "notice_from": clock.today(), "notice_until": clock.today() + DAY, "checked_by": "user:gate"}
        by = _by(city, "merchant", side, "nominated")
        made.append(RedEntry.objects.create(number=f"RLGATE{side}", merits="门的推荐", nominated_at=clock.now(), **about, **notice, **by))
    return made


def platform_entries_of(city: City) -> list[PlatformListEntry]:
    """Each platform's own entry about its shop."""
    today, made = clock.today(), []
    for side, shop in enumerate(city.once(shops_of)):
        said = {"action": "W9", "facts": f"门 {'甲乙'[side]} 的平台事实", "reason": "违反规则", "clause": "第八条"}
        days = {"told_on": today, "since": today, "until": today + DAY, "appeal_by": today + DAY}
        by = _by(city, "platform_staff", side, "made")
        made.append(PlatformListEntry.objects.create(number=f"PLGATE{side}", platform=shop.platform, shop=shop, **said, **days, **by))
    return made


def consents_of(city: City) -> list[FinanceConsent]:
    made = []
    for side, subject in enumerate(city.once(subjects_of)):
        given = {"bank": "gate-bank", "purpose": "门的贷款", "form": "signed", "valid_from": clock.today(), "until": clock.today() + DAY}
        by = _by(city, "merchant", side, "signed")
        made.append(FinanceConsent.objects.create(subject=subject, signed_at=clock.now(), receipt={}, **given, **by))
    return made


@sample("lists:propose")
def proposals(city: City) -> Sample:
    a, b = city.once(records_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("lists:entry", "lists:bundle", "lists:own_entry", "lists:repair_entry")
def entries(city: City) -> Sample:
    a, b = city.once(entries_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("lists:task", "api:task_feedback", "api:task_lifted")
def tasks(city: City) -> Sample:
    a, b = city.once(tasks_of)
    return Sample({"id": a.pk}, {"id": b.pk}, NOT_BANKS)


@sample("lists:removal", "api:confirm_removal")
def removals(city: City) -> Sample:
    """Of a consumer's own people; the payment firms of payments bear the codes of these machines."""
    city.once(orgs_of)
    a, b = city.once(notices_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("lists:repair")
def repairs(city: City) -> Sample:
    a, b = city.once(repairs_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("lists:red")
def reds(city: City) -> Sample:
    """Every desk reads who is nominated and listed."""
    a, b = city.once(reds_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


@sample("lists:red_object")
def public_reds(city: City) -> Sample:
    """The notice is public: whoever is signed in may object."""
    a, b = city.once(reds_of)
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY)


@sample("lists:nominate_self")
def own_subjects(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("lists:repair_record")
def own_records(city: City) -> Sample:
    a, b = city.once(records_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("lists:appeal", "lists:platform_entry")
def platform_entries(city: City) -> Sample:
    a, b = city.once(platform_entries_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("lists:take_back")
def consents(city: City) -> Sample:
    a, b = city.once(consents_of)
    return Sample({"id": a.pk}, {"id": b.pk})
