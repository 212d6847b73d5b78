"""A typical case from draft to publication and down again. Another person than the author approves; nothing is shown without its ground."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.campaigns import stories
from chengxin.campaigns.access import OWNER
from chengxin.campaigns.actions.steps import NUMBERS, SYSTEM, check_text, held, moved, next_number, roles_in, wrong
from chengxin.campaigns.errors import NoConsent, NotClean, NotPublic, SamePerson
from chengxin.campaigns.events import StoryTakenDown
from chengxin.campaigns.models import Story
from chengxin.campaigns.models.stories import (
    APPROVED,
    ASKED,
    BAD,
    DECLINED,
    DROPPED,
    GIVEN,
    GOOD,
    PUBLISHED,
    REDACTED,
    TAKEN_DOWN,
    UNASKED,
    WITHDRAWN,
)
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

MOST = 2000


def draft_bad(actor: Actor, department: str, record_number: str, title: str) -> Story:
    """A bad example from a record in publicity; the text is filled from it. Raises NotFound, NotPublic, ContentWrong."""
    record = Record.objects.filter(number=record_number.strip()).select_related("subject").first()
    if record is None:
        raise NotFound
    if record.pk not in {one.record.pk for one in stories.usable(record.subject)}:
        raise NotPublic
    return _drafted(actor, department, BAD, record.subject, record, title, stories.prefilled(record))


def draft_good(actor: Actor, department: str, subject_id: object, title: str, text: str) -> Story:
    """A good example of a subject that has no unfavourable record in publicity."""
    subject = Subject.objects.filter(pk=str(subject_id)).first()
    if subject is None:
        raise NotFound
    if stories.usable(subject):
        wrong("该主体有正在公示的不良信息，不能作为诚信典型", "it has an unfavourable record in publicity")
    return _drafted(actor, department, GOOD, subject, None, title, check_text(text, "正文", "the text", most=MOST))


def _drafted(actor: Actor, department: str, kind: str, subject: Subject, record: Record | None, title: str, text: str) -> Story:
    roles = roles_in(actor, department)
    with transaction.atomic(), locks.locked(NUMBERS):
        if record and Story.objects.filter(kind=BAD, record=record).exclude(state__in=[TAKEN_DOWN, DROPPED]).exists():
            wrong("该记录已有典型案例", "there is a story of this record already")
        made = Story(number=next_number(Story, "DX"), kind=kind, department=department, subject=subject, record=record)
        made.title = check_text(title, "标题", "the title", most=100, public=True)
        made.draft, made.author, made.author_name = text[:MOST], str(actor), actor.name
        moved("story", made, "draft", roles, actor, before="NONE")
        made.save(force_insert=True)
    return made


def rewrite(actor: Actor, number: str, title: str, text: str) -> Story:
    """Change a draft. Who changes it is its author from then on: the one who approves is another."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        found.title = check_text(title, "标题", "the title", most=100, public=True)
        found.draft = check_text(text, "正文", "the text", most=MOST)
        found.author, found.author_name = str(actor), actor.name
        moved("story", found, "rewrite", roles, actor)
        found.save()
    return found


def check_facts(actor: Actor, number: str) -> Story:
    """The decision is still public, the text says what it says."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        _grounded(found)
        moved("story", found, "check_facts", roles, actor)
        found.save()
    return found


def _grounded(story: Story) -> None:
    """Raises NotPublic when a bad example has lost its record, or a good one's subject has gained one."""
    why = stories.why_down(story)
    if why and why != stories.NO_CONSENT:
        raise NotPublic


def redact(actor: Actor, number: str, words: Iterable[str] = ()) -> Story:
    """Make the public text: personal fields masked by the law of redaction, numbers and the given words struck out. Raises NotClean."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        wanted = [one.strip() for one in words if one.strip()]
        found.text = stories.redacted(found.draft, found.subject, wanted)
        _clean(found)
        moved("story", found, "redact", roles, actor, data={"struck": len(wanted)})
        found.save()
    return found


def _clean(story: Story) -> None:
    found = stories.left(f"{story.title}\n{story.text}", story.subject)
    if found:
        raise NotClean(found="、".join(found))


def send_back(actor: Actor, number: str, reason: str) -> Story:
    """Back to a draft; what was redacted, approved and consented to is void."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        moved("story", found, "send_back", roles, actor, {"reason": check_text(reason, "理由", "the reason")})
        found.text, found.approved_by, found.approved_by_name, found.consent = "", "", "", UNASKED
        found.save()
    return found


def drop(actor: Actor, number: str, reason: str) -> Story:
    """It is not used."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        moved("story", found, "drop", roles, actor, {"reason": check_text(reason, "理由", "the reason")})
        found.save()
    return found


def approve_story(actor: Actor, number: str) -> Story:
    """Another person than the author says that the redacted text may go out. Raises SamePerson, NotClean, NotPublic."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        if found.author == str(actor):
            raise SamePerson
        _clean(found)
        _grounded(found)
        found.approved_by, found.approved_by_name = str(actor), actor.name
        moved("story", found, "approve", roles, actor)
        found.save()
    return found


def publish_story(actor: Actor, number: str) -> Story:
    """It goes out: checked once more at this moment. Raises NotPublic, NoConsent, NotClean."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles = roles_in(actor, found.department)
        _clean(found)
        _grounded(found)
        if found.kind == GOOD and found.consent != GIVEN:
            raise NoConsent
        found.published_at = clock.now()
        moved("story", found, "publish", roles, actor)
        found.save()
    return found


def take_down(actor: Actor, number: str, reason: str) -> Story:
    """The desk takes it down, saying why."""
    with transaction.atomic():
        found = held(actor, Story, number)
        _down(found, roles_in(actor, found.department), actor, check_text(reason, "理由", "the reason", most=300))
    return found


def _down(story: Story, roles: Iterable[str], actor: Actor, reason: str) -> None:
    moved("story", story, "take_down", roles, actor, {"reason": reason})
    story.down_at, story.down_why = clock.now(), reason
    story.save()
    outbox.emit(StoryTakenDown(str(story.pk), story.number))


def take_down_ended(actor: Actor) -> int:
    """Note on the row what the pages say already: whatever has lost its ground is taken down. Returns how many."""
    gone = 0
    for number in list(Story.objects.filter(state=PUBLISHED).values_list("number", flat=True)):
        with transaction.atomic():
            found = held(actor, Story, number)
            why = stories.why_down(found) if found.state == PUBLISHED else ""
            if why:
                _down(found, SYSTEM, actor, why)
                gone += 1
    return gone


# ---- the subject's consent


def ask_consent(actor: Actor, number: str) -> Story:
    """Ask the subject of a good example, with the text as it would be public."""
    with transaction.atomic():
        found = held(actor, Story, number)
        roles_in(actor, found.department)
        if found.kind != GOOD or found.state not in (REDACTED, APPROVED):
            wrong("脱敏后的诚信典型才能征求同意", "the consent is asked for a good example, once it is redacted")
        return _consented(found, actor, ASKED)


def answer_consent(actor: Actor, number: str, agreed: bool) -> Story:
    """The subject agrees or declines; one answer, which may be withdrawn."""
    with transaction.atomic():
        found = _own(actor, number)
        if found.consent != ASKED:
            wrong("该事项已经答复", "this has been answered")
        return _consented(found, actor, GIVEN if agreed else DECLINED)


def withdraw_consent(actor: Actor, number: str) -> Story:
    """The subject takes the consent back; what is public comes down with it."""
    with transaction.atomic():
        found = _own(actor, number)
        if found.consent != GIVEN:
            wrong("没有可以撤回的同意", "there is no consent to withdraw")
        if found.state == PUBLISHED:
            _down(found, {OWNER}, actor, "当事人撤回同意")
        return _consented(found, actor, WITHDRAWN)


def _own(actor: Actor, number: str) -> Story:
    found = held(actor, Story, number)
    if found.subject_id not in actor.subjects:
        raise NotFound
    access.check(actor, found)
    return found


def _consented(story: Story, actor: Actor, consent: str) -> Story:
    story.consent, story.consent_by_name, story.consent_at = consent, actor.name, clock.now()
    story.save()
    data = {"number": story.number, "consent": consent}
    audit.record("campaigns.story.consent", actor=str(actor), object=f"campaigns.story:{story.pk}", data=data)
    return story
