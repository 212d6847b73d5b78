"""Templates: one person of a department picks a letter's version, another publishes it; the one before it ends."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.commitments import letters
from chengxin.commitments.access import DESK
from chengxin.commitments.actions.steps import NUMBERS, check_text, digest, named, next_number, roles_in
from chengxin.commitments.errors import AlreadyDone, SamePerson
from chengxin.commitments.models import ENDED, PROPOSED, PUBLISHED, REFUSED, Template
from chengxin.kernel import clock, locks


def propose_template(actor: Actor, code: str, department: str) -> Template:
    """Pick today's version of a letter for a colleague to publish. Raises AlreadyDone when one waits or this very version is published."""
    roles_in(actor, department, DESK)
    today = clock.today()
    letter = letters.letter(code, today)
    content = letters.content(letter, today)
    by, name = named(actor)
    with transaction.atomic(), locks.locked(NUMBERS):
        live = Template.objects.filter(letter=code, department=department, state__in=[PROPOSED, PUBLISHED])
        if any(one.state == PROPOSED or one.sha256 == digest(content) for one in live):
            raise AlreadyDone
        made = Template.objects.create(
            number=next_number(Template, "CT", today),
            letter=code,
            version=letter.version,
            type=letter.type,
            department=department,
            content=content,
            sha256=digest(content),
            proposed_by=by,
            proposed_by_name=name,
            proposed_at=clock.now(),
        )
        _note(made, "proposed", by)
    return made


def publish_template(actor: Actor, number: str) -> Template:
    """A second person publishes it; what was published before of the same letter ends. Raises SamePerson, AlreadyDone."""
    with transaction.atomic():
        found = _decided(actor, number, PROPOSED, PUBLISHED, "")
        before = Template.objects.filter(letter=found.letter, department=found.department, state=PUBLISHED)
        before.update(state=ENDED, reason=f"由 {found.number} 替代")
        found.save()
        _note(found, "published", str(actor))
        return found


def refuse_template(actor: Actor, number: str, reason: str) -> Template:
    """A second person sends it back, saying why."""
    with transaction.atomic():
        found = _decided(actor, number, PROPOSED, REFUSED, check_text(reason, "理由", "the reason"))
        found.save()
        _note(found, "refused", str(actor))
        return found


def end_template(actor: Actor, number: str, reason: str) -> Template:
    """No more commitments by this template; those signed stay as they are."""
    with transaction.atomic():
        found = _locked(actor, number, PUBLISHED)
        found.state, found.reason = ENDED, check_text(reason, "理由", "the reason")
        found.save()
        _note(found, "ended", str(actor))
        return found


def _decided(actor: Actor, number: str, before: str, after: str, reason: str) -> Template:
    found = _locked(actor, number, before)
    if found.proposed_by == str(actor):
        raise SamePerson
    found.state, found.reason, found.decided_at = after, reason, clock.now()
    found.decided_by, found.decided_by_name = named(actor)
    return found


def _locked(actor: Actor, number: str, state: str) -> Template:
    with locks.locked(f"commitments.template:{number}"):
        found = access.get(actor, Template, number=number)
        roles_in(actor, found.department, DESK)
        found = Template.objects.select_for_update().get(pk=found.pk)
    if found.state != state:
        raise AlreadyDone
    return found


def _note(template: Template, what: str, actor: str) -> None:
    data = {"number": template.number, "letter": template.letter, "version": template.version, "sha256": template.sha256}
    audit.record(f"commitments.template.{what}", actor=actor, object=f"commitments.template:{template.pk}", data=data)
