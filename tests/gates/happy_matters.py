"""The matters that the happy paths ask about, each made through the doors that people and platforms use."""

from __future__ import annotations

import json
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.cases import actions as cases
from chengxin.cases.models import Case
from chengxin.commitments import actions as commitments
from chengxin.commitments.models import Commitment
from chengxin.commitments.tests.people import PDF
from chengxin.detection.local.tests import sent
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.documents.tests import people as papers
from chengxin.evidence.tests.captured import capture
from chengxin.inspection import actions as inspection
from chengxin.inspection.models import Task as Visit
from chengxin.kernel import clock
from chengxin.lists.models import ListEntry, Task
from chengxin.marks.models import Mark
from chengxin.marks.tests.people import stands
from chengxin.platforms import actions as platforms
from chengxin.platforms.api import MeasureIn
from chengxin.platforms.models import Measure
from chengxin.records import actions as records
from chengxin.records.actions.reporting import Asked
from chengxin.records.models import CreditReport
from chengxin.records.tests import people
from chengxin.rules import actions as rules
from chengxin.rules import asked, starting, trying
from chengxin.rules.deciding import decide, desk
from chengxin.rules.models import Held
from chengxin.subjects.models import Platform, Shop
from chengxin.subjects.tests import samples
from chengxin.supervision import actions as supervision
from chengxin.supervision.models import PlatformRequest
from chengxin.supervision.tests import town


def asked_about(platform: Platform, shop: Shop) -> PlatformRequest:
    """An officer asks for the rows of a finding that the platform made itself."""
    kept = sent.arrive(platform, sent.body([sent.finding(shops=[shop.shop_id])], platform=platform.code))
    (clue,) = supervision.open_from_findings(str(kept.run_id), [str(kept.findings.get().found_id)])
    asker = town.person("asker", "officer", department=clue.department)
    return supervision.ask_platform(asker, clue.pk, platform.code, "请提交证据行及盐值", 5)


def statement(shop: Shop, number: str) -> dict[str, Any]:
    """A measure against the shop as a platform's program sends it."""
    now, today = clock.now().isoformat(), clock.today()
    texts = {"facts": "虚构交易二百单", "reason": "误导消费者", "basis": "平台规则第十二条", "appeal_way": "商家后台"}
    days = {
        "decided_at": now,
        "noticed_at": now,
        "since": today.isoformat(),
        "until": today.replace(year=today.year + 1, day=1).isoformat(),
    }
    return {"measure_no": number, "shop_id": shop.shop_id, "action": "W4", "behaviour": "B01", "automated": False, **texts, **days}


def conduct(shop: Shop, number: str) -> dict[str, Any]:
    return {"report_no": number, "shop_id": shop.shop_id, "behaviour": "B01", "facts": "虚构交易二百单"}


def measured(platform: Platform, shop: Shop) -> Measure:
    """A measure in the public feed, and the report behind it."""
    row = MeasureIn(**statement(shop, "G1")).dict()
    staff = samples.staff("beiling")
    (answer,) = platforms.report_measures(staff, platform, [row])
    assert answer.measure
    platforms.report_clue(staff, platform, {**conduct(shop, "G1"), "measure_no": "G1"})
    return answer.measure


def event(number: int) -> dict[str, Any]:
    """An order about to be placed."""
    at = clock.now().isoformat()
    return {"order_no": f"E{number}", "shop_id": "S1", "buyer": f"U{number}", "paid": "18.50", "ordered_at": at, "device": "D1"}


def decided() -> Held:
    """A decision of beiling's that a rule held."""
    officer, head = (town.person(f"{role}-of-rules", role, department="SAMR") for role in ("officer", "head"))
    desk.forget()
    given = {**starting.rules()[0], "effective_from": clock.today(), "handler": officer.user and officer.user.pk}
    draft = rules.draft_rule(officer, {**given, "conditions": [["amount", ">=", "0"]]})
    trying.run(rules.ask_dry_run(officer, draft.pk, clock.today().replace(day=1), clock.today()).pk)
    rules.propose(officer, draft.pk)
    rules.sign(head, draft.pk)
    body = json.dumps({"kind": "order", "event": event(9)}).encode()
    return Held.objects.get(number=decide("beiling", "system:test", *asked.one(body))[0].number)


def listed(shop: Shop) -> ListEntry:
    """An entry about the shop's subject, with a measure that its platform is to carry out and one that it is to lift."""
    assert shop.subject is not None
    record = shop.subject.records.get()
    today = clock.today()
    said = {"kind": "SERIOUS", "department": "SAMR", "field": "FAIR", "facts": "组织虚假交易", "basis": "第44号令第九条", "factors": {}}
    by = {"proposed_by": "user:gate", "proposed_by_name": "gate", "proposed_at": clock.now()}
    entry = ListEntry.objects.create(number="LEGATE", state="NOTICED", subject=shop.subject, record=record, noticed_on=today, **said, **by)
    task = {"entry": entry, "measure": "M_SHOP", "executor_kind": "platform", "executor": shop.platform.code, "shop": shop}
    for place, state in enumerate(("PUSHED", "LIFT_ASKED"), 1):
        Task.objects.create(round=place, state=state, pushed_at=clock.now(), due_on=today, lift_due_on=today, **task)
    return entry


def marked(shop: Shop) -> Mark:
    """A mark of the shop on a host of its own."""
    assert shop.subject_id is not None
    owner = Actor(id="user:gate", name="gate", roles=frozenset({"merchant"}), subjects=frozenset({shop.subject_id}))
    return stands(owner, town.person("officer-of-marks", "officer", department="SAMR"), shop, "beishan.example")


def committed(shop: Shop) -> Commitment:
    """A letter that the shop's subject signed."""
    officer, reviewer = (town.person(f"{role}-of-letters", role, department="SAMR") for role in ("officer", "reviewer"))
    letter = commitments.publish_template(reviewer, commitments.propose_template(officer, "honest_trade", "SAMR").number)
    assert shop.subject
    maker = Actor(id="system:gate", name="gate", roles=frozenset({"merchant"}), subjects=frozenset({shop.subject.pk}))
    scan = commitments.Signature(scan=PDF, scan_type="application/pdf", scan_name="承诺书.pdf")
    return commitments.sign(maker, letter.number, shop.subject.pk, {"ship_in_time": 48}, True, scan)


def papered() -> Document:
    """A decision in a matter of the officer's department, and a captured page."""
    officer = town.person("officer-of-papers", "officer", department="SAMR")
    matter = papers.of_department("SAMR")
    capture(officer, matter, "SAMR")
    return documents.issue(officer, "penalty_45", papers.decision(), department="SAMR", matter=matter, on=papers.ON)


def filed(shop: Shop) -> Case:
    """A source on the desk of the officer's department."""
    assert shop.subject is not None
    officer = town.person("officer-of-cases", "officer", department="SAMR")
    return cases.register_source(officer, shop.subject.pk, "SAMR", "1", "检查发现涉嫌违法", ref="inspection.task:gate")


def inspected(shop: Shop) -> Visit:
    """A special check of the officer's department, with its visit."""
    assert shop.subject is not None
    officer, head = (town.person(f"{role}-of-inspections", role, department="SAMR") for role in ("officer", "head"))
    today = clock.today()
    for number, one in enumerate((officer, head)):
        assert one.user
        inspection.add_inspector(officer, one.user.pk, "SAMR", f"HAPPY{number}", (today, today))
    given = {"title": "专项检查", "kind": "clue", "items": ["GOODS_TRUE"], "due_on": today, "reason": "投诉集中", "witness": "COM"}
    plan = inspection.propose_plan(officer, "SAMR", {**given, "subjects": [shop.subject.pk]})
    return inspection.decide_plan(head, plan.number, True).tasks.get()


def reported(shop: Shop) -> CreditReport:
    """A report of the shop's subject, with a record that two officers put on its file."""
    assert shop.subject is not None
    officer, reviewer = (town.person(f"{role}-of-records", role, department="SAMR") for role in ("officer", "reviewer"))
    proposed = records.propose_record(officer, shop.subject.pk, "SAMR", people.penalty())
    records.confirm(reviewer, proposed.pk)
    asked = Asked("gate", clock.today(), clock.today(), "https://city.example/verify/report/")
    return records.make_report(officer, shop.subject, asked)[0]


def identity(shop_id: str) -> dict[str, Any]:
    values = samples.row(1, shop_id=shop_id)
    names = {
        "name": "subject_name",
        "uscc": "uscc",
        "address": "address",
        "contact": "phone",
        "shop_name": "shop_name",
        "url_or_path": "url",
    }
    return {"shape": "registered", "fields": {name: values[column] for name, column in names.items()}}
