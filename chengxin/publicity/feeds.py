"""Atom feeds: what went down from the open data, and what came and went of a watched subject. Numbers and days, no names."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from chengxin.kernel import clock, language
from chengxin.publicity import editions, watching


def removals() -> str:
    """What went down from the open data, newest first."""
    feed = _feed(_("Open data: facts that are public no longer"), reverse("publicity:removals"), reverse("publicity:data"))
    for one in editions.removals():
        day = date.fromisoformat(one["day"])
        _add(
            feed, f"{one['dataset']} {one['id']}", f"removal:{one['edition']}:{one['dataset']}:{one['id']}", day, reverse("publicity:data")
        )
    return str(feed.writeString("utf-8"))


def of_watch(code: str) -> str:
    """What came and went of a watched subject. Raises NotFound for an unknown code."""
    one = watching.watched(code)
    page = reverse("publicity:subject", args=[one.subject_id])
    feed = _feed(_("Changes of a subject you watch"), reverse("publicity:watch_feed", args=[code]), page)
    for each in watching.told(one):
        set_ = language.pick(each["set"])
        title = (
            _("New: %(set)s %(key)s") % {"set": set_, "key": each["key"]} if each["key"] else _("No longer public: %(set)s") % {"set": set_}
        )
        _add(feed, title, f"change:{each['id']}", each["day"], page)
    return str(feed.writeString("utf-8"))


def _feed(title: str, own: str, page: str) -> Any:
    origin = settings.PUBLIC_ORIGIN.rstrip("/")
    return Atom1Feed(title=title, link=origin + page, feed_url=origin + own, description=title, language="zh-Hans")


def _add(feed: Any, title: str, key: str, day: date, page: str) -> None:
    at = datetime.combine(day, time.min, clock.CITY)
    link = settings.PUBLIC_ORIGIN.rstrip("/") + page
    feed.add_item(title=title, link=link, description="", unique_id=f"urn:chengxin:{key}", updateddate=at, pubdate=at)
