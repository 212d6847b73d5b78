"""Where the canaries of the market's own rooms are put in: evaluation, marks, commitments, delivery, payments."""

from __future__ import annotations

from django.test import Client

from chengxin.accounts.actor import of_user
from chengxin.accounts.models import RoleGrant
from chengxin.commitments import actions as commitments
from chengxin.commitments.tests.people import PDF
from chengxin.delivery import actions as delivery
from chengxin.evaluation import actions as evaluation
from chengxin.evaluation.rule import DEFAULT
from chengxin.evaluation.tests import people as scores
from chengxin.kernel import clock
from chengxin.payments import actions as payments
from chengxin.payments.actions.claims import Proof
from chengxin.records import actions as credit
from chengxin.records.tests import people
from chengxin.subjects import actions as subjects
from chengxin.subjects.models import Platform, Shop, Subject
from tests.gates import matrix, samples_delivery
from tests.gates.canary import done
from tests.gates.canary_fields import PLATFORM, SHOP, value

# ---- evaluation


def a_disputed_review(city: matrix.City, shop: Shop) -> None:
    """The shop disputes a review of a sealed score; an officer answers."""
    officer, reviewer = (of_user(city.person(role)) for role in ("officer", "reviewer"))
    scores.publish_by(officer, reviewer)
    scores.snapshot_of(shop, [5, 1])
    page = f"/merchant/evaluation/{shop.pk}/V1/object/"
    done(city.browser("merchant").post(page, {"statement": value("evaluation.Objection.statement")}), 302)
    answer = {"decision": "reject", "answer": value("evaluation.Objection.answer"), "basis": "电子商务法第三十九条"}
    done(city.browser("officer").post(shop.review_objections.get().page_url, answer), 302)
    text = DEFAULT.read_text(encoding="utf-8")
    evaluation.propose_rule(officer, "SAMR", text, "下一版本", clock.today())


# ---- marks


def a_mark_and_an_imitation(city: matrix.City, shop: Shop) -> None:
    """Somebody without an account reports an imitation and leaves a telephone number; the shop asks for a mark."""
    said = {"statement": value("marks.ImitationReport.statement"), "contact": value("marks.ImitationReport.contact")}
    report = {"where": "https://shilimal1.example/login", "original": "示例商城", **said}
    done(Client(raise_request_exception=False).post("/marks/report/", report), 302)
    done(city.browser("merchant").post(f"/merchant/marks/ask/{shop.pk}/", {"address": "beishan.example"}), 302)


# ---- commitments


def a_commitment(city: matrix.City, subject: Subject) -> None:
    """The merchant signs, an officer alleges a breach, the merchant states, two people find, the merchant asks for repair."""
    officer, reviewer, merchant = (of_user(city.person(role)) for role in ("officer", "reviewer", "merchant"))
    letter = commitments.publish_template(reviewer, commitments.propose_template(officer, "honest_trade", "SAMR").number)
    scan = commitments.Signature(scan=PDF, scan_type="application/pdf", scan_name="承诺书.pdf")
    signed = commitments.sign(merchant, letter.number, subject.pk, {"ship_in_time": 48}, True, scan)
    breach = commitments.allege(officer, signed.number, "ship_in_time", "应发货三十单，逾期十单")
    commitments.notify(officer, breach.number, breach.facts, "王经办", "0468-0000000")
    page, browser = f"/merchant/commitments/breaches/{breach.number}/", city.browser("merchant")
    done(browser.post(page, {"statement": value("commitments.Breach.statement")}), 302)
    commitments.conclude(officer, breach.number, "confirm", value("commitments.Breach.reasons"))
    commitments.confirm(reviewer, breach.number)
    done(browser.post(page, {"repair": value("commitments.Breach.repair")}), 302)


# ---- parcels and courier firms


def parcels(city: matrix.City, subject: Subject) -> None:
    """A parcel is reported and the firm answers; a worker appeals and is answered; a firm that is to be barred speaks and is answered."""
    officer, reviewer = (of_user(city.person(role)) for role in ("officer", "reviewer"))
    RoleGrant.objects.filter(user=city.person("courier_staff", 0)).update(subject_id=subject.pk)
    firm = subjects.register_courier_firm("gate-courier", "门速递", "system:gate", subject=subject)
    samples_delivery.carried(Platform.objects.get(code=PLATFORM), SHOP, firm.code, "CANARYW1", "CANARYO1")
    incident = delivery.report(officer, "regulator", "CANARYW1", "CANARYO1", "damaged", value("delivery.Incident.text"), department="SAMR")
    page = f"/merchant/delivery/incidents/{incident.number}/"
    done(city.browser("courier_staff").post(page, {"text": value("delivery.Incident.reply")}), 302)
    delivery.verify(officer, incident.number, "照片与扫描记录相符")
    node = {"outlet": "N1", "staff_no": "E771", "event": "SIGNED", "fault": "rough_handling", "share": 100}
    delivery.make_trace(officer, incident.number, [node], "卸车时跌落")
    delivery.record(officer, incident.number)
    fact = delivery.enter_fact(officer, incident.number, "E771")
    page = f"/merchant/delivery/workers/{fact.number}/"
    done(city.browser("courier_staff").post(page, {"statement": value("delivery.WorkerAppeal.statement")}), 302)
    delivery.decide_appeal(reviewer, fact.number, False, value("delivery.WorkerAppeal.answer"))
    penalty = credit.propose_record(officer, subject.pk, "SAMR", people.penalty(document_number="禁入用"))
    record = credit.confirm(reviewer, penalty.pk).made
    assert record
    ban = delivery.propose(officer, firm.code, "SAMR", record.number, "多次泄露用户信息")
    delivery.notice(officer, ban.number)
    page = f"/merchant/delivery/bans/{ban.number}/"
    done(city.browser("courier_staff").post(page, {"statement": value("delivery.Ban.statement")}), 302)
    delivery.decide(reviewer, ban.number, "事实清楚，情节严重", value("delivery.Ban.answer"))


# ---- payments


def a_claim(city: matrix.City, subject: Subject) -> None:
    """A citizen claims without an account; the institution answers with a proof; an officer finds the user's fault."""
    org = subjects.register_payment_org("canary-pay", "示例付", "system:gate", subject=subject)
    RoleGrant.objects.filter(user=city.person("payment_staff", 0)).update(subject_id=subject.pk)
    who = {name: value(f"payments.Claim.{name}") for name in ("name", "phone", "facts")}
    given = {**who, "payment_no": "P1", "amount_fen": 100, "paid_on": clock.today()}
    made, _code = payments.claim(org, given, of=city.departments[0])
    staff, officer = of_user(city.person("payment_staff", 0)), of_user(city.person("officer", 0))
    payments.stop(staff, made.number)
    proof = Proof("日志.txt", "本人设备".encode(), "text/plain")
    payments.investigate(staff, made.number, value("payments.Claim.finding"), proof)
    payments.find_fault(officer, made.number, value("payments.Claim.reason"))
