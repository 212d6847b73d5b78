"""Is it real; reports of imitation; official links of permits; what a category asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chengxin.evidence.tests.captured import capture
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.marks import actions, checking, queries, requirements, tasks
from chengxin.marks.actions import permits
from chengxin.marks.errors import LinkWrong, NoReason, NotCaptured
from chengxin.marks.models import ImitationReport, PermitLink
from chengxin.marks.tests import people
from chengxin.subjects.models import Licence, Shop
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db
BAD = "https://beishаn.example/login"  # the a is Cyrillic


@pytest.fixture
def cast():
    return people.town()


def reported():
    return actions.report(BAD, "北山粮油店", "短信里的链接，要我输入银行卡", "13000000000")


def confirmed(cast):
    made = reported()
    capture(cast.officer, made.matter, "SAMR")
    return actions.confirm(cast.officer, made.number, cast.shop.subject_id, "网站未留联系方式，已通过注册商发函", "页面照抄北山粮油店")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("https://beishan.example/", "registered"),
        ("北山粮油店1", "registered"),
        ("beishan.test", "look_alike"),
        ("https://beishаn.example/login", "look_alike"),
        ("beishan.example.pay.test", "look_alike"),
        ("北山糧油店1", "look_alike"),
        ("https://beishan.example/other", "not_registered"),
        ("松岭杂货铺", "not_registered"),
        ("https://elsewhere.test", "not_registered"),
    ],
)
def test_a_link_or_name_gets_a_verdict_with_reasons(cast, text, verdict):
    found = checking.check(text)
    assert (found.verdict, bool(found.reasons)) == (verdict, True)


def test_only_what_an_officer_confirmed_is_called_an_imitation(cast):
    reported()
    assert checking.check(BAD).verdict == "look_alike"
    found = confirmed(cast)
    assert checking.check(BAD).verdict == checking.check("http://sub.beishаn.example/").verdict == "reported"
    with clock.set_to(clock.now() + timedelta(days=400)):
        assert checking.check(BAD).verdict == "look_alike"  # its term is over
    assert found.public_until is not None


def test_a_second_report_of_one_target_joins_the_first(cast):
    first, second = reported(), actions.report("beishаn.example", "北山", "我也收到了")
    assert (first.pk, second.times) == (second.pk, 2)
    assert "我也收到了" in ImitationReport.objects.get().statement


def test_it_is_confirmed_on_both_sides_material_and_once(cast):
    made = reported()
    with pytest.raises(NotCaptured):
        actions.confirm(cast.officer, made.number, cast.shop.subject_id, "未能联系到对方", "页面照抄北山粮油店")
    capture(cast.officer, made.matter, "SAMR")
    with pytest.raises(NoReason):
        actions.confirm(cast.officer, made.number, cast.shop.subject_id, "", "页面照抄北山粮油店")
    actions.confirm(cast.officer, made.number, cast.shop.subject_id, "未能联系到对方", "页面照抄北山粮油店")
    with pytest.raises(StepNotAllowed):
        actions.dismiss(cast.head, made.number, "证据不足以认定")


def test_a_dismissed_report_is_never_public(cast):
    made = reported()
    assert actions.dismiss(cast.head, made.number, "为该商家自己的备用网站").state == "DISMISSED"
    assert list(queries.public_imitations()) == []


# ---- official links


def licence_of(cast):
    return Licence.objects.filter(subject=cast.shop.subject).first()


def answers(monkeypatch, status, body=""):
    got = {"url": "", "status": status, "type": "text/html; charset=utf-8", "body": body.encode(), "error": ""}
    monkeypatch.setattr(permits.jail, "run", lambda *_, **__: got)


def test_a_link_is_alive_while_it_shows_the_licence_and_its_last_good_page_stays(cast, monkeypatch):
    licence = licence_of(cast)
    link = actions.add_link(cast.merchant, licence.pk, "https://reg.example/q?id=1", "东北黑木耳")
    answers(monkeypatch, 200, f"<h1>许可证</h1><script>x</script><p>编号：{licence.number[:6]} {licence.number[6:]}</p>")
    assert tasks.check_links() == "1 ALIVE"
    assert tasks.check_links() == "0"  # not due again
    answers(monkeypatch, 200, "<p>域名出售</p>")
    assert actions.check_link(link).state == "CHANGED"
    answers(monkeypatch, 404)
    assert actions.check_link(link).state == "DEAD"
    kept = PermitLink.objects.get()
    assert "许可证" in kept.good_text
    assert "x" not in kept.good_text.splitlines()
    assert list(queries.bad_links()) == [kept]


def test_only_the_owner_keeps_links_and_only_real_addresses(cast):
    licence = licence_of(cast)
    with pytest.raises(NotFound):
        actions.add_link(cast.stranger, licence.pk, "https://reg.example/1")
    with pytest.raises(NotFound):
        actions.add_link(cast.officer, licence.pk, "https://reg.example/1")
    for wrong in ("javascript:alert(1)", "reg.example", "https://a b.example"):
        with pytest.raises(LinkWrong):
            actions.add_link(cast.merchant, licence.pk, wrong)
    link = actions.add_link(cast.merchant, licence.pk, "https://reg.example/1")
    with pytest.raises(NotFound):
        actions.remove_link(cast.stranger, link.pk)
    actions.remove_link(cast.merchant, link.pk)
    assert not queries.links_of([cast.shop.subject_id]).exists()


# ---- categories


def test_a_food_shop_without_its_licence_misses_it(cast, monkeypatch):
    monkeypatch.setattr(requirements, "_titles", lambda shop, words: ["东北罂粟籽调料"])
    Shop.objects.filter(pk=cast.shop.pk).update(categories=["food"])
    shop = Shop.objects.get(pk=cast.shop.pk)
    (found,) = requirements.of_shop(shop)
    states = [(line.kind, line.state) for line in found.lines]
    assert states[:3] == [("licence", "missing"), ("display", "missing"), ("display", "look")]
    assert [line.said for line in found.lines if line.kind == "prohibited" and line.state == "missing"] == ["东北罂粟籽调料"]
    given = {"kind": "FB", "number": "JY1", "created_at": clock.now(), "created_by": "system:test"}
    licence = Licence.objects.create(subject=shop.subject, **given)
    (found,) = requirements.of_shop(shop, titles=False)
    assert [(line.kind, line.state) for line in found.lines] == [("licence", "met"), ("display", "look"), ("display", "look")]
    Licence.objects.filter(pk=licence.pk).update(expires_on=clock.today() - timedelta(days=1))
    assert requirements.of_shop(shop, titles=False)[0].missing == 2


def test_a_device_needs_a_living_link_to_its_registration(cast):
    shop, made = cast.shop, {"created_at": clock.now(), "created_by": "system:test"}
    shop.categories = ["device3"]
    for kind in ("M3", "MR"):
        Licence.objects.create(subject=shop.subject, kind=kind, number=f"{kind}1", **made)
    assert [line.state for line in requirements.of_shop(shop, titles=False)[0].lines] == ["met", "look", "missing"]
    now = clock.now()
    register = Licence.objects.get(kind="MR")
    PermitLink.objects.create(licence=register, url="https://r.example/1", state="ALIVE", good_at=now, added_by="user:x", added_at=now)
    assert [line.state for line in requirements.of_shop(shop, titles=False)[0].lines] == ["met", "look", "met"]


def test_the_rules_are_dated():
    from datetime import date

    from chengxin.law import law

    assert "drug" not in law.at(date(2022, 11, 30)).codes("category_requirements")
    assert "drug" in law.at(date(2022, 12, 1)).codes("category_requirements")


def test_titles_are_looked_up_in_the_lake(cast):
    assert requirements._titles(cast.shop, ["罂粟"]) == []
