"""Streamers that platforms name, courses passed here, trainings that platforms held. The law's clock says when the next one is due."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.campaigns import papers
from chengxin.campaigns.access import REVOKERS
from chengxin.campaigns.actions.steps import check_text, wrong
from chengxin.campaigns.courses import Course
from chengxin.campaigns.errors import AlreadyRevoked, NotPassed
from chengxin.campaigns.events import CompletionRevoked
from chengxin.campaigns.models import Completion, Revocation, Streamer
from chengxin.campaigns.models.culture import OURS, PLATFORMS_OWN
from chengxin.documents import actions as documents
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import NotFound
from chengxin.kernel.paper import SIGNS
from chengxin.law import law
from chengxin.law.shelf import shelf
from chengxin.subjects.models import Platform, Subject

CLOCK = "STREAMER_TRAINING"
ACCOUNT, CODE = "campaigns.Streamer.account", "campaigns.Streamer.code"
CODE_SIGNS = 16  # eighty bits: nobody guesses one


def due_after(day: date) -> date:
    """The last day for the next training when the last was on a day; before the law came into force, the clock began with it."""
    begins = shelf().clocks[CLOCK][0].valid_from
    start = max(day, begins) if begins else day
    return law.at(start).due(CLOCK, start)


def name_streamer(actor: Actor, platform: Platform, account: str, since: date, until: date | None = None) -> tuple[Streamer, str]:
    """A platform names a streamer by its own account, or says that one has left. Returns it and, when it is new, the code to pass on.

    The code is shown once and kept only as a blind index. Raises ContentWrong.
    """
    plain = check_text(account, "主播账号", "the account", most=64)
    if since > clock.today() or (until and until < since):
        wrong("起止日期有误", "the days are not possible")
    index = blind_index(plain, ACCOUNT)
    with transaction.atomic(), locks.locked(f"campaigns.streamers:{platform.pk}"):
        found = Streamer.objects.filter(platform=platform, account_index=index).first()
        code = "" if found else "".join(secrets.choice(SIGNS) for _ in range(CODE_SIGNS))
        made = found or Streamer(platform=platform, account=plain, account_index=index, since=since, code_index=blind_index(code, CODE))
        made.until = until
        made.due_on = due_after(made.trained_on or made.since)
        made.save()
        data = {"platform": platform.code, "streamer": str(made.pk), "until": until.isoformat() if until else ""}
        audit.record("campaigns.streamer.named", actor=str(actor), object=f"campaigns.streamer:{made.pk}", data=data)
    return made, code


def streamer_of(platform: Platform, account: str) -> Streamer:
    """A platform's streamer by its account. Raises NotFound."""
    found = Streamer.objects.filter(platform=platform, account_index=blind_index(account.strip(), ACCOUNT)).first()
    if found is None:
        raise NotFound
    return found


def report_training(actor: Actor, platform: Platform, account: str, title: str, on: date, proof: str) -> Completion:
    """A training that the platform held itself. The same again is the first one. Raises NotFound, ContentWrong."""
    streamer = streamer_of(platform, account)
    if not streamer.since <= on <= clock.today():
        wrong("培训日期应在主播入驻之后、今天之前", "the day lies between the streamer's first day and today")
    title, proof = (
        check_text(title, "培训名称", "the title", most=40),
        check_text(proof, "培训记录编号", "the number of the record", most=100),
    )
    with transaction.atomic(), locks.locked(f"campaigns.streamer:{streamer.pk}"):
        known = _standing(Completion.objects.filter(streamer=streamer, course=title, on=on).first())
        made = known or _written(actor, Completion(source=PLATFORMS_OWN, course=title, streamer=streamer, on=on, proof=proof))
    return made


def take_quiz(actor: Actor, course: Course, answers: Sequence[int], *, subject: Subject | None = None, code: str = "") -> Completion:
    """Pass a course, for one's own business or by a streamer's code; a certificate is issued. Passed before: the first one.

    Raises NotPassed, and NotFound for a business that is not the actor's or a code that nobody has.
    """
    streamer = _by_code(code) if code else None
    if streamer is None and (subject is None or subject.pk not in actor.subjects):
        raise NotFound
    right = course.right(answers)
    if right < course.needed:
        raise NotPassed(right=right, questions=len(course.questions), needed=course.needed)
    whose = streamer.pk if streamer else subject.pk if subject else ""
    with transaction.atomic(), locks.locked(f"campaigns.streamer:{whose}" if streamer else f"campaigns.course:{whose}"):
        known = _known(course, subject, streamer)
        if known:
            return known
        made = Completion(id=ids.new_id(), source=OURS, course=course.code, version=course.version, on=clock.today())
        made.subject, made.streamer = (None, streamer) if streamer else (subject, None)
        made.right, made.questions = right, len(course.questions)
        person = (streamer.account, "") if streamer else (subject.name, subject.uscc or "") if subject else ("", "")
        paper = papers.certificate(made.pk, course.zh, course.version, person, f"{right} / {made.questions}")
        made.paper, made.paper_number, made.code = paper.pk, paper.number, paper.code
        return _written(actor, made)


def _by_code(code: str) -> Streamer:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    found = Streamer.objects.filter(code_index=blind_index(plain, CODE)).first()
    if found is None:
        raise NotFound
    return found


def _known(course: Course, subject: Subject | None, streamer: Streamer | None) -> Completion | None:
    """A business passes a version once; a streamer once a day, since the law wants it each year anew."""
    if streamer:
        return _standing(Completion.objects.filter(streamer=streamer, course=course.code, on=clock.today()).first())
    known = Completion.objects.filter(subject=subject, course=course.code, version=course.version, revocation__isnull=True)
    return known.first()


def _standing(known: Completion | None) -> Completion | None:
    """What was revoked is not given out as if it counted. Raises ContentWrong."""
    if known and hasattr(known, "revocation"):
        wrong("这一天的该项培训记录已被撤销", "the record of this training on this day was revoked")
    return known


def _written(actor: Actor, made: Completion) -> Completion:
    made.by, made.at = str(actor), clock.now()
    rows.put(made, "campaigns.course.completed", actor=made.by, object=f"campaigns.completion:{made.pk}", data={"course": made.course})
    if made.streamer:
        _count_anew(made.streamer)
    return made


def _count_anew(streamer: Streamer) -> None:
    """The last training that counts, and the day of the next; the streamer's lock is held."""
    last = streamer.completions.filter(revocation__isnull=True).order_by("-on").first()
    streamer.trained_on = last.on if last else None
    streamer.due_on = due_after(streamer.trained_on or streamer.since)
    streamer.save()


def revoke(actor: Actor, completion_id: object, reason: str) -> Revocation:
    """Take a certificate, or a training that was reported, back: the paper ends, a streamer's clock goes back, whose it was is told.

    A reviewer or the head of the department whose seal stands on certificates. Raises NotFound, ContentWrong, AlreadyRevoked.
    """
    why = check_text(reason, "撤销理由", "the reason")
    if papers.TEACHER not in actor.departments_as(*REVOKERS):
        raise NotFound
    found = access.get(actor, Completion, pk=completion_id)
    whose = f"campaigns.streamer:{found.streamer_id}" if found.streamer_id else f"campaigns.course:{found.subject_id}"
    with transaction.atomic(), locks.locked(whose):
        if Revocation.objects.filter(completion=found).exists():
            raise AlreadyRevoked
        if found.paper:
            documents.revoke(actor, found.paper, why)
        made = Revocation(completion=found, reason=why, by=str(actor), by_name=actor.name, at=clock.now())
        data = {"course": found.course, "paper": found.paper_number}
        rows.put(made, "campaigns.course.revoked", actor=made.by, object=f"campaigns.completion:{found.pk}", data=data)
        if found.streamer_id:
            _count_anew(Streamer.objects.select_for_update().get(pk=found.streamer_id))
        outbox.emit(CompletionRevoked(str(found.pk)))
    return made
