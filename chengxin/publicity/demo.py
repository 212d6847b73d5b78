"""Publicity of the demo city: an edition of the open data, an item that is held back, the next edition without it."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.publicity import editions, reviews
from chengxin.publicity.models import Edition
from chengxin.records.models import Record


def fill(officer: Actor) -> None:
    """Publish, hold one record, publish again. Repeating it changes nothing."""
    if Edition.objects.exists():
        return
    editions.publish()
    some = Record.objects.filter(department__in=officer.departments_as("officer"), end__isnull=True, published_on__isnull=False)
    if some.count() > 1:
        reviews.hold(officer, "records", some.order_by("number")[0].number, "企业反映事实摘要涉及商业秘密，待保密审查")
        editions.clear()
