"""Canaries of the lists: what a party argues, asks and appeals, and what it is answered."""

from __future__ import annotations

from chengxin.accounts import beginning
from chengxin.accounts.actions import Scope
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.lists.actions import listing, platforms
from chengxin.lists.tests.cast import proposal
from chengxin.records import actions as credit
from chengxin.records.tests import people
from chengxin.subjects.models import Shop, Subject
from tests.gates import matrix
from tests.gates.canary import done
from tests.gates.canary_fields import PLATFORM, value


def a_listing_a_repair_an_appeal(city: matrix.City, subject: Subject, shop: Shop) -> None:
    """A party argues against a listing and is answered, applies for a repair, and appeals to a platform that answers."""
    officer, reviewer, merchant, staff = (of_user(city.person(role)) for role in ("officer", "reviewer", "merchant", "platform_staff"))
    with clock.set_to(clock.now().replace(month=6)):
        old = credit.propose_record(officer, subject.pk, "SAMR", people.penalty(document_number="修复用"))
        repairable = credit.confirm(reviewer, old.pk).made
        heavy = credit.propose_record(officer, subject.pk, "SAMR", people.penalty(document_number="列入用", term="KEY_AREA"))
        record = credit.confirm(reviewer, heavy.pk).made
    assert record
    assert repairable
    entry = listing.propose(officer, record.pk, proposal(measures=[]))
    listing.notice(officer, entry.pk, "0468-0000000")
    page = f"/merchant/lists/{entry.pk}/"
    done(city.browser("merchant").post(page, {"argument_1": value("lists.Argument.text")}), 302)
    listing.answer(officer, entry.pk, {1: (False, value("lists.Argument.answer"))})
    page = f"/merchant/lists/records/{repairable.number}/repair/"
    done(city.browser("merchant").post(page, {"statement": value("lists.RepairApplication.statement"), "promised": "on"}), 302)
    today = clock.today()
    days = {"since": today, "until": today, "appeal_by": today}
    put = platforms.put(staff, shop.pk, {"action": "W9", "facts": "虚假发货", "reason": "违反规则", "clause": "第八条第二款", **days})
    platforms.appeal(merchant, put.pk, value("lists.PlatformAppeal.text"))
    other = User.objects.create_user("canary-staff", "gate", display_name="canary staff")
    beginning.install_grant(other, "platform_staff", Scope(platform=PLATFORM))
    platforms.review(of_user(other), put.pk, False, value("lists.PlatformAppeal.answer"))
