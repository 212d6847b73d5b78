"""The form of a shop: goods and permits in words, and what is wrong with it said at its head."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.subjects.forms import ShopForm
from chengxin.subjects.models import Shop
from chengxin.subjects.tests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def filled(**changes: Any) -> ShopForm:
    given = {**samples.row(1, **samples.verified()), "categories": ["food", "drug"], **changes}
    return ShopForm(given, platforms=[samples.platform()])


def test_goods_are_chosen_in_words_and_permits_named_in_words() -> None:
    form = filled(permits="药品经营许可证:DB1:2027-06-30;FB:JY2")
    assert form.is_valid() and form.entry is not None, form.errors
    assert form.entry.categories == ("food", "drug")
    assert {(one.kind, one.number) for one in form.entry.permits} >= {("DB", "DB1"), ("FB", "JY2")}
    assert "food" not in [label for _code, label in form.fields["categories"].choices]  # type: ignore[attr-defined]
    assert not filled(permits="某某证:1").is_valid() and not filled(categories=["nothing"]).is_valid()


def test_the_head_of_a_long_form_says_what_to_correct(client: Client) -> None:
    where = samples.platform()
    user = User.objects.create_user("staff", display_name="平台员工")
    install_grant(user, "platform_staff", Scope("", where.code, None))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    shop = samples.shop(where, samples.row(1, categories="food;farm"))
    page = client.get(reverse("subjects:shop_edit", args=[shop.pk]), headers={"accept-language": "zh-hans"}).content.decode()
    assert page.count('type="checkbox"') - page.count("checked") > 0 and page.count("checked") == 2
    assert "尚未保存" not in page
    answer = client.post(reverse("subjects:shop_new"), {"shop_id": ""}, headers={"accept-language": "zh-hans"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "尚未保存。请更正以下" in page and 'href="#id_shop_name"' in page and "请填写此项。" in page
    assert Shop.objects.count() == 1
