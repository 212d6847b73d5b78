"""The one form: a complaint, a report, or both as two linked files (order 121 art. 9), each with its own sealed identity; and its code."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from chengxin.accounts.access import ANONYMOUS, Actor, system
from chengxin.consumers import papers, routing
from chengxin.consumers.actions.steps import LEAST, NUMBERS, assign, check_code, check_text, moved, next_number, wrong
from chengxin.consumers.models import Complaint, Filing, Identity, Member, Report
from chengxin.consumers.models.complaints import BOTH, EXCHANGE, MONEY, NONE, OFFICER, PAGE, VIOLATION, WANTS
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock, locks
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.subjects.models import Platform, Shop, Subject

INTAKE = system("consumers.intake")
CODE_FIELD = "consumers.Filing.code"
PHONE_FIELD, ADDRESS_FIELD = "consumers.phone", "consumers.address"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: it is read out on the telephone
CODE_LETTERS = 16  # thirty-two letters, so eighty bits: nobody guesses one
ELECTRONIC = "4"  # of the code list evidence_kind: electronic data
MOST_FILES = 6
MOST_MEMBERS = 50


@dataclass(frozen=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes
    content_type: str


@dataclass(frozen=True)
class Filed:
    """What became of a form. The code is shown once and kept only as a blind index."""

    filing: Filing
    code: str
    complaint: Complaint | None
    report: Report | None


def file(
    given: Mapping[str, Any],
    files: Sequence[File] = (),
    *,
    actor: Actor = ANONYMOUS,
    channel: str = PAGE,
    received_at: datetime | None = None,
) -> Filed:
    """Take in a form. given: wants (money, violation, both), text; respondent_name or shop or platform; category; and what else it says.

    name and phone are needed for a complaint; a report without a name is anonymous. members: sequence of (name, phone). Money in fen.
    received_at: for what came by letter or from another system. The law is that of the city's day of receipt. Raises ContentWrong, and
    what evidence.keep raises for a file.
    """
    wants, at = str(given.get("wants") or ""), received_at or clock.now()
    if wants not in WANTS or at > clock.now():
        wrong("请选择投诉、举报或者两者都要", "say whether it is a complaint, a report, or both")
    if len(files) > MOST_FILES:
        wrong(f"一次最多上传 {MOST_FILES} 个文件", f"at most {MOST_FILES} files at a time")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    with transaction.atomic(), locks.locked(NUMBERS):
        filing = Filing(code_index=blind_index(code, CODE_FIELD), wants=wants, channel=channel, received_at=at)
        filing.by = "" if actor.is_anonymous else str(actor)
        filing.save(force_insert=True)
        about = _about(given)
        complaint = _complaint(filing, given, about, actor) if wants in (MONEY, BOTH) else None
        report = _report(filing, given, about, actor) if wants in (VIOLATION, BOTH) else None
        for one in files:
            keep(one, complaint, report)
    return Filed(filing, code, complaint, report)


def _about(given: Mapping[str, Any]) -> dict[str, Any]:
    """Whom it is about, as the register knows them and as it was written."""
    shop: Shop | None = given.get("shop")
    platform: Platform | None = shop.platform if shop else given.get("platform")
    subject: Subject | None = given.get("respondent") or (shop.subject if shop else None)
    known = shop if subject is not None and subject.is_natural else subject  # a person's masked name says nothing to a reader
    name = str(given.get("respondent_name") or "").strip() or str(known or shop or platform or "")
    category = str(given.get("category") or "")
    if category:
        check_code("complaint_category", category)
    address = str(given.get("respondent_address") or (shop.operating_address if shop else "")).strip()
    texts = {field: str(given.get(field) or "").strip() for field in ("product", "gtin", "lot", "trace")}
    return {
        "shop": shop,
        "platform": platform,
        "respondent": subject,
        "respondent_name": check_name(name, "被投诉、举报的商家", "the business", 200),
        "respondent_address": address[:300],
        "category": category,
        **texts,
    }


def _routed(matter: Any, given: Mapping[str, Any], actor: Actor) -> None:
    of = "complaint" if isinstance(matter, Complaint) else "report"
    unreachable = bool(given.get("unreachable"))
    found = routing.route(of, matter.category, matter.shop, matter.platform, matter.received_on, unreachable=unreachable)
    matter.place = found.place
    assign(matter, system("consumers.routing"), found.department, found.rule.zh, rule=found.rule)


def _complaint(filing: Filing, given: Mapping[str, Any], about: Mapping[str, Any], actor: Actor) -> Complaint:
    made = Complaint(filing=filing, received_at=filing.received_at, number=next_number(Complaint, "TS", clock.today()), **about)
    made.text = check_text(str(given.get("text") or ""), "经过", "what happened", _least(filing))
    made.request = check_text(str(given.get("request") or ""), "投诉请求", "what you ask for", _least(filing))
    made.order_ref = str(given.get("order_ref") or "").strip()[:100]
    made.amount_fen, made.bought_on, made.knew_on = given.get("amount_fen"), _past(given.get("bought_on")), _past(given.get("knew_on"))
    made.publicise, made.entrust = bool(given.get("publicise")), bool(given.get("entrust"))
    name = check_name(str(given.get("name") or ""), "姓名", "your name")
    phone = check_name(str(given.get("phone") or ""), "电话", "your telephone")
    made.phone_hash, made.address_hash = hash_of_phone(phone), hash_of_address(str(given.get("address") or ""))
    members = list(given.get("members") or ())
    if len(members) > MOST_MEMBERS:
        wrong(f"共同投诉人一次最多登记 {MOST_MEMBERS} 人", f"at most {MOST_MEMBERS} fellow complainants at a time")
    made.is_group = bool(members)
    _routed(made, given, actor)
    moved(made, "receive", _receivers(actor), actor, before=NONE, on=made.received_on)
    made.save(force_insert=True)
    Identity.objects.create(complaint=made, **_who(given, name, phone))
    speaks = _speaker(str(given.get("representative") or ""), phone, members)
    for other, number in members:
        _member(made, other, number, representative=hash_of_phone(number) == speaks)
    if filing.channel == OFFICER:  # the form's own note: for what came by telephone, by letter or at the counter
        papers.registration(INTAKE, made)
    return made


def _report(filing: Filing, given: Mapping[str, Any], about: Mapping[str, Any], actor: Actor) -> Report:
    made = Report(filing=filing, received_at=filing.received_at, number=next_number(Report, "JB", clock.today()), **about)
    made.text = check_text(str(given.get("violation") or given.get("text") or ""), "违法线索", "the violation", _least(filing))
    made.named = bool(given.get("named"))
    made.clock_from = made.received_on
    _routed(made, given, actor)
    moved(made, "receive", _receivers(actor), actor, before=NONE, on=made.received_on)
    made.save(force_insert=True)
    if made.named:
        name = check_name(str(given.get("name") or ""), "姓名", "your name")
        phone = check_name(str(given.get("phone") or ""), "电话", "your telephone")
        Identity.objects.create(report=made, **_who(given, name, phone))
    if filing.channel == OFFICER:
        papers.sealed_registration(INTAKE, made)
    return made


def _least(filing: Filing) -> int:
    """Characters that a text has at least. What another system took in is not refused because it is short."""
    return 1 if filing.channel == EXCHANGE else LEAST


def _receivers(actor: Actor) -> set[str]:
    return {"system"} if actor.is_system else {"officer"} if actor.departments else {"consumer"}


def _who(given: Mapping[str, Any], name: str, phone: str) -> dict[str, str]:
    kind = str(given.get("id_kind") or "")
    if kind:
        check_code("id_doc", kind)
    rest = {field: str(given.get(field) or "").strip()[:300] for field in ("address", "id_number")}
    return {"name": name, "phone": phone, "id_kind": kind, **rest}


def _speaker(text: str, own: str, members: Sequence[tuple[str, str]]) -> str:
    """Hash of the telephone of the fellow complainant who speaks for the group; empty when the first one does."""
    hashed = hash_of_phone(text)
    if hashed and hashed not in {hash_of_phone(number) for number in (own, *(one[1] for one in members))}:
        wrong("代表人的电话应当是共同投诉人之一的电话", "who speaks for the group is one of those who complain")
    return "" if hashed == hash_of_phone(own) else hashed


def _member(complaint: Complaint, name: str, phone: str, representative: bool = False) -> None:
    """Once a telephone; the first complainant is no fellow of himself."""
    hashed = hash_of_phone(phone)
    if hashed == complaint.phone_hash or complaint.members.filter(phone_hash=hashed).exists():
        return
    Member.objects.create(
        complaint=complaint, name=name[:60], phone=phone[:20], phone_hash=hashed, representative=representative, joined_at=clock.now()
    )


def check_name(text: str, zh: str, en: str, most: int = 60) -> str:
    """A name or telephone: two characters at least."""
    plain = text.strip()
    if len(plain) < 2:
        wrong(f"{zh}缺失", f"{en} is missing")
    return plain[:most]


def _past(day: date | None) -> date | None:
    if day and day > clock.today():
        wrong("日期不得晚于今天", "the day is not later than today")
    return day


def hash_of_phone(phone: str) -> str:
    """Keyed hash of a telephone's digits; empty for none."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone)).removeprefix("86")
    return blind_index(digits, PHONE_FIELD) if digits else ""


def hash_of_address(address: str) -> str:
    """Keyed hash of an address without blanks and marks; empty for none."""
    plain = re.sub(r"\W", "", unicodedata.normalize("NFKC", address)).casefold()
    return blind_index(plain, ADDRESS_FIELD) if plain else ""


def keep(one: File, complaint: Complaint | None, report: Report | None) -> None:
    """Keep a file as evidence of the complaint, and sealed with the report: what is read for one does not open the other."""
    for kind, matter, title in (("complaint", complaint, "投诉材料"), ("sealed", report, "举报材料")):
        if matter is not None:
            about = {"from": title, "file": one.name}
            named = f"{matter.number}：{title}"
            evidence.keep(
                INTAKE, f"consumers.{kind}:{matter.pk}", matter.department, ELECTRONIC, named, one.data,
                content_type=one.content_type, about=about,
            )  # fmt: skip


def by_code(code: str) -> Filing:
    """The form of a code, however it is typed. Raises NotFound, the same for every wrong one."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())[:64]
    found = Filing.objects.filter(code_index=blind_index(plain, CODE_FIELD)).first()
    if found is None:
        raise NotFound
    return found


def of_consumer(filing: Filing) -> Complaint:
    """The complaint of a form, locked until the transaction ends. Raises NotFound."""
    known = Complaint.objects.filter(filing=filing).first()
    if known is None:
        raise NotFound
    with locks.locked(f"consumers.complaint:{known.number}"):
        return Complaint.objects.select_for_update(of=("self",)).get(pk=known.pk)


def give_identity(filing: Filing, id_kind: str, id_number: str, files: Sequence[File] = ()) -> Complaint:
    """The complainant answers form 4: the kind and number of a document, and files that show it."""
    check_code("id_doc", id_kind)
    number = check_text(id_number, "证件号码", "the number of the document")
    with transaction.atomic():
        found = of_consumer(filing)
        due = found.due_on
        moved(found, "give_identity", {"consumer"}, ANONYMOUS)
        found.due_on = due
        found.save()
        Identity.objects.filter(complaint=found).update(id_kind=id_kind, id_number=number[:60])
        for one in files[:MOST_FILES]:
            keep(one, found, None)
        return found


def add_evidence(filing: Filing, files: Sequence[File]) -> Complaint:
    """The complainant adds files while the complaint is open."""
    with transaction.atomic():
        found = of_consumer(filing)
        for one in files[:MOST_FILES]:
            keep(one, found, None)
        return found


def withdraw(filing: Filing) -> Complaint:
    """The complainant takes the complaint back before it is decided whether it is accepted."""
    with transaction.atomic():
        found = of_consumer(filing)
        moved(found, "withdraw", {"consumer"}, ANONYMOUS)
        found.closed_at = clock.now()
        found.save()
        return found


def due_to_accept(complaint: Complaint) -> date:
    """The last day to decide whether it is accepted, by the law of the day of receipt. Asking for proof of identity does not move it."""
    return law.at(complaint.received_on).due("COMPLAINT_ACCEPT", complaint.received_on)
