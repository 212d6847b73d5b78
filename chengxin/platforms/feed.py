"""The public feed of measures: what everybody may see of one, and the bulk files by day with their hash.

Only measures that are published and still working are here; a file is made when it is asked for, so nothing stays past its end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from chengxin.kernel import clock
from chengxin.kernel.masking import mask
from chengxin.kernel.tables import WRITERS, Column
from chengxin.law import law
from chengxin.platforms.models import Measure
from chengxin.platforms.models.measures import WORKING
from chengxin.subjects.models import Subject

FORMATS = ("json", "csv", "parquet")
NAMES = (
    *("number", "platform", "shop", "shop_url", "subject", "uscc", "action", "action_name", "behaviour", "facts", "reason", "basis"),
    *("automated", "appeal_way", "decided_on", "since", "until", "published_at", "appealed", "digest"),
)
COLUMNS = [Column(name, name) for name in NAMES]


def running() -> QuerySet[Measure]:
    """Published measures that work today, the newest first."""
    today = clock.today()
    working = Measure.objects.filter(published_at__isnull=False, state__in=WORKING, since__lte=today, until__gte=today)
    return working.select_related("platform", "shop__subject").order_by("-published_at", "-number")


def statement(measure: Measure) -> dict[str, Any]:
    """A measure as everybody sees it. Of a natural person only the masked name is shown, and the name is masked in every text."""
    subject = measure.shop.subject
    return {
        "number": measure.number,
        "platform": measure.platform.code,
        "shop": _without_name(str(measure.shop), subject),
        "shop_url": measure.shop.url,
        "subject": subject.name if subject else "",
        "uscc": (subject.uscc or "") if subject else "",
        "action": measure.action,
        "action_name": law.at(clock.city_day(measure.decided_at)).codes("platform_action")[measure.action]["zh"],
        "behaviour": measure.behaviour,
        **{name: _without_name(getattr(measure, name), subject) for name in ("facts", "reason", "basis", "appeal_way")},
        "automated": measure.automated,
        "decided_on": clock.city_day(measure.decided_at),
        "since": measure.since,
        "until": measure.until,
        "published_at": measure.published_at,
        "appealed": measure.state in ("APPEALED", "HUMAN_REVIEW"),
        "digest": measure.digest,
    }


def _without_name(text: str, subject: Subject | None) -> str:
    """A natural person's name in a text becomes the surname with stars, as the redaction table says of other personal names."""
    if subject is None or not subject.is_natural or not subject.person_name:
        return text
    return re.sub(re.escape(subject.person_name), mask("name", subject.person_name, "public"), text)


def days() -> list[dict[str, Any]]:
    """The days on which something that still works was published, newest first: {day, rows}."""
    grouped = running().order_by().annotate(day=TruncDate("published_at", tzinfo=clock.CITY)).values("day").annotate(rows=Count("pk"))
    return [{"day": one["day"], "rows": one["rows"]} for one in grouped.order_by("-day")]


def of_day(day: date) -> QuerySet[Measure]:
    """What was published on a day and still works."""
    start = datetime.combine(day, time(), clock.CITY)
    return running().filter(published_at__gte=start, published_at__lt=start + timedelta(days=1)).order_by("published_at", "number")


def file_of(day: date, form: str) -> tuple[bytes, str, str]:
    """(bytes, content type, SHA-256) of a day's file; the same rows give the same bytes."""
    body, mime = WRITERS[form](COLUMNS, _rows(of_day(day)))
    return body, mime, hashlib.sha256(body).hexdigest()


def _rows(measures: Iterable[Measure]) -> Iterable[list[Any]]:
    for measure in measures:
        said = statement(measure)
        yield [said[name] for name in NAMES]
