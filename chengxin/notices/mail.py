"""Letters by mail: one a morning of a working day, and at once for what is due. Off until a mail server is configured.

The body names matters by number only; whoever reads a mailbox of others learns nothing of a person from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from socket import gaierror
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.jobs import actions as jobs
from chengxin.kernel import clock, locks
from chengxin.law import workdays
from chengxin.notices import queries
from chengxin.notices.models import AT_ONCE, BOTH, DAILY, DUE, LATE, NO_MAIL, SENDING, SENT, UNSURE, WAITS, Letter, Notice, Preference

LINES = 20  # of one letter: more is read on the page
# What says for certain that the server did not take the letter; after anything else (a line cut in the middle) it may be out.
REFUSED = (SMTPResponseException, SMTPRecipientsRefused, ConnectionRefusedError, gaierror)
AHEAD = 5  # working days that the morning's letter looks ahead


def configured() -> bool:
    """Whether the house has a mail server."""
    return bool(settings.EMAIL_HOST)


def write_at_once() -> int:
    """A letter to each person with untold urgent notices (due today, overdue, decided about them) who wants such; returns how many."""
    if not configured():
        return 0
    urgent = Q(stage__in=[DUE, LATE]) | Q(topic="decision")
    with transaction.atomic(), locks.locked("notices.letters"):
        rows = Notice.objects.filter(urgent, letter=None, read_at=None, at__gte=clock.now() - timedelta(days=1)).select_related("person")
        by_person: dict[User, list[Notice]] = defaultdict(list)
        for one in rows.order_by("at", "id"):
            by_person[one.person].append(one)
        return sum(_write_urgent(person, told) for person, told in by_person.items())


def _write_urgent(person: User, told: list[Notice]) -> bool:
    if not _wants(person, BOTH):
        return False
    with translation.override(person.language):
        subject = ngettext("%d matter needs you today", "%d matters need you today", len(told)) % len(told)
        text = _text(person, [queries.sentence(one) for one in told], reverse("notices:inbox"))
    letter = _keep(person, AT_ONCE, str(told[-1].pk), subject, text)
    Notice.objects.filter(pk__in=[one.pk for one in told]).update(letter=letter)
    return letter is not None


def write_digests(day: date | None = None) -> int:
    """The letter of a morning; none on days off, none to whom nothing waits. Returns how many were written."""
    day = day or clock.today()
    if not configured() or not workdays.is_workday(day):
        return 0
    people = User.objects.filter(is_active=True).exclude(email="").exclude(email_index="")
    return sum(_write_digest(person, day) for person in people)


def _write_digest(person: User, day: date) -> bool:
    if not _wants(person, BOTH, DAILY) or Letter.objects.filter(person=person, kind=DAILY, key=day.isoformat()).exists():
        return False
    with translation.override(person.language):
        waiting = queries.waiting(of_user(person), workdays.add(day, AHEAD))
        unread = Notice.objects.filter(person=person, read_at=None).count()
        if not waiting and not unread:
            return False
        late = sum(one.late for one in waiting)
        lines = [f"{one.due} {one.what} {one.number}" + (f" ({one.article})" if one.article else "") for one in waiting]
        head = _("Due within %(days)d working days: %(n)d, overdue: %(late)d. Unread notices: %(unread)d.")
        told = head % {"days": AHEAD, "n": len(waiting), "late": late, "unread": unread}
        text = _text(person, [told, "", *lines], reverse("notices:waiting"))
        subject = _("What is due, %s") % day.isoformat()
    with transaction.atomic():
        return _keep(person, DAILY, day.isoformat(), subject, text) is not None


def _wants(person: User, *ways: str) -> bool:
    mail = Preference.objects.filter(person=person).values_list("mail", flat=True).first() or BOTH
    return bool(person.email) and person.is_active and mail != NO_MAIL and mail in ways


def _text(person: User, lines: list[str], page: str) -> str:
    shown, more = lines[:LINES], len(lines) - LINES
    if more > 0:
        shown = [*shown, ngettext("and %d more", "and %d more", more) % more]
    foot = [_("Read and act here: %s") % f"{settings.PUBLIC_ORIGIN}{page}", _("What is mailed is chosen here: %s") % _settings_page()]
    return "\n".join([_("Good day,"), "", *shown, "", *foot, ""])


def _settings_page() -> str:
    return f"{settings.PUBLIC_ORIGIN}{reverse('notices:preferences')}"


def _keep(person: User, kind: str, key: str, subject: str, text: str) -> Letter | None:
    """Write a letter down with the job that sends it, in the caller's transaction."""
    letter, fresh = Letter.objects.get_or_create(person=person, kind=kind, key=key, defaults={"subject": subject, "text": text})
    if not fresh:
        return None
    title = {"zh": "发送通知邮件", "en": "Send a letter by mail"}
    jobs.enqueue("chengxin.notices.tasks:post", title=title, key=f"letter:{letter.pk}", letter=str(letter.pk))
    return letter


def post(id: str) -> str:
    """Send one letter at most once; returns its state. A refusal by the server is raised, so that the job tries again."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().select_related("person").get(pk=UUID(id))
        if letter.state == SENDING:
            letter.state = UNSURE  # a process died while it was sending: the letter may be out, and two are worse than none
        elif letter.state == WAITS:
            letter.state, letter.attempts = SENDING, letter.attempts + 1
        else:
            return letter.state
        letter.save(update_fields=["state", "attempts"])
    if letter.state == UNSURE:
        return UNSURE
    try:
        _message(letter).send()
    except REFUSED as error:
        Letter.objects.filter(pk=letter.pk).update(state=WAITS, error=str(error)[:200])
        raise
    except OSError as error:
        Letter.objects.filter(pk=letter.pk).update(state=UNSURE, error=str(error)[:200])
        return UNSURE
    Letter.objects.filter(pk=letter.pk).update(state=SENT, sent_at=clock.now(), error="")
    return SENT


def _message(letter: Letter) -> EmailMessage:
    host = urlsplit(settings.PUBLIC_ORIGIN).hostname or "localhost"
    headers = {"Message-ID": f"<{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.person.email], headers=headers)


def unsent() -> Iterable[Letter]:
    """Letters that did not get out, for the system administrator."""
    return Letter.objects.exclude(state=SENT).order_by("-written_at")
