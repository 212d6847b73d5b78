"""Natural persons are found only by those of the desk, for a stated purpose, and never by an address."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.template import RequestContext, Template
from django.test import Client
from django.urls import reverse

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.audit.models import Leaf
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
PAGE = "/officer/subjects/person/"
PURPOSE = {"X-Purpose": quote("核查线索")}


@pytest.fixture
def officer(client: Client) -> Client:
    load_departments()
    user = User.objects.create_user("officer", display_name="officer")
    install_grant(user, "officer", Scope("SAMR", "", None))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_form_opens_only_for_a_stated_purpose(officer: Client) -> None:
    asked = officer.get(PAGE)
    assert asked.status_code == 302 and asked["Location"].startswith("/purpose/?next=")
    assert officer.get(PAGE, headers=PURPOSE).status_code == 200


def test_a_find_by_the_whole_name_is_logged_and_a_name_in_the_address_finds_nothing(officer: Client) -> None:
    samples.shop(samples.platform(), samples.exempt_row())
    reads = Leaf.objects.filter(action__contains="read")
    before = reads.count()
    by_address = officer.get(f"{PAGE}?name=李示例", headers=PURPOSE).content.decode()
    assert "李**" not in by_address and reads.count() == before
    found = officer.post(PAGE, {"name": "李示例"}, headers=PURPOSE).content.decode()
    assert "李**" in found and reads.count() == before + 1


def test_part_of_a_name_finds_nobody(officer: Client) -> None:
    samples.shop(samples.platform(), samples.exempt_row())
    page = officer.post(PAGE, {"name": "李示"}, headers=PURPOSE).content.decode()
    assert "李**" not in page and "登记册中没有" in page


def test_a_natural_person_reads_their_own_name_and_nobody_else_does(officer: Client) -> None:
    """On the pages of their own file; the register shows the masked name to all others."""
    shop = samples.shop(samples.platform(), samples.exempt_row())
    assert shop.subject is not None
    owner = User.objects.create_user("owner", display_name="经营者")
    install_grant(owner, "merchant", Scope(subject=shop.subject_id))
    own = Client()
    own.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("subjects:mine", "records:mine", "lists:mine"):
        assert "李示例" in own.get(reverse(name)).content.decode(), name
    assert "李示例" not in officer.get(shop.subject.officer_page).content.decode()
    page = Template("{% load chengxin %}{% name_for subject %}")
    stranger = Client().get("/").wsgi_request
    assert page.render(RequestContext(stranger, {"subject": shop.subject})) == shop.subject.name
