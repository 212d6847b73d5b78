"""Where each canary is put in: every personal field of the house, through the door by which people and platforms enter it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.accounts.actor import of_user
from chengxin.accounts.models import RoleGrant, User
from chengxin.accounts.scopes import SCOPES
from chengxin.detection.local import package
from chengxin.detection.local.tests import sent
from chengxin.documents import actions as documents
from chengxin.documents import redactions
from chengxin.documents.tests import people as papers
from chengxin.evidence import actions as evidence
from chengxin.facts import lake, queries, receipts
from chengxin.facts.kinds import Column, Kind, kinds
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.jobs import worker
from chengxin.kernel import clock
from chengxin.kernel.encryption import keyed_token
from chengxin.records import actions as credit
from chengxin.records.actions.reporting import Asked
from chengxin.records.tests import people
from chengxin.rules.deciding import desk
from chengxin.subjects import actions as subjects
from chengxin.subjects.models import Platform, Shop, Subject
from chengxin.subjects.tests import samples
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import Clue
from chengxin.supervision.tests import town
from tests.gates import (
    canary_campaigns,
    canary_compensation,
    canary_complaint_exchange,
    canary_consumers,
    canary_coordination,
    canary_exchange,
    canary_insiders,
    canary_lists,
    canary_market,
    canary_notices,
    canary_persons,
    canary_products,
    canary_publicity,
    canary_traceability,
    matrix,
)
from tests.gates.canary import Canary, done, encrypted_fields, fact_columns, seen
from tests.gates.canary_fields import ENCRYPTED, EVERY, FACTS, FREE, OTHER, PLATFORM, SHOP, value
from tests.gates.happy_matters import statement
from tests.gates.samples_rules import rules_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class World:
    """The city with all canaries in it."""

    city: matrix.City
    subject: Subject
    shop: Shop
    clue: Clue
    receipts: list[Receipt] = field(default_factory=list)


def build() -> World:
    """Every canary in its place; each step goes through the door that people or platforms use."""
    city = matrix.build_city()
    _platforms()
    _a_person(city)
    shop = _a_shop(city)
    _a_wrong_row_of_shops(city)
    _an_identity_report(city, shop)
    _an_image(city, shop)
    receipts = [_report(city, kind, place) for place, kind in enumerate(kinds().values())]
    _wrong_facts(city)
    _uploads(city)
    _a_decision(city, shop)
    clue = _a_clue(city)
    _demanded_rows(city)
    subject = Subject.objects.get(pk=shop.subject_id)
    RoleGrant.objects.filter(user=city.person("merchant", 0)).update(subject_id=subject.pk)
    _an_objection(city, subject)
    canary_market.a_disputed_review(city, shop)
    _a_case(city, subject)
    _an_appeal(city, shop)
    canary_market.a_commitment(city, subject)  # before the papers: the crawl asks with the newest
    canary_market.parcels(city, subject)
    canary_market.a_claim(city, subject)
    canary_consumers.a_complaint_and_a_report(city, shop)
    canary_complaint_exchange.a_batch(city)
    canary_compensation.a_fund(city, shop)
    _papers_and_evidence(city)
    canary_lists.a_listing_a_repair_an_appeal(city, subject, shop)
    canary_market.a_mark_and_an_imitation(city, shop)
    canary_insiders.a_written_report(city, subject)
    canary_products.a_recall(city, subject, shop)
    canary_campaigns.a_story(city, subject)
    canary_publicity.an_edition(city, subject)
    canary_traceability.events(city.clients["platform_client", 0].client)
    canary_exchange.a_share(city, subject)
    canary_coordination.a_plan(city)
    canary_persons.a_request(city)
    canary_notices.everything_told()
    return World(city, subject, shop, clue, receipts)


def machine(city: matrix.City, *scopes: str) -> Client:
    """Platform a's program."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {matrix.bearer(city, ' '.join(scopes or SCOPES))}"})


# ---- the register and the accounts


def _platforms() -> None:
    contact = {"contact_officer": value("subjects.Platform.contact_officer"), "contact_phone": value("subjects.Platform.contact_phone")}
    subjects.register_platform(PLATFORM, "示例平台甲", "system:gate", **contact)
    subjects.register_platform(OTHER, "示例平台乙", "system:gate")


def _a_person(city: matrix.City) -> None:
    """The security administrator adds somebody; an officer signs in from an address of their own."""
    given = {"username": "somebody", "display_name": "某人", "language": "zh-hans"}
    contact = {"email": value("accounts.User.email"), "phone": value("accounts.User.phone")}
    done(city.browser("secadmin").post("/admin/people/new/", {**given, **contact}), 302)
    name = {"login": city.person("officer", 1).username, "password": "gate 1"}
    done(Client().post("/accounts/login/", name, REMOTE_ADDR=value("audit.PersonalPart.content")), 302)


def _a_shop(city: matrix.City) -> Shop:
    """A natural person's shop; later the shop moves and gets another telephone, and the person's own number is corrected."""
    client = machine(city, "shops:write")
    row = samples.exempt_row(
        1,
        shop_id=SHOP,
        subject_name=value("subjects.Subject.person_name"),
        id_doc_no=value("subjects.Subject.id_doc_no"),
        address=value("subjects.Subject.person_address"),
        phone=value("subjects.SubjectVersion.sealed"),
    )
    done(client.post("/api/v1/shops", row, content_type="application/json"), 200)
    moved = {**row, "address": value("subjects.Shop.person_address"), "phone": value("subjects.Shop.contact")}
    done(client.post("/api/v1/shops", moved, content_type="application/json"), 200)
    shop = Shop.objects.select_related("subject").get(shop_id=SHOP)
    assert shop.subject is not None
    corrected = {"phone": value("subjects.Subject.phone")}
    subjects.change_subject(shop.subject, corrected, "电话更正", of_user(city.person("officer")))
    return shop


def _a_wrong_row_of_shops(city: matrix.City) -> None:
    wrong = samples.row(2, shop_id="S0002", phone=value("subjects.ImportRun.row_errors"))
    answer = machine(city, "shops:write").post("/api/v1/shops/batch", {"shops": [wrong]}, content_type="application/json")
    assert done(answer, 200).json()["refused"] == 1


def _an_identity_report(city: matrix.City, shop: Shop) -> None:
    fields = {"name": "王某", "contact": value("subjects.IdentityReportRow.fields"), "over_100k": False}
    body = {"year": 2026, "month": 7, "rows": [{"shop_id": shop.shop_id, "shape": "unregistered", "fields": fields}]}
    done(machine(city, "shops:write").post("/api/v1/identity-reports", body, content_type="application/json"), 200)


def _an_image(city: matrix.City, shop: Shop) -> None:
    """The first of two people looks at the image of a certificate."""
    staff = city.browser("platform_staff")
    for step in ("submit", "start_check"):
        staff.post(f"/platform/shops/{shop.pk}/{step}/")
    image = SimpleUploadedFile("id.png", b"\x89PNG\r\n\x1a\n" + value("image of a certificate").encode(), "image/png")
    done(staff.post(f"/platform/shops/{shop.pk}/first_look/", {"image": image}), 302)


# ---- facts


def row_of(kind: Kind, mark: str = "") -> dict[str, Any]:
    """The examples of a kind's schema as a row, with the canaries in its personal and free columns."""
    row: dict[str, Any] = {column.name: _example(kind, column) for column in kind.columns}
    row["shop_id"] = SHOP if "shop_id" in kind.by_name else None
    if mark:
        row |= {name: f"{row[name]}{mark}" for name in kind.key if isinstance(row[name], str) and kind.by_name[name].type == "text"}
    return {name: value for name, value in row.items() if value is not None}


def _example(kind: Kind, column: Column) -> Any:
    for place in (f"{kind.kind}.{column.name}", f"free {kind.kind}.{column.name}"):
        if place in EVERY:
            return value(place)
    return int(column.example) if column.type == "int" else column.example


def _report(city: matrix.City, kind: Kind, place: int) -> Receipt:
    """A row of each kind over the API, NDJSON and xlsx in turn."""
    form, write = (("application/x-ndjson", sheets.ndjson), (XLSX, sheets.xlsx))[place % 2]
    client = machine(city, "facts:write")
    answer = done(client.post(f"/api/v1/facts/{kind.kind}", write([row_of(kind)]), content_type=form), 201)
    receipt = Receipt.objects.get(pk=receipts.read(answer.content.decode())["id"])
    assert receipt.accepted == 1, (kind.kind, receipt.reasons)
    return receipt


def _wrong_facts(city: matrix.City) -> None:
    """Rows that are set aside: a good person in a wrong row, and a person's value that is itself wrong."""
    row = {**row_of(kinds()["order"], "x"), "buyer": value("a wrong row"), "paid": "abc"}
    long = {**row_of(kinds()["order"], "y"), "buyer": value("a wrong row") * 40}
    client = machine(city, "facts:write")
    answer = done(client.post("/api/v1/facts/order", sheets.ndjson([row, long]), content_type="application/x-ndjson"), 201)
    assert Receipt.objects.get(pk=receipts.read(answer.content.decode())["id"]).quarantined == 2


def _uploads(city: matrix.City) -> None:
    """A large file becomes a job: one is read, one cannot be."""
    from chengxin.facts import views

    at_once, views.AT_ONCE = views.AT_ONCE, 0
    try:
        for name, body in (("good.ndjson", sheets.ndjson([row_of(kinds()["order"], "z")])), ("bad.parquet", _unreadable())):
            file = SimpleUploadedFile(name, body)
            done(city.browser("platform_staff").post("/platform/report/", {"platform": PLATFORM, "kind": "order", "file": file}), 302)
        worker.run_once()
    finally:
        views.AT_ONCE = at_once


def _a_decision(city: matrix.City, shop: Shop) -> None:
    """A trade asked about at once: its buyer, device, network and address come in clear, and none of them may stay."""
    city.once(rules_of)
    desk.forget()
    columns = {name: value(f"order.{name}") for name in ("buyer", "device", "ip", "address")}
    at = clock.now().isoformat()
    event = {"order_no": "CANARY1", "shop_id": shop.shop_id, "paid": "18.50", "ordered_at": at, **columns}
    body = {"kind": "order", "event": event}
    done(machine(city, "decisions:ask").post("/api/v1/decisions", body, content_type="application/json"), 200)


def _unreadable() -> bytes:
    return b"PAR1" + value("a file that cannot be read").encode() * 3 + b"PAR1"


# ---- the clue


def _a_clue(city: matrix.City) -> Clue:
    """A clue that rests on every fact with a canary; an officer asks the platform, and it answers."""
    shop = Shop.objects.get(shop_id=SHOP)
    platform = Platform.objects.get(code=PLATFORM)
    given = {kind: town.facts_of(platform, kind) for kind in kinds()}
    finding = town.ring_finding([shop], [_token("order.buyer", kinds()["order"])], given["order"], evidence=given)
    clue = supervision.open_from_findings(*town.run_with([finding]))[0]
    page, officer = f"/officer/clues/{clue.number}/", city.browser("officer")
    done(officer.post(f"{page}check/"), 302)
    done(officer.post(f"{page}ask/", {"platform": PLATFORM, "question": "请说明这些订单", "days": 5}), 302)
    asked = clue.requests.get()
    done(city.browser("platform_staff").post(asked.page_url, {"answer": value("answer of a platform")}), 302)
    return Clue.objects.get(pk=clue.pk)


# ---- the credit file


def _an_objection(city: matrix.City, subject: Subject) -> None:
    """Two officers put a record on the file, the subject objects, a third answers."""
    officer, reviewer, head = (of_user(city.person(role)) for role in ("officer", "reviewer", "head"))
    made = credit.propose_record(officer, subject.pk, "SAMR", people.penalty())
    record = credit.confirm(reviewer, made.pk).made
    assert record
    page = f"/merchant/records/{record.number}/object/"
    done(city.browser("merchant").post(page, {"statement": value("records.Objection.statement")}), 302)
    credit.decide_objection(head, record.objections.get().pk, False, value("records.Objection.answer"))
    credit.make_report(officer, subject, Asked("核查线索", clock.today(), clock.today(), "https://city.example/"))


# ---- cases


def _a_case(city: matrix.City, subject: Subject) -> None:
    """An officer registers a source; what is known of it names a person."""
    given = {"department": "SAMR", "source": "2", "title": "举报虚假发货", "received_on": clock.today().isoformat()}
    page = f"/officer/cases/new/{subject.pk}/"
    done(city.browser("officer").post(page, {**given, "facts": value("cases.CaseStep.said")}), 302)


def _an_appeal(city: matrix.City, shop: Shop) -> None:
    """A platform's program reports a measure against the shop, the merchant appeals, a person of the platform answers."""
    body = {**statement(shop, "CANARY"), "behaviour": ""}
    made = done(machine(city, "measures:write").post("/api/v1/measures", body, content_type="application/json"), 201).json()
    page = f"/merchant/measures/{made['number']}/"
    done(city.browser("merchant").post(page, {"statement": value("platforms.Appeal.statement")}), 302)
    own, staff = f"/platform/measures/{made['number']}/", city.browser("platform_staff")
    done(staff.post(own, {"act": "take_up"}), 302)
    done(staff.post(own, {"act": "answer", "decision": "keep", "reason": value("platforms.Appeal.answer")}), 302)


# ---- papers and evidence


def _papers_and_evidence(city: matrix.City) -> None:
    """A decision with a person in its text, its version for publication in which the person is struck out, and a file from somebody."""
    officer, reviewer = (of_user(city.person(role)) for role in ("officer", "reviewer"))
    told, words = value("documents.Document.values"), value("documents.Redaction.content")
    matter = papers.of_department("SAMR")
    given = papers.decision(facts=f"{told}，{words}，证人在场。")
    paper = documents.issue(officer, "penalty_45", given, department="SAMR", matter=matter, on=papers.ON)
    made = redactions.prepare(officer, paper.pk, redactions.Struck(words=(told, words)))
    redactions.confirm(reviewer, made.pk)
    about = {"source": value("evidence.Exhibit.about")}
    evidence.keep(officer, matter, "SAMR", "4", "截图", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, content_type="image/png", about=about)


# ---- detection inside a platform


def _demanded_rows(city: matrix.City) -> None:
    """A platform that runs the detectors itself hands over a row of a finding because an officer asked."""
    row = json.dumps({"kind": "review", "text": value("detection.HeldRows.rows")}, ensure_ascii=False)
    digests = [package.row_digest(sent.SALT, row)]
    root = package.rows_root(digests)
    found = sent.finding(shops=[SHOP], rows={"review": 1}, digests=digests, root=root)
    kept = sent.arrive(Platform.objects.get(code=PLATFORM), sent.body([found], platform=PLATFORM))
    (clue,) = supervision.open_from_findings(str(kept.run_id), [str(kept.findings.get().found_id)])
    asked = {"platform": PLATFORM, "question": "请提交证据行及盐值", "days": 5}
    done(city.browser("officer").post(f"/officer/clues/{clue.number}/ask/", asked), 302)
    body = {"root": root, "rows": [{"row": row, "salt": sent.SALT.hex()}]}
    address = f"/api/v1/local/requests/{clue.requests.get().pk}/rows"
    done(machine(city, "clues:answer").post(address, body, content_type="application/json"), 200)


# ---- are they there?


def _token(place: str, kind: Kind) -> int:
    domain = kind.by_name[place.split(".")[1]].domain
    assert domain
    return keyed_token(domain, f"{PLATFORM}/{value(place)}" if domain == "person" else value(place))


def not_planted() -> list[str]:
    """The canaries that are not where they belong: the gate would look for what nobody put in."""
    lacking = [place for place in ENCRYPTED if not _in_the_database(place)]
    with lake.connect(queries.snapshot(list(kinds())), threads=1) as connection:
        for place in FACTS:
            kind, column = place.split(".")
            count = connection.execute(f'SELECT count(*) FROM "{kind}" WHERE "{column}" = ?', [_token(place, kinds()[kind])]).fetchone()
            lacking += [] if count and count[0] else [place]
        for place in FREE:
            kind, column = place.removeprefix("free ").split(".")
            count = connection.execute(f'SELECT count(*) FROM "{kind}" WHERE "{column}" = ?', [value(place)]).fetchone()
            lacking += [] if count and count[0] else [place]
    return lacking


def _in_the_database(place: str) -> bool:
    label, _, name = place.rpartition(".")
    stored = apps.get_model(label)._default_manager.values_list(name, flat=True)
    return any(place in seen(str(text), [EVERY[place]]) for text in stored)


def unknown_fields() -> set[str]:
    """Personal fields that have no canary."""
    return (set(encrypted_fields()) - set(ENCRYPTED)) | (set(fact_columns()) - set(FACTS))


Maker = Callable[[], World]
__all__ = ["EVERY", "Canary", "User", "World", "build", "not_planted", "unknown_fields"]
