"""What may be done in the insiders' channel: handlers are named, make and end keys; sealed messages come in; a handler answers, closes,
or writes down what is to be looked into; what is over is deleted. The house never opens a message."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import RoleGrant, User
from chengxin.audit import actions as audit
from chengxin.audit.models import Leaf
from chengxin.insiders import queries
from chengxin.insiders.access import DESK, channels_of
from chengxin.insiders.errors import ChannelClosed, NoKey, NotHandler, NothingWritten, NotOfDepartment, NotSealed, Taken, TooMuch
from chengxin.insiders.events import ReportWritten
from chengxin.insiders.keys import is_key
from chengxin.insiders.models import (
    HANDLED,
    HANDLER,
    LEFT,
    LOST,
    OPEN,
    REPLACED,
    REPORTER,
    Handler,
    HandlerKey,
    Mailbox,
    Message,
    WrittenReport,
)
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import Forbidden
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.subjects.models import Subject

SUITE = "chengxin-insider/1"
ANYBODY, HOUSE = "public:insider", "system:insiders"
MOST_BYTES = 6_000_000  # of a sealed message: 3 MB of files, twice in base64, and the text
MOST_TEXT = 4_000
HEX, BASE64 = re.compile(r"[0-9a-f]{32}"), re.compile(r"[A-Za-z0-9_-]+")
SEALED = {"suite", "message", "from", "eph", "iv", "body", "to"}
LEAST_ROUNDS = 100_000


# ---- handlers and their keys


def name_handler(actor: Actor, user: User, department: str, deputy: bool) -> Handler:
    """The head names a handler of the department. Raises Forbidden, NotOfDepartment."""
    if department not in actor.departments_as("head"):
        raise Forbidden
    with transaction.atomic(), locks.locked(f"insiders.handlers:{department}"):
        works = RoleGrant.objects.filter(user=user, department=department, role__in=DESK).in_force().exists()
        if not works or Handler.objects.filter(user=user, department=department, ended_at__isnull=True).exists():
            raise NotOfDepartment
        made = Handler.objects.create(
            user=user, department=department, deputy=deputy, named_by=str(actor), named_by_name=actor.name, named_at=clock.now()
        )
        _note(
            "insiders.handler.named", actor, f"insiders.handler:{made.pk}", {"who": user.actor, "department": department, "deputy": deputy}
        )
        return made


def end_handler(actor: Actor, pk: object) -> None:
    """The head ends a handler's part; the handler's live key ends with it. Raises NotFound."""
    with transaction.atomic():
        found = access.get(actor, Handler, pk=pk)
        with locks.locked(f"insiders.handlers:{found.department}"):
            found = Handler.objects.select_for_update().get(pk=found.pk)
            if found.ended_at is None:
                found.ended_at, found.ended_by = clock.now(), str(actor)
                found.save(update_fields=["ended_at", "ended_by"])
                _end_key(found, LEFT)
                _note("insiders.handler.ended", actor, f"insiders.handler:{found.pk}", {"who": found.user.actor})


def register_key(actor: Actor, department: str, key: str, public: str, wrapped: Any) -> HandlerKey:
    """The handler's new key pair, made in the handler's browser; a live one is replaced and still opens what was sealed for it.

    Raises NotHandler, NotSealed when the key is none, Taken for a key that is known.
    """
    _check_key(key, public)
    _check_wrapped(wrapped, ("rounds", "salt", "iv", "box"))
    if not isinstance(wrapped["rounds"], int) or wrapped["rounds"] < LEAST_ROUNDS:
        raise NotSealed
    with transaction.atomic(), locks.locked(f"insiders.handlers:{department}"):
        handler = _own(actor, department)
        if HandlerKey.objects.filter(key=key).exists():
            raise Taken
        _end_key(handler, REPLACED)
        made = HandlerKey.objects.create(key=key, handler=handler, public=public, wrapped=wrapped, made_at=clock.now())
        _note("insiders.key.made", actor, f"insiders.key:{key}", {"department": department, "deputy": handler.deputy, "public": public})
        return made


def lose_key(actor: Actor, department: str) -> None:
    """The handler cannot open the own key any more, and says so: what was sealed for it alone is lost, and both sides are told."""
    with transaction.atomic(), locks.locked(f"insiders.handlers:{department}"):
        handler = _own(actor, department)
        ended = _end_key(handler, LOST)
        if ended is None:
            raise NoKey
        _note("insiders.key.lost", actor, f"insiders.key:{ended.key}", {"department": department})


def _own(actor: Actor, department: str) -> Handler:
    if department not in channels_of(actor):
        raise NotHandler
    return Handler.objects.select_for_update().get(user=actor.user, department=department, ended_at__isnull=True)


def _end_key(handler: Handler, why: str) -> HandlerKey | None:
    live = handler.keys.filter(ended_at__isnull=True).first()
    if live is not None:
        live.ended_at, live.why = clock.now(), why
        live.save(update_fields=["ended_at", "why"])
    return live


# ---- the reporter


def take_first(department: str, lookup: str, tag: str, key: str, public: str, wrapped: Any, sealed: str) -> Mailbox:
    """A reporter's first message opens a mailbox. Raises NotSealed, TooMuch, ChannelClosed, Taken."""
    if not (HEX.fullmatch(lookup) and HEX.fullmatch(tag)):
        raise NotSealed
    _check_key(key, public)
    _check_wrapped(wrapped, ("iv", "box"))
    body = _checked(sealed, key)
    with transaction.atomic(), locks.locked("insiders.numbers"):
        _check_open(department, body)
        now, hashed = clock.now(), queries.lookup_hash(lookup)
        if Mailbox.objects.filter(lookup=hashed).exists() or Mailbox.objects.filter(tag=tag).exists():
            raise Taken
        made = Mailbox.objects.create(
            number=_next_number(Mailbox, "IN"), department=department, lookup=hashed, tag=tag, key=key, public=public, wrapped=wrapped,
            opened_at=now, active_at=now,
        )  # fmt: skip
        _keep(made, body, REPORTER, None)
        return made


def take_reply(lookup: str, sealed: str) -> Mailbox:
    """The reporter goes on in the own mailbox. Raises NotFound for a wrong code, NotSealed, TooMuch, ChannelClosed, Taken."""
    if not HEX.fullmatch(lookup):
        raise NotSealed
    with transaction.atomic():
        found = _locked(queries.by_lookup(lookup))
        body = _checked(sealed, found.key)
        _check_open(found.department, body)
        if found.state != OPEN:
            raise ChannelClosed(least=queries.least_handlers())
        _keep(found, body, REPORTER, None)
        return found


def _check_open(department: str, body: dict[str, Any]) -> None:
    """The channel is open, and the message is sealed for every live key of it: no handler is left out by a page that is old."""
    live = {one["id"] for one in queries.receivers(department)}
    if not live or not live <= set(body["to"]):
        raise ChannelClosed(least=queries.least_handlers())


# ---- the handler


def answer(actor: Actor, number: str, sealed: str) -> Message:
    """A handler answers with the own live key; sealed for the reporter and every handler."""
    with transaction.atomic():
        found = _locked(access.get(actor, Mailbox, number=number))
        live = queries.live_keys(found.department).filter(handler__user=actor.user).first()
        if live is None:
            raise NoKey
        body = _checked(sealed, live.key)
        if found.key not in body["to"]:
            raise NotSealed
        return _keep(found, body, HANDLER, actor)


def mark_handled(actor: Actor, number: str) -> None:
    """The handler is done; the mailbox is kept for its term and then deleted. A second time changes nothing."""
    with transaction.atomic():
        found = _locked(access.get(actor, Mailbox, number=number))
        if found.state == OPEN:
            found.state, found.handled_at, found.active_at = HANDLED, clock.now(), clock.now()
            found.handled_by, found.handled_by_name = str(actor), actor.name
            found.save()
            _note("insiders.mailbox.handled", actor, f"insiders.mailbox:{found.number}", {})


def write_report(actor: Actor, number: str, subject_id: object, text: str) -> WrittenReport:
    """The handler writes down, in own words, what is to be looked into about a business. Nothing of a message is copied by the house.

    Raises NotFound, NothingWritten.
    """
    words = text.strip()[:MOST_TEXT]
    if not words:
        raise NothingWritten
    with transaction.atomic(), locks.locked("insiders.numbers"):
        found = access.get(actor, Mailbox, number=number)
        subject = access.get(actor, Subject, pk=subject_id)
        made = WrittenReport.objects.create(
            number=_next_number(WrittenReport, "IR"), mailbox=found, department=found.department, subject=subject, text=words,
            by=str(actor), by_name=actor.name, at=clock.now(),
        )  # fmt: skip
        outbox.emit(ReportWritten(made.number, str(subject.pk), found.department))
        _note(
            "insiders.report.written", actor, f"insiders.report:{made.number}", {"department": found.department, "subject": str(subject.pk)}
        )
        return made


def note_opening(actor: Actor, mailbox: Mailbox, purpose: str) -> None:
    """Who opens a mailbox and why is in the log before it is shown; never what is in it."""
    audit.record_read(str(actor), f"insiders.mailbox:{mailbox.number}", ["messages"], purpose)


# ---- each day


def delete_over(today: date) -> int:
    """Delete mailboxes whose term is over: so many months after they were handled, or after the last message of one nobody closed."""
    terms = law.at(today).value("insider_keep_months")
    gone = 0
    for found in Mailbox.objects.only("pk", "number", "state", "active_at").iterator(chunk_size=200):
        months = int(terms["handled" if found.state == HANDLED else "silent"])
        if add_months(clock.city_day(found.active_at), months) < today:
            with transaction.atomic():
                Mailbox.objects.get(pk=found.pk).delete()
                audit.record("insiders.mailbox.deleted", actor=HOUSE, object=f"insiders.mailbox:{found.number}", data={"months": months})
            gone += 1
    return gone


def publish_scripts() -> bool:
    """Put the hashes of the channel's scripts into the log when they are others than the last ones there."""
    now = dict(queries.scripts())
    last = Leaf.objects.filter(action="insiders.scripts.published").order_by("-index").first()
    if last is not None and json.loads(last.body)["data"] == now:
        return False
    with transaction.atomic():
        audit.record("insiders.scripts.published", actor=HOUSE, object="insiders.scripts:all", data=now)
    return True


# ---- what all of them need


def _checked(sealed: str, sender: str) -> dict[str, Any]:
    """A sealed message's parts, when it has the format and names this sender. What is inside nobody here can check."""
    if len(sealed) > MOST_BYTES:
        raise TooMuch
    try:
        body = json.loads(sealed)
        fits = set(body) == SEALED and body["suite"] == SUITE and body["from"] == sender and isinstance(body["to"], dict)
        texts = [body["eph"], body["iv"], body["body"], *body["to"].values()]
        fits = fits and HEX.fullmatch(body["message"]) is not None and all(map(HEX.fullmatch, body["to"]))
        fits = fits and all(map(BASE64.fullmatch, texts))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        fits, body = False, {}
    if not fits:
        raise NotSealed
    return dict(body)


def _check_key(key: str, public: str) -> None:
    if not is_key(key, public):
        raise NotSealed


def _check_wrapped(wrapped: Any, names: tuple[str, ...]) -> None:
    texts = [name for name in names if name != "rounds"]
    if not isinstance(wrapped, dict) or set(wrapped) != set(names):
        raise NotSealed
    if not all(isinstance(wrapped[name], str) and len(wrapped[name]) <= 400 and BASE64.fullmatch(wrapped[name]) for name in texts):
        raise NotSealed


def _keep(mailbox: Mailbox, body: dict[str, Any], side: str, actor: Actor | None) -> Message:
    """Write the message and its digest into the log."""
    text, now = json.dumps(body, separators=(",", ":"), sort_keys=True), clock.now()
    try:
        with transaction.atomic():
            made = Message.objects.create(
                mailbox=mailbox, message=body["message"], side=side, by=str(actor or ""), by_name=actor.name if actor else "",
                sealed=text, at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Taken from error
    mailbox.active_at = now
    mailbox.save(update_fields=["active_at"])
    what = {"message": made.message, "sha256": hashlib.sha256(text.encode()).hexdigest(), "department": mailbox.department}
    audit.record(f"insiders.message.{side}", actor=str(actor or ANYBODY), object=f"insiders.mailbox:{mailbox.number}", data=what)
    return made


def _locked(found: Mailbox) -> Mailbox:
    with locks.locked(f"insiders.mailbox:{found.pk}"):
        return Mailbox.objects.select_for_update().get(pk=found.pk)


def _next_number(model: type[Mailbox] | type[WrittenReport], kind: str) -> str:
    """The day's next number. The highest is looked for, not the count: rows are deleted. The lock insiders.numbers is held."""
    day = clock.today()
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    last = model._default_manager.filter(number__startswith=start).order_by("-number").values_list("number", flat=True).first()
    return ids.our_number(kind, settings.CITY_DIVISION, day, int(last[len(start) : len(start) + 5]) + 1 if last else 1)


def _note(action: str, actor: Actor, object: str, data: dict[str, Any]) -> None:
    audit.record(action, actor=str(actor), object=object, data=data)
