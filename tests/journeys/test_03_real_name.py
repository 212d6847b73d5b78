"""(三) 实名登记和认证: platforms register and verify who trades, keep it current, watch the exempt, report twice a year; anybody can check.

Driven from outside: pages and API, by people with their own accounts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from chengxin.accounts import actions as accounts
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.kernel import clock
from chengxin.subjects import actions, queries
from chengxin.subjects.models import IdentityReportBatch, Platform, Shop, Subject
from chengxin.subjects.tests import samples
from chengxin.subjects.vocabulary import shop_columns

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]  # pages; the register's acts are tested in their room on both
Enter = Callable[..., Client]
PNG = b"\x89PNG\r\n\x1a\n the licence"


@pytest.fixture(autouse=True)
def the_city(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    with clock.set_to(datetime(2026, 11, 24, 9, tzinfo=clock.CITY)):
        accounts.load_departments()
        samples.platform("beiling")
        samples.platform("nanshan")
        yield


@pytest.fixture
def enter() -> Enter:
    """Somebody signs in: enter("platform_staff", platform="beiling")."""

    def sign_in(role: str, number: int = 1, **scope: Any) -> Client:
        user = User.objects.create_user(f"{role.replace('_', '-')}{number}", "a long enough pass phrase", display_name=f"{role} {number}")
        with transaction.atomic():
            install_grant(user, role, Scope(scope.get("department", ""), scope.get("platform", ""), scope.get("subject")))
        return sign_in_again(Client(headers={"accept-language": "zh-hans"}), user.username)

    return sign_in


def sign_in_again(client: Client, username: str) -> Client:
    """Months later the session is long over."""
    client.logout()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, "") for name in shop_columns()}


def register(client: Client, values: dict[str, Any]) -> Shop:
    answer = client.post("/platform/shops/new/", form(values))
    assert answer.status_code == 302, answer.content.decode()
    return Shop.objects.get(shop_id=values["shop_id"])


def test_a_platform_registers_a_shop_two_people_verify_it_and_everybody_can_check_it(enter: Enter) -> None:
    one, other = enter("platform_staff", 1, platform="beiling"), enter("platform_staff", 2, platform="beiling")
    shop = register(one, samples.row(1))
    one.post(f"/platform/shops/{shop.pk}/start_check/")
    text = one.post(f"/platform/shops/{shop.pk}/first_look/", {"image": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")})
    assert text.status_code == 422
    one.post(f"/platform/shops/{shop.pk}/first_look/", {"image": SimpleUploadedFile("a.png", PNG)})
    alone = one.post(f"/platform/shops/{shop.pk}/second_look/", follow=True)
    assert "复核须由另一人完成" in alone.content.decode()
    link = re.search(r'href="(/shops/[^"]+/image/[0-9a-f]{64})"', other.get(f"/platform/shops/{shop.pk}/").content.decode())
    assert link
    assert other.get(link[1]).content == PNG
    assert enter("platform_staff", 3, platform="nanshan").get(link[1]).status_code == 404
    other.post(f"/platform/shops/{shop.pk}/second_look/")
    page = one.get(f"/platform/shops/{shop.pk}/").content.decode()
    assert "已核验且在有效期内" in page
    assert "2027-05-24" in page
    assert queries.public_card(Subject.objects.get()).shops[0].current


def test_a_wrong_check_character_is_refused_with_the_right_one(enter: Enter) -> None:
    good = samples.uscc(1)
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    answer = enter("platform_staff", platform="beiling").post("/platform/shops/new/", form(samples.row(1, uscc=wrong)))
    assert answer.status_code == 422
    assert f"第 18 位应为“{good[17]}”" in answer.content.decode()
    assert not Shop.objects.exists()


def test_a_sheet_of_shops_comes_back_with_its_errors_named(enter: Enter) -> None:
    staff, out, columns = enter("platform_staff", platform="beiling"), io.StringIO(), shop_columns()
    writer = csv.writer(out)
    writer.writerow([column["zh"] for column in columns.values()])
    for values in (samples.row(1), samples.row(2, phone="1"), samples.row(3, kind="7")):
        writer.writerow([values.get(name, "") for name in columns])
    file = SimpleUploadedFile("店铺.csv", out.getvalue().encode("gb18030"))
    page = staff.post("/platform/shops/import/", {"file": file}, follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "消费者" in text or "对消费者" in text
    assert Shop.objects.count() == 1
    run = page.redirect_chain[0][0]
    assert staff.get(f"{run}errors.xlsx").content[:2] == b"PK"
    assert enter("platform_staff", 2, platform="nanshan").get(run).status_code == 404


def test_an_expired_licence_takes_the_display_away_on_the_same_day(enter: Enter) -> None:
    staff = enter("platform_staff", platform="beiling")
    shop = register(staff, samples.row(1, licence_expires_on="2026-12-31", **samples.verified()))
    with clock.set_to(datetime(2027, 1, 1, 0, 5, tzinfo=clock.CITY)):
        actions.lapse_overdue()
        page = sign_in_again(staff, "platform-staff1").get(f"/platform/shops/{shop.pk}/").content.decode()
        assert "需补正" in page
        assert "未显示为已核验" in page
        register(staff, samples.row(1, licence_expires_on="2031-12-31"))
    shop.refresh_from_db()
    assert shop.state == "SUBMITTED"


def test_an_identity_that_is_not_verified_again_in_six_months_waits_in_the_queue(enter: Enter) -> None:
    shop = register(enter("platform_staff", platform="beiling"), samples.row(1, **samples.verified()))
    officer = enter("officer", department="SAMR")
    with clock.set_to(datetime(2027, 5, 3, 0, 5, tzinfo=clock.CITY)):
        actions.lapse_overdue()
        page = sign_in_again(officer, "officer1").get("/officer/subjects/reverification/").content.decode()
        board = officer.get("/officer/subjects/coverage/").content.decode()
    assert shop.shop_id in page
    assert "核验逾期" in page
    assert "beiling" in board


def test_an_exempt_sellers_turnover_is_summed_over_all_platforms_and_the_seller_is_told(enter: Enter) -> None:
    one = register(enter("platform_staff", 1, platform="beiling"), samples.exempt_row(1))
    other = register(enter("platform_staff", 2, platform="nanshan"), samples.exempt_row(1, shop_id="N1"))
    actions.note_turnover([(one.token, 2026, 6, 6_000_000), (other.token, 2026, 7, 5_000_000)])
    page = enter("merchant", subject=one.subject_id).get("/merchant/subjects/").content.decode()
    assert page.count("年交易额超十万元") >= 2
    assert "办理登记" in page


def test_the_january_report_leaves_out_no_verified_shop_and_each_row_gets_a_receipt(enter: Enter) -> None:
    staff = enter("platform_staff", platform="beiling")
    for number in (1, 2):
        register(staff, samples.row(number, **samples.verified()))
    register(staff, samples.exempt_row(3, **samples.verified(verify_method="id_service")))
    built = staff.post("/identity-reports/", {"platform": "beiling", "year": 2027, "month": 1})
    page = built["Location"]
    clear = staff.post(page, {"channel": ""})
    assert clear.status_code == 422
    assert staff.post(page, {"channel": "政务专网"}).status_code == 302
    rows = json.loads(staff.get(f"{page}unregistered.json").content)
    assert [sorted(row) for row in rows] == [
        ["address", "contact", "declaration", "id_no", "name", "over_100k", "shop_name", "url_or_path"]
    ]
    enter("officer", department="SAMR").post(f"{page}answer/", {"row-2": "地址不全"})
    receipts = list(IdentityReportBatch.objects.get().rows.values_list("receipt", flat=True))
    assert receipts == ["accepted", "rejected", "accepted"]


def test_a_person_sees_who_read_the_own_data_and_an_officer_must_say_why(enter: Enter) -> None:
    shop = register(enter("platform_staff", platform="beiling"), samples.exempt_row(1))
    officer = enter("officer", department="SAMR")
    page = f"/officer/subjects/{shop.subject_id}/"
    plain = officer.get(page).content.decode()
    assert "李示例" not in plain
    assert samples.id_number(1) not in plain
    asked = officer.get(f"{page}?personal=1")
    assert asked.status_code == 302
    assert "purpose" in asked["Location"]
    shown = officer.get(f"{page}?personal=1", headers={"x-purpose": "%E6%A0%B8%E6%9F%A5%E6%A1%88%E4%BB%B6"}).content.decode()
    assert samples.id_number(1) in shown
    mine = enter("merchant", subject=shop.subject_id).get("/merchant/subjects/").content.decode()
    assert "officer 1" in mine
    assert "核查案件" in mine


def test_the_register_is_searched_by_name_code_link_and_shop_id_and_exported(enter: Enter) -> None:
    shop = register(enter("platform_staff", platform="beiling"), samples.row(1))
    officer = enter("officer", department="SAMR")
    for text in ("北山粮油", samples.uscc(1), "https://shop.example/s/1", "S00001"):
        assert str(shop.subject_id) in officer.get("/officer/subjects/", {"q": text}).content.decode()
    for kind in ("xlsx", "csv", "json"):
        answer = officer.get("/officer/subjects/", {"export": kind})
        assert answer.status_code == 200
        assert answer.content


def test_platforms_and_merchants_see_only_their_own_and_strangers_the_same_as_nothing(enter: Enter) -> None:
    shop = register(enter("platform_staff", 1, platform="beiling"), samples.row(1))
    stranger = enter("platform_staff", 2, platform="nanshan")
    missing = "00000000-0000-7000-8000-000000000000"
    for path in ("", "edit/"):
        theirs, nothing = stranger.get(f"/platform/shops/{shop.pk}/{path}"), stranger.get(f"/platform/shops/{missing}/{path}")
        assert theirs.status_code == nothing.status_code == 404
    assert stranger.post(f"/platform/shops/{shop.pk}/leave/").status_code == 404
    assert Client().get("/officer/subjects/").status_code == 302
    assert enter("merchant", subject=shop.subject_id).get("/officer/subjects/").status_code == 403


def bearer(platform: Platform, *scopes: str) -> dict[str, str]:
    from datetime import timedelta

    from django.utils import timezone
    from oauth2_provider.models import get_access_token_model, get_application_model

    from chengxin.accounts.models import PlatformClient

    kind = get_application_model()
    application = kind.objects.create(name=platform.code, client_type="confidential", authorization_grant_type="client-credentials")
    PlatformClient.objects.create(application=application, name=platform.code, platform_code=platform.code, scopes=list(scopes))
    token = f"token-{platform.code}"
    later = timezone.now() + timedelta(hours=1)
    get_access_token_model().objects.create(application=application, token=token, expires=later, scope=" ".join(scopes))
    return {"authorization": f"Bearer {token}"}


def test_a_platforms_machine_registers_shops_and_asks_for_their_verification() -> None:
    head = bearer(Platform.objects.get(code="beiling"), "shops:write", "shops:read")
    client = Client()

    def post(path: str, body: Any) -> Any:
        return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=head)

    values = samples.row(1, **samples.verified())
    first, again = post("/shops", values), post("/shops", values)
    assert (first.status_code, first.json()["outcome"], first.json()["state"]) == (200, "created", "VERIFIED")
    assert again.json()["outcome"] == "unchanged"
    known = client.get("/api/v1/shops/S00001/verification", headers=head).json()
    assert known["current"] is True
    assert known["verifications"][0]["result"] == "pass"
    refused = post("/shops", samples.row(2, uscc="92230499MA000000I9"))
    assert refused.status_code == 422
    assert refused.json()["data"]["problems"][0]["field"] == "uscc"
    assert post("/shops", {**values, "score": "5"}).status_code == 422
    batch = post("/shops/batch", {"shops": [samples.row(3), samples.row(4, phone="1")]}).json()
    assert (batch["accepted"], batch["refused"], batch["errors"][0]["row"]) == (1, 1, 2)
    assert [one["shop_id"] for one in client.get("/api/v1/shops", headers=head).json()] == ["S00001", "S00003"]
    other = bearer(Platform.objects.get(code="nanshan"), "shops:read")
    assert client.get("/api/v1/shops/S00001/verification", headers=other).status_code == 404
    assert client.get("/api/v1/shops").status_code == 401
