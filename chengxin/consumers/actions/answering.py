"""What merchant and platform answer, what they promise, how the consumer rates it and what the consumer says at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts.access import ANONYMOUS, Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.consumers.access import MERCHANT
from chengxin.consumers.actions.filing import MOST_FILES, File, keep, of_consumer
from chengxin.consumers.actions.handling import close_pause, closed, due_to_mediate, result_told
from chengxin.consumers.actions.steps import check_code, check_text, held, moved, named, of_desk, wrong
from chengxin.consumers.errors import AlreadyDone, ContentWrong
from chengxin.consumers.models import Answer, Complaint, Filing, Promise, Rating, Word
from chengxin.consumers.models.complaints import AT_WORK, ENDED, SOLVED, UNSOLVED
from chengxin.consumers.models.said import BROKEN, KEPT, OPEN, PLATFORM
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound


def answer(actor: Actor, number: str, given: Mapping[str, Any], files: Sequence[File] = ()) -> Answer:
    """The merchant or the platform answers. given: text; offer (complaint_request), offer_fen, refund_ref; promise and promise_by (a day).

    Raises NotFound for another's complaint, AlreadyDone once mediation is over.
    """
    text = check_text(str(given.get("text") or ""), "答复内容", "the answer")
    offer = str(given.get("offer") or "")
    if offer:
        check_code("complaint_request", offer)
    with transaction.atomic():
        found = held(actor, Complaint, number)
        side = _side(actor, found)
        if found.state not in AT_WORK:
            raise AlreadyDone
        row = Answer(complaint=found, side=side, text=text, offer=offer, offer_fen=given.get("offer_fen") or None, at=clock.now())
        row.refund_ref = str(given.get("refund_ref") or "").strip()[:64]
        row.by, row.by_name = named(actor)
        data = {"number": found.number, "side": side, "offer": offer, "offer_fen": row.offer_fen}
        rows.put(row, "consumers.complaint.answered", actor=row.by, object=f"consumers.complaint:{found.pk}", data=data)
        if given.get("promise") or given.get("promise_by"):
            _promise(found, row, str(given.get("promise") or ""), given.get("promise_by"))
        for one in files[:MOST_FILES]:
            keep(one, found, None)
        return row


def _side(actor: Actor, found: Complaint) -> str:
    """merchant for the business's own people, platform for its people and machine; officers do not answer. Raises NotFound."""
    if actor.has(MERCHANT) and found.respondent_id in actor.subjects:
        return MERCHANT
    if found.platform and found.platform.code in actor.platforms:
        return PLATFORM
    raise NotFound


def _promise(found: Complaint, row: Answer, text: str, by: date | None) -> None:
    if by is None or by < clock.today():
        raise ContentWrong(why_zh="承诺应当写明今天以后的履行日期。", why_en="A promise names its day, today or later.")
    Promise.objects.create(complaint=found, answer=row, text=check_text(text, "承诺内容", "the promise"), due_on=by)


def rate(filing: Filing, answer_id: UUID | str, stars: int) -> Rating:
    """The consumer rates an answer, once. Raises NotFound, AlreadyDone."""
    if not 1 <= stars <= 5:
        wrong("评分为一至五分", "between one and five")
    with transaction.atomic():
        found = of_consumer(filing)
        row = found.answers.filter(pk=answer_id).first()
        if row is None:
            raise NotFound
        if Rating.objects.filter(answer=row).exists():
            raise AlreadyDone
        data = {"number": found.number, "stars": stars}
        made = Rating(answer=row, stars=stars, at=clock.now())
        return rows.put(made, "consumers.answer.rated", actor=str(ANONYMOUS), object=f"consumers.complaint:{found.pk}", data=data)


def say(filing: Filing, solved: bool, text: str = "") -> Complaint:
    """The complainant's word: solved (which closes it), or not: reopened while it was agreed or settled; after the end of mediation the
    complaint closes as unsolved, for the other ways of cpl art. 39. Raises AlreadyDone after the term."""
    with transaction.atomic():
        found = of_consumer(filing)
        if found.confirm_by and clock.today() > found.confirm_by:
            raise AlreadyDone
        (_solved if solved else _unsolved)(found, text.strip())
        made = Word(complaint=found, word=SOLVED if solved else UNSOLVED, text=text.strip(), at=clock.now())
        data = {"number": found.number, "word": made.word}
        rows.put(made, "consumers.complaint.said", actor=str(ANONYMOUS), object=f"consumers.complaint:{found.pk}", data=data)
        found.save()
        return found


def _solved(found: Complaint, text: str) -> None:
    """While it is being worked on, the two settled it: both steps are on record."""
    if found.state in AT_WORK:
        close_pause(found)
        moved(found, "settle", {"consumer"}, ANONYMOUS)
        result_told(found)
    moved(found, "confirm", {"consumer"}, ANONYMOUS)
    found.word = SOLVED
    closed(found)


def _unsolved(found: Complaint, text: str) -> None:
    found.word = UNSOLVED
    if found.state == ENDED or found.ground.startswith("T"):
        moved(found, "unsolved", {"consumer"}, ANONYMOUS)
        closed(found)
        return
    given = {"reason": check_text(text, "理由", "the reason")}
    moved(found, "reopen", {"consumer"}, ANONYMOUS, given, due=due_to_mediate(found))
    found.reopened, found.confirm_by, found.ended_on = found.reopened + 1, None, None


def say_of_promise(filing: Filing, promise_id: UUID | str, kept: bool) -> Promise:
    """The consumer says whether a promise was kept: kept stands at once, broken is looked at by an officer."""
    with transaction.atomic():
        found = of_consumer(filing)
        one = Promise.objects.select_for_update().filter(complaint=found, pk=promise_id).first()
        if one is None:
            raise NotFound
        if one.state != OPEN or one.word:
            raise AlreadyDone
        one.word, one.word_at = KEPT if kept else BROKEN, clock.now()
        one.state = KEPT if kept else OPEN
        one.save()
        _noted(ANONYMOUS, one, "said")
        return one


def find_of_promise(actor: Actor, promise_id: UUID | str, kept: bool, reason: str) -> Promise:
    """An officer finds a promise kept or broken, with a reason."""
    text = check_text(reason, "理由", "the reason")
    with transaction.atomic():
        one = Promise.objects.select_for_update().filter(pk=promise_id).first()
        if one is None or not of_desk(actor, one.complaint):
            raise NotFound
        if one.state != OPEN:
            raise AlreadyDone
        one.state, one.reason, one.found_at = KEPT if kept else BROKEN, text, clock.now()
        one.found_by, one.found_by_name = named(actor)
        one.save()
        _noted(actor, one, "found")
        return one


def _noted(actor: Actor, one: Promise, what: str) -> None:
    data = {"number": one.complaint.number, "state": one.state, "word": one.word}
    audit.record(f"consumers.promise.{what}", actor=str(actor), object=f"consumers.promise:{one.pk}", data=data)
