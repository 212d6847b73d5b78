from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from chengxin.accounts import access
from chengxin.kernel.errors import Conflict
from chengxin.supervision.tests import town
from chengxin.urls import handler400, handler403, handler404, handler500  # noqa: F401 - the urlconf below is this module
from chengxin.urls import urlpatterns as house
from chengxin.web import doors, errors

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # on PostgreSQL tests/gates opens every page


@access.open_to_all
def conflicts(request):
    raise Conflict


@access.open_to_all
def no_database(request):
    raise OperationalError("disk I/O error")


@access.open_to_all
def breaks(request):
    raise RuntimeError("never shown 84a1")


urlpatterns = [path("conflicts/", conflicts), path("no-database/", no_database), path("breaks/", breaks), *house]


def test_chinese_comes_first_whatever_the_browser_prefers(client):
    page = client.get("/", HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    assert page.headers["Content-Language"] == "zh-Hans" and "这家店可信吗" in page.content.decode()


def test_english_is_one_click_away_and_stays(client):
    answer = client.post("/language/", {"language": "en", "next": "/about/"})
    assert answer.headers["Location"] == "/about/"
    assert "About this service" in client.get("/about/").content.decode()


@pytest.mark.parametrize("cookie", ["fr", "xx-yy", "../..", ""])
def test_a_language_we_do_not_have_is_chinese(client, cookie):
    client.cookies["django_language"] = cookie
    assert client.get("/").headers["Content-Language"] == "zh-Hans"


def test_the_language_switch_does_not_lead_away(client):
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"}).headers["Location"] == "/"


def test_a_missing_page_says_what_why_and_next(client):
    answer = client.get("/nothing-here/")
    text = answer.content.decode()
    assert answer.status_code == 404 and "没有找到" in text and "接下来怎么办" in text


def test_a_missing_api_path_answers_in_problem_json(client):
    answer = client.get("/api/v2/nothing/")
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_of_the_family_is_a_page_with_its_status(client):
    answer = client.get("/conflicts/")
    assert answer.status_code == 409 and "当前状态下不能这样做" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_without_a_database_there_is_still_a_page(client):
    answer = client.get("/no-database/")
    assert answer.status_code == 503 and "服务暂时不可用" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__, DEBUG=False)
def test_a_crash_tells_nothing_of_the_inside():
    answer = Client(raise_request_exception=False).get("/breaks/")
    assert answer.status_code == 500 and "系统出错了" in answer.content.decode() and "84a1" not in answer.content.decode()


def test_an_expired_form_says_that_nothing_was_sent():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "li"})
    assert answer.status_code == 403 and "表单已失效" in answer.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_every_error_page_has_all_three_texts_in_both_languages(status):
    from chengxin.kernel.errors import Forbidden, NotFound

    family = [errors.BadRequest, Forbidden, NotFound, Conflict, errors.TooLarge, errors.TooMany, errors.Broken, errors.Unavailable]
    (one,) = [each for each in family if each.status == status]
    assert one.what["zh"] and one.what["en"] and one.next["zh"] and one.next["en"]


PAGES = ["/", "/about/", "/search/?q=没有", "/nothing/", "/accounts/login/", "/verify/"]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_inline_style_script_or_handler(client, address):
    page = client.get(address).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page)
    assert not re.search(r"""(?:src|href)=["']https?://(?!localhost)[^"']+\.(?:css|js|woff2?)""", page)


def test_the_policy_is_strict(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("role", "scope", "home"),
    [
        ("officer", {"department": "SAMR"}, "/officer/"),
        ("head", {"department": "SAMR"}, "/officer/"),
        ("platform_staff", {"on": "shanhuo"}, "/platform/"),
        ("leader", {}, "/coordination/"),
        ("secadmin", {}, "/admin/"),
    ],
)
def test_each_role_lands_at_its_own_door(client, role, scope, home):
    person = town.person(role, role, **scope)
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/home/").headers["Location"] == home
    assert client.get(home).status_code == 200


def test_a_door_is_closed_to_other_roles(client):
    client.force_login(town.person("o", "officer", department="SAMR").user, backend="django.contrib.auth.backends.ModelBackend")
    for path_ in ("/platform/", "/admin/", "/merchant/", "/platform/requests/"):
        assert client.get(path_).status_code == 403


def test_every_icon_of_the_doors_exists():
    from chengxin.web.templatetags.chengxin import icon_paths

    for name, door in doors.table().items():
        for entry in [*door["entries"], *([door] if "icon" in door else [])]:
            assert name == "footer" or entry["icon"] in icon_paths()


def test_a_long_shelf_hangs_in_groups_and_a_group_of_one_is_a_link():
    hung = doors.parts(doors.shelf("officer", ["officer"], "/officer/records/"))
    assert [part.label for part in hung if part.current] == ["主体与信用"]
    assert [entry.label for part in hung for entry in part.entries] == [entry.label for entry in doors.shelf("officer", ["officer"])]
    alone = doors.Entry("/x/", "x", "home", group="y")
    assert doors.parts([alone]) == [doors.Part("", (alone,))]


def test_members_of_a_group_are_neighbours():
    for name, door in doors.table().items():
        named = [key for key, _ in groupby(entry["group"] for entry in door["entries"] if "group" in entry)]
        assert len(named) == len(set(named)), name
        assert set(named) <= set(door.get("groups", {})), name


def test_the_icons_draw_nothing_but_paths():
    from chengxin.web.templatetags.chengxin import icon_paths

    for name, paths in icon_paths().items():
        assert re.fullmatch(r"(?:<(?:path|circle|rect|line)\b[^<>]*/>\s*)+", paths), name


def test_the_address_in_the_switch_is_escaped():
    page = Client().get("/search/?q=%22%3E%3Cscript%3E").content.decode()
    assert "<script>" not in page


def test_a_json_reader_gets_json():
    request = RequestFactory().get("/x/", headers={"Accept": "application/json"})
    assert errors.wants_json(request)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/officer/", "今日"),
        ("/officer/interviews/IV1/", "平台责任"),
        ("/officer/cases/SAMR-2026-0001/", "案件"),
        ("/officer/unknown/", ""),
    ],
)
def test_the_shelf_marks_the_entry_a_page_belongs_to(path: str, label: str) -> None:
    with translation.override("zh-hans"):
        marked = [one.label for one in doors.shelf("officer", ["officer"], path) if one.current]
    assert marked == ([label] if label else [])


def lost(template: str) -> set[str]:
    """Addresses that a template names in one block and uses in another, where they are empty: a link that goes nowhere."""
    blocks = re.findall(r"\{% block (\w+) %\}(.*?)\{% endblock(?: \w+)? %\}", template, re.DOTALL)
    named = {(name, address) for name, body in blocks for address in re.findall(r"\{% url [^%]*? as (\w+) %\}", body)}
    return {
        address
        for name, address in named
        for other, body in blocks
        if other != name and re.search(rf"\b{address}\b", body) and (other, address) not in named
    }


def test_an_address_is_named_in_the_block_that_uses_it():
    templates = Path(__file__).parents[2].rglob("templates/**/*.html")
    assert {str(path): found for path in templates if (found := lost(path.read_text(encoding="utf-8")))} == {}


def test_an_address_named_in_another_block_would_be_seen():
    crumbs, link = '{% block crumbs %}{% url "a:desk" as back_url %}{% endblock %}', '<a href="{{ back_url }}">'
    assert lost(f"{crumbs}{{% block content %}}{link}{{% endblock %}}") == {"back_url"}
    assert lost(f'{crumbs}{{% block content %}}{{% url "a:desk" as back_url %}}{link}{{% endblock %}}') == set()
