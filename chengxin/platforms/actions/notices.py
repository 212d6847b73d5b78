"""Circulars and risk notices to platforms: one person writes, another issues, a named person of each platform confirms having read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.platforms import papers
from chengxin.platforms.access import DESK
from chengxin.platforms.actions.steps import NUMBERS, SYSTEM, check_person, check_texts, moved, named, next_numbers, roles_in, wrong
from chengxin.platforms.errors import AlreadyDecided, SamePerson
from chengxin.platforms.models import Notice, NoticeRead
from chengxin.platforms.models.talks import DRAFT, ISSUED
from chengxin.subjects.models import Platform

CLOCKS = system("platforms.clocks")
LABELS = {"title": ("标题", "the title"), "text": ("正文", "the text")}


def write_notice(actor: Actor, kind: str, department: str, platforms: Sequence[Platform], *, title: str, text: str, until: date) -> Notice:
    """Write it for a colleague to issue. Platforms see nothing yet."""
    with transaction.atomic(), locks.locked(NUMBERS):
        check_texts({"title": title, "text": text}, LABELS)
        if until < clock.today() or not platforms:
            wrong("须有接收平台，且有效期不早于今天", "it needs platforms to go to, and a last day that has not passed")
        by, name = named(actor)
        made = Notice(
            number=next_numbers(Notice, "PN", clock.today())[0],
            kind=kind,
            department=department,
            title=title.strip(),
            text=text.strip(),
            until=until,
            written_by=by,
            written_by_name=name,
            written_at=clock.now(),
        )
        moved("notice", made, "write", roles_in(actor, department, DESK), actor, before="NONE")
        made.save(force_insert=True)
        made.platforms.set(platforms)
        return made


def issue_notice(actor: Actor, number: str) -> Notice:
    """A second person of the department issues it; the platforms see it. Raises SamePerson, AlreadyDecided."""
    return _decide(actor, number, "issue", "")


def send_back_notice(actor: Actor, number: str, reason: str) -> Notice:
    """A second person does not issue it, saying why."""
    return _decide(actor, number, "send_back", reason.strip())


def _decide(actor: Actor, number: str, action: str, reason: str) -> Notice:
    with transaction.atomic():
        with locks.locked(f"platforms.notice:{number}"):
            found = access.get(actor, Notice, number=number, department__in=actor.departments_as(*DESK))
            found = Notice.objects.select_for_update().get(pk=found.pk)
        if found.state != DRAFT:
            raise AlreadyDecided
        if found.written_by == str(actor):
            raise SamePerson
        moved("notice", found, action, roles_in(actor, found.department, DESK), actor, {"reason": reason} if reason else None)
        found.issued_by, found.issued_by_name = named(actor)
        found.issued_at, found.reason = clock.now(), reason
        if found.state == ISSUED and found.kind == Notice.Kind.CIRCULAR:
            papers.circular(actor, found)
        found.save()
        return found


def confirm_read(actor: Actor, number: str, platform: Platform) -> NoticeRead:
    """A named person of the platform confirms having read it; once a platform."""
    check_person(actor)
    with transaction.atomic(), locks.locked(f"platforms.notice:{number}"):
        notice = access.get(actor, Notice, number=number, platforms=platform)
        known = NoticeRead.objects.filter(notice=notice, platform=platform).first()
        if known:
            return known
        by, name = named(actor)
        made = NoticeRead.objects.create(notice=notice, platform=platform, by=by, by_name=name, at=clock.now())
        data = {"notice": notice.number, "platform": platform.code}
        audit.record("platforms.notice.read", actor=by, object=f"platforms.notice:{notice.pk}", data=data)
        return made


def end_notices(day: date | None = None) -> int:
    """Each night: notices end after their last day. Returns how many."""
    today, done = day or clock.today(), 0
    for pk in list(Notice.objects.filter(state=ISSUED, until__lt=today).values_list("pk", flat=True)):
        with transaction.atomic():
            found = Notice.objects.select_for_update().filter(pk=pk, state=ISSUED).first()
            if found:
                moved("notice", found, "end", SYSTEM, CLOCKS)
                found.save()
                done += 1
    return done
