"""Letters: one a morning of a working day, at once what is due, never twice, and no person's data in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected

import pytest
from django.conf import settings as house
from django.core import mail as box
from django.core.mail import EmailMessage

from chengxin.accounts.models import User
from chengxin.consumers import actions as consumers
from chengxin.consumers.tests import people as towns
from chengxin.jobs.models import Job
from chengxin.kernel import clock
from chengxin.law import workdays
from chengxin.notices import actions, mail, tasks
from chengxin.notices.models import AT_ONCE, DAILY, SENDING, SENT, UNSURE, WAITS, Letter

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def cast(settings: house) -> towns.Town:  # type: ignore[valid-type]
    settings.EMAIL_HOST = "mail.example"
    made = towns.town()
    for name in ("merchant", "officer"):
        user = made.users[name]
        user.email = f"{name}@example.com"
        user.save()
    return made


def complaint(cast: towns.Town) -> str:
    made = consumers.file(towns.form(cast))
    return consumers.accept(cast.officer, made.complaint.number, towns.DESK).number


def due_day(cast: towns.Town) -> date:
    from chengxin.consumers.models import Complaint

    due = Complaint.objects.get().due_on
    assert due
    return due


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=clock.CITY)


def test_a_morning_of_a_working_day_brings_one_letter_with_what_is_due(cast: towns.Town) -> None:
    number = complaint(cast)
    morning = workdays.add(due_day(cast), -2)
    with clock.set_to(at(morning)):
        assert tasks.digest() == "2 letters" and tasks.digest() == "0 letters"
        letter = Letter.objects.get(person=cast.users["merchant"], kind=DAILY)
        assert mail.post(str(letter.pk)) == SENT and mail.post(str(letter.pk)) == SENT
    [sent] = box.outbox
    assert sent.to == ["merchant@example.com"] and number in sent.body and "/inbox/waiting/" in sent.body
    for person in (towns.NAME, towns.PHONE, "电饭煲", cast.users["merchant"].display_name):
        assert person not in sent.body + sent.subject


def test_no_letter_on_a_day_off_without_an_address_or_when_nothing_waits(cast: towns.Town) -> None:
    complaint(cast)
    off = next(day for day in (due_day(cast) - timedelta(days=n) for n in range(7)) if not workdays.is_workday(day))
    with clock.set_to(at(off)):
        assert mail.write_digests() == 0
    User.objects.update(email="", email_index="")
    with clock.set_to(at(workdays.add(due_day(cast), -1))):
        assert mail.write_digests() == 0
    Letter.objects.all().delete()
    assert mail.write_digests(date(2026, 11, 24)) == 0


def test_without_a_mail_server_nothing_is_written(cast: towns.Town, settings: house) -> None:  # type: ignore[valid-type]
    settings.EMAIL_HOST = ""
    complaint(cast)
    with clock.set_to(at(due_day(cast))):
        actions.look()
        assert mail.write_at_once() == mail.write_digests() == 0


def test_what_is_due_today_goes_out_at_once_and_once(cast: towns.Town) -> None:
    number = complaint(cast)
    with clock.set_to(at(due_day(cast))):
        for _again in range(2):
            tasks.look()
        letters = Letter.objects.filter(kind=AT_ONCE)
        assert {one.person.username for one in letters} == {"merchant", "officer"}
        assert all(number in one.text and towns.NAME not in one.text for one in letters)
        assert Job.objects.filter(target="chengxin.notices.tasks:post").count() == len(letters)


def test_who_wants_only_the_morning_or_no_mail_gets_that(cast: towns.Town) -> None:
    complaint(cast)
    actions.prefer(cast.merchant, "digest", [])
    actions.prefer(cast.officer, "none", [])
    with clock.set_to(at(due_day(cast))):
        tasks.look()
        tasks.digest()
    assert [(one.person.username, one.kind) for one in Letter.objects.all()] == [("merchant", DAILY)]


@pytest.fixture
def letter(cast: towns.Town) -> Letter:
    return Letter.objects.create(person=cast.users["merchant"], kind=DAILY, key="x", subject="s", text="t")


def test_a_refusal_is_tried_again_and_what_may_be_out_is_not(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailMessage, "send", _raising(SMTPDataError(451, b"later")))
    with pytest.raises(SMTPDataError):
        mail.post(str(letter.pk))
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (WAITS, 1)
    monkeypatch.setattr(EmailMessage, "send", _raising(SMTPServerDisconnected("in the middle")))
    assert mail.post(str(letter.pk)) == UNSURE and mail.post(str(letter.pk)) == UNSURE


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def send(self: EmailMessage) -> int:
        raise error

    return send


def test_a_letter_in_whose_sending_a_process_died_is_not_sent_again(letter: Letter) -> None:
    Letter.objects.update(state=SENDING)
    assert mail.post(str(letter.pk)) == UNSURE
    assert box.outbox == []


def test_the_twin_without_the_note_before_sending_it_goes_out_twice(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    Letter.objects.update(state=WAITS)  # as if the note had not been made before the process died
    mail.post(str(letter.pk))
    Letter.objects.update(state=WAITS)
    mail.post(str(letter.pk))
    assert len(box.outbox) == 2
