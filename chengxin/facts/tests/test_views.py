from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.facts import crosschecks, tasks, views
from chengxin.facts.actions import accept_batch
from chengxin.facts.kinds import kinds
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.jobs.models import Job
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import Platform

pytestmark = pytest.mark.one_database  # on PostgreSQL tests/gates opens every page


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def browser(name: str, role: str, *, department: str = "", on: str = "", language: str = "zh-hans") -> Client:
    load_departments()
    user = User.objects.create_user(name, "a long enough pass phrase", display_name=name)
    install_grant(user, role, Scope(department, on, None))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def staff(platform: Platform) -> Client:
    return browser("staff", "platform_staff", on="shanhuo")


def upload(client: Client, data: bytes, name: str = "orders.csv", **more: str) -> Any:
    given = {"platform": "shanhuo", "kind": "order", "file": SimpleUploadedFile(name, data), **more}
    return client.post("/platform/report/", given)


def test_a_file_is_uploaded_and_its_receipt_page_names_what_was_set_aside(staff: Client) -> None:
    rows = [*sheets.orders(5), sheets.order(6, qty=0)]
    answer = upload(staff, sheets.as_csv(rows, "gb18030"))
    receipt = Receipt.objects.get()
    assert answer.status_code == 302 and answer["Location"] == receipt.page
    page = staff.get(receipt.page).content.decode()
    assert "被隔离的行" in page and "“数量”小于 1" in page and receipt.identity in page
    assert staff.get(f"{receipt.page}?export=xlsx").content[:2] == b"PK"
    assert staff.get(f"{receipt.page}receipt.json").content.decode() == receipt.document


def test_what_is_wrong_with_a_file_is_said_at_the_file(staff: Client) -> None:
    for data, name, said in (
        (b"a,b\n1,2\n", "orders.csv", "文件缺少必填列"),
        (b"x", "orders.pdf", "不支持这种文件格式"),
        (b"PK\3\4x", "a.xlsx", "不是完整的 xlsx"),
    ):
        answer = upload(staff, data, name)
        assert answer.status_code == 422 and said in answer.content.decode(), name
    assert not Receipt.objects.exists()


def test_a_platform_reports_only_for_itself(staff: Client) -> None:
    Platform.objects.create(code="other", name="other")
    assert upload(staff, sheets.as_csv(sheets.orders(2)), platform="other").status_code == 422
    theirs = accept_batch("other", "order", sheets.ndjson(sheets.orders(1)), "ndjson", "system:test")
    assert staff.get(theirs.page).status_code == 404 and staff.get(f"{theirs.page}receipt.json").status_code == 404
    assert str(theirs.pk) not in staff.get("/platform/receipts/").content.decode()


def test_a_large_upload_becomes_a_job_with_progress(staff: Client, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(views, "AT_ONCE", 100)
    answer = upload(staff, sheets.as_csv(sheets.orders(20)))
    job = Job.objects.get(target="chengxin.facts.tasks:import_upload")
    assert answer["Location"] == job.page and not Receipt.objects.exists()
    assert tasks.import_upload(**job.kwargs) == [str(Receipt.objects.get().id)]
    assert not list((tmp_path / "uploads").iterdir()) and Receipt.objects.get().actor == job.owner


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(platform: Platform, language: str) -> None:
    staff = browser("staff", "platform_staff", on="shanhuo", language=language)
    receipt = accept_batch(platform, "order", sheets.ndjson([sheets.order(1), sheets.order(2, qty=0)]), "ndjson", "system:test")
    for page in (
        "/platform/report/",
        "/platform/receipts/",
        "/platform/disagreements/",
        receipt.page,
        "/platform/receipts/?aside=yes&since=2026-01-01",
        "/platform/receipts/?since=junk&until=9",
    ):
        answer = staff.get(page)
        assert answer.status_code == 200, page
        assert ("set aside" in answer.content.decode().lower()) <= (language == "en")


def test_templates_are_downloaded_for_every_kind(staff: Client) -> None:
    assert all(staff.get(f"/platform/report/template/{kind}.xlsx").content[:2] == b"PK" for kind in kinds())
    assert staff.get("/platform/report/template/nothing.xlsx").status_code == 404


def test_an_officer_sees_who_reported_what_and_the_gaps(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengxin.accounts.middleware.SECOND_FACTOR", frozenset(), raising=False)
    accept_batch(platform, "order", sheets.ndjson(sheets.orders(30)), "ndjson", "system:test")
    from chengxin.facts import queries

    line = queries.reporting()[0]
    assert (line["platform"], line["kind"], line["accepted"], line["valid"]) == ("shanhuo", "order", 30, 1.0)
    assert line["gap"] == 10  # facts of 1 to 20 November in the 30 days to 24 November


def test_disagreements_are_listed_for_the_platform(staff: Client, platform: Platform) -> None:
    accept_batch(
        platform,
        "payment",
        sheets.ndjson([{"payment_no": "P1", "order_no": "T9", "payer": "U", "amount": "1.00", "paid_at": "2026-11-03"}]),
        "ndjson",
        "system:test",
    )
    receipt = accept_batch(platform, "order", sheets.ndjson([sheets.order(1, paid_at="2026-11-22 11:00:00")]), "ndjson", "system:test")
    crosschecks.cross_check(receipt)
    assert "订单标为已付款，但没有报送支付" in staff.get("/platform/disagreements/").content.decode()
    assert "T000001" in staff.get(receipt.page).content.decode()


def test_strangers_do_not_get_in(db: None) -> None:
    for page in ("/platform/report/", "/platform/receipts/", "/officer/reports/"):
        assert Client().get(page).status_code in (302, 403)


def test_a_large_upload_that_is_refused_leaves_no_file_behind(
    staff: Client, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(views, "AT_ONCE", 10)
    file = SimpleUploadedFile("orders.parquet", b"PAR1 nothing of the kind PAR1")
    staff.post("/platform/report/", {"platform": "shanhuo", "kind": "order", "file": file})
    job = Job.objects.get(target="chengxin.facts.tasks:import_upload")
    with pytest.raises(ChengxinError):
        tasks.import_upload(**job.kwargs)
    assert not list((tmp_path / "uploads").iterdir())
