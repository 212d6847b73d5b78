from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from chengxin.accounts import access, actions, actor, errors
from chengxin.accounts.actions import Scope
from chengxin.accounts.models import Department, RoleGrant, User
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden

SAMR = Scope(department="SAMR")


def leaves(user: User) -> list[str]:
    return list(Leaf.objects.filter(object=f"accounts.user:{user.pk}").order_by("index").values_list("action", flat=True))


def test_departments_load_twice_to_the_same_rows(departments):
    before = list(Department.objects.order_by("code").values())
    actions.load_departments()
    assert list(Department.objects.order_by("code").values()) == before
    assert Department.objects.get(code="FDA17").successor_id == "SAMR"
    assert Department.objects.get(code="FDA17").valid_to == date(2018, 12, 31)


def test_an_officer_has_nothing_until_a_second_person_confirms(make_person, secadmin, second):
    person = make_person("li")
    given = actions.grant(person, "officer", by=secadmin, scope=SAMR, reason="new post")
    assert actor.of_user(person).roles == frozenset()
    actions.confirm(given, by=second)
    assert actor.of_user(person).roles == {"officer"}
    assert leaves(person) == ["accounts.grant.made", "accounts.grant.confirmed"]


def test_the_maker_may_not_confirm(make_person, secadmin):
    given = actions.grant(make_person("li"), "officer", by=secadmin, scope=SAMR)
    with pytest.raises(errors.SamePerson):
        actions.confirm(given, by=secadmin)


def test_the_database_refuses_a_maker_who_confirms(make_person, secadmin):
    given = actions.grant(make_person("li"), "officer", by=secadmin, scope=SAMR)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=given.pk).update(confirmed_by=secadmin.user)


def test_nobody_grants_to_himself(secadmin):
    with pytest.raises(errors.SamePerson):
        actions.grant(secadmin.user, "auditadmin", by=secadmin)


def test_the_database_refuses_a_grant_to_himself(secadmin):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=secadmin.user, role="leader", estate="business", granted_by=secadmin.user)


def test_only_a_security_administrator_grants(make_person):
    for role in ("sysadmin", "auditadmin"):
        other = actor.of_user(make_person(role, role))
        with pytest.raises(Forbidden):
            actions.grant(make_person(f"x{role}"), "leader", by=other)


def test_a_head_confirms_for_the_own_department_only(make_person, secadmin):
    head = actor.of_user(make_person("head", "head", department="SAMR"))
    own = actions.grant(make_person("li"), "officer", by=secadmin, scope=SAMR)
    foreign = actions.grant(make_person("wang"), "officer", by=secadmin, scope=Scope(department="POST"))
    assert actions.confirm(own, by=head).confirmed_at is not None
    with pytest.raises(Forbidden):
        actions.confirm(foreign, by=head)


def test_a_grant_is_confirmed_once(make_person, secadmin, second):
    given = actions.grant(make_person("li"), "officer", by=secadmin, scope=SAMR)
    actions.confirm(given, by=second)
    with pytest.raises(errors.NotWaiting):
        actions.confirm(given, by=second)


@pytest.mark.parametrize("one", ["sysadmin", "secadmin", "auditadmin"])
@pytest.mark.parametrize("other", ["sysadmin", "secadmin", "auditadmin", "officer", "leader", "platform_staff"])
def test_an_administration_is_combined_with_nothing(make_person, secadmin, one, other):
    if one == other:
        return
    person = make_person("li", one)
    scope = {"officer": SAMR, "platform_staff": Scope(platform="mall")}.get(other, Scope())
    with pytest.raises(errors.EstatesMixed):
        actions.grant(person, other, by=secadmin, scope=scope)


def test_a_business_person_does_not_become_an_administrator(make_person, secadmin):
    with pytest.raises(errors.EstatesMixed):
        actions.grant(make_person("li", "leader"), "auditadmin", by=secadmin)


def test_the_database_refuses_two_administrations_in_one_person(make_person):
    person = make_person("li", "sysadmin")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=person, role="auditadmin", estate="auditadmin")


def test_the_database_refuses_an_administration_dressed_as_business(make_person):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=make_person("li"), role="auditadmin", estate="business")


def test_rows_mixed_behind_our_back_give_the_administration_only(make_person):
    person = make_person("li", "officer", department="SAMR")
    RoleGrant.objects.create(user=person, role="sysadmin", estate="sysadmin", confirmed_at=clock.now())
    mixed = actor.of_user(person)
    assert mixed.roles == {"sysadmin"}
    assert mixed.departments == frozenset()


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("officer", Scope()),
        ("officer", Scope(department="NONE")),
        ("leader", SAMR),
        ("platform_staff", Scope()),
        ("merchant", Scope(platform="mall")),
        ("merchant", Scope()),
        ("officer", Scope(department="SAMR", platform="mall")),
        ("king", Scope()),
    ],
)
def test_a_role_takes_exactly_its_own_scope(make_person, secadmin, role, scope):
    with pytest.raises(errors.BadScope):
        actions.grant(make_person("li"), role, by=secadmin, scope=scope)


@pytest.mark.parametrize(
    "fields",
    [{"role": "officer"}, {"role": "merchant"}, {"role": "platform_staff"}, {"role": "leader", "valid_to": date(2000, 1, 1)}],
)
def test_the_database_refuses_a_role_without_its_scope(make_person, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=make_person("li"), estate="business", **fields)


def test_a_grant_holds_on_its_days_only(make_person, secadmin):
    person = make_person("li")
    days = {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 3, 31)}
    actions.grant(person, "platform_staff", by=secadmin, scope=Scope(platform="mall"), **days)
    seen = {}
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        with clock.set_to(datetime(day.year, day.month, day.day, 12, tzinfo=clock.CITY)):
            seen[day] = actor.of_user(person).has("platform_staff")
    assert list(seen.values()) == [False, True, True, False]


def test_a_revoked_role_is_gone_at_once_and_stays_on_record(make_person, secadmin):
    person = make_person("li", "leader")
    actions.revoke(person.grants.get(), by=secadmin, why="left")
    assert actor.of_user(person).roles == frozenset()
    assert person.grants.get().revoked_why == "left"
    assert leaves(person)[-1] == "accounts.grant.revoked"


def test_after_revocation_another_estate_is_possible(make_person, secadmin):
    person = make_person("li", "sysadmin")
    actions.revoke(person.grants.get(), by=secadmin, why="changes post")
    assert actions.grant(person, "auditadmin", by=secadmin).role == "auditadmin"


def test_the_last_security_administrator_stays(make_person, secadmin, second):
    actions.revoke(second.user.grants.get(), by=secadmin, why="left")
    with pytest.raises(errors.LastAdministrator):
        actions.revoke(secadmin.user.grants.get(), by=secadmin, why="left")


def test_a_person_who_leaves_loses_every_role(make_person, secadmin):
    person = make_person("li", "officer", department="SAMR")
    actions.deactivate(person, by=secadmin, why="left")
    assert not person.grants.filter(revoked_at=None).exists()
    assert not User.objects.get(pk=person.pk).is_active


def test_todays_bureau_opens_the_files_of_its_predecessors(make_person):
    officer = actor.of_user(make_person("li", "officer", department="SAMR"))
    assert officer.departments >= {"SAMR", "SAMR17", "FDA17", "PRICE17", "QTS17"}
    assert "AGR17" not in officer.departments


def test_contact_data_are_encrypted_and_found_by_blind_index(departments, secadmin):
    person = actions.add_person("zhao", "赵", by=secadmin, email="Zhao@City.example", phone="13800000000")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT email, phone FROM accounts_user WHERE username = 'zhao'")
        stored = "".join(cursor.fetchone()).lower()
    assert "zhao" not in stored
    assert "1380" not in stored
    assert User.objects.with_email("zhao@city.example").get() == person


def test_one_address_belongs_to_one_person(secadmin):
    actions.add_person("zhao", "赵", by=secadmin, email="zhao@city.example")
    with pytest.raises(errors.NameTaken):
        actions.add_person("zhao2", "赵", by=secadmin, email="ZHAO@city.example")


def test_the_log_holds_no_name_in_its_leaf(secadmin):
    person = actions.add_person("zhao", "赵钱孙", by=secadmin)
    leaf = Leaf.objects.get(object=f"accounts.user:{person.pk}")
    assert "赵" not in leaf.body
    assert "zhao" not in leaf.body


def test_a_person_changes_contact_data_but_not_the_certificate_number(make_person):
    person = make_person("li")
    me = actor.of_user(person)
    assert actions.change_person(person, by=me, phone="1").phone == "1"
    with pytest.raises(Forbidden):
        actions.change_person(person, by=me, officer_number="HG001")


def test_nobody_changes_anothers_data(make_person):
    with pytest.raises(Forbidden):
        actions.change_person(make_person("li"), by=actor.of_user(make_person("wang")), phone="1")


def test_demo_people_exist_in_a_demo_only(departments, settings):
    settings.DEMO = False
    with pytest.raises(errors.OnlyInDemo):
        actions.make_demo_people()
    assert not User.objects.exists()


def test_demo_people_are_made_once(departments, settings):
    settings.DEMO = True
    subject = uuid.uuid4()
    first = actions.make_demo_people(["SAMR"], ["mall"], [subject])
    again = actions.make_demo_people(["SAMR"], ["mall"], [subject])
    assert [each.pk for each in first] == [each.pk for each in again]
    assert actor.of_user(User.objects.get(username="officer.samr")).roles == {"officer"}
    assert actor.of_user(User.objects.get(username="staff.mall")).platforms == {"mall"}
    assert actor.of_user(User.objects.get(username="merchant1")).subjects == {subject}


def test_a_house_begins_with_three_different_administrators(departments):
    from chengxin.accounts import beginning
    from chengxin.accounts.roles import Role

    with pytest.raises(errors.EstatesMixed):
        beginning.begin({Role.SYSADMIN: "a-one", Role.SECADMIN: "a-one"})
    links = beginning.begin({Role.SYSADMIN: "sys", Role.SECADMIN: "sec", Role.AUDITADMIN: "aud"})
    assert set(links) == {"sys", "sec", "aud"}
    with pytest.raises(errors.AlreadyBegun):
        beginning.begin({Role.SECADMIN: "other"})
    assert access.actor_of  # the house's actor is not a person
    assert actor.of_user(User.objects.get(username="sec")).roles == {"secadmin"}
