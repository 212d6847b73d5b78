"""The road of one fact, from outside: a platform reports over HTTP, the command line looks, an officer decides, the log keeps it all.

The price trick is that of 《明码标价和禁止价格欺诈规定》 article 16: a struck-out price above the lowest deal of the seven days before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin import cli
from chengxin.audit import outside, tree
from chengxin.audit.models import Leaf
from chengxin.jobs import worker
from chengxin.jobs.models import Outbox
from chengxin.supervision.models import Clue
from tests.journeys import road
from tests.journeys.browser import Visitor

# the walk itself; what it writes and asks is tested in the rooms on both
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Command = Callable[..., str]


@pytest.fixture(autouse=True)
def own_city(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    settings.DATA_DIR, settings.LAKE_DIR = tmp_path / "data", tmp_path / "data" / "lake"
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)


@pytest.fixture
def program() -> road.Program:
    """A platform's program with a token, and its shop on the register."""
    with transaction.atomic():
        made = road.Program(*road.begin())
    made.sign_in().register_shop()
    return made


@pytest.fixture
def chengxin(capsys: pytest.CaptureFixture[str]) -> Command:
    """The `chengxin` command: what it prints; its exit code must be the one given."""

    def run(*arguments: str | Path, code: int = 0) -> str:
        capsys.readouterr()
        assert cli.main([str(one) for one in arguments]) == code, capsys.readouterr()
        return capsys.readouterr().out

    return run


@pytest.fixture
def desk() -> Client:
    """An officer of the market regulator signs in at the door."""
    road.official("lin", "SAMR")
    return sign_in("lin")


def sign_in(name: str) -> Client:
    browser = Client(headers={"accept-language": "zh-hans"})
    answer = browser.post("/accounts/login/", {"login": name, "password": road.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def look(chengxin: Command) -> str:
    """The detector runs, and the worker takes what it found on along the road."""
    said = chengxin("detect", "price_fraud")
    worker.run_once()
    return said


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def acts() -> list[str]:
    """What the public log says was done, oldest first."""
    return list(Leaf.objects.order_by("index").values_list("action", flat=True))


def in_order(wanted: list[str], happened: list[str]) -> bool:
    rest = iter(happened)
    return all(one in rest for one in wanted)


# ---- 1 a platform reports


def test_a_report_gets_a_receipt_and_the_same_report_again_the_same_receipt(program: road.Program) -> None:
    first = program.report("order", road.orders())
    assert road.said(first)["accepted"] == 8
    assert program.report("order", road.orders()) == first
    assert program.report("order", road.orders()[::-1]) == first
    assert acts().count("facts.batch.accepted") == 1


def test_the_command_line_accepts_the_receipt_and_refuses_a_tampered_one(program: road.Program, chengxin: Command, tmp_path: Path) -> None:
    genuine = json.loads(program.report("order", road.orders()))
    file = tmp_path / "receipt.json"

    def verify(given: dict[str, Any], code: int) -> str:
        file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        return chengxin("verify", file, "--key", genuine["key"], code=code)

    assert "真实" in verify(genuine, 0)
    verify({**genuine, "document": genuine["document"].replace('"accepted":8', '"accepted":9')}, 1)
    verify({**genuine, "leaf": {**genuine["leaf"], "body": genuine["leaf"]["body"].replace('"accepted":8', '"accepted":9')}}, 1)
    verify({**genuine, "signature": "0" * 128}, 1)
    chengxin("verify", file, "--key", "0" * 64, code=1)


def test_without_a_token_nothing_is_reported(program: road.Program) -> None:
    program.token = "guessed"
    assert program.post("/api/v1/facts/order", b"{}", road.NDJSON).status_code == 401
    assert "facts.batch.accepted" not in acts()


# ---- 2, 3 a detector looks, and a clue opens


def test_a_struck_out_price_above_the_lowest_deal_of_seven_days_becomes_a_clue(program: road.Program, chengxin: Command) -> None:
    program.report("order", road.orders())
    program.report("price", road.prices())
    assert "1 finding" in look(chengxin)
    clue = Clue.objects.get()
    assert (clue.behaviour, clue.department, clue.state) == ("B13", "SAMR", "OPENED")
    assert clue.members.get().shop.shop_id == road.SHOP
    said = " ".join(clue.reasons.values_list("zh", flat=True))
    assert "129.00" in said and "80.00" in said and "七日" in said


def test_a_struck_out_price_that_was_a_deal_is_no_clue(program: road.Program, chengxin: Command) -> None:
    program.report("order", road.orders())
    program.report("price", road.prices(struck="80.00"))
    assert "0 finding" in look(chengxin)
    assert not Clue.objects.exists()


def test_looking_again_opens_no_second_clue(program: road.Program, chengxin: Command) -> None:
    program.report("order", road.orders())
    program.report("price", road.prices())
    look(chengxin)
    look(chengxin)
    assert Clue.objects.count() == 1


def test_the_twin_a_road_without_its_handlers_ends_after_the_detector(program: road.Program, chengxin: Command, settings: Any) -> None:
    settings.CHENGXIN_ROAD = "tests.journeys.test_road.NOWHERE"
    program.report("order", road.orders())
    program.report("price", road.prices())
    assert "1 finding" in look(chengxin)
    assert not Clue.objects.exists()


NOWHERE: dict[str, list[str]] = {}


# ---- 4 an officer decides, and the log has every act


@pytest.fixture
def clue(program: road.Program, chengxin: Command) -> Clue:
    """The price trick on the desk."""
    program.report("order", road.orders())
    program.report("price", road.prices())
    look(chengxin)
    return Clue.objects.get()


REPORTED = ["facts.batch.accepted", "facts.batch.accepted", "detection.run.finished", "supervision.clue.opened"]


def test_an_officer_sees_opens_checks_and_dismisses_it(clue: Clue, desk: Client, chengxin: Command) -> None:
    assert clue.number in shown(desk, "/officer/") and clue.number in shown(desk, "/officer/clues/")
    page = shown(desk, clue.page_url)
    assert "129.00" in page and "北山粮油店1" in page and "《明码标价和禁止价格欺诈规定》第16条" in page
    assert "第 main 条" not in page
    assert desk.post(f"{clue.page_url}check/").status_code == 302
    assert "K1" in shown(desk, f"{clue.page_url}evidence/price/")
    form = {"pattern": "msrp", "reason": "划线价为厂商建议零售价，已核对厂商目录"}
    assert desk.post(f"{clue.page_url}dismiss/", form).status_code == 302
    assert "已排除" in shown(desk, "/officer/")
    assert clue.number not in shown(desk, "/officer/")
    decided = ["accounts.sign_in.succeeded", "supervision.clue.check_started", "audit.personal.read", "supervision.clue.dismissed"]
    assert in_order([*REPORTED, *decided], acts())
    worker.run_once()
    assert not Outbox.objects.exclude(state=Outbox.State.DONE).exists(), "every event has reached its handlers"
    chengxin("check")
    look(chengxin)
    assert Clue.objects.count() == 1, "what was found harmless stays so without new facts"


def test_an_officer_hands_it_over_and_the_other_desk_has_it(clue: Clue, desk: Client) -> None:
    road.official("zhao", "COM")
    other = sign_in("zhao")
    assert clue.number not in shown(other, "/officer/") and other.get(clue.page_url).status_code == 404
    form = {"department": "COM", "reason": "涉及促销备案，移交商务主管部门"}
    assert desk.post(f"{clue.page_url}hand-over/", form).status_code == 302
    assert clue.number in shown(other, "/officer/") and "129.00" in shown(other, clue.page_url)
    assert in_order([*REPORTED, "supervision.clue.handed_over"], acts())


def test_a_decision_needs_a_reason(clue: Clue, desk: Client) -> None:
    assert desk.post(f"{clue.page_url}dismiss/", {"pattern": "msrp", "reason": " "}).status_code == 422
    clue.refresh_from_db()
    assert clue.state == "OPENED" and "supervision.clue.dismissed" not in acts()


def test_anybody_reads_the_acts_in_the_log_and_proves_each(clue: Clue, desk: Client, chengxin: Command, tmp_path: Path) -> None:
    desk.post(f"{clue.page_url}dismiss/", {"pattern": "msrp", "reason": "划线价为厂商建议零售价"})
    public = Client()
    assert "supervision.clue.dismissed" in shown(public, "/log/")
    leaf = Leaf.objects.get(action="supervision.clue.dismissed")
    assert "厂商" not in shown(public, f"/log/{leaf.index}/"), "the reason is the officer's, not the public's"
    file = tmp_path / "proof.json"
    file.write_bytes(public.get(f"/api/v1/log/leaves/{leaf.index}/proof").content)
    chengxin("verify", file)
    file.write_text(file.read_text(encoding="utf-8").replace("dismissed", "confirmed"), encoding="utf-8")
    chengxin("verify", file, code=1)
    assert clue.number not in shown(public, "/") and public.get(clue.page_url).status_code == 302


# ---- the same with hands and eyes


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_the_login_to_the_decision_in_five_clicks(
    chromium: Any,
    live_server: Any,
    program: road.Program,
    chengxin: Command,
    tmp_path: Path,
) -> None:
    genuine = program.report("order", road.orders())
    program.report("price", road.prices())
    look(chengxin)
    clue = Clue.objects.get()
    with transaction.atomic():
        road.official("lin", "SAMR")
    officer = Visitor(chromium, live_server.url).go("/accounts/login/")
    officer.page.fill("input[name=login]", "lin")
    officer.page.fill("input[name=password]", road.PASSWORD)
    officer.click("main form button:not([name])")
    officer.click(f"main a[href='{clue.page_url}']")
    assert re.search("划线价.*129.00", officer.page.inner_text("main"))
    officer.click(f"a[href='{clue.page_url}dismiss/?pattern=msrp']")
    officer.page.fill("textarea[name=reason]", "划线价为厂商建议零售价，已核对厂商目录")
    officer.click("main form button.btn-danger-outline")
    officer.page.wait_for_url("**/officer/")
    clue.refresh_from_db()
    assert clue.state == "DISMISSED" and officer.clicks <= 5
    officer.check().done()
    assert in_order([*REPORTED, "accounts.sign_in.succeeded", "supervision.clue.dismissed"], acts())
    anybody_verifies(Visitor(chromium, live_server.url).go("/verify/"), genuine, tmp_path / "receipt.json")


def anybody_verifies(visitor: Visitor, genuine: bytes, file: Path) -> None:
    """The receipt in the page that checks it offline: genuine, then tampered with."""
    for content, verdict in ((genuine, "good"), (genuine.replace(b'accepted\\":8', b'accepted\\":9', 1), "document")):
        file.write_bytes(content)
        visitor.page.set_input_files("#file", [])
        visitor.page.set_input_files("#file", str(file))
        visitor.page.wait_for_selector(f"#verdict[data-code={verdict}]")
    visitor.check().done()
