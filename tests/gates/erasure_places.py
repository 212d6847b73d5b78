"""Where the person of the erasure gate is put, each by the product's own act where there is one."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.audit import actions as audit
from chengxin.consumers import actions as consumers
from chengxin.consumers.models import Complaint, Report
from chengxin.consumers.tests import people
from chengxin.documents import paper
from chengxin.documents.tests.people import BLANK
from chengxin.facts import intake as facts
from chengxin.facts.kinds import kinds
from chengxin.facts.tests import sheets
from chengxin.insiders.models import Mailbox
from chengxin.jobs import actions as jobs
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock, encryption
from chengxin.records.models import Record
from chengxin.records.tests import people as records
from chengxin.subjects import actions as subjects
from chengxin.subjects import entries
from chengxin.subjects.models import Shop, Subject
from chengxin.subjects.names import id_index, name_index
from chengxin.subjects.tests import samples
from tests.gates.canary_world import row_of


def cast() -> people.Town:
    paper.pdf = lambda *given: BLANK
    return people.town()


def officer() -> Actor:
    return actors.of_user(User.objects.get(username="officer"))


def complaint(who: people.Town, name: str, phone: str, address: str) -> None:
    """A complaint and a report from one form, answered, with a word and an exhibit; both over."""
    said = {
        "name": name,
        "phone": phone,
        "address": address,
        "text": f"我是{name}，电话{phone}，收货地址{address}",
        "request": f"退款给{name}",
    }
    photo = consumers.File(f"{phone}.png", b"\x89PNG\r\n\x1a\n" + f"{name}{phone}".encode(), "image/png")
    filed = consumers.file({**people.form(who), **said, "wants": "both"}, [photo])
    assert filed.complaint and filed.report
    case = filed.complaint
    consumers.accept(who.officer, case.number, people.DESK)
    consumers.answer(who.merchant, case.number, {"text": f"已联系顾客{name}（{phone}）"})
    Complaint.objects.filter(pk=case.pk).update(state="CLOSED", closed_at=clock.now())
    Report.objects.filter(pk=filed.report.pk).update(closed_at=clock.now())


def another_complaint(who: people.Town, text: str, phone: str) -> None:
    """Somebody else's complaint whose words name the person."""
    consumers.file({**people.form(who), "name": "甲示例", "phone": phone, "text": text})


def merchant(name: str, phone: str, id_number: str, address: str, email: str) -> None:
    """A natural person who sells: register, earlier versions, shop, account with a session and signed-in addresses."""
    town = samples.platform()
    row = samples.exempt_row(77, subject_name=name, phone=phone, id_doc_no=id_number, address=address, shop_name=f"{name}手工小铺")
    shop = subjects.upsert_shop(town, entries.parse(row), "system:test").shop
    subjects.upsert_shop(town, entries.parse({**row, "phone": phone[:-1] + "0"}), "system:test")
    subjects.upsert_shop(town, entries.parse(row), "system:test")
    user = User.objects.create_user("forgetme", "a long enough pass phrase", display_name=name, email=email, phone=phone)
    store = SessionStore()
    store.update({"_auth_user_id": str(user.pk), "note": phone})
    store.save()
    with transaction.atomic():
        audit.record(
            "accounts.person.added", actor="user:1", object=f"accounts.user:{user.pk}", data={}, personal={"email": email, "name": name}
        )
    Shop.objects.filter(pk=shop.pk).update(state="EXITED", displayed=False, closed_on=clock.today())


def lake(account: str, device: str, address: str, words: str) -> None:
    """Orders with the person's account, device and address, another's beside; a complaint whose words name the person."""
    subjects.register_platform("mall-a", "示例商城", "system:test")
    order, complaint = kinds()["order"], kinds()["complaint"]
    mine = {**row_of(order), "buyer": account, "device": device, "address": address}
    facts.accept_batch(
        "mall-a", "order", sheets.ndjson([{**mine, "order_no": "T1"}, {**row_of(order), "order_no": "T2"}]), "ndjson", "system:t"
    )
    said = {**row_of(complaint), "complainant": account, "text": words}
    facts.accept_batch("mall-a", "complaint", sheets.ndjson([said]), "ndjson", "system:t")


def insider() -> str:
    """A mailbox; whose it is the house cannot know, so the person names its number."""
    now, rest = clock.now(), {"key": "k", "public": "p", "wrapped": {}}
    made = Mailbox.objects.create(
        number="NB-FORGET-1", department="SAMR", lookup="a" * 32, tag="b" * 32, opened_at=now, active_at=now, **rest
    )
    made.messages.create(message="c" * 32, side="reporter", sealed="SEALEDFORGET", at=now)
    return made.number


def passing_by(name: str, phone: str, email: str) -> None:
    """What is on its way or left behind: an event, a job, a failed sign-in, the session of a visitor who began a form."""
    visitor = SessionStore()
    visitor["form"] = {"phone": phone, "name": name}
    visitor.save()
    Outbox.objects.create(event="test:Passed", payload=f'{{"phone": "{phone}", "name": "{name}"}}', state="done")
    jobs.enqueue("chengxin.jobs.actions:tidy", title={"zh": f"导入{name}", "en": quote(name)}, phone=phone)
    AccessAttempt.objects.create(
        failures_since_start=1, username=email, user_agent=base64.b64encode(f"x{phone}y".encode()).decode(), get_data=quote(name)
    )


def files(name: str, phone: str) -> None:
    """A sheet that waits to be imported, sealed; a file laid out for the upper platform, plain; an error sheet of the lake."""
    held = Path(settings.FILES_DIR) / "shop-sheets" / ("f" * 64)
    held.parent.mkdir(parents=True, exist_ok=True)
    held.write_text(encryption.encrypt(base64.b64encode(f"{name},{phone}".encode()).decode(), "subjects.held_sheet"))
    out = Path(settings.EXCHANGE_DIR) / "out" / "forget.xml"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(f"<row><name>{name}</name><tel>{phone}</tel></row>", encoding="utf-8")


def penalised(who: people.Town, name: str) -> str:
    """A natural person with a decided penalty on file: it stays. Returns the document number."""
    number, now = samples.id_number(655), clock.now()
    subject = Subject.objects.create(
        kind="5", name="司徒**", person_name=name, person_name_index=name_index(name), id_doc_type="11", id_doc_no=number,
        id_doc_index=id_index("11", number), created_at=now, updated_at=now, created_by="system:test",
    )  # fmt: skip
    town: Any = type("Town", (), {"officer": who.officer, "reviewer": who.head, "subject": subject})()
    made: Record = records.put(town, summary=f"{name}虚构交易")
    assert made.pk
    return number
