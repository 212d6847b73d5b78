"""Where the canaries of complaints and reports are put in: a citizen's form for both, answered, promised, agreed, opened again."""

from __future__ import annotations

from django.test import Client

from chengxin.accounts.actor import of_user
from chengxin.consumers import actions
from chengxin.consumers.models import Complaint, Identity, Report
from chengxin.kernel import clock
from chengxin.subjects.models import Shop
from tests.gates import matrix
from tests.gates.canary import done
from tests.gates.canary_fields import value

OFFICE = "0468-1000000"


def a_complaint_and_a_report(city: matrix.City, shop: Shop) -> None:
    """The complainant files without an account; the officer accepts, the shop answers and promises, they agree, it is opened again."""
    officer, head, merchant = (of_user(city.person(role)) for role in ("officer", "head", "merchant"))
    given = {
        "shop": str(shop.pk),
        "text": value("consumers.Complaint.text"),
        "request": value("consumers.Complaint.request"),
        "order_ref": value("consumers.Complaint.order_ref"),
        "violation": value("consumers.Report.text"),
        "named": "on",
        "name": value("consumers.Identity.name"),
        "phone": value("consumers.Identity.phone"),
        "members": f"{value('consumers.Member.name')} {value('consumers.Member.phone')}",
    }
    done(Client(raise_request_exception=False).post("/complaints/new/?wants=both", given), 200)
    complaint, report = Complaint.objects.get(), Report.objects.get()
    hidden = {"address": value("consumers.Identity.address"), "id_number": value("consumers.Identity.id_number"), "id_kind": "11"}
    for one in Identity.objects.all():
        for name, text in hidden.items():
            setattr(one, name, text)
        one.save()
    actions.accept(officer, complaint.number, OFFICE)
    said = {"text": value("consumers.Answer.text"), "promise": value("consumers.Promise.text"), "promise_by": clock.today()}
    row = actions.answer(merchant, complaint.number, said)
    actions.find_of_promise(officer, row.promises.get().pk, False, value("consumers.Promise.reason"))
    actions.mediate(officer, complaint.number)
    actions.agree(officer, complaint.number, value("consumers.Complaint.agreement"), paper=False)
    actions.say(complaint.filing, False, value("consumers.Word.text"))
    actions.end(officer, complaint.number, "T3", value("consumers.Complaint.reason"))
    actions.name_handler(head, report.number, city.person("officer"))
    actions.check(officer, report.number)
    actions.not_file(officer, report.number, value("consumers.Report.reason"))
