"""A request from the form to the confirmation, at both doors; refused with a ground; nothing without who and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin.accounts.purposes import KEY
from chengxin.audit import verify
from chengxin.audit.models import Leaf
from chengxin.consumers import actions as consumers
from chengxin.consumers.models import Complaint, Identity
from chengxin.consumers.tests import people
from chengxin.kernel import clock
from chengxin.persons import actions, emptying, erasing, proofs
from chengxin.persons.errors import Decided, NoGround, NothingToLookFor, NotVerified
from chengxin.persons.models import DONE, FILED, REFUSED, ErasureRequest, Forgotten
from chengxin.persons.person import Person
from chengxin.persons.stores import MARK

ME = Person(name=people.NAME, phones=(people.PHONE,))


@transaction.atomic
def complained(*, closed: bool) -> people.Town:
    cast = people.town()
    filed = consumers.file(people.form(cast))
    assert filed.complaint
    if closed:
        Complaint.objects.filter(pk=filed.complaint.pk).update(state="CLOSED", closed_at=clock.now())
    return cast


def asked(client: Client, **changes: Any) -> Any:
    return client.post("/privacy/", {"name": people.NAME, "department": "SAMR", "phones": people.PHONE, **changes})


@pytest.mark.django_db
def test_the_person_files_and_follows_by_the_code_and_the_paper_verifies(client: Client) -> None:
    cast = complained(closed=True)
    page = asked(client)
    found, code = ErasureRequest.objects.get(), page.context["code"] if page.context else ""
    code = code or page.content.decode().split("<b>")[1].split("</b>")[0]
    assert found.state == FILED and people.PHONE not in str(Leaf.objects.values_list("body", flat=True))
    actions.accept(cast.officer, found.number, "CONSENT", "当面核验身份证件")
    actions.erase(found.number)
    found.refresh_from_db()
    assert found.state == DONE and found.about == "{}"
    assert Identity.objects.get().phone == MARK
    shown = client.post("/privacy/status/", {"code": code})
    assert found.number in shown.content.decode() and people.PHONE not in shown.content.decode()
    receipt = client.post("/privacy/receipt/", {"code": code})
    assert verify.verify(receipt.content, found.receipt["key"]).good
    assert client.post("/privacy/status/", {"code": "AAAA-AAAA"}).status_code == 404
    assert proofs.faults() == []


@pytest.mark.django_db
def test_an_open_complaint_stays_with_its_ground() -> None:
    cast = complained(closed=False)
    found, _code = actions.file_request(ME, "SAMR")
    actions.accept(cast.officer, found.number, "CONSENT", "当面核验身份证件")
    actions.erase(found.number)
    found.refresh_from_db()
    assert Identity.objects.get().phone == people.PHONE
    assert {one["store"]: one["provision"] for one in found.outcome["kept"]}["consumers.Identity"] == "pipl.47"


@pytest.mark.django_db
def test_a_refusal_needs_a_ground_and_reasons_and_empties_what_was_written() -> None:
    cast = complained(closed=True)
    found, _code = actions.file_request(ME, "SAMR")
    with pytest.raises(NoGround):
        actions.refuse(cast.officer, found.number, "KEPT_BY_LAW", " ")
    with pytest.raises(NoGround):
        actions.refuse(cast.officer, found.number, "CONSENT", "不符合条件")
    actions.refuse(cast.officer, found.number, "NOT_THE_PERSON", "身份无法核实")
    found.refresh_from_db()
    assert found.state == REFUSED and found.about == "{}"
    with pytest.raises(Decided):
        actions.accept(cast.officer, found.number, "CONSENT", "当面")
    assert Identity.objects.get().phone == people.PHONE


@pytest.mark.django_db
def test_a_name_alone_finds_nobody_and_nobody_is_erased_unverified() -> None:
    cast = complained(closed=True)
    with pytest.raises(NothingToLookFor):
        actions.file_request(Person(name=people.NAME), "SAMR")
    found, _code = actions.file_request(ME, "SAMR")
    with pytest.raises(NotVerified):
        actions.accept(cast.officer, found.number, "CONSENT", "  ")


@pytest.mark.django_db
def test_where_only_the_name_stands_it_is_counted_and_left() -> None:
    complained(closed=True)
    namesake = Person(name=people.NAME, phones=("10099999999",))
    made = erasing.plan(namesake)
    assert made.go == [] and made.weak
    assert {hit.label for hit in erasing.plan(namesake, with_names=True).go} >= {"consumers.Identity"}


@pytest.mark.django_db
def test_the_desk_looks_for_a_purpose_only_and_decides(client: Client) -> None:
    complained(closed=True)
    found, _code = actions.file_request(ME, "SAMR")
    from chengxin.accounts.models import User

    client.force_login(User.objects.get(username="officer"))
    assert people.PHONE not in client.get(found.page_url).content.decode()
    session = client.session
    session[KEY] = {"text": "办理删除请求", "case_number": "", "until": clock.now().replace(year=9999).isoformat()}
    session.save()
    page = client.get(found.page_url)
    assert people.PHONE in page.content.decode()
    assert Leaf.objects.filter(action="audit.personal.read", object=f"persons.request:{found.number}").count() == 1
    looked = client.post(found.page_url, {"look": "1"})
    assert "投诉人、举报人身份" in looked.content.decode()
    answer = client.post(found.page_url, {"decision": "accept", "ground": "CONSENT", "checked": "当面核验", "reason": ""})
    assert answer.status_code == 302
    client.force_login(User.objects.get(username="elsewhere"))
    assert client.get(found.page_url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_list_beside_the_database_makes_an_older_backup_forget() -> None:
    """The rows come back as they were; the list does not."""
    cast = complained(closed=True)
    emptying.path().unlink(missing_ok=True)
    before = Identity.objects.values().get()
    with transaction.atomic():
        found, _code = actions.file_request(ME, "SAMR")
        actions.accept(cast.officer, found.number, "CONSENT", "当面核验身份证件")
    actions.erase(found.number)
    assert people.PHONE not in emptying.path().read_text()
    Identity.objects.filter(pk=before["id"]).update(name=before["name"], phone=before["phone"])
    Forgotten.objects.all().delete()
    assert erasing.replay_after_restore() > 0
    assert Identity.objects.get().phone == MARK
    emptying.path().unlink()
