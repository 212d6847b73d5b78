"""Which subject is this name: the page and its sheet; the index follows the register; possible doubles are shown and never joined."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.subjects import actions, demo, names, queries
from chengxin.subjects.matching import register
from chengxin.subjects.models import Joining, NameChange, Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
PAGE = "subjects:names"


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(datetime(2026, 11, 24, 12, tzinfo=clock.CITY)):
        yield


@pytest.fixture
def officer(client: Client) -> Client:
    load_departments()
    user = User.objects.create_user("officer", display_name="王经办")
    install_grant(user, "officer", Scope("SAMR", "", None))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def firm(name: str, number: int = 0, **changes: object) -> Subject:
    now = clock.now()
    given = {"kind": "1" if number else "4", "uscc": samples.uscc(number, "91") if number else None, "division": "230499"}
    made = Subject.objects.create(**{**given, "name": name, "created_at": now, "updated_at": now, "created_by": "system:t", **changes})
    names.index_subject(made)
    return made


def found(text: str) -> list[tuple[Subject, str]]:
    return [(one.subject, one.match.verdict) for one in queries.match_names([text])[0][1]]


def test_the_index_follows_every_change_of_a_name() -> None:
    made = firm("鹤岗市云岭山货有限公司", 1)
    assert found("鹤岗云岭山货有限责任公司") == [(made, "same")]
    actions.change_subject(made, {"name": "鹤岗市雪原山货有限公司"}, "变更名称", samples.officer())
    made.refresh_from_db()
    assert found("雪原山货") == [(made, "maybe")]
    (by_old,) = queries.match_names(["鹤岗市云岭山货有限公司"])[0][1]
    assert (by_old.subject, by_old.way) == (made, "old_name")
    other = firm("鹤岗市北坡山货有限公司", 2)
    assert found("鹤岗市北坡山货有限公司") == [(other, "same")]
    names.forget_changes()
    assert found("鹤岗市北坡山货有限公司") == [(other, "same")]


def test_an_index_that_hears_of_no_change_goes_stale() -> None:
    """The twin: without the mark a new name is not found, so it is the mark that keeps the index in step."""
    made = firm("鹤岗市云岭山货有限公司", 1)
    assert found("鹤岗市云岭山货有限公司") == [(made, "same")]
    Subject.objects.filter(pk=made.pk).update(name="鹤岗市雪原山货有限公司")
    assert found("鹤岗市雪原山货有限公司") == []


def test_natural_persons_and_their_shops_are_not_in_the_index() -> None:
    shop = samples.shop(samples.platform(), samples.exempt_row())
    assert shop.subject is not None and shop.subject.is_natural
    names.index_all()
    register.look_up("x")
    assert register._held is not None and register._held.whole.index.size == 0
    assert NameChange.objects.filter(subject=shop.subject).count() == 0


def test_an_officer_pastes_names_or_uploads_a_sheet_and_gets_reasons(officer: Client) -> None:
    firm("鹤岗市云岭山货有限公司", 1)
    page = officer.post(reverse(PAGE), {"text": "雲嶺山貨\n没有这家商行"}, headers={"accept-language": "zh-hans"}).content.decode()
    assert "鹤岗市云岭山货有限公司" in page and "字号相同（云岭）" in page and "登记册中没有此名称" in page
    sheet = SimpleUploadedFile("n.csv", "序号,企业名称\n1,云岭山货旗舰店\n".encode("gb18030"))
    page = officer.post(reverse(PAGE), {"file": sheet}, headers={"accept-language": "zh-hans"}).content.decode()
    assert "一个是网店名称（旗舰店）" in page
    assert officer.post(reverse(PAGE), {"text": "云岭山货", "export": "xlsx"}).content[:2] == b"PK"
    assert officer.post(reverse(PAGE), {"text": " "}).status_code == 422
    told = [json.loads(leaf.body)["data"] for leaf in Leaf.objects.filter(action="subjects.names.matched").order_by("index")]
    assert told == [{"asked": 2, "found": 1}, {"asked": 1, "found": 1}, {"asked": 1, "found": 1}]


def test_possible_doubles_are_shown_and_joined_by_nobody(officer: Client) -> None:
    kept, bare = firm("鹤岗市云岭山货有限公司", 1), firm("鹤岗云岭山货公司")
    firm("鹤岗市云峰山货有限公司", 2)
    (row,) = queries.possible_doubles()
    assert (row["name"], row["other"]) == (bare.name, kept.name) and str(kept.pk) in row["url"]
    page = officer.get(reverse("subjects:possible")).content.decode()
    assert bare.name in page and kept.name in page
    assert kept.name in officer.get(reverse("subjects:same_with", args=[bare.pk])).content.decode()
    assert not Joining.objects.exists()


def test_a_pair_is_compared_by_name_and_a_judgement_stands_on_both_pages(officer: Client) -> None:
    """The reasons stand in words, not codes; once judged, each entry leads to the other; a split takes it away."""
    kept, other = firm("鹤岗市云岭山货有限公司", 1, source="form"), firm("鶴崗市雲嶺山貨公司", division="230402", source="form")
    pair = officer.get(reverse("subjects:same_with", args=[kept.pk]), {"with": other.pk}, headers={"accept-language": "zh-hans"})
    assert "字号相同（云岭）" in pair.content.decode() and "向阳区" in pair.content.decode() and "登记表" in pair.content.decode()
    judgement = actions.propose_same(samples.officer(), kept.pk, other.pk, "住所相同")
    assert judgement.page_url not in officer.get(kept.officer_page).content.decode(), "nothing is judged yet"
    actions.decide_same(samples.officer(), judgement.pk, confirm=True)
    for one, twin in ((kept, other), (other, kept)):
        page = officer.get(one.officer_page).content.decode()
        assert judgement.page_url in page and twin.name in page and "住所相同" in page
    actions.ask_split(samples.officer(), judgement.pk, "经营者不同")
    actions.decide_split(samples.officer(), judgement.pk, split=True)
    assert other.name not in officer.get(kept.officer_page).content.decode()


def test_the_demo_has_a_true_double_one_that_only_looks_so_and_one_that_waits() -> None:
    for _turn in range(2):
        demo.fill(samples.officer(), samples.officer())
    assert {(row["name"], row["other"]) for row in queries.possible_doubles()} == {
        (other[0], kept[0]) for kept, other in (demo.SAME, demo.ALIKE, demo.WAITING)
    }
    assert [one.kept.name for one in Joining.objects.all()] == [demo.WAITING[0][0]]
    with translation.override("zh-hans"):
        told = {row["name"]: (row["verdict"], row["score"]) for row in queries.possible_doubles()}
    assert told[demo.SAME[1][0]] == ("同一主体名称", 100), "its own entry is no rival of the other"
    assert told[demo.ALIKE[1][0]][0] == "可能相同，须人工核对"
