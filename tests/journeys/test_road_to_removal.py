"""The whole road over HTTP: a reported price becomes a clue, a case, a penalty, a listing, measures; then all is undone and proven.

Market regulator, its province and commerce; a platform, a bank and a provincial system, each with nothing but its address and its key.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from chengxin import cli
from chengxin.accounts.actions import Scope
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import RoleGrant, User
from chengxin.audit import outside, tree
from chengxin.cases.models import Case
from chengxin.jobs import worker
from chengxin.kernel import clock
from chengxin.law import workdays
from chengxin.lists import catalogue
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.records.models import Record
from chengxin.subjects.models import Shop
from chengxin.supervision.models import Clue
from tests.journeys import road
from tests.journeys.forms import fill
from tests.journeys.removal import (
    BANK,
    BASIS,
    PEOPLE,
    PROVINCE,
    Town,
    a_bank,
    carried_out,
    certificates,
    machine,
    shown,
    step,
    to_a_case,
    to_a_listing,
    to_a_notice,
    to_a_served_decision,
    to_evidence,
    undone,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_city(settings: Any, tmp_path: Path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = False
    settings.DATA_DIR, settings.LAKE_DIR = tmp_path / "data", tmp_path / "data" / "lake"
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)


@pytest.fixture
def town() -> Town:
    """A platform has reported; the detector looked; everybody has a desk, a certificate or a key."""
    with transaction.atomic():
        program = road.Program(*road.begin())
    program.sign_in().register_shop()
    program.report("order", road.orders())
    program.report("price", road.prices())
    assert cli.main(["detect", "price_fraud"]) == 0
    worker.run_once()
    shop = Shop.objects.get(shop_id=road.SHOP)
    assert shop.subject
    with transaction.atomic():
        users = {name: road.official(name, department, role) for name, (role, department) in PEOPLE.items()}
        owner = User.objects.create_user("merchant", road.PASSWORD, display_name=road.TRADER)
        install_grant(owner, "merchant", Scope(subject=shop.subject.pk))
        RoleGrant.objects.update(valid_from=clock.today() - timedelta(days=30))
        certificates(users)
        machines = {code: machine(code) for code in (road.PLATFORM, BANK, PROVINCE)}
        a_bank()
    made = Town({**users, "merchant": owner}, machines, Clue.objects.get(), shop.subject)
    made.sign_in()
    return made


def test_from_a_reported_price_to_a_proven_removal(town: Town, tmp_path: Path, capsys: Any) -> None:
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    worker.run_once()
    card = f"/subject/{town.subject.pk}/"
    assert "虚构原价促销" in shown(Client(), card)

    for one in town.machines.values():
        assert one.changes()["changes"] == []  # they subscribe by asking
    entry = to_a_listing(town, record)
    worker.run_once()
    assert town.subject.name in shown(Client(), "/lists/")
    for one in town.machines.values():
        assert [change["number"] for change in one.changes()["changes"]] == [entry.number]
    carried_out(town, entry)

    with clock.set_to(_anniversary(entry)):
        town.sign_in()
        repaired(town, entry)
        worker.run_once()
        entry.refresh_from_db()
        assert entry.state == "REMOVED" and town.subject.name not in shown(Client(), "/lists/")
        undone(town, entry)
        entry.refresh_from_db()
        assert entry.state == "CLOSED", "the last receipt closes it"
        receipts(town, entry, tmp_path)
    capsys.readouterr()
    assert cli.main(["check"]) == 0


def repaired(town: Town, entry: ListEntry) -> RepairApplication:
    """The business applies, one person accepts, another grants."""
    fill(town.merchant, f"/merchant/lists/{entry.pk}/repair/", statement="罚款已缴清，差价已退还，价格标注已整改", promised="on")
    repair = RepairApplication.objects.get()
    for name, do in (("lin", "accept"), ("zhao", "decide")):
        answer = town.desks[name].post(repair.page_url, {"step": do, "decision": "yes", "reason": "条件全部满足"})
        assert answer.status_code == 302
    return repair


def _anniversary(entry: ListEntry) -> datetime:
    """The first working day after the shortest term."""
    assert entry.published_on
    over = date(entry.published_on.year + 1, entry.published_on.month, entry.published_on.day) + timedelta(days=1)
    day = workdays.add(over, 1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=clock.CITY)


def receipts(town: Town, entry: ListEntry, folder: Path) -> None:
    """The bundle holds a receipt of everybody, and each is verified without the city."""
    answer = town.desks["lin"].get(f"{entry.page_url}receipts/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        found = [name for name in bundle.namelist() if name.endswith(".json")]
        bundle.extractall(folder)
    assert len(found) >= entry.tasks.count() + len(town.machines)
    for name in found:
        assert cli.main(["verify", str(folder / name)]) == 0, name


def test_cleared_before_a_case(town: Town) -> None:
    """Not filed: nothing is on the file, nothing is public."""
    lin = town.desks["lin"]
    lin.post(f"{town.clue.page_url}check/")
    fill(lin, f"/officer/cases/from-clue/{town.clue.number}/", reason="划线价需要进一步核对")
    case = Case.objects.get()
    step(lin, case, "finish_check", result="划线价为厂商建议零售价。", proposal="not_file")
    step(town.desks["zhao"], case, "not_file", reason="没有违法事实。")
    assert not Record.objects.exists() and "虚构原价" not in shown(Client(), f"/subject/{town.subject.pk}/")


def test_no_penalty_but_education(town: Town) -> None:
    """不予处罚: the reviewer agrees, the head exempts; the business can read the decision, nothing is on file, nothing is public."""
    case = to_a_case(town)
    to_evidence(town, case)
    lin, li, zhao = (town.desks[name] for name in ("lin", "li", "zhao"))
    report = {"facts": "标价失误，当日改正，没有造成后果。", "provisions": BASIS, "basis": BASIS, "weighing": "首次、轻微、及时改正。"}
    step(lin, case, "end_investigation", **report, discretion="mitigated", outcome="none")
    step(li, case, "review", opinion="事实清楚，属轻微违法并及时改正。")
    step(zhao, case, "exempt", education="已告知明码标价的规定并责令改正。", reason="首次轻微，及时改正，不予处罚。")
    assert case.state == "NO_PENALTY"
    assert not Record.objects.exists()
    assert "不予行政处罚决定书" in shown(town.merchant, "/merchant/papers/")
    assert "虚构原价" not in shown(Client(), f"/subject/{town.subject.pk}/")
    step(lin, case, "archive")
    assert case.state == "ARCHIVED"


def test_fraud_in_a_repair_puts_it_back(town: Town) -> None:
    """修复弄虚作假: the entry that was removed is public again and pushed anew, and nobody may apply for three years."""
    case = to_a_case(town)
    to_a_notice(town, case)
    entry = to_a_listing(town, to_a_served_decision(town, case))
    with clock.set_to(_anniversary(entry)):
        town.sign_in()
        repair = repaired(town, entry)
        assert town.subject.name not in shown(Client(), "/lists/")
        for name, do in (("lin", "report_fraud"), ("zhao", "confirm_fraud")):
            answer = town.desks[name].post(repair.page_url, {"step": do, "reason": "缴款凭证系伪造，经银行核实"})
            assert answer.status_code == 302, (do, answer.content.decode()[:2000])
        entry.refresh_from_db()
        repair.refresh_from_db()
        assert (entry.state, entry.round, repair.state) == ("PUBLISHED", 2, "FRAUD")
        assert town.subject.name in shown(Client(), "/lists/")
        assert town.machines[PROVINCE].changes()["changes"][-1]["what"] == "added"
        address = f"/merchant/lists/{entry.pk}/repair/"
        town.merchant.post(address, {"statement": "再次申请，已经全部履行", "promised": "on"})
        assert RepairApplication.objects.count() == 1, "barred"


@pytest.mark.nightly
def test_revoked_on_review_takes_the_listing_with_it(town: Town) -> None:
    """The decision falls: the record leaves the file by two people, the entry the list, and everybody is told."""
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    for one in town.machines.values():
        one.changes()
    entry = to_a_listing(town, record)
    worker.run_once()
    town.machines[PROVINCE].changes()
    step(town.desks["lin"], case, "report_revocation", paper="示政复决〔2026〕7号", by="review", reason="事实不清")
    step(town.desks["zhao"], case, "revoke", reason="执行复议决定。")
    worker.run_once()
    entry.refresh_from_db()
    assert entry.state == "REMOVED" and town.subject.name not in shown(Client(), "/lists/")
    assert "虚构原价促销" not in shown(Client(), f"/subject/{town.subject.pk}/")
    assert town.machines[PROVINCE].changes()["removals"]


@pytest.mark.nightly
def test_the_twin_without_the_province_nobody_is_listed(town: Town) -> None:
    """The step is left out: the decision is refused, nothing is public."""
    case = to_a_case(town)
    to_a_notice(town, case)
    record = to_a_served_decision(town, case)
    lin = town.desks["lin"]
    factors = {f"factor_{one['code']}": "有价格记录证明" for one in catalogue.factors()}
    given = {"facts": "虚构原价，情节严重", "basis": "《市场监督管理严重违法失信名单管理办法》第九条", "intent_shown": "shown", **factors}
    fill(lin, f"/officer/lists/propose/{record.number}/", **given, measures=["M_KEY"])
    entry = ListEntry.objects.get()
    town.desks["zhao"].post(entry.page_url, {"step": "decide", "reason": "情节严重，决定列入"})
    entry.refresh_from_db()
    assert entry.state == "PROPOSED" and town.subject.name not in shown(Client(), "/lists/")
