"""A platform keeps the register of its rules and major events; nothing in it is edited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.platforms.actions.steps import check_person, check_texts, named, staff_of, wrong
from chengxin.platforms.errors import NumberTaken
from chengxin.platforms.models import MajorEvent, RuleVersion
from chengxin.subjects.models import Platform

DAYS = ("comments_from", "comments_until", "published_on", "effective_on")
EVENT = {"title": ("标题", "the title"), "text": ("说明", "the text")}


def add_rule_version(actor: Actor, platform: Platform, given: Mapping[str, Any]) -> RuleVersion:
    """Put a version of a rule on the register, with its full text. given: the model's fields. The same text again is the same version."""
    staff_of(actor, platform.code)
    with transaction.atomic(), locks.locked(f"platforms.rules:{platform.pk}"):
        content = {**given, "text": str(given["text"]).strip()}
        _check_rule(content)
        sha256 = hashlib.sha256(content["text"].encode()).hexdigest()
        own = RuleVersion.objects.filter(platform=platform, kind=content["kind"])
        known = own.filter(version=content["version"]).first()
        if known:
            if known.sha256 != sha256:
                raise NumberTaken(number=content["version"])
            return known
        by, name = named(actor)
        made = RuleVersion.objects.create(
            platform=platform, sha256=sha256, first=not own.exists(), made_by=by, made_by_name=name, made_at=clock.now(), **content
        )
        data = {"platform": platform.code, "kind": made.kind, "version": made.version, "sha256": sha256}
        audit.record("platforms.rule.added", actor=by, object=f"platforms.rule:{made.pk}", data=data)
        return made


def _check_rule(content: Mapping[str, Any]) -> None:
    if content["kind"] not in law.at(clock.today()).codes("platform_rule_kind"):
        wrong("规则类别未知", "the kind of rule is unknown")
    if not content["text"]:
        wrong("须有规则全文", "the full text is needed")
    if content["effective_on"] < content["published_on"]:
        wrong("实施日期不能早于公示日期", "it does not take effect before it is published")
    if bool(content.get("comments_from")) != bool(content.get("comments_until")):
        wrong("征求意见须有起止日期", "comments need a first and a last day")
    if content.get("comments_from") and content["comments_until"] < content["comments_from"]:
        wrong("征求意见止日不能早于起日", "comments do not end before they begin")


def add_event(actor: Actor, platform: Platform, given: Mapping[str, Any]) -> MajorEvent:
    """Tell the public of a major event, until a last day."""
    staff_of(actor, platform.code)
    check_person(actor)
    with transaction.atomic():
        check_texts(given, EVENT)
        if given["kind"] not in law.at(clock.today()).codes("platform_event"):
            wrong("事项类别未知", "the kind of event is unknown")
        if given["happened_on"] > clock.today() or given["until"] < clock.today():
            wrong("发生日期不能晚于今天，展示期止不能早于今天", "it happened by today and is shown until today at least")
        by, name = named(actor)
        made = MajorEvent.objects.create(platform=platform, made_by=by, made_by_name=name, made_at=clock.now(), **given)
        data = {"platform": platform.code, "kind": made.kind, "until": made.until.isoformat()}
        audit.record("platforms.event.told", actor=by, object=f"platforms.event:{made.pk}", data=data)
        return made
