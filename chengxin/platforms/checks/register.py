"""Checks of the register: who is verified, watched, reported, kept and licensed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from chengxin.kernel import clock
from chengxin.law import law, workdays
from chengxin.platforms.checks.found import EXAMPLES, By, Found, counted, link
from chengxin.subjects import vocabulary
from chengxin.subjects.actions.licences import valid_kinds
from chengxin.subjects.models import IdentityReportBatch, Licence, Platform, Reminder, Shop
from chengxin.subjects.models.shops import DUE, EXITED, VERIFIED

EXIT = "V8"  # of the code list platform_event
SHOPS = {"zh": "网店清单", "en": "List of shops"}


def shops_link(platform: Platform, query: str = "") -> dict[str, str]:
    """The list of the platform's shops at both doors."""
    own = f"platform__code={platform.code}" + (f"&{query}" if query else "")
    return link(
        **SHOPS, officer=f"{reverse('subjects:all_shops')}?{own}", platform=reverse("subjects:shops") + (f"?{query}" if query else "")
    )


def _open(platforms: By) -> Any:
    return Shop.objects.filter(platform__in=platforms).exclude(state=EXITED)


def _with_list(found: dict[UUID, Found], platforms: By, query: str = "") -> dict[UUID, Found]:
    for key, one in found.items():
        one.links.insert(0, shops_link(platforms[key], query))
    return found


def verified_shops(platforms: By, day: date) -> dict[UUID, Found]:
    """D01: every open shop has been verified once."""
    rows = _open(platforms).values("platform_id").annotate(looked=Count("pk"), wrong=Count("pk", filter=Q(verified_at__isnull=True)))
    return _with_list(counted(rows), platforms)


def current_shops(platforms: By, day: date) -> dict[UUID, Found]:
    """D02: the day of the next verification has not passed."""
    ahead = _ahead(day)
    rows = (
        _open(platforms)
        .filter(verified_at__isnull=False)
        .values("platform_id")
        .annotate(
            looked=Count("pk"),
            near=Count("pk", filter=Q(state=VERIFIED, next_due_on__gte=day, next_due_on__lte=ahead)),
            wrong=Count("pk", filter=Q(state=DUE) | Q(next_due_on__lt=day)),
        )
    )
    return _with_list(counted(rows), platforms, f"state={DUE}")


def _ahead(day: date) -> date:
    """The last day that is amber today."""
    return workdays.add(day, int(law.at(day).value("clock_amber_workdays")))


def reminded_shops(platforms: By, day: date) -> dict[UUID, Found]:
    """D03: each exempt shop over the line was reminded."""
    reminded = Exists(Reminder.objects.filter(shop=OuterRef("pk"), kind="over_100k"))
    rows = (
        _open(platforms).filter(over_100k=True).values("platform_id").annotate(looked=Count("pk"), wrong=Count("pk", filter=~Q(reminded)))
    )
    return _with_list(counted(rows), platforms)


def identity_report(platforms: By, day: date) -> dict[UUID, Found]:
    """D04: the report of the last January or July was sent, with few refused rows; amber while the window is open."""
    year, month = (day.year, 7) if day.month >= 7 else (day.year, 1)
    due = law.at(day).due("ID_REPORT_JUL" if month == 7 else "ID_REPORT_JAN", date(year, month, 1))
    share = float(law.at(day).value("identity_report_error_share_percent"))
    sent = {batch.platform_id: batch for batch in IdentityReportBatch.objects.filter(year=year, month=month).exclude(status="draft")}
    with_shops = set(_open(platforms).values_list("platform_id", flat=True))
    return {key: _reported(sent.get(key), share, due, day) for key in with_shops}


def _reported(batch: IdentityReportBatch | None, share: float, due: date, day: date) -> Found:
    page = reverse("subjects:reports")
    if batch is None:
        links = [link("身份信息报送", "Identity reports", page, page)]
        return Found(1, int(day <= due), int(day > due), links)
    rows, refused = batch.rows.count(), batch.rows.filter(receipt="rejected").count()
    own = reverse("subjects:report", args=[batch.pk])
    return Found(rows, 0, refused if 100 * refused >= share * rows and refused else 0, [link("身份信息报送", "Identity report", own, own)])


def kept_identities(platforms: By, day: date) -> dict[UUID, Found]:
    """D10: the identity of a shop that left within the term of keeping is still there."""
    gone = Shop.objects.filter(platform__in=platforms, state=EXITED, closed_on__isnull=False).values_list(
        "platform_id", "closed_on", "subject_id"
    )
    found: dict[UUID, Found] = {}
    for platform, closed, subject in gone:
        if closed and law.at(day).due("RETAIN_ID", closed) >= day:
            one = found.setdefault(platform, Found())
            one.looked += 1
            one.wrong += int(subject is None)
    return _with_list(found, platforms, f"state={EXITED}")


def licensed_shops(platforms: By, day: date) -> dict[UUID, Found]:
    """D27: open shops in categories that need a licence have one of the right kinds in force."""
    needs = {code: set(one["any_of"]) for code, one in vocabulary.categories().items() if one["any_of"]}
    shops = [
        shop
        for shop in _open(platforms).only("platform_id", "subject_id", "categories", "name", "shop_id")
        if needs.keys() & shop.categories
    ]
    held: dict[UUID, list[Licence]] = {}
    for licence in Licence.objects.filter(subject__in={shop.subject_id for shop in shops}):
        held.setdefault(licence.subject_id, []).append(licence)
    found: dict[UUID, Found] = {}
    for shop in shops:
        valid = valid_kinds(held.get(shop.subject_id, []), day)
        one = found.setdefault(shop.platform_id, Found())
        one.looked += 1
        if not all(needs[code] & valid for code in shop.categories if code in needs):
            one.wrong += 1
            if len(one.links) < EXAMPLES:
                one.links.append(link(str(shop), str(shop), shop.officer_page, shop.platform_page))
    return _with_list(found, platforms)


def exit_notices(platforms: By, day: date) -> dict[UUID, Found]:
    """D37: a platform that closes said so before it, by the law's days."""
    found = {}
    for key, platform in platforms.items():
        if platform.closed_on:
            due = law.at(day).due("EXIT_NOTICE", platform.closed_on)
            told = any(clock.city_day(one.made_at) <= due for one in platform.major_events.filter(kind=EXIT))
            page = reverse("platforms:public", args=[platform.code])
            found[key] = Found(1, 0, int(not told and day > due), [link("终止经营公告", "Notice of exit", page, page)])
    return found
