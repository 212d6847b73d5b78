"""A city's settings as a signed file: nothing unsigned is read, nothing is taken by one person, what is taken becomes a draft."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from chengxin.accounts import actor as actors
from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import Department, User
from chengxin.audit.models import Leaf
from chengxin.coordination.models import Plan
from chengxin.inspection.models import RateTable
from chengxin.persons import moving, onboarding
from chengxin.persons.errors import NoPart, NotSigned, SamePerson

RATES = {code: {"least": 1, "most": 5, "per_year": 1} for code in "ABCD"}
pytestmark = pytest.mark.django_db


def administrator(role: str) -> Actor:
    user = User.objects.create_user(f"the-{role}", "a long enough pass phrase", display_name=role)
    install_grant(user, role, Scope())
    return actors.of_user(user)


def file_with(**parts: Any) -> moving.Read:
    return moving.Read("chengxin/230100", "ab" * 32, "cd" * 32, parts)


def exported() -> dict[str, Any]:
    load_departments()
    return moving.export("system:tests")


def test_our_own_file_is_read_and_says_that_nothing_differs() -> None:
    said = exported()
    found = moving.read(json.dumps(said).encode())
    assert set(found.parts) == {one["part"] for one in moving.known_parts()}
    assert moving.differences(found.parts) == []
    assert Leaf.objects.filter(action="persons.settings.exported").count() == 1


def test_a_changed_value_breaks_the_signature_and_another_key_is_refused() -> None:
    said = exported()
    said["parts"]["departments"]["SAMR"]["name_zh"] = "别的局"
    with pytest.raises(NotSigned):
        moving.read(json.dumps(said).encode())
    with pytest.raises(NotSigned):
        moving.read(json.dumps(exported()).encode(), "ab" * 32)
    for wrong in (b"", b"[]", b"{}", b"\xff\xfe", b'{"parts": 1}'):
        with pytest.raises(NotSigned):
            moving.read(wrong)


def test_the_table_of_differences_names_part_key_and_both_values() -> None:
    load_departments()
    theirs = json.loads(json.dumps(moving.current()["departments"]))
    theirs["SAMR"]["name_zh"] = "甲市市场监督管理局"
    (line,) = moving.differences({"departments": theirs})
    assert (line.part, line.key, line.after) == ("departments", "SAMR.name_zh", "甲市市场监督管理局")
    assert Department.objects.get(code="SAMR").name_zh != line.after  # a dry run


def test_two_people_take_a_part_and_it_becomes_a_draft() -> None:
    load_departments()
    first, second = administrator("sysadmin"), administrator("secadmin")
    plan = {"title": "乙市方案", "issued_on": "2020-01-02", "text": "（一）加强网络交易监管。（市场监督管理局牵头）"}
    made = moving.propose(first, file_with(plan=plan, rates=RATES), ["plan", "rates"])
    assert not Plan.objects.exists() and not RateTable.objects.exists()
    with pytest.raises(SamePerson):
        moving.decide(first, made.number, take=True)
    moving.decide(second, made.number, take=True)
    assert Plan.objects.get().state == "DRAFT"
    assert RateTable.objects.get().state == "WAITING"
    assert Leaf.objects.filter(action="persons.settings.taken").count() == 1


def test_the_administrators_pages_open(client: Client) -> None:
    load_departments()
    administrator("sysadmin")
    client.force_login(User.objects.get(username="the-sysadmin"))
    for page in ("/admin/terms/", "/admin/first-week/", "/admin/settings-files/"):
        assert client.get(page).status_code == 200, page
    client.post("/admin/settings-files/export/")
    assert Leaf.objects.filter(action="persons.settings.exported").count() == 1
    assert client.post("/privacy/receipt/").status_code == 422


def test_what_is_compared_only_cannot_be_taken() -> None:
    with pytest.raises(NoPart):
        moving.propose(administrator("sysadmin"), file_with(values={"a": 1}), ["values"])
    with pytest.raises(NoPart):
        moving.propose(administrator("secadmin"), file_with(), [])


def test_the_first_week_finds_what_is_missing_and_what_is_done() -> None:
    before = {one.zh: one for one in onboarding.steps()}
    assert not before["本市部门名录"].done and not before["三名管理员已到位并登录"].done
    load_departments()
    after = {one.zh: one for one in onboarding.steps()}
    assert after["本市部门名录"].done
    assert all(one.where for one in after.values())
