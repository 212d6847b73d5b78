"""On to an official list (order 44): proposed on a penalty of the credit file, told, heard, agreed above, decided by another, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.lists import catalogue, papers
from chengxin.lists.actions.pushing import FEED, push
from chengxin.lists.actions.steps import article, locked_entry, named, note, roles_in, take
from chengxin.lists.catalogue import ListKind
from chengxin.lists.errors import AlreadyListed, NotListable, SamePerson, TooEarly, TooLate, WrongState
from chengxin.lists.events import Listed
from chengxin.lists.models import Argument, ListEntry
from chengxin.lists.models.official import BEFORE, DROPPED, NOTICED, STANDING
from chengxin.records.actions.steps import LEAST_REASON, NUMBERS, next_number
from chengxin.records.content import PERSONAL
from chengxin.records.models import OPEN_OBJECTIONS, Record, RecordEnd
from chengxin.workflow import StepNotYours

SHOWN = "shown"
WRITERS = ("officer", "head")


def propose(actor: Actor, record_id: object, given: Mapping[str, Any]) -> ListEntry:
    """Propose a listing together with the penalty. given: kind, facts, basis, intent ("shown" or "not_shown"), factors (code → words),
    measures (codes). Raises NotListable, AlreadyListed, StepNotYours."""
    record = access.get(actor, Record, pk=record_id)
    if not roles_in(actor, record.department, WRITERS):
        raise StepNotYours(action="propose", roles=", ".join(WRITERS))
    kind = catalogue.kind(given["kind"], clock.today())
    if record.department != kind.authority:
        _not("该名单由其他机关决定列入", "another authority decides on this list")
    field = check_listable(record, kind)
    factors = check_factors(given)
    measures = check_measures(record, given.get("measures", ()))
    facts, basis = given["facts"].strip(), given["basis"].strip()
    _check_words(facts, basis)
    with transaction.atomic(), locks.locked(f"lists.subject:{record.subject_id}"):
        if _on_the_way(record, kind):
            raise AlreadyListed
        entry = ListEntry(
            kind=kind.code,
            subject=record.subject,
            record=record,
            department=record.department,
            field=field["code"],
            facts=facts,
            basis=basis,
            factors=factors,
            measures=measures,
            consent_department=kind.consent["department"] if kind.consent else "",
            proposed_by=str(actor),
            proposed_by_name=actor.name,
            proposed_at=clock.now(),
        )
        return _kept(entry, actor)


def _on_the_way(record: Record, kind: ListKind) -> bool:
    living = ListEntry.objects.filter(subject=record.subject_id, kind=kind.code, state__in=[*BEFORE, *STANDING])
    return living.exists() or ListEntry.objects.filter(record=record).exclude(state=DROPPED).exists()


def _kept(entry: ListEntry, actor: Actor) -> ListEntry:
    """The entry with its number and first step. What the lock keeps apart the database refuses too."""
    with locks.locked(NUMBERS):
        entry.number = next_number(ListEntry, "LE", clock.today())
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
        except IntegrityError as twice:
            raise AlreadyListed from twice
        note(entry, "propose", named(actor), entry.department, {"factors": entry.factors, "measures": entry.measures})
    return entry


def check_listable(record: Record, kind: ListKind) -> dict[str, Any]:
    """The field of law the record falls under. Only a penalty that stands, is heavy enough and of a listable field; never the rest."""
    if RecordEnd.objects.filter(record=record).exists():
        _not("该处罚记录已被更正或撤回", "the penalty is on file no longer")
    if record.item not in kind.items or record.term not in kind.terms:
        _not("所依据的不是较重行政处罚", "it rests on no heavy penalty")
    if record.objections.filter(state__in=OPEN_OBJECTIONS).exists():
        _not("该处罚记录有办理中的异议", "an objection to the penalty is open")
    field = catalogue.field_of(record.behaviour)
    if field is None:
        _not("该类行为不在可以列入的领域之内", "conduct of this kind is in no field that may be listed")
    return field  # type: ignore[return-value]


def check_factors(given: Mapping[str, Any]) -> dict[str, str]:
    """Each factor of order 44 art. 12 in words; without proof of intent nobody is proposed."""
    words = {one["code"]: str(given["factors"].get(one["code"], "")).strip() for one in catalogue.factors()}
    if given.get("intent") != SHOWN:
        _not("没有证据证明主观恶意，不得列入（第44号令第十二条）", "no intent is proven: nobody is listed (order 44 art. 12)")
    thin = [one for one in catalogue.factors() if len(words[one["code"]]) < LEAST_REASON]
    if thin:
        zh, en = "、".join(one["zh"] for one in thin), ", ".join(one["en"] for one in thin)
        _not(f"以下因素没有说明：{zh}", f"nothing is said of: {en}")
    return words


def check_measures(record: Record, codes: Sequence[str]) -> list[str]:
    """The codes, if all of them may be pushed today to this kind of subject: in force, and in the national basic list."""
    allowed = {one.code for one in catalogue.measures(clock.today(), record.subject.kind)}
    unknown = [code for code in codes if code not in allowed]
    if unknown:
        _not(f"措施不在全国失信惩戒措施基础清单之内或者不适用于该类主体：{unknown}", f"measures outside the national basic list: {unknown}")
    return sorted(set(codes))


def _check_words(facts: str, basis: str) -> None:
    if len(facts) < LEAST_REASON or len(basis) < LEAST_REASON:
        _not("须写明事实和依据", "facts and basis are to be stated")
    if PERSONAL.search(facts):
        _not("事实中疑似有证件号、电话或账号", "the facts seem to hold an identity, telephone or account number")


def _not(zh: str, en: str) -> None:
    raise NotListable(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def notice_of(entry: ListEntry) -> dict[str, Any]:
    """What the notice says: facts, reasons, basis, measures, how it ends, and what the party may do; in both languages where it is law."""
    kind = catalogue.kind(entry.kind, clock.today())
    measures = [catalogue.measure(code) for code in entry.measures]
    book = law.at(clock.today())
    ends = [book.clock(name) for name in (kind.earliest_clock, kind.until_clock)]
    return {
        "list": {"zh": kind.zh, "en": kind.en},
        "facts": entry.facts,
        "reasons": [{"zh": one["zh"], "en": one["en"], "said": entry.factors[one["code"]]} for one in catalogue.factors()],
        "basis": entry.basis,
        "provisions": list(kind.basis),
        "measures": [{"zh": one.zh, "en": one.en, "basis": one.basis} for one in measures],
        "removal": [{"zh": one.zh, "en": one.en, "source": book.cited(one.provision)} for one in ends],
        "remedies": {
            "zh": "收到告知书后可以陈述、申辩；对列入决定不服的，可以依法申请行政复议或者提起行政诉讼；符合条件的可以申请信用修复。",
            "en": "You may state and defend; you may ask for administrative review or go to court; you may apply for repair.",
        },
    }


def notice(actor: Actor, entry_id: object, phone: str) -> ListEntry:
    """Serve the notice; the party's period to answer begins. phone: of the desk, for the party to ask."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "department")
        take(actor, entry, "notice", entry.department)
        entry.noticed_on = clock.today()
        paper = papers.issue_notice(actor, entry, phone)
        said = {**notice_of(entry), "due": entry.due_on.isoformat() if entry.due_on else "", "paper": paper.number}
        note(entry, "notice", named(actor), entry.department, said)
        entry.save()
        return entry


def defend(actor: Actor, entry_id: object, arguments: Sequence[str]) -> ListEntry:
    """The party's arguments, each to be answered. Within the period of the notice; the last day counts."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id)
        if entry.state == NOTICED and entry.due_on and clock.today() > entry.due_on:
            raise TooLate(on=entry.due_on.isoformat(), article=article(entry.clock))
        said = [text.strip() for text in arguments if text.strip()]
        if not said:
            raise WrongState(why_zh="没有写明理由。", why_en="Nothing was said.")
        take(actor, entry, "defend", entry.department)
        for n, text in enumerate(said, 1):
            Argument.objects.create(entry=entry, n=n, text=text, said_by=str(actor), said_by_name=actor.name, said_at=clock.now())
        note(entry, "defend", named(actor), "", {"arguments": len(said)})
        entry.save()
        return entry


def answer(actor: Actor, entry_id: object, answers: Mapping[int, tuple[bool, str]]) -> ListEntry:
    """Each argument with whether it is adopted and why: n → (adopted, why). None may be left out."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "department")
        take(actor, entry, "answer", entry.department)
        for one in entry.arguments.all():
            adopted, why = answers.get(one.n, (None, ""))
            if adopted is None or len(why.strip()) < LEAST_REASON:
                raise WrongState(why_zh=f"第{one.n}条理由没有答复。", why_en=f"Argument {one.n} is not answered.")
            one.adopted, one.answer, one.answered_at = adopted, why.strip(), clock.now()
            one.answered_by, one.answered_by_name = named(actor)
            one.save()
        note(entry, "answer", named(actor), entry.department, {"adopted": [n for n, (yes, _) in answers.items() if yes]})
        entry.save()
        return entry


def _check_heard(entry: ListEntry) -> None:
    """The party has answered, or its period is over: until then nobody goes on."""
    if entry.state == NOTICED and entry.due_on and clock.today() <= entry.due_on:
        raise TooEarly(on=entry.due_on.isoformat(), article=article(entry.clock))


def consent(actor: Actor, entry_id: object, agree: bool, reason: str) -> ListEntry:
    """A named person of the next higher department agrees to the listing, or does not (order 44 art. 22)."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "consent_department")
        _check_heard(entry)
        if str(actor) == entry.proposed_by:
            raise SamePerson
        take(actor, entry, "consent" if agree else "object", entry.consent_department, {"reason": reason.strip()})
        if agree:
            entry.consented_by, entry.consented_by_name = named(actor)
        note(entry, "consent" if agree else "drop", named(actor), entry.consent_department, {"reason": reason.strip()})
        entry.save()
        return entry


def decide(actor: Actor, entry_id: object, reason: str) -> ListEntry:
    """List: by another person than who proposed and who agreed. The law of this day sets the earliest repair and the end."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "department")
        kind = catalogue.kind(entry.kind, clock.today())
        check_listable(entry.record, kind)
        _check_heard(entry)
        if str(actor) in (entry.proposed_by, entry.consented_by):
            raise SamePerson
        alone = kind.consent is None and not entry.consented_by
        take(actor, entry, "decide_alone" if alone else "decide", entry.department, {"reason": reason.strip()})
        today = clock.today()
        entry.decided_by, entry.decided_by_name = named(actor)
        entry.listed_on, entry.earliest_on, entry.until = today, *term_of(entry, kind, today)
        if alone:
            note(entry, "no_consent", named(actor), entry.department, {"why": "not asked for by the law of the day"})
        paper = papers.issue_decision(actor, entry)
        terms = {"earliest": str(entry.earliest_on), "until": str(entry.until), "paper": paper.number}
        said = {**notice_of(entry), "reason": reason.strip(), **terms}
        note(entry, "decide", named(actor), entry.department, said)
        entry.save()
        outbox.emit(Listed(str(entry.pk), str(entry.subject_id), entry.kind))
        return entry


def term_of(entry: ListEntry, kind: ListKind, day: date) -> tuple[date, date]:
    """(earliest repair, last day) of a listing decided on a day; a bar that lasts longer makes both later (order 107 art. 13)."""
    earliest, until = (law.due(name, day) for name in (kind.earliest_clock, kind.until_clock))
    bar = entry.record.valid_until if entry.record.term in kind.bar else None
    return (max(earliest, bar), max(until, bar)) if bar else (earliest, until)


def drop(actor: Actor, entry_id: object, reason: str) -> ListEntry:
    """Decide not to list, with the reason; by another person than who proposed."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "department")
        if str(actor) == entry.proposed_by:
            raise SamePerson
        take(actor, entry, "drop", entry.department, {"reason": reason.strip()})
        note(entry, "drop", named(actor), entry.department, {"reason": reason.strip()})
        entry.save()
        return entry


def publish(actor: Actor, entry_id: object) -> ListEntry:
    """After the look for secrets and third persons by another than the proposer: public, and pushed to executors and consumers."""
    with transaction.atomic():
        entry = locked_entry(actor, entry_id, "department")
        if str(actor) == entry.proposed_by:
            raise SamePerson
        take(actor, entry, "publish", entry.department)
        entry.published_on, entry.published_by = clock.today(), str(actor)
        with locks.locked(FEED):  # before the log's lock, as everywhere: else a reader of the feed and this would wait for each other
            note(entry, "publish", named(actor), entry.department)
            entry.save()
            push(entry)
        return entry
