"""Search answers exactly as LIKE would, and never finds a natural person by name."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chengxin.kernel import clock, search
from chengxin.subjects import actions, queries
from chengxin.subjects.models import IndexedName, Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
letters = st.text("鹤岗市向阳区北山粮油店超ABab12 （）()·", max_size=8)


@pytest.fixture(autouse=True)
def a_day_in_november():
    with clock.set_to(datetime(2026, 11, 24, 12, tzinfo=clock.CITY)):
        yield


def like(text: str) -> set[int]:
    wanted = search.normal(text.strip())
    return {row.pk for row in IndexedName.objects.all() if wanted and wanted in row.text}


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(letters.filter(str.strip), min_size=1, max_size=8), letters)
def test_the_number_of_hits_is_that_of_like(names: list[str], text: str) -> None:
    IndexedName.objects.all().delete()
    now = clock.now()
    owner, _ = Subject.objects.get_or_create(kind="4", name="x", defaults={"created_at": now, "updated_at": now, "created_by": "system:t"})
    for name in names:
        normal = search.normal(name)
        IndexedName.objects.create(subject=owner, text=normal, tokens=search.bigrams(normal))
    assert {row.pk for row in queries.hits(text)} == like(text)


def test_a_changed_name_is_found_by_both_names_and_a_removed_one_not_at_all() -> None:
    shop = samples.shop(samples.platform(), samples.row())
    actions.change_subject(shop.subject, {"name": "鹤岗市兴安区南山百货店"}, "登记变更", samples.officer())
    assert set(queries.search_subjects("南山百货")) == {shop.subject}
    assert set(queries.search_subjects("向阳区北山粮油店1")) == {shop.subject}
    IndexedName.objects.all().delete()
    assert not queries.hits("南山百货").exists()


@pytest.mark.parametrize(
    "text", ["北山粮油店", "北山", "92230499", "https://www.shop.example/s/1/", "shop.example/s/1", "S00001", "王示例", "粮"]
)
def test_a_subject_is_found_by_everything_public(text: str) -> None:
    shop = samples.shop(samples.platform(), samples.row())
    wanted = samples.uscc(1) if text == "92230499" else text
    assert list(queries.search_subjects(wanted)) == [shop.subject]


def test_another_name_is_not_found() -> None:
    samples.shop(samples.platform(), samples.row())
    assert not queries.search_subjects("山北").exists()
    assert not queries.search_subjects("").exists()


def test_a_natural_person_is_not_found_by_name_or_number_and_its_shop_is() -> None:
    shop = samples.shop(samples.platform(), samples.exempt_row(shop_name="小院手作"))
    for secret in ("李示例", samples.id_number(1), "10012345678", "李"):
        assert not queries.search_subjects(secret).exists()
    assert list(queries.search_subjects("小院手作")) == [shop.subject]


def test_the_public_card_of_a_person_shows_no_person() -> None:
    shop = samples.shop(samples.platform(), samples.exempt_row(**samples.verified(verify_method="id_service")))
    card = queries.public_card(shop.subject)
    text = str(card)
    assert card.name == "李**"
    assert card.address == "鹤岗市向阳区****"
    assert card.shops[0].declaration["zh"].startswith("个人从事零星小额")
    for secret in ("李示例", samples.id_number(1), "10012345678", "示例街"):
        assert secret not in text


def test_a_draft_or_merely_seen_shop_is_on_no_card() -> None:
    shop = samples.shop(samples.platform(), samples.row())
    assert queries.public_card(shop.subject).shops == []


def test_latin_letters_are_looked_for_in_the_names_that_hold_any() -> None:
    shop = samples.shop(samples.platform(), samples.row(shop_name="Nanshan 88 粮"))
    for text in ("nanshan", "SHAN 8", "88 粮", "8", "ｎａｎ"):
        assert list(queries.search_subjects(text)) == [shop.subject]
    assert not queries.search_subjects("nansham").exists() and not queries.search_subjects("nan_han").exists()
    assert IndexedName.objects.filter(pk__in=queries.hits("nanshan")).exists()  # within another question the table has another name
    plan = queries.hits("nansham").order_by("pk").explain()
    assert connection.vendor != "sqlite" or "subjects_latin_name" in plan
